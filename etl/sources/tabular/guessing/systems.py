"""In which reference system the points of a file are: the one that puts them in the metropolitan city."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import shapely
from pyproj import Transformer

from etl.reference import boundaries
from etl.sources.tabular.guessing.looks import decimal

# Those in use in Piemonte, the likelier first where two of them give almost the same points.
SYSTEMS = ("EPSG:4326", "EPSG:3003", "EPSG:32632", "EPSG:23032", "EPSG:6707", "EPSG:3857")
# Zone 32 on three datums: ED50 lies some 200 m away from the others, RDN2008 less than a metre.
ALIKE = frozenset({"EPSG:32632", "EPSG:23032", "EPSG:6707"})
MOST = 500  # points looked at


def points(x: Sequence[str], y: Sequence[str]) -> np.ndarray:
    """Coordinates as numbers, shape (n, 2), x first; rows without both are left out."""
    pairs = [(decimal(a), decimal(b)) for a, b in zip(x, y, strict=True)]
    return np.array([pair for pair in pairs if None not in pair][:MOST], dtype=float).reshape(-1, 2)


def points_of_wkt(texts: Sequence[str]) -> np.ndarray:
    """Points inside the geometries, shape (n, 2), x first; texts that are no WKT are left out."""
    plain = [re.sub(r"(?i)^srid=\d+;", "", text.strip()) for text in texts if text.strip()][:MOST]
    shapes = [shape for shape in shapely.from_wkt(plain, on_invalid="ignore") if shape is not None]
    inside = [shape.representative_point() for shape in shapes if not shape.is_empty]
    return np.array([(point.x, point.y) for point in inside], dtype=float).reshape(-1, 2)


def fitting(found: np.ndarray) -> list[str]:
    """The systems in which at least eight points of ten fall in the metropolitan city."""
    return [system for system in SYSTEMS if len(found) and inside(found, system) >= 0.8]


def inside(found: np.ndarray, system: str) -> float:
    """How many of the points fall in the metropolitan city if they are in a system, 0-1.

    A point whose coordinates are swapped counts where it falls once mended, as cleaning mends it.
    """
    return float(_falls(found, system).mean())


def outside(found: np.ndarray, system: str) -> int:
    """How many of the points fall elsewhere, swapped ones mended."""
    return int((~_falls(found, system)).sum())


def _falls(found: np.ndarray, system: str) -> np.ndarray:
    either = [shapely.contains_xy(_territory(), *_degrees(pairs, system)) for pairs in (found, found[:, ::-1])]
    return np.asarray(either[0] | either[1])


def only_municipality(found: np.ndarray, system: str) -> str | None:
    """Name of the municipality that holds nine points of ten; none where they lie in several."""
    longitude, latitude = _degrees(found, system)
    areas = _municipalities()
    held = {name: shapely.contains_xy(area, longitude, latitude).mean() for name, area in areas.items()}
    name = max(held, key=lambda one: (held[one], one))
    return name if held[name] >= 0.9 else None


def _degrees(found: np.ndarray, system: str) -> tuple[np.ndarray, np.ndarray]:
    transformer = Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    return transformer.transform(found[:, 0], found[:, 1], errcheck=False)


@cache
def _municipalities() -> dict[str, shapely.Geometry]:
    frame = boundaries.municipalities()
    return dict(zip(frame["name"].tolist(), frame.geometry.tolist(), strict=True))


@cache
def _territory() -> shapely.Geometry:
    whole = shapely.union_all(list(_municipalities().values()))
    shapely.prepare(whole)
    return whole
