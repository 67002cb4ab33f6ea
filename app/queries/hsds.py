"""Selects of the identifiers of HSDS 3.1: one column each, what the public may see and no more.

Of a protected place neither the location nor the presence of a service at it is among them, so that no search, count or
distance can tell it. A point known only by its municipality is near nothing, because it would be taken for a place.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Uuid, and_, any_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from app.queries.kinds import AnySelect
from app.queries.words import matching
from etl.store import models as m

L = m.ServiceListing
HERE, PLACE, BODY = m.ServiceAtLocation, m.Location, m.Organization

PUBLIC_PRECISIONS = ("address", "street")
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
    return select(L.id).where(
        *_asked(search=search, term=term, taxonomy=taxonomy, organization=organization, after=after)
    )


def organizations(
    *, search: str | None = None, term: uuid.UUID | None = None, taxonomy: uuid.UUID | None = None
) -> AnySelect:
    """Bodies that some source lists; ``term`` and ``taxonomy``: those of open services that have such a term."""
    statement = select(BODY.id).where(BODY.closed_on.is_(None), *_named(search, BODY.name, BODY.alternate_name))
    for condition in _asked(term=term, taxonomy=taxonomy):
        statement = statement.where(BODY.id.in_(select(L.organization_id).where(condition)))
    return statement


def bodies_told() -> AnySelect:
    """The bodies of :func:`organizations`, and any other that an open service or a public place names."""
    named = [BODY.id.in_(select(L.organization_id)), BODY.id.in_(select(PLACE.organization_id).where(_shown()))]
    return select(BODY.id).where(or_(BODY.closed_on.is_(None), *named))


def locations() -> AnySelect:
    """Public places of open services."""
    return select(PLACE.id).where(_shown())


def presences(
    *,
    search: str | None = None,
    term: uuid.UUID | None = None,
    taxonomy: uuid.UUID | None = None,
    organization: uuid.UUID | None = None,
    after: datetime | None = None,
    near: Near | None = None,
    postcode: str | None = None,
) -> AnySelect:
    """Open services at public places.

    ``near``: within so many metres of a point, as the crow flies; ``postcode``: with an address that has it.
    """
    statement = _presences().where(
        *_asked(search=search, term=term, taxonomy=taxonomy, organization=organization, after=after)
    )
    if postcode is not None:
        statement = statement.where(PLACE.id.in_(select(m.Address.location_id).where(_of_code(postcode))))
    return statement if near is None else statement.where(_close(near))


def centre_of(postcode: str) -> AnySelect:
    """``longitude`` and ``latitude`` of the centre of the public addresses of a postal code; null where none is."""
    places = (
        select(func.ST_Centroid(func.ST_Collect(PLACE.geom)).label("centre"))
        .join(m.Address, m.Address.location_id == PLACE.id)
        .where(~PLACE.location_protected, PLACE.precision.in_(PUBLIC_PRECISIONS), _of_code(postcode))
        .subquery()
    )
    return select(
        func.ST_X(places.c.centre).label("longitude"), func.ST_Y(places.c.centre).label("latitude")
    ).select_from(places)


def taxonomies(*, search: str | None = None) -> AnySelect:
    """All taxonomies, or those with these words."""
    return select(m.Taxonomy.id).where(*_named(search, m.Taxonomy.name, m.Taxonomy.description))


def terms(
    *,
    search: str | None = None,
    taxonomy: uuid.UUID | None = None,
    parent: uuid.UUID | None = None,
    top: bool = False,
) -> AnySelect:
    """Terms: with these words, of a taxonomy, below another, or below none."""
    term = m.TaxonomyTerm
    statement = select(term.id).where(*_named(search, term.name, term.description, term.code))
    if taxonomy is not None:
        statement = statement.where(term.taxonomy_id == taxonomy)
    if parent is not None:
        statement = statement.where(term.parent_id == parent)
    return statement.where(term.parent_id.is_(None)) if top else statement


def _shown() -> ColumnElement[bool]:
    """That a place is one of an open service, and no secret."""
    return and_(~PLACE.location_protected, PLACE.id.in_(_presences().with_only_columns(PLACE.id)))


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
    *,
    search: str | None = None,
    term: uuid.UUID | None = None,
    taxonomy: uuid.UUID | None = None,
    organization: uuid.UUID | None = None,
    after: datetime | None = None,
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


def _named(search: str | None, *columns: Any) -> Sequence[ColumnElement[bool]]:  # noqa: ANN401 - mapped attributes
    """That every word is somewhere in the columns, whatever its accents and capitals."""
    told = func.unaccent(func.concat_ws(" ", *columns))
    return [told.icontains(func.unaccent(word), autoescape=False) for word in map(_escaped, (search or "").split())]


def _escaped(word: str) -> str:
    """A word whose signs stand for themselves in a pattern."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _of_code(postcode: str) -> ColumnElement[bool]:
    told: ColumnElement[bool] = m.Address.postal_code == postcode
    return told


def _has(term: uuid.UUID) -> ColumnElement[bool]:
    held: Any = any_(L.terms)
    told: ColumnElement[bool] = literal(term, Uuid()) == held
    return told


def _close(near: Near) -> ColumnElement[bool]:
    longitude, latitude, metres = near
    point = func.ST_SetSRID(func.ST_MakePoint(longitude, latitude), 4326)
    distance: ColumnElement[bool] = func.ST_DWithin(func.geography(PLACE.geom), func.geography(point), metres)
    return and_(PLACE.precision.in_(PUBLIC_PRECISIONS), distance)
