"""Selects on services as the public may see them."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.queries.areas import BBox, inside, intersects
from app.queries.kinds import AnySelect
from etl.store import models as m

Municipality = aliased(m.Area, name="municipality")
Zone = aliased(m.Area, name="zone")


def certainty() -> ColumnElement[str]:
    """How far a service may be counted on, today: ``confermata``, ``incerta`` or ``programmata``.

    The measures ask the same of :func:`etl.derive.supply.certainty`; a test holds the two together.
    """
    overdue = and_(m.Service.supply_status == "atteso", m.Service.expected_on <= func.current_date())
    return case(
        (m.Service.supply_status == "attivo", "confermata"),
        (or_(m.Service.supply_status == "da_verificare", overdue), "incerta"),
        else_="programmata",
    )


def services(
    *,
    type_codes: Sequence[str] = (),
    within: str | None = None,
    certainties: Sequence[str] = (),
    bbox: BBox | None = None,
    text: str | None = None,
    service_id: uuid.UUID | None = None,
) -> AnySelect:
    """Open services with body, place and contacts, ordered by identifier.

    Protected locations come out without point and address by construction: the tables read here have neither.
    A point known only at municipality precision stays out too, because it would be taken for a place.
    """
    listed = m.Service.closed_on.is_(None) & (m.Service.supply_status != "chiuso")
    statement = _base().where(listed).order_by(m.Service.id)
    if type_codes:
        statement = statement.where(m.Service.service_type_code.in_(type_codes))
    if within is not None:
        statement = statement.where(_public_area().in_(inside(within)))
    if certainties:
        statement = statement.where(certainty().in_(certainties))
    if bbox is not None:
        statement = statement.where(intersects(_public_point(), bbox))
    if text:
        pattern = f"%{_escaped(text)}%"
        statement = statement.where(
            or_(m.Service.name.ilike(pattern), m.Organization.name.ilike(pattern), m.ServiceType.name_it.ilike(pattern))
        )
    if service_id is not None:
        statement = statement.where(m.Service.id == service_id)
    return statement


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _public_point() -> ColumnElement[Any]:
    return case((m.Location.precision == "municipality", None), else_=m.Location.geom)


def _public_area() -> ColumnElement[uuid.UUID | None]:
    """The smallest area that a service may be said to be in: of a protected place only the zone.

    A filter on the municipality would tell it, one question for each of the 312.
    """
    return case((m.Location.location_protected, _zone_of_location()), else_=m.Location.municipality_id)


def _base() -> AnySelect:
    phones = select(func.string_agg(m.Phone.number, "; ")).where(m.Phone.service_id == m.Service.id).scalar_subquery()
    hours = (
        select(func.string_agg(m.Schedule.description, "; "))
        .where(m.Schedule.service_id == m.Service.id)
        .scalar_subquery()
    )
    return (
        select(
            m.Service.id,
            m.Service.name,
            m.ServiceType.code.label("type"),
            m.ServiceType.name_it.label("type_name"),
            m.ServiceType.macro_area,
            m.Organization.id.label("organization_id"),
            m.Organization.name.label("organization"),
            m.Address.address_1.label("address"),
            Municipality.code.label("municipality_code"),
            Municipality.name.label("municipality"),
            Zone.code.label("zone_code"),
            Zone.name.label("zone"),
            phones.label("phone"),
            m.Service.email,
            m.Service.url,
            hours.label("hours"),
            m.Service.delivery,
            m.Service.status,
            m.Service.supply_status,
            certainty().label("certainty"),
            m.Service.expected_on,
            m.Location.precision,
            m.Location.location_protected,
            case((m.Location.location_protected, None), else_=m.Service.evidence).label("evidence"),
            m.Service.evidence_year,
            case((m.Location.location_protected, None), else_=m.Service.note).label("note"),
            m.Service.last_modified,
            _public_point().label("geom"),
        )
        .join(m.ServiceType, m.ServiceType.code == m.Service.service_type_code)
        .join(m.ServiceAtLocation, m.ServiceAtLocation.service_id == m.Service.id)
        .join(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .outerjoin(m.Address, m.Address.location_id == m.Location.id)
        .outerjoin(m.Organization, m.Organization.id == m.Service.organization_id)
        .outerjoin(Municipality, _shown_municipality())
        .outerjoin(Zone, Zone.id == _zone_of_location())
    )


def _shown_municipality() -> ColumnElement[bool]:
    """Of a protected place only the zone is public, not even the municipality."""
    return and_(Municipality.id == m.Location.municipality_id, ~m.Location.location_protected)


def _zone_of_location() -> ColumnElement[uuid.UUID | None]:
    return select(m.Area.parent_id).where(m.Area.id == m.Location.municipality_id).scalar_subquery()
