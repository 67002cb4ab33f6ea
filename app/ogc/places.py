"""Geometries and boxes of a request: degrees, CRS84 (longitude first)."""

import math
from collections.abc import Sequence
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape

from app.deps import BBOX_NUMBERS, CRS_BOUNDS
from etl.i18n import _

TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
_WITH_HEIGHT = 6


def bbox(text: str) -> list[float]:
    """``west,south,east,north`` of a text; heights of a box in space are left out.

    Raises
    ------
    ValueError
        In words: not so many numbers, or not on the Earth.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == _WITH_HEIGHT:
        numbers = [*numbers[:2], *numbers[3:5]]
    return corners(numbers)


def corners(numbers: Sequence[float]) -> list[float]:
    """The same of numbers."""
    if len(numbers) != BBOX_NUMBERS or not all(math.isfinite(number) for number in numbers):
        raise ValueError(_("bbox: servono quattro numeri, «ovest,sud,est,nord»"))
    west, south, east, north = numbers
    if not (_on_earth((west, south, east, north)) and west <= east and south <= north):
        raise ValueError(
            _("bbox: longitudini da -180 a 180 e latitudini da -90 a 90, ovest prima di est e sud prima di nord")
        )
    return [west, south, east, north]


def polygon(numbers: Any) -> dict[str, Any]:  # noqa: ANN401 - as it comes from outside
    """The box of CQL2 as a polygon of GeoJSON: the library's own box has no reference system."""
    plain = isinstance(numbers, list) and all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers)
    west, south, east, north = corners(numbers if plain else [])
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geometry(value: Any) -> dict[str, Any]:  # noqa: ANN401 - as it comes from outside
    """A geometry of GeoJSON that the database can compare.

    Raises
    ------
    ValueError
        In words: not a geometry, empty, crossing itself, or not on the Earth.
    """
    if not isinstance(value, dict) or value.get("type") not in TYPES:
        raise ValueError(_("serve una geometria: {types}, o BBOX").format(types=", ".join(TYPES)))
    try:
        found = shape(value)
        sound = (
            _closed(value["type"], value["coordinates"])
            and found.is_valid
            and not found.is_empty
            and _on_earth(found.bounds)
        )
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError):
        sound = False
    if not sound:
        raise ValueError(_("la geometria non è valida: anelli chiusi che non si incrociano, gradi, longitudine prima"))
    return {"type": value["type"], "coordinates": value["coordinates"]}


def _closed(kind: str, coordinates: Any) -> bool:  # noqa: ANN401 - as it comes from outside
    """Whether the rings end where they begin; the library would close them and say nothing."""
    polygons = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind, [])
    return all(ring[0] == ring[-1] for rings in polygons for ring in rings)


def _on_earth(box: Sequence[float]) -> bool:
    west, south, east, north = CRS_BOUNDS
    return west <= box[0] <= box[2] <= east and south <= box[1] <= box[3] <= north
