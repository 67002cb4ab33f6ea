"""What the measures need, read from the database into plain frames; identifiers are text."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from etl.derive import people
from etl.derive.opening import read_hours
from etl.derive.registry import Band, Registry, read_registry
from etl.derive.supply import name, read_capacities, read_service_areas, read_services
from etl.store import models as m
from etl.store.frames import read_frame, read_geoframe
from geo import demand
from geo.arrays import FloatSeries
from geo.crs import to_metric

# Where two declarations speak of areas of one size (the city is a municipality, a zone, a district) the level decides.
_RANK = {level: rank for rank, level in enumerate(m.LEVELS)}
_CENTIMETRES = 2  # decimals of metres that count: projections differ in the last digits from machine to machine


@dataclass(frozen=True)
class Inputs:
    """Everything that a run of the measures reads.

    Attributes
    ----------
    points
        Demand points by identifier: ``municipality`` (identifier) with its ``degurba``, ``altitude_m`` and
        ``altimetric_zone`` (of ISTAT), ``weight`` and those of :data:`etl.derive.people.PARTS` (missing where the ages
        of a point are not told), ``boundary_x`` and ``boundary_y`` (the nearest spot of the outer boundary), points in
        EPSG:32632.
    population
        ``area`` (municipality), ``sex``, ``age``, ``persons`` of ``year``.
    services
        Open services at their places, as :func:`etl.derive.supply.read_services` gives them, with ``hours`` (see
        :func:`etl.derive.opening.weekly`; missing where unknown).
    service_areas
        ``service`` (row of ``services``), ``area``: the areas that services cover or are reserved to.
    capacities
        ``service`` (row of ``services``), ``unit``, ``maximum``, in the units that rules speak of.
    within
        ``area``, ``ancestor``: containment through all levels.
    units
        Areas by identifier: ``level``, ``code``, ``name``.
    complete
        ``type``, ``municipality``, ``complete``: the declaration that counts at each place.
    """

    year: int
    points: gpd.GeoDataFrame
    population: pd.DataFrame
    services: gpd.GeoDataFrame
    service_areas: pd.DataFrame
    capacities: pd.DataFrame
    within: pd.DataFrame
    units: pd.DataFrame
    complete: pd.DataFrame
    registry: Registry

    @cached_property
    def people_hash(self) -> str:
        """SHA-256 of the rows of :attr:`population`, by far the longest table."""
        return frame_hash(self.population)

    @cached_property
    def _persons(self) -> dict[Band, FloatSeries]:
        return {}

    @cached_property
    def _placed(self) -> dict[Band, FloatSeries]:
        return {}

    def persons(self, band: Band) -> FloatSeries:
        """People of a band of age and sex in each municipality; counted once for all the types that share it."""
        if band not in self._persons:
            self._persons[band] = demand.target_population(
                self.population, age_min=band.age_min, age_max=band.age_max, sex=band.sex
            )
        return self._persons[band]

    def placed_persons(self, band: Band) -> FloatSeries:
        """People of a band at each demand point; of a municipality they are those that ISTAT counts, by age."""
        if band not in self._placed:
            self._placed[band] = people.place(self.points, band, self.persons)
        return self._placed[band]


def frame_hash(frame: pd.DataFrame) -> str:
    """SHA-256 of the rows as text, whatever their order, the same on every machine; coordinates to the centimetre."""
    # An index without a name only counts the rows in the order in which the database gave them.
    flat = pd.DataFrame(frame).reset_index(drop=frame.index.name is None)
    if isinstance(frame, gpd.GeoDataFrame):
        flat = flat.assign(geometry=shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=_CENTIMETRES))
    for column in flat.columns[flat.dtypes == "float64"]:
        flat[column] = flat[column].round(6)
    rows = sorted(flat.to_csv(index=False, header=False).splitlines())
    return hashlib.sha256("\n".join([*map(str, flat.columns), *rows]).encode()).hexdigest()


def read(connection: Connection, *, today: date) -> Inputs:
    """Read the inputs of a run; ``today`` decides whether an awaited opening is past its date."""
    year = connection.execute(select(func.max(m.Population.year))).scalar_one()
    within = read_frame(
        connection, select(name(m.AreaWithin.area_id, "area"), name(m.AreaWithin.ancestor_id, "ancestor"))
    )
    areas = select(name(m.Area.id, "id"), m.Area.level, m.Area.code, m.Area.name, m.Area.area_km2)
    units = read_frame(connection, areas, index="id")
    points = _points(connection)
    services = read_services(connection, centres(points), today=today)
    return Inputs(
        year=year,
        points=points,
        population=_population(connection, year),
        services=services.assign(hours=read_hours(connection, today=today).reindex(services.index)),
        service_areas=read_service_areas(connection),
        capacities=read_capacities(connection),
        within=within,
        units=units[["level", "code", "name"]],
        complete=_completeness(connection, within, units),
        registry=read_registry(connection),
    )


def _points(connection: Connection) -> gpd.GeoDataFrame:
    home = m.Area.__table__.alias("home")
    statement = (
        select(
            name(m.DemandPoint.area_id, "id"),
            name(m.DemandPoint.municipality_id, "municipality"),
            m.DemandPoint.weight,
            home.c.degurba,
            home.c.altitude_m,
            home.c.altimetric_zone,
            # Of a section the point of its surface that stands for it.
            func.ST_AsBinary(func.coalesce(m.Area.label_point, m.Area.geom)).label("geometry"),
        )
        .join(m.Area, m.Area.id == m.DemandPoint.area_id)
        .join(home, home.c.id == m.DemandPoint.municipality_id)
        .order_by(m.Area.level, m.Area.code)
    )
    points = to_metric(read_geoframe(connection, statement, index="id"))
    shapes = points.geometry.to_numpy()
    spots = shapely.get_point(shapely.shortest_line(shapely.boundary(read_territory(connection)), shapes), 0)
    x, y = np.round(shapely.get_coordinates(spots), _CENTIMETRES).T
    weights = people.read_weights(connection).reindex(points.index)
    located = points.assign(boundary_x=x, boundary_y=y, altitude_m=points["altitude_m"].astype("float64"))
    return located.join(weights)


def read_territory(connection: Connection) -> shapely.Geometry:
    """The whole territory, a polygon in EPSG:32632."""
    statement = select(func.ST_AsBinary(m.Area.geom).label("geometry")).where(m.Area.level == "metropolitan_city")
    return to_metric(read_geoframe(connection, statement)).geometry.iloc[0]


def centres(points: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Main demand point of each municipality; of equal ones the first."""
    heaviest = points.sort_values("weight", ascending=False, kind="stable").drop_duplicates("municipality")
    return heaviest.set_index("municipality").geometry


