"""Lists of objects: JSON and GeoJSON (RFC 8259, RFC 7946), each object a row, nested keys joined by dots.

Numbers keep the digits they are written with.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from etl.i18n import _
from etl.sources.readers.content import GEOMETRY, Content, Line, Options, Unreadable, require_file
from etl.sources.readers.decoding import decode
from etl.sources.readers.signatures import refuse_other_format
from etl.sources.readers.values import text

WGS84 = "EPSG:4326"  # of a GeoJSON that says nothing else (RFC 7946, section 4)
# Where an answer holds several lists of objects, the one of these names is its content.
LISTS = ("records", "contents", "features", "elements", "items", "results", "rows", "data")
DEEPEST = 3  # objects around the list


def read(path: Path, options: Options) -> Content:
    """Rows of a JSON file: a list of objects, or an object that holds one list of objects.

    Of several lists ``sheet`` chooses one, else the only one with a usual name (:data:`LISTS`). The number of a row
    is its place in the list, from 1.

    Raises
    ------
    Unreadable
        The file is not JSON, or holds no such list.
    """
    name, found = _objects(_load(path, options), options.sheet)
    return _content([_flat_or_broken(item) for item in found], sheet=name)


def read_features(path: Path, options: Options) -> Content:
    """Rows of a GeoJSON file: properties, ``id`` where features have one, and geometry.

    Raises
    ------
    Unreadable
        The file is not GeoJSON.
    """
    whole = _load(path, options)
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list):
        why = _("Non è un GeoJSON con un elenco di «features»: esportarlo di nuovo, o indicare «format: json».")
        raise Unreadable(why)
    return _content([_feature(item) for item in features], crs=_crs(whole.get("crs")), geometry=True)


def _load(path: Path, options: Options) -> Any:  # noqa: ANN401 - any JSON
    require_file(path)
    data = path.read_bytes()
    refuse_other_format(data, text=True)
    content = decode(data, declared=options.encoding).content
    try:
        return json.loads(content, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        why = _("Riga {riga}, colonna {colonna}: da qui in poi non è JSON valido: scaricarlo o esportarlo di nuovo.")
        raise Unreadable(why.format(riga=error.lineno, colonna=error.colno)) from None
    except RecursionError:
        raise Unreadable(
            _("Il JSON è annidato troppo in profondità: esportare un elenco semplice di oggetti.")
        ) from None


class _Repeated(dict[str, Any]):
    """An object that holds a key twice: which value is meant cannot be told."""

    key = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) == len(pairs):
        return whole
    repeated = _Repeated(whole)
    keys = [key for key, _value in pairs]
    repeated.key = next(key for key in keys if keys.count(key) > 1)
    return repeated


def _objects(whole: Any, wanted: str | None) -> tuple[str | None, list[Any]]:  # noqa: ANN401
    """The list of objects and its dotted name, which a list that is the whole file lacks."""
    if isinstance(whole, list):
        return None, whole
    lists = dict(_lists(whole, "", DEEPEST))
    if not lists:
        raise Unreadable(_("Il JSON non contiene un elenco di oggetti: servono righe come [{…}, {…}]."))
    usual = [name for name in lists if name.rsplit(".", 1)[-1] in LISTS]
    fitting = [wanted] if wanted else usual if len(lists) > 1 else list(lists)
    if len(fitting) != 1 or fitting[0] not in lists:
        why = _("Il JSON contiene più elenchi di oggetti ({elenchi}): sceglierne uno con «sheet».")
        raise Unreadable(why.format(elenchi=", ".join(sorted(lists)[:20])))
    return fitting[0], lists[fitting[0]]


def _lists(value: Any, name: str, depth: int) -> Iterator[tuple[str, list[Any]]]:  # noqa: ANN401
    """Lists of objects, even empty, below an object, by their dotted name."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        yield name, value
    elif isinstance(value, dict) and depth:
        for key, inner in value.items():
            yield from _lists(inner, f"{name}.{key}".lstrip("."), depth - 1)


Row = tuple[dict[str, str], str | None]


def _content(
    rows: Sequence[Row], *, crs: str | None = None, geometry: bool = False, sheet: str | None = None
) -> Content:
    keys = dict.fromkeys(key for row, _fault in rows for key in row)
    # An empty list has no keys to tell and is still a list.
    header = tuple(keys) or (GEOMETRY if geometry else "id",)
    return Content(lines=_lines(rows, header), crs=crs, geometry=geometry, sheet=sheet)


def _lines(rows: Sequence[Row], header: tuple[str, ...]) -> Iterator[Line]:
    yield Line(1, header)
    for number, (row, fault) in enumerate(rows, start=1):
        if fault:
            yield Line(number, (), " | ".join(row.values()), fault)
        else:
            yield Line(number, tuple(row.get(key, "") for key in header))


def _flat_or_broken(item: Any) -> Row:  # noqa: ANN401
    if not isinstance(item, dict):
        return {}, _("non è un oggetto con nomi e valori")
    if isinstance(item, _Repeated):
        why = _("la chiave «{chiave}» è ripetuta: lasciare un solo valore")
        return {}, why.format(chiave=item.key)
    return dict(flatten(item)), None


def flatten(value: Mapping[str, Any], *, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Texts of an object by dotted key; texts of a list joined by the separator, a list of objects as JSON."""
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from flatten(inner, prefix=f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", text(inner)


def _feature(item: Any) -> Row:  # noqa: ANN401
    if not isinstance(item, dict):
        return {}, _("non è un oggetto con nomi e valori")
    row, fault = _flat_or_broken(item.get("properties") or {})
    if "id" in item and "id" not in row:
        row = {"id": text(item["id"]), **row}
    if fault:
        return row, fault
    try:
        return {**row, GEOMETRY: _wkt(item.get("geometry"))}, None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.GEOSException):
        return row, _("la geometria non è valida: controllare tipo e coordinate")


def _wkt(geometry: dict[str, Any] | None) -> str:
    if not geometry:
        return ""
    shape = shapely.from_geojson(json.dumps(_numbers(geometry)))
    if shape is None:
        raise ValueError
    return str(shapely.to_wkt(shape, rounding_precision=-1))


def _numbers(value: Any) -> Any:  # noqa: ANN401
    """Geometry with its coordinates as numbers again; ``NaN`` is no coordinate."""
    if isinstance(value, dict):
        return {key: inner if key == "type" else _numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbers(inner) for inner in value]
    number = float(value)
    if number - number != 0:
        raise ValueError(value)
    return number


def _crs(declared: Any) -> str:  # noqa: ANN401
    """Reference system of the old ``crs`` member (GeoJSON 2008), which many publishers still write."""
    if not declared:
        return WGS84
    try:
        system = CRS.from_user_input(declared["properties"]["name"])
    except (CRSError, KeyError, TypeError):
        raise Unreadable(_("Il sistema di riferimento dichiarato in «crs» non si riconosce: correggerlo.")) from None
    return name_of(system)


def name_of(system: CRS) -> str:
    """``EPSG:…`` of a reference system, else its whole description; WGS 84 in whatever order is ``EPSG:4326``."""
    authority = system.to_authority(min_confidence=70)
    name = ":".join(authority) if authority else system.to_wkt()
    return WGS84 if name == "OGC:CRS84" else name
