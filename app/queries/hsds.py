"""Selects of the identifiers of HSDS 3.1: one column each, what the public may see and no more.

Of a protected place neither the location nor the presence of a service at it is among them, so that no search, count or
distance can tell it. A point known only by its municipality is near nothing, because it would be taken for a place.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Uuid, and_, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from app.queries.kinds import AnySelect
from app.queries.words import matching
from etl.store import models as m

L = m.ServiceListing
HERE, PLACE, BODY = m.ServiceAtLocation, m.Location, m.Organization

Near = tuple[float, float, float]  # longitude, latitude (degrees, EPSG:4326), metres


def services(
    *,
    search: str | None = None,
    term: uuid.UUID | None = None,
    taxonomy: uuid.UUID | None = None,
    organization: uuid.UUID | None = None,
    after: datetime | None = None,
) -> AnySelect:
    """Open services; ``after``: changed at that moment or later."""
    return select(L.id).where(*_asked(search, term, taxonomy, organization, after))


def organizations(*, search: str | None = None, term: uuid.UUID | None = None) -> AnySelect:
    """Bodies that some source lists; ``term``: those of open services that have it."""
    statement = select(BODY.id).where(BODY.closed_on.is_(None))
    if search is not None:
        told = func.concat_ws(" ", BODY.name, BODY.alternate_name)
        statement = statement.where(and_(*(told.icontains(word, autoescape=True) for word in search.split())))
    if term is not None:
        statement = statement.where(BODY.id.in_(select(L.organization_id).where(_has(term))))
    return statement


def locations() -> AnySelect:
    """Public places of open services."""
    return select(PLACE.id).where(~PLACE.location_protected, PLACE.id.in_(_presences().with_only_columns(PLACE.id)))


def presences(
    *,
    search: str | None = None,
    term: uuid.UUID | None = None,
    taxonomy: uuid.UUID | None = None,
    organization: uuid.UUID | None = None,
    after: datetime | None = None,
    near: Near | None = None,
) -> AnySelect:
    """Open services at public places; ``near``: within so many metres of a point, as the crow flies."""
    statement = _presences().where(*_asked(search, term, taxonomy, organization, after))
    return statement if near is None else statement.where(_close(near))


def taxonomies() -> AnySelect:
    """All taxonomies."""
    return select(m.Taxonomy.id)


def terms(*, taxonomy: uuid.UUID | None = None, parent: uuid.UUID | None = None, top: bool = False) -> AnySelect:
    """Terms: of a taxonomy, below another, or below none."""
    term = m.TaxonomyTerm
    statement = select(term.id)
    if taxonomy is not None:
        statement = statement.where(term.taxonomy_id == taxonomy)
    if parent is not None:
        statement = statement.where(term.parent_id == parent)
    return statement.where(term.parent_id.is_(None)) if top else statement


def _presences() -> AnySelect:
    # A service with one protected place is told as protected throughout.
    hidden = (
        select(HERE.service_id)
        .join(PLACE, PLACE.id == HERE.location_id)
        .where(PLACE.location_protected)
        .correlate(None)
    )
    return (
        select(HERE.id)
        .join(L, L.id == HERE.service_id)
        .join(PLACE, PLACE.id == HERE.location_id)
        .where(~PLACE.location_protected, ~L.location_protected, HERE.service_id.not_in(hidden))
    )


def _asked(
    search: str | None,
    term: uuid.UUID | None,
    taxonomy: uuid.UUID | None,
    organization: uuid.UUID | None,
    after: datetime | None,
) -> Sequence[ColumnElement[bool]]:
    """The conditions on the listing of services that are asked for."""
    found: list[ColumnElement[bool]] = []
    if search is not None:
        found.append(matching(search)[0])
    if term is not None:
        found.append(_has(term))
    if taxonomy is not None:
        its_terms = select(m.TaxonomyTerm.id).where(m.TaxonomyTerm.taxonomy_id == taxonomy).scalar_subquery()
        found.append(L.terms.op("&&")(cast(func.array(its_terms), ARRAY(UUID(as_uuid=True)))))
    if organization is not None:
        found.append(L.organization_id == organization)
    if after is not None:
        found.append(L.last_modified >= after)
    return found


def _has(term: uuid.UUID) -> ColumnElement[bool]:
    held: Any = any_(L.terms)
    told: ColumnElement[bool] = literal(term, Uuid()) == held
    return told


def _close(near: Near) -> ColumnElement[bool]:
    longitude, latitude, metres = near
    point = func.ST_SetSRID(func.ST_MakePoint(longitude, latitude), 4326)
    distance: ColumnElement[bool] = func.ST_DWithin(func.geography(PLACE.geom), func.geography(point), metres)
    return and_(PLACE.precision.in_(("address", "street")), distance)
