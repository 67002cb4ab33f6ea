"""Tagged features out of the files that hold OpenStreetMap: answers of Overpass, and extracts.

Overpass: https://wiki.openstreetmap.org/wiki/Overpass_API/Overpass_QL. A feature is a dictionary of ``type``, ``id``,
``lat``, ``lon`` (degrees, EPSG:4326), perhaps ``timestamp`` of its last change, and ``tags``; what a file says of who
changed it is never taken.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from etl.errors import SourceError
from etl.i18n import _
from etl.identity import content_hash
from etl.received_rows import masked
from etl.sources import json_file, osm_file, osm_gdal
from etl.sources.base import Edition, Raw, Received
from etl.sources.osm_rules import Tags
from etl.sources.readers.content import Unreadable
from etl.sources.where import finder

EXTRACTS = (".osm.pbf", ".osm", ".pbf")
# Tags that may name a person, or only speak to mappers.
UNREAD_TAGS = frozenset({"contact:person", "owner", "contact", "note", "fixme", "FIXME", "source", "created_by"})
KINDS = ("node", "way", "relation")
_DAY = re.compile(r"(20\d{2})-?([01]\d)-?([0-3]\d)")
_SHORT_DAY = re.compile(r"-(\d{2})([01]\d)([0-3]\d)\.osm")  # Geofabrik: nord-ovest-260815.osm.pbf


def editions(files: Sequence[Received], rows: Callable[[Sequence[Path]], Iterable[tuple[str, Raw]]]) -> list[Edition]:
    """Editions by the day of OpenStreetMap that the files hold, the oldest first; files of one day make one.

    Raises
    ------
    SourceError
        A file cannot be read.
    """
    dated: dict[str, list[Received]] = {}
    for file in sorted(files, key=lambda one: (one.name, one.sha256)):
        dated.setdefault(label(file.path), []).append(file)
    return [Edition(day, tuple(dated[day]), partial(rows, [file.path for file in dated[day]])) for day in sorted(dated)]


def key(feature: Raw) -> str:
    """Name of a feature within OpenStreetMap (``node/123``); of what is no feature, a hash of its text."""
    if "tags" not in feature:
        return f"illeggibile/{content_hash(masked(feature))[:16]}"
    return f"{feature.get('type')}/{feature.get('id')}"


def has_point(feature: Raw) -> bool:
    """Whether latitude and longitude are there, as numbers of degrees."""
    point = (feature.get("lon"), feature.get("lat"))
    numbers = all(isinstance(told, int | float) and not isinstance(told, bool) for told in point)
    return numbers and all(-180 <= told <= 180 for told in point if told is not None)


def is_extract(name: str) -> bool:
    """Whether a file's name is that of an extract."""
    return name.lower().endswith(EXTRACTS)


def faults(path: Path) -> list[str]:
    """Why a file is neither an answer of Overpass nor an extract, from its beginning; empty where it is one."""
    try:
        if is_extract(path.name):
            return osm_file.head_faults(path)
        if '"elements"' not in json_file.head(path) and '"osm3s"' not in json_file.head(path):
            return [_("{name}: non è una risposta di Overpass (manca «elements»).").format(name=path.name)]
    except Unreadable as error:
        return [f"{path.name}: {fault}" for fault in error.faults]
    return []


def label(path: Path) -> str:
    """The day that the file speaks of (ISO): from its content, else from its name; empty where neither tells."""
    told = osm_file.dated(path) if is_extract(path.name) else _base_day(path)
    return told or _named_day(path.name)


def _base_day(path: Path) -> str:
    found = re.search(r'"timestamp_osm_base"\s*:\s*"(\d{4}-\d{2}-\d{2})', json_file.head(path))
    return found.group(1) if found else ""


def _named_day(name: str) -> str:
    if found := _DAY.search(name):
        return "-".join(found.groups())
    found = _SHORT_DAY.search(name)
    return f"20{'-'.join(found.groups())}" if found else ""


def read(path: Path, keys: Sequence[str], *, wanted: Callable[[Tags], bool] = bool) -> Iterator[Raw]:
    """Features of a file, raw as received.

    Of an extract, which holds everything of a whole region, those inside the territory that have one of the keys and
    are ``wanted`` by their tags. An answer of Overpass is what was asked for, so all its tagged features are.

    Raises
    ------
    SourceError
        The file is unusable, or Overpass broke its answer off.
    """
    if not is_extract(path.name):
        yield from _overpass(path)
        return
    try:
        nodes_sorted = osm_file.check(path)
        for batch in osm_gdal.features(path, finder().bounds, keys, nodes_sorted=nodes_sorted):
            fitting = (one for one in batch if not one["tags"].keys().isdisjoint(keys) and wanted(one["tags"]))
            yield from _inside([_tidy(one) for one in fitting])
    except SourceError as error:
        raise _unusable(path, error.faults) from None


def _inside(features: list[Raw]) -> Iterator[Raw]:
    places = finder().at([one["lon"] for one in features], [one["lat"] for one in features])
    yield from (one for one, place in zip(features, places, strict=True) if place is not None)


def _overpass(path: Path) -> Iterator[Raw]:
    try:
        answer = json_file.read(path)
    except Unreadable as error:
        raise _unusable(path, error.faults) from None
    elements = answer.get("elements") if isinstance(answer, dict) else None
    if not isinstance(elements, list):
        raise _unusable(path, [_("Manca l'elenco «elements»: non è una risposta di Overpass.")])
    if "error" in str(answer.get("remark", "")):
        why = _("Overpass ha interrotto la risposta ({motivo}): ripetere la richiesta più tardi.")
        raise _unusable(path, [why.format(motivo=str(answer["remark"])[:200])])
    yield from (_element(one) for one in elements if not _is_bare(one))


def _is_bare(element: object) -> bool:
    """Whether an element only lends its position to others: a node of a way, without tags."""
    return isinstance(element, dict) and element.get("type") in KINDS and not element.get("tags")


def _element(element: object) -> Raw:
    """A feature as received; of one that is not what it should be, its text."""
    if not isinstance(element, dict) or not isinstance(element.get("tags"), dict):
        return {"testo": str(element)[:500]}
    centre = element.get("center")
    point = centre if isinstance(centre, dict) else element
    told = {name: element[name] for name in ("type", "id", "timestamp") if name in element}
    return _tidy(told | {"lat": point.get("lat"), "lon": point.get("lon"), "tags": element["tags"]})


def _tidy(feature: dict[str, Any]) -> Raw:
    tags = {str(key): str(value) for key, value in feature["tags"].items() if key not in UNREAD_TAGS}
    return feature | {"tags": tags}


def _unusable(path: Path, found: Sequence[str]) -> SourceError:
    summary = _("OpenStreetMap dal file «{file}»: nulla è stato caricato.").format(file=path.name)
    return SourceError(summary, [f"{path.name}: {fault}" for fault in found])
