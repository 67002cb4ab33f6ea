"""Services as the measures take them: certainty, capacity, a point to measure from or an area that they cover."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Label, ScalarSelect, Select, String, cast, func, select, union
from sqlalchemy.orm import InstrumentedAttribute, aliased

from etl.store import models as m
from etl.store.frames import read_frame, read_geoframe
from geo.crs import METRIC, to_metric

PLANNED = "programmata"


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
    if supply_status == "atteso" and expected_on is not None and expected_on <= today:
        return "incerta"
    return PLANNED


def read_services(connection: Connection, centres: gpd.GeoSeries, *, today: date) -> gpd.GeoDataFrame:
    """Open services by the identifier of their presence at a place (``service_at_location``).

    A capacity is told of a service: where it is present at several places each has an equal part, so that nothing is
    counted twice. A service beyond the territory, known by its point, has no municipality.

    Parameters
    ----------
    centres
        Main demand point of each municipality, EPSG:32632: where a service is measured from that has no point.

    Returns
    -------
    GeoDataFrame
        ``service``, ``type``, ``certainty``, ``provider``, ``municipality`` with its ``degurba``, ``altitude_m`` and
        ``altimetric_zone`` (of ISTAT), ``delivery``, ``protected``, its own ``age_min`` and ``age_max`` (missing where
        it has none), ``requirements`` (tells conditions of its own), ``capacity`` (in the unit of the type; see
        :func:`in_unit`), ``capacity_known``, ``located``, ``area_wide``, ``position_radius_m``; points in EPSG:32632.
    """
    statement = _services_statement().order_by(m.ServiceAtLocation.id)
    services = to_metric(read_geoframe(connection, statement, index="id"))
    services = services[services.geometry.notna() | services["municipality"].notna()]
    known = services.geometry.notna()
    fallback = gpd.GeoSeries(centres.reindex(services["municipality"]).to_list(), services.index, crs=METRIC)
    # A protected place is measured by its zone, never by minutes: three distances would give it away.
    wide = services["protected"].astype(bool) | (services["delivery"] != "sede")
    capacity = services["capacity"].astype("float64")
    return services.set_geometry(services.geometry.where(known, fallback)).assign(
        certainty=_certainties(services, today),
        capacity=capacity.fillna(1.0),
        capacity_known=capacity.notna(),
        located=(services["precision"] != "municipality") & known,
        position_radius_m=services["position_radius_m"].astype("float64"),
        **{column: services[column].astype("float64") for column in ("altitude_m", "age_min", "age_max")},
        area_wide=wide,
        # Two services whose body is unknown count as run by two bodies.
        provider=services["provider"].fillna(services["service"]),
    )[_COLUMNS]


_COLUMNS = [
    *("service", "type", "certainty", "provider", "municipality", "degurba", "altitude_m", "altimetric_zone"),
    *("delivery", "protected", "age_min", "age_max", "requirements"),
    *("capacity", "capacity_known", "located", "area_wide", "position_radius_m", "geometry"),
]


def in_unit(services: gpd.GeoDataFrame, capacities: pd.DataFrame, unit: str | None) -> gpd.GeoDataFrame:
    """Services with their capacity in the unit of a rule; one told in another unit only is not known.

    Places are not beds, and neither are people looked after: figures of two units are never added or compared.
    ``capacities`` as :func:`read_capacities` gives them.
    """
    told = capacities.loc[capacities["unit"] == unit].groupby("service")["maximum"].sum(min_count=1)
    found = told.reindex(services.index).astype("float64")
    return services.assign(capacity=found.fillna(1.0), capacity_known=found.notna())


def read_capacities(connection: Connection) -> pd.DataFrame:
    """Capacities in the units that rules speak of: ``service`` (their presence at a place), ``unit``, ``maximum``."""
    # A rule of load sets another figure of a service, such as its patients, against its capacity.
    spoken = (m.Standard.capacity_unit, m.Standard.figure_unit)
    units = union(*(select(unit).where(unit.is_not(None)) for unit in spoken))
    statement = (
        select(
            name(m.ServiceAtLocation.id, "service"),
            m.ServiceCapacity.unit,
            (m.ServiceCapacity.maximum / _places(m.ServiceAtLocation.service_id)).label("maximum"),
        )
        .join(m.ServiceCapacity, m.ServiceCapacity.service_id == m.ServiceAtLocation.service_id)
        .where(m.ServiceCapacity.unit.in_(units))
    )
    found = read_frame(connection, statement)
    return found.astype({"maximum": "float64"})


def _certainties(services: pd.DataFrame, today: date) -> Sequence[str]:
    return [
        certainty(status, expected, today)
        for status, expected in zip(services["supply_status"], services["expected_on"], strict=True)
    ]


def _services_statement() -> Select[*tuple[Any, ...]]:
    capacity = (
        select(func.sum(m.ServiceCapacity.maximum) / _places(m.Service.id))
        .where(m.ServiceCapacity.service_id == m.Service.id, m.ServiceCapacity.unit == m.ServiceType.capacity_unit)
        .scalar_subquery()
    )
    return (
        select(
            name(m.ServiceAtLocation.id, "id"),
            name(m.Service.id, "service"),
            m.Service.service_type_code.label("type"),
            m.Service.supply_status,
            m.Service.expected_on,
            name(m.Service.organization_id, "provider"),
            m.Service.delivery,
            m.Service.minimum_age.label("age_min"),
            m.Service.maximum_age.label("age_max"),
            m.Service.eligibility_description.is_not(None).label("requirements"),
            name(m.Location.municipality_id, "municipality"),
            m.Area.degurba,
            m.Area.altitude_m,
            m.Area.altimetric_zone,
            m.Location.precision,
            m.Location.position_radius_m,
            m.Location.location_protected.label("protected"),
            capacity.label("capacity"),
            func.ST_AsBinary(m.Location.geom).label("geometry"),
        )
        .join(m.ServiceType, m.ServiceType.code == m.Service.service_type_code)
        .join(m.ServiceAtLocation, m.ServiceAtLocation.service_id == m.Service.id)
        .join(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .outerjoin(m.Area, m.Area.id == m.Location.municipality_id)
        .where(m.Service.closed_on.is_(None), m.Service.supply_status != "chiuso")
    )


def _places(service: InstrumentedAttribute[uuid.UUID]) -> ScalarSelect[int]:
    """How many places a service is present at."""
    presence = aliased(m.ServiceAtLocation)
    return select(func.count()).where(presence.service_id == service).correlate_except(presence).scalar_subquery()


def name(identifier: InstrumentedAttribute[Any], label: str) -> Label[str]:
    """An identifier as text: frames look up a text at the speed of C, a UUID at that of Python."""
    return cast(identifier, String).label(label)


def read_service_areas(connection: Connection) -> pd.DataFrame:
    """The areas that services are for: ``service`` (their presence at a place) and ``area``.

    Declared areas; for a protected place without one its zona omogenea, which may be public.
    """
    declared = (
        select(name(m.ServiceAtLocation.id, "service"), name(m.ServiceArea.area_id, "area"))
        .join(m.ServiceArea, m.ServiceArea.service_id == m.ServiceAtLocation.service_id)
        .where(m.ServiceArea.area_id.is_not(None))
    )
    anywhere = select(m.ServiceArea.service_id).where(m.ServiceArea.area_id.is_not(None))
    by_zone = (
        select(name(m.ServiceAtLocation.id, "service"), name(m.AreaWithin.ancestor_id, "area"))
        .join(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .join(m.AreaWithin, m.AreaWithin.area_id == m.Location.municipality_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .where(
            m.Location.location_protected,
            m.Area.level == "zona_omogenea",
            m.ServiceAtLocation.service_id.not_in(anywhere),
        )
    )
    return read_frame(connection, union(declared, by_zone))
