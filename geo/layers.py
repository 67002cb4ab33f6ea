"""Layers that somebody brings: what is wrong with them, and which point lies in which of their polygons.

A layer is a GeoDataFrame of polygons or of points, one row a feature, whose index holds the features' names. The
faults are values (:class:`Fault`) so that a face can tell them in its own language; :func:`check` raises them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.arrays import AnySeries, Bools, Positions
from geo.checks import examples, require
from geo.crs import METRIC

MENDING = {
    "empty": "the layer has no feature; export it again with what it should hold",
    "crs_missing": "the coordinate reference system is not told; set it, or use GeoJSON in longitude and latitude",
    "no_geometry": "features without geometry; draw them or remove them",
    "infinite": "coordinates that are infinite or no numbers; correct them and export again",
    "kind": "neither points nor polygons, or both together; keep one kind in a layer",
    "invalid": "polygons that cross or touch themselves; mend them (ST_MakeValid, 'fix geometries')",
    "overlap": "polygons that overlap, so that somebody would be counted twice; cut one out of the other",
    "name_missing": "features without a name; give each its own",
    "name_repeated": "names given to several features; give each its own",
    "outside": "features outside the territory; remove them, or check the coordinate reference system",
    "people_missing": "features without a number of people; fill it in, 0 where nobody lives",
    "people_negative": "numbers of people that are negative or infinite; correct them",
    "points_without_people": "people cannot be added up over points; bring polygons, or name the column of people",
}
"""Every code of a fault, with what it means and how to mend it."""

SLIVER = 0.01
"""Share of the smaller polygon up to which an overlap is the inaccuracy of a pen, and no fault."""

# Arrays of shapely's geometries, and of names.
Shapes: TypeAlias = npt.NDArray[np.object_]

_KINDS = {"Point": "points", "Polygon": "polygons", "MultiPolygon": "polygons"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a layer: a code of :data:`MENDING`, the names of the features, a figure where one tells more.

    `square_metres` is the surface of the largest overlap.
    """

    code: str
    features: tuple[str, ...] = ()
    square_metres: float | None = None

    def __str__(self) -> str:
        """The fault as an English sentence."""
        where = f" ({examples(self.features)})" if self.features else ""
        return f"layer: {MENDING[self.code]}{where}"


def check(layer: gpd.GeoDataFrame, *, territory: shapely.Geometry, people: AnySeries | None = None) -> None:
    """Raise :class:`InvalidInput` with every fault of :func:`faults`, or return quietly."""
    require(map(str, faults(layer, territory=territory, people=people)))


