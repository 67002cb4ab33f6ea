"""A point in degrees (EPSG:4326) from whatever the source gives: degrees, x and y, or WKT in its CRS."""

import math
import re
from functools import cache, lru_cache
from itertools import combinations

import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup

from etl.clean.draft import Draft
from etl.clean.step import Context, Remark, Work

FIELDS = ("latitude", "longitude", "x", "y", "wkt")
LABEL = "lat/lon"
DEGREES = "EPSG:4326"
# Where Italy lies, with room around it; between the two ranges nothing overlaps, so that a swap is certain.
_LATITUDES, _LONGITUDES = (35.0, 48.0), (6.0, 19.0)
_PIEMONTE = AreaOfInterest(6.6, 44.0, 9.3, 46.5)  # west, south, east, north
_APART_M = 1.0  # two points of one row that differ by more are told
_NUMBER = re.compile(r"^[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?$")
_THOUSANDS = re.compile(r"^([+-]?\d{1,2})\.(\d{3}(?:\.\d{3})+(?:\.\d{1,2})?)$")
_DMS = re.compile(
    r"^(?P<lead>[NSEOW])?\s*(?P<deg>\d{1,3})\s*[°º]\s*(?:(?P<min>\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?"
    r"(?:(?P<sec>\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''))?\s*(?P<trail>[NSEOW])?$",
    re.IGNORECASE,
)
_BOUNDLESS = re.compile(r"\b(?:inf|nan)|\de\+?\d{3}|\d{309}", re.IGNORECASE)
_HEMISPHERE = re.compile(r"^(?P<number>[\d.,]+)\s*°?\s*(?P<letter>[NSEOW])$", re.IGNORECASE)


class Unreadable(ValueError):
    """A point that cannot be read; the text is the kind of the remark."""


def find_point(draft: Draft, context: Context) -> Work:
    """``latitude`` and ``longitude`` in place of what the source gives, or nothing where no point can be read.

    Degrees go before x and y, those before WKT; two points of one row that differ by more than a metre are doubted.
    Latitude and longitude that are swapped are put in place.
    """
    given = {field: draft[field] for field in FIELDS if field in draft}
    if not given:
        return Work(draft)
    rest = {field: text for field, text in draft.items() if field not in given}
    said = written(given)
    points: list[tuple[float, float]] = []
    faults: list[str] = []
    for read in (_from_degrees, _from_plane, _from_wkt):
        try:
            point = read(given, context.crs)
        except Unreadable as fault:
            faults.append(str(fault))
        else:
            points += [point] if point else []
    if not points:
        return Work(rest, (Remark(faults[0] if faults else "coordinate_errate", "scartato", said, field=LABEL),))
    (longitude, latitude), swapped = _in_place(*points[0])
    remarks = _doubts(points, said, swapped=swapped)
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return Work(rest, (Remark("coordinate_errate", "scartato", said, field=LABEL),))
    return Work(rest | _as_text(given, longitude, latitude), tuple(remarks))


def written(given: Draft) -> str:
    """The fields of a point as one text, for the issue row."""
    order = [field for field in FIELDS if field in given]
    return given[order[0]] if order == ["wkt"] else " ".join(given[field] for field in order if field != "wkt")


def _as_text(given: Draft, longitude: float, latitude: float) -> Draft:
    """Texts that were right already stay as they were; others get seven decimals, a centimetre."""
    found = {"latitude": f"{latitude:.7f}", "longitude": f"{longitude:.7f}"}
    same = all(
        _plain(given.get(field, "")) == float(f"{value}")
        for field, value in (("latitude", latitude), ("longitude", longitude))
    )
    return {field: given[field] for field in found} if same else found


def _plain(text: str) -> float | None:
    return float(text) if re.match(r"^-?\d+(?:\.\d+)?$", text) else None


def _doubts(points: list[tuple[float, float]], said: str, *, swapped: bool) -> list[Remark]:
    remarks = []
    if swapped:
        remarks.append(Remark("coordinate_scambiate", "dubbio", said, field=LABEL))
    if any(_metres(one, other) > _APART_M for one, other in combinations(points, 2)):
        remarks.append(Remark("punti_discordi", "dubbio", said, field=LABEL))
    return remarks


