"""Selects on proposed coordination tables: who sits at each, where, and how many people have that service alone."""

import uuid

from sqlalchemy import any_, select
from sqlalchemy.orm import aliased

from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m

Town = aliased(m.Area, name="town")
Zone = aliased(m.Area, name="zone")


def members(*, type_code: str | None = None, run: uuid.UUID | None = None) -> AnySelect:
    """Services of each group of overlaps, by name; one row for each place of a service.

    ``marginal`` is missing for services that are not open yet: ``group``, ``service_id``, ``name``,
    ``body``, ``municipality``, ``zone``, ``supply_status``, ``persons``, ``marginal``, ``marginal_all``.
    """
    result, service, reach = m.OverlapResult, m.Service, m.ServiceReach
    within_zone = select(m.AreaWithin.area_id, Zone.name).join(Zone, Zone.id == m.AreaWithin.ancestor_id)
    zone = within_zone.where(Zone.level == "zona_omogenea").subquery("zone_of")
    statement = (
        select(
            result.id.label("group"),
            service.id.label("service_id"),
            service.name,
            m.Organization.name.label("body"),
            Town.name.label("municipality"),
            zone.c.name.label("zone"),
            service.supply_status,
            reach.persons,
            reach.marginal,
            reach.marginal_all,
        )
        .join(service, service.id == any_(result.service_ids))
        .outerjoin(m.Organization, m.Organization.id == service.organization_id)
        .outerjoin(reach, (reach.run_id == result.run_id) & (reach.service_id == service.id))
        .outerjoin(m.ServiceAtLocation, m.ServiceAtLocation.service_id == service.id)
        .outerjoin(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .outerjoin(Town, Town.id == m.Location.municipality_id)
        .outerjoin(zone, zone.c.area_id == Town.id)
        .where(of_run(result.run_id, run))
        .order_by(result.id, service.name, service.id, Town.name)
    )
    return statement if type_code is None else statement.where(result.service_type_code == type_code)