def _population(connection: Connection, year: int) -> pd.DataFrame:
    """Residents by ``area``, ``sex`` and ``age`` in years, in this order.

    The ages of an area come as one array: a fifth of the time of a row for each, and this is by far the longest table.
    """
    table = m.Population
    ages, persons = (func.array_agg(aggregate_order_by(one, table.age)) for one in (table.age, table.persons))
    statement = (
        select(name(table.area_id, "area"), table.sex, ages.label("age"), persons.label("persons"))
        .where(table.year == year)
        .group_by(table.area_id, table.sex)
        .order_by("area", table.sex)
    )
    packed = read_frame(connection, statement)
    return packed.explode(["age", "persons"], ignore_index=True).astype({"age": "int64", "persons": "int64"})


def _completeness(connection: Connection, within: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The declaration that counts in each municipality for each type; places without one are absent."""
    declared = read_frame(
        connection,
        select(
            m.SourceCoverage.service_type_code.label("type"),
            name(m.SourceCoverage.area_id, "ancestor"),
            m.SourceCoverage.complete,
        ),
    )
    municipalities = within[within["area"].isin(units.index[units["level"] == "municipality"])]
    spread = declared.merge(municipalities, on="ancestor")
    spread["km2"] = spread["ancestor"].map(units["area_km2"]).round(2)
    spread["rank"] = spread["ancestor"].map(units["level"]).map(_RANK)
    # The smaller area wins. Of two sources that speak of one area, the one that declares its list complete does.
    spread = spread.sort_values(["km2", "rank", "complete"], ascending=[True, False, False])
    kept = spread.drop_duplicates(["type", "area"])
    return kept.rename(columns={"area": "municipality"})[["type", "municipality", "complete"]]
