"""What the measures need, read from the database into plain frames."""

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, func, select

from etl.identity import content_hash
from etl.store import models as m
from etl.store.frames import read_frame, read_geoframe
from geo.crs import METRIC, to_metric

# Where two declarations of completeness speak of one municipality, the smaller area wins.
_SPECIFICITY = {level: rank for rank, level in enumerate(m.LEVELS)}


@dataclass(frozen=True)
class Inputs:
    """Everything that a run of the measures reads.

    Attributes
    ----------
    points
        Demand points by identifier: ``municipality`` (identifier), ``weight``, ``degurba``,
        ``boundary_m`` (metres to the outer boundary), points in EPSG:32632.
    population
        ``area`` (municipality), ``sex``, ``age``, ``persons`` of ``year``.
    services
        One row a service at a place, by its identifier: ``service``, ``type``, ``certainty`` (confermata, incerta, programmata), ``provider``,
        ``municipality``, ``delivery``, ``capacity``, ``capacity_known``, ``located``, ``area_wide``,
        ``position_radius_m``, ``hours_known``, points in EPSG:32632 (missing for ``area_wide`` ones).
    service_areas
        ``service`` (row of ``services``), ``area``: what services that do not wait at a desk cover.
    within
        ``area``, ``ancestor``: containment through all levels.
    types, standards, units
        Service types by code, rules by id, areas by identifier (``level``, ``code``, ``name``).
    complete
        ``type``, ``municipality``, ``complete``, ``source``: the declaration that counts at each place.
    """

    year: int
    points: gpd.GeoDataFrame
    population: pd.DataFrame
    services: gpd.GeoDataFrame
    service_areas: pd.DataFrame
    within: pd.DataFrame
    types: pd.DataFrame
    standards: pd.DataFrame
    units: pd.DataFrame
    complete: pd.DataFrame

    def content_hash(self) -> str:
        """Hash of every value that a measure reads; the same data give the same run."""
        frames = {
            name: pd.DataFrame(frame.to_wkb() if isinstance(frame, gpd.GeoDataFrame) else frame)
            for name, frame in vars(self).items()
            if isinstance(frame, pd.DataFrame)
        }
        digests = {name: _frame_hash(frame) for name, frame in frames.items()}
        return content_hash([self.year, digests])


def _frame_hash(frame: pd.DataFrame) -> str:
    text = frame.reset_index().map(str)
    return f"{pd.util.hash_pandas_object(text.sort_values(list(text.columns)), index=False).sum():x}"


def read(connection: Connection, *, today: date) -> Inputs:
    """Read the inputs of a run; ``today`` decides whether an awaited opening is past its date."""
    year = connection.execute(select(func.max(m.Population.year))).scalar_one()
    within = read_frame(
        connection, select(m.AreaWithin.area_id.label("area"), m.AreaWithin.ancestor_id.label("ancestor"))
    )
    units = read_frame(
        connection, select(m.Area.id, m.Area.level, m.Area.code, m.Area.name, m.Area.degurba), index="id"
    )
    points = _points(connection)
    return Inputs(
        year=year,
        points=points,
        population=_population(connection, year),
        services=_services(connection, points, today),
        service_areas=_service_areas(connection, within, units),
        within=within,
        types=read_frame(connection, select(m.ServiceType.__table__).order_by(m.ServiceType.position), index="code"),
        standards=read_frame(connection, select(m.Standard.__table__).order_by(m.Standard.position), index="id"),
        units=units,
        complete=_completeness(connection, within, units),
    )


def _points(connection: Connection) -> gpd.GeoDataFrame:
    home = m.Area.__table__.alias("home")
    statement = (
        select(
            m.DemandPoint.area_id.label("id"),
            m.DemandPoint.municipality_id.label("municipality"),
            m.DemandPoint.weight,
            home.c.degurba,
            func.ST_AsBinary(m.Area.geom).label("geometry"),
        )
        .join(m.Area, m.Area.id == m.DemandPoint.area_id)
        .join(home, home.c.id == m.DemandPoint.municipality_id)
        .order_by(m.Area.level, m.Area.code)
    )
    points = to_metric(read_geoframe(connection, statement, index="id"))
    return points.assign(boundary_m=points.distance(_outer_boundary(connection)))


def _outer_boundary(connection: Connection) -> shapely.Geometry:
    statement = select(m.Area.id, func.ST_AsBinary(m.Area.geom).label("geometry")).where(
        m.Area.level == "metropolitan_city"
    )
    return to_metric(read_geoframe(connection, statement, index="id")).geometry.iloc[0].boundary


def _population(connection: Connection, year: int) -> pd.DataFrame:
    statement = select(
        m.Population.area_id.label("area"), m.Population.sex, m.Population.age, m.Population.persons
    ).where(m.Population.year == year)
    return read_frame(connection, statement)


