"""Selects of what the linked data tell: one service, its hours, what the pages were last changed by."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, case, exists, func, select

from app.queries.kinds import AnySelect
from app.queries.listing import properties
from etl.store import models as m

L = m.ServiceListing
IPA = "ipa"  # the register of public administrations


def service(service_id: uuid.UUID) -> AnySelect:
    """An open service as it may be told, with the words of its type, its cost and its languages.

    ``lon`` and ``lat`` (degrees, EPSG:4326) are null where the point is not public. A protected service has the
    description of its type: its own might tell where it is. ``public_body``: a public administration offers it.
    """
    told = m.OrganizationIdentifier
    public = exists().where(told.organization_id == L.organization_id, told.identifier_scheme == IPA)
    own = case((L.location_protected, None), else_=m.Service.description)
    return (
        select(
            *properties(),
            func.ST_X(L.geom).label("lon"),
            func.ST_Y(L.geom).label("lat"),
            L.free,
            L.languages,
            own.label("description"),
            m.ServiceType.description_it.label("type_description"),
            m.TaxonomyTerm.code.label("term"),
            public.label("public_body"),
        )
        .join(m.ServiceType, m.ServiceType.code == L.service_type_code)
        .join(m.TaxonomyTerm, m.TaxonomyTerm.id == m.ServiceType.term_id)
        .join(m.Service, m.Service.id == L.id)
        .where(L.id == service_id)
    )


def public_bodies(bodies: Collection[uuid.UUID | None]) -> Select[uuid.UUID]:
    """Those of these bodies that the register of public administrations lists."""
    told = m.OrganizationIdentifier
    return select(told.organization_id).where(told.identifier_scheme == IPA, told.organization_id.in_(bodies))


def hours(services: Collection[uuid.UUID]) -> AnySelect:
    """Weekly hours of services that are known day by day: ``service_id``, ``byday`` (``MO,TU``), two times."""
    told = m.Schedule
    known = told.byday.is_not(None) & told.opens_at.is_not(None) & told.closes_at.is_not(None)
    return (
        select(told.service_id, told.byday, told.opens_at, told.closes_at)
        .where(told.service_id.in_(services), known, told.freq == "WEEKLY")
        .order_by(told.service_id, told.byday, told.opens_at)
    )


def published() -> Select[Any]:
    """When what is published last changed; null before the first load."""
    return select(func.max(m.DataVersion.created_at))


def listed_by_type() -> AnySelect:
    """Types with services, and when the last of them changed: ``code``, ``changed``."""
    changed = func.max(L.last_modified).label("changed")
    return select(L.service_type_code.label("code"), changed).group_by(L.service_type_code).order_by("code")


def cards(levels: Collection[str]) -> AnySelect:
    """Areas that have a card: ``level``, ``code``."""
    return select(m.Area.level, m.Area.code).where(m.Area.level.in_(levels)).order_by(m.Area.level, m.Area.code)
