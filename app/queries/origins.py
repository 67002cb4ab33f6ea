"""Selects on where the values of services come from, on what happened to them, and on former identifiers."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Date, and_, case, cast, exists, func, literal, null, or_, select, true

from app.queries.kinds import AnySelect
from etl.link.fields import SECRET
from etl.store import models as m

# The book of changes names some fields otherwise than claims do.
_NOT_TOLD = (*sorted(SECRET), "osm_hours", "opening_hours")


def present(member_id: uuid.UUID) -> AnySelect:
    """The identifier under which a service is published that once had one of its own."""
    identity = m.Identity
    return select(identity.entity_id).where(identity.entity == "service", identity.member_id == member_id)


def known(service_id: uuid.UUID) -> AnySelect:
    """The service of an identifier, closed ones too."""
    return select(m.Service.id, m.Service.name, m.Service.closed_on).where(m.Service.id == service_id)


def origins(service_id: uuid.UUID, field: str | None = None) -> AnySelect:
    """Values that are told of a service, with the source or the person that tells each."""
    origin, record, source, run, hand = m.FieldOrigin, m.SourceRecord, m.Source, m.SourceRun, m.HandValue
    statement = (
        select(
            *(origin.field, origin.value, origin.survives, origin.rule, origin.told_on),
            *(origin.evidence, origin.evidence_year),
            *(
                source.id.label("source_id"),
                source.title.label("source"),
                cast(run.started_at, Date).label("loaded_on"),
            ),
            *(hand.author, hand.note),
        )
        .select_from(origin)
        .outerjoin(record, record.id == origin.source_record_id)
        .outerjoin(source, source.id == record.source_id)
        .outerjoin(run, run.id == record.last_run_id)
        .outerjoin(hand, hand.id == origin.hand_value_id)
        .where(origin.entity == "service", origin.entity_id == service_id)
        .order_by(origin.field, origin.survives.desc(), source.id, origin.id)
    )
    return statement if field is None else statement.where(origin.field == field)


def body(service_id: uuid.UUID) -> AnySelect:
    """What is published of the body of a service, as a row of :func:`origins`, with the list that names it so."""
    service, public, claim, identity = m.Service, m.Organization, m.OrganizationClaim, m.Identity
    record, source, run = m.SourceRecord, m.Source, m.SourceRun
    nothing = null()
    return (
        select(
            literal("organization").label("field"),
            func.jsonb_build_object("name", public.name, "tax_id", public.tax_id).label("value"),
            *(true().label("survives"), literal("fiducia").label("rule"), nothing.label("told_on")),
            *(claim.told["evidence"].astext.label("evidence"), nothing.label("evidence_year")),
            *(
                source.id.label("source_id"),
                source.title.label("source"),
                cast(run.started_at, Date).label("loaded_on"),
            ),
            *(nothing.label("author"), nothing.label("note")),
        )
        .select_from(service)
        .join(public, public.id == service.organization_id)
        .join(identity, and_(identity.entity == "organization", identity.entity_id == public.id))
        .join(claim, claim.organization_id == identity.member_id)
        .join(source, source.id == claim.source_id)
        .outerjoin(record, record.id == claim.source_record_id)
        .outerjoin(run, run.id == record.last_run_id)
        .where(service.id == service_id, claim.told["name"].astext == public.name)
        .order_by(claim.rank, source.id, claim.organization_id)
        .limit(1)
    )


def changes(service_id: uuid.UUID) -> AnySelect:
    """What happened to a service and to those it was made of, the latest first.

    The book names each change by the claim it was of: a change follows its claim through merges and splits. Of
    protected places what could tell them is left out.
    """
    book, identity, run = m.Metadata, m.Identity, m.SourceRun
    members = select(identity.member_id).where(identity.entity == "service", identity.entity_id == service_id)
    hidden = exists().where(
        m.ServiceAtLocation.service_id == service_id,
        m.Location.id == m.ServiceAtLocation.location_id,
        m.Location.location_protected,
    )
    return (
        select(
            book.id,
            literal(service_id).label("resource_id"),
            *(book.resource_type, book.last_action_date, book.last_action_type, book.field_name),
            *(book.previous_value, book.replacement_value, book.updated_by, book.event),
            run.source_id,
        )
        .outerjoin(run, run.id == book.run_id)
        .where(book.resource_type == "service", or_(book.resource_id.in_(members), book.resource_id == service_id))
        .where(or_(~hidden, book.field_name.not_in(_NOT_TOLD)))
        .order_by(book.last_action_date.desc(), book.field_name, book.id)
    )


def named(text: str, limit: int) -> AnySelect:
    """Services whose name, body or type holds every word of a text, open ones first."""
    service, body, kind, area = m.Service, m.Organization, m.ServiceType, m.Area
    town = case((m.Location.location_protected, None), else_=area.name)
    told = [
        func.concat_ws(" ", service.name, body.name, kind.name_it, town).icontains(word, autoescape=True)
        for word in words(text)
    ]
    return (
        select(
            *(service.id, service.name, kind.name_it.label("type_name"), body.name.label("organization")),
            *(m.Address.address_1.label("address"), town.label("municipality"), service.closed_on),
        )
        .join(kind, kind.code == service.service_type_code)
        .outerjoin(body, body.id == service.organization_id)
        .outerjoin(m.ServiceAtLocation, m.ServiceAtLocation.service_id == service.id)
        .outerjoin(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .outerjoin(m.Address, m.Address.location_id == m.Location.id)
        .outerjoin(area, area.id == m.Location.municipality_id)
        .where(and_(*told))
        .order_by(service.closed_on.is_not(None), service.name, service.id)
        .limit(limit)
    )


def words(text: str) -> Sequence[str]:
    """Words of what somebody searches."""
    return text.split()


def type_names() -> AnySelect:
    """Codes of the service types with their names."""
    return select(m.ServiceType.code, m.ServiceType.name_it.label("name"))


def municipality_names() -> AnySelect:
    """ISTAT codes of the municipalities with their names."""
    return select(m.Area.code, m.Area.name).where(m.Area.level == "municipality")