def _services(connection: Connection, points: gpd.GeoDataFrame, today: date) -> gpd.GeoDataFrame:
    capacity = (
        select(m.ServiceCapacity.service_id, func.sum(m.ServiceCapacity.maximum).label("capacity"))
        .group_by(m.ServiceCapacity.service_id)
        .subquery()
    )
    hours = select(m.Schedule.service_id).where(m.Schedule.service_id.is_not(None)).distinct().subquery()
    statement = (
        select(
            m.ServiceAtLocation.id,
            m.Service.id.label("service"),
            m.Service.service_type_code.label("type"),
            m.Service.supply_status,
            m.Service.expected_on,
            m.Service.organization_id.label("provider"),
            m.Service.delivery,
            m.Location.municipality_id.label("municipality"),
            m.Location.precision,
            m.Location.position_radius_m,
            m.Location.location_protected,
            capacity.c.capacity,
            hours.c.service_id.is_not(None).label("hours_known"),
            func.ST_AsBinary(m.Location.geom).label("geometry"),
        )
        .join(m.ServiceAtLocation, m.ServiceAtLocation.service_id == m.Service.id)
        .join(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .outerjoin(capacity, capacity.c.service_id == m.Service.id)
        .outerjoin(hours, hours.c.service_id == m.Service.id)
        .where(m.Service.closed_on.is_(None))
        .order_by(m.ServiceAtLocation.id)
    )
    services = to_metric(read_geoframe(connection, statement, index="id"))
    return _prepared(services, points, today)


def _prepared(services: gpd.GeoDataFrame, points: gpd.GeoDataFrame, today: date) -> gpd.GeoDataFrame:
    """Certainty, capacity and a point to measure from."""
    # A protected place is measured by its zone, never by minutes: three distances would give it away.
    services["area_wide"] = services["location_protected"] | (services["delivery"] != "sede")
    services["located"] = (services["precision"] != "municipality") & services.geometry.notna()
    centres = points.sort_values("weight", ascending=False).drop_duplicates("municipality").set_index("municipality")
    fallback = gpd.GeoSeries(centres.geometry.reindex(services["municipality"]).to_numpy(), services.index, crs=METRIC)
    services = services.set_geometry(services.geometry.where(services.geometry.notna(), fallback))
    services["certainty"] = [
        certainty(status, expected, today)
        for status, expected in zip(services["supply_status"], services["expected_on"], strict=True)
    ]
    services["capacity_known"] = services["capacity"].notna()
    services["capacity"] = services["capacity"].astype(float).fillna(1.0)
    # Two services whose body is unknown count as run by two bodies.
    services["provider"] = services["provider"].where(services["provider"].notna(), services["service"]).map(str)
    return services


def certainty(supply_status: str, expected_on: date | None, today: date) -> str:
    """How far a service may be counted on: ``confermata``, ``incerta`` or ``programmata``.

    An awaited opening whose date has passed may be there: it is uncertain until somebody has seen it.

    >>> certainty("atteso", date(2026, 6, 30), date(2026, 11, 22))
    'incerta'
    >>> certainty("atteso", date(2027, 6, 30), date(2026, 11, 22))
    'programmata'
    """
    if supply_status == "attivo":
        return "confermata"
    if supply_status == "da_verificare":
        return "incerta"
    if supply_status == "atteso" and expected_on is not None and not pd.isna(expected_on) and expected_on <= today:
        return "incerta"
    return "programmata"


def _service_areas(connection: Connection, within: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Declared service areas; for protected places without one, the zona omogenea, which may be public."""
    declared = read_frame(
        connection,
        select(m.ServiceAtLocation.id.label("service"), m.ServiceArea.area_id.label("area"))
        .join(m.ServiceArea, m.ServiceArea.service_id == m.ServiceAtLocation.service_id)
        .where(m.ServiceArea.area_id.is_not(None)),
    )
    protected = read_frame(
        connection,
        select(m.ServiceAtLocation.id.label("service"), m.Location.municipality_id.label("area"))
        .join(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .where(m.Location.location_protected),
    )
    zones = within[within["ancestor"].isin(units.index[units["level"] == "zona_omogenea"])]
    by_zone = protected.merge(zones, on="area")[["service", "ancestor"]].set_axis(["service", "area"], axis=1)
    missing = by_zone[~by_zone["service"].isin(declared["service"])]
    return pd.concat([declared, missing], ignore_index=True)


def _completeness(connection: Connection, within: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """The declaration that counts in each municipality for each type; places without one are absent."""
    declared = read_frame(
        connection,
        select(
            m.SourceCoverage.service_type_code.label("type"),
            m.SourceCoverage.area_id.label("ancestor"),
            m.SourceCoverage.complete,
            m.SourceCoverage.source_id.label("source"),
        ),
    )
    municipalities = within[within["area"].isin(units.index[units["level"] == "municipality"])]
    spread = declared.merge(municipalities, on="ancestor")
    spread["rank"] = spread["ancestor"].map(units["level"]).map(_SPECIFICITY)
    # Of two sources that speak of the same area, one that declares its list complete settles the matter.
    spread = spread.sort_values(["rank", "complete", "source"], ascending=[False, False, True])
    kept = spread.drop_duplicates(["type", "area"])
    return kept.rename(columns={"area": "municipality"})[["type", "municipality", "complete", "source"]]