def _in_place(first: float, second: float) -> tuple[tuple[float, float], bool]:
    """Longitude and latitude; swapped back where each lies in Italy only as the other."""
    if _within(first, _LATITUDES) and _within(second, _LONGITUDES):
        return (second, first), True
    return (first, second), False


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance of two points in degrees, good enough for a few kilometres."""
    north = (one[1] - other[1]) * 111_132
    east = (one[0] - other[0]) * 111_320 * math.cos(math.radians(one[1]))
    return math.hypot(north, east)


def _from_degrees(given: Draft, _crs: str | None) -> tuple[float, float] | None:
    texts = [given.get("longitude"), given.get("latitude")]
    if not any(texts):
        return None
    if not all(texts):
        raise Unreadable("coordinate_a_meta")
    return _checked(*(degrees(text or "") for text in texts))


def _from_plane(given: Draft, crs: str | None) -> tuple[float, float] | None:
    texts = [given.get("x"), given.get("y")]
    if not any(texts):
        return None
    if not all(texts):
        raise Unreadable("coordinate_a_meta")
    x, y = (degrees(text or "") for text in texts)
    return _to_degrees(*_finite(x, y), crs)


def _from_wkt(given: Draft, crs: str | None) -> tuple[float, float] | None:
    if "wkt" not in given:
        return None
    point = _point_of(given["wkt"])
    return None if point is None else _to_degrees(*_finite(*point), crs)


@lru_cache(maxsize=10_000)
def _point_of(wkt: str) -> tuple[float, float] | None:
    """The point of a WKT geometry, a point inside it where it is a surface; nothing where it is empty."""
    # The library warns of numbers beyond measure, and searches in vain for a point inside of what is infinite.
    if _BOUNDLESS.search(wkt):
        raise Unreadable("coordinate_errate")
    try:
        geometry = shapely.from_wkt(re.sub(r"^SRID=\d+;", "", wkt))
    except shapely.errors.GEOSException as error:
        raise Unreadable("wkt_errato") from error
    if geometry.is_empty:
        return None
    point = geometry if isinstance(geometry, shapely.Point) else geometry.representative_point()
    return point.x, point.y


def _finite(x: float, y: float) -> tuple[float, float]:
    if not (math.isfinite(x) and math.isfinite(y)):
        raise Unreadable("coordinate_errate")
    if x == 0 and y == 0:
        raise Unreadable("coordinate_zero")
    return x, y


def _checked(longitude: float, latitude: float) -> tuple[float, float]:
    _finite(longitude, latitude)
    if abs(longitude) > 180 or abs(latitude) > 180:
        raise Unreadable("coordinate_non_in_gradi")
    return longitude, latitude


@lru_cache(maxsize=50_000)
def degrees(text: str) -> float:
    """A number with decimal point or comma, or degrees, minutes and seconds; south and west are negative.

    >>> degrees("45,0753"), degrees("7°30'0''E")
    (45.0753, 7.5)

    Raises
    ------
    Unreadable
        The text is no coordinate.
    """
    bare = text.strip()
    if _NUMBER.match(bare):
        return float(bare.replace(",", "."))
    if found := _HEMISPHERE.match(bare):
        sign = -1 if found["letter"].upper() in "SOW" else 1
        return sign * degrees(found["number"])
    if found := _DMS.match(bare):
        parts = [float((found[name] or "0").replace(",", ".")) for name in ("deg", "min", "sec")]
        if parts[1] < 60 and parts[2] < 60:
            sign = -1 if (found["lead"] or found["trail"] or "N").upper() in "SOW" else 1
            return sign * (parts[0] + parts[1] / 60 + parts[2] / 3600)
    if found := _THOUSANDS.match(bare):  # a spreadsheet put points every three digits: 45.065.215
        return float(f"{found[1]}.{found[2].replace('.', '')}")
    raise Unreadable("coordinate_errate")


def _to_degrees(x: float, y: float, crs: str | None) -> tuple[float, float]:
    """Longitude and latitude of a point of a CRS, x before y always."""
    if crs is None and abs(x) <= 180 and abs(y) <= 180:
        return x, y
    if crs is None:
        raise Unreadable("crs_mancante")
    if crs == DEGREES:
        return _checked(x, y)
    longitude, latitude = transformer(crs).transform(x, y)
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise Unreadable("coordinate_errate")
    return float(longitude), float(latitude)


@cache
def transformer(crs: str) -> Transformer:
    """Best transformation to EPSG:4326 in Piemonte that needs no grid, so that every machine gives the same point.

    Monte Mario (EPSG:3003) goes by EPSG:1660, whose stated accuracy is 4 m; it is the one that the publishers of
    Torino use for their own WGS 84 editions.

    Raises
    ------
    Unreadable
        The CRS is unknown, or has no such transformation.
    """
    try:
        group = TransformerGroup(
            CRS.from_user_input(crs), DEGREES, always_xy=True, area_of_interest=_PIEMONTE, allow_ballpark=False
        )
    except (CRSError, ProjError) as error:
        raise Unreadable("crs_sconosciuto") from error
    for found in group.transformers:
        if "grids=" not in found.definition:
            return found
    raise Unreadable("crs_sconosciuto")