def faults(
    layer: gpd.GeoDataFrame, *, territory: shapely.Geometry, people: AnySeries | None = None
) -> tuple[Fault, ...]:
    """Every fault of a layer, in the order of :data:`MENDING`.

    `layer`: index = names of the features. `territory`: polygon in EPSG:32632. `people`: persons by feature, in the
    order of the layer, NaN where missing; None where people are to be added up over the polygons.

    A fault that hides others (no system of coordinates, a geometry that is none) is told alone of its features; the
    others are still looked for. Features that lie partly outside are none.

    >>> square = shapely.box(390_000, 4_990_000, 391_000, 4_991_000)
    >>> bow = shapely.Polygon([(390_000, 4_990_000), (391_000, 4_991_000), (391_000, 4_990_000), (390_000, 4_991_000)])
    >>> layer = gpd.GeoDataFrame(geometry=[square, bow], index=["a", "b"], crs=32632)
    >>> [fault.code for fault in faults(layer, territory=square, people=pd.Series([10.0, -1.0]))]
    ['invalid', 'people_negative']
    """
    if not len(layer):
        return (Fault("empty"),)
    names = layer.index.astype("str").to_numpy(dtype=object)
    shapes = np.asarray(layer.geometry.to_numpy(), dtype=object)
    told = {fault.code: fault for fault in _told(layer, names, shapes, territory)}
    if people is not None:
        told |= {fault.code: fault for fault in _people_faults(people, names)}
    elif (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        told["points_without_people"] = Fault("points_without_people")
    return tuple(told[code] for code in MENDING if code in told)


def _told(
    layer: gpd.GeoDataFrame,
    names: Shapes,
    shapes: Shapes,
    territory: shapely.Geometry,
) -> Iterator[Fault]:
    yield from _name_faults(layer.index, names)
    if layer.crs is None:
        yield Fault("crs_missing")
    absent = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    boundless = ~absent & _boundless(shapes)
    drawn = ~absent & ~boundless
    kinds = pd.Series(layer.geom_type.to_numpy()).map(_KINDS)
    odd = drawn & kinds.isna().to_numpy()
    if len(set(kinds[drawn].dropna())) > 1:
        odd |= drawn & (kinds == "points").to_numpy()
    invalid = drawn & ~odd & ~shapely.is_valid(shapes)
    found = {"no_geometry": absent, "infinite": boundless, "kind": odd, "invalid": invalid}
    yield from (_named(code, names, where) for code, where in found.items() if where.any())
    sound = drawn & ~odd & ~invalid
    if layer.crs is not None and sound.any():
        yield from _place_faults(gpd.GeoSeries(shapes[sound], crs=layer.crs).to_crs(METRIC), names[sound], territory)


def _boundless(shapes: Shapes) -> Bools:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    wrong = np.zeros(len(shapes), dtype=np.bool_)
    wrong[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    return wrong


def _name_faults(index: "pd.Index[Any]", names: Shapes) -> Iterator[Fault]:
    blank = index.isna() | (pd.Index(names).str.strip() == "")
    if blank.any():
        yield Fault("name_missing", tuple(f"#{place + 1}" for place in np.flatnonzero(blank)))
    repeated = pd.Index(names[~blank])
    if repeated.has_duplicates:
        yield Fault("name_repeated", tuple(repeated[repeated.duplicated()].unique()))


def _place_faults(shapes: gpd.GeoSeries, names: Shapes, territory: shapely.Geometry) -> Iterator[Fault]:
    metric = np.asarray(shapes.to_numpy(), dtype=object)
    shapely.prepare(territory)
    outside = ~shapely.intersects(territory, metric)
    if outside.any():
        yield _named("outside", names, outside)
    first, second = shapely.STRtree(metric).query(metric, predicate="intersects")
    ahead = first < second
    first, second = first[ahead], second[ahead]
    shared = shapely.area(shapely.intersection(metric[first], metric[second]))
    smaller = np.minimum(shapely.area(metric[first]), shapely.area(metric[second]))
    doubled = (shared > SLIVER * smaller) & (shared > 0)
    if doubled.any():
        pairs = tuple(f"{names[a]} + {names[b]}" for a, b in zip(first[doubled], second[doubled], strict=True))
        yield Fault("overlap", pairs, float(shared[doubled].max()))


def _people_faults(people: AnySeries, names: Shapes) -> Iterator[Fault]:
    values = people.to_numpy(dtype=np.float64, na_value=np.nan)
    found = {"people_missing": np.isnan(values), "people_negative": (values < 0) | np.isinf(values)}
    yield from (_named(code, names, where) for code, where in found.items() if where.any())


def _named(code: str, names: Shapes, where: Bools) -> Fault:
    return Fault(code, tuple(map(str, names[where])))


def locate(points: gpd.GeoSeries, polygons: gpd.GeoSeries) -> Positions:
    """Position of the polygon that each point lies in, -1 where in none; both in EPSG:32632.

    A point on a common border, or in an overlap of two polygons that is a sliver, lies in the first of them: every
    point is in one polygon at most, so that nobody is counted twice.

    >>> squares = gpd.GeoSeries([shapely.box(0, 0, 2, 2), shapely.box(2, 0, 4, 2)], crs=METRIC)
    >>> locate(gpd.GeoSeries.from_xy([1, 2, 3, 9], [1, 1, 1, 1], crs=METRIC), squares).tolist()
    [0, 0, 1, -1]
    """
    tree = shapely.STRtree(polygons.to_numpy())
    point, polygon = tree.query(points.to_numpy(), predicate="intersects")
    found = np.full(len(points), len(polygons), dtype=np.intp)
    np.minimum.at(found, point, polygon)
    return np.where(found == len(polygons), -1, found).astype(np.intp)


def partly_outside(layer: gpd.GeoSeries, territory: shapely.Geometry) -> Bools:
    """Polygons of which more than :data:`SLIVER` of the surface lies outside the territory; both in EPSG:32632."""
    shapes = np.asarray(layer.to_numpy(), dtype=object)
    beyond = shapely.area(shapely.difference(shapes, territory))
    return np.asarray(beyond > SLIVER * shapely.area(shapes), dtype=np.bool_)
