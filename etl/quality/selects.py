"""What the database knows of each source that has loaded something, one Select for one question."""

from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    Select,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from etl.publication.places import BY_PLACE
from etl.quality.parts import DISAGREEMENTS, PRECISION_WEIGHTS, WEB_ONLY
from etl.runs import LINKAGE
from etl.sources.base import BULK
from etl.store import models as m

# What a Select gives depends on its columns; nothing here needs to know it twice.
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
_UNLISTED = "non_elencata"  # rule of what is told in rows that are no longer listed (etl.link.rules)
SEVERITIES = ("scartato", "modificato", "dubbio")


def last_runs() -> AnySelect:
    """The latest run of each source: what is public now came with it."""
    run = m.SourceRun
    return (
        select(run.id, run.source_id, run.finished_at, run.edition, run.state, run.counts, run.files)
        .ext(distinct_on(run.source_id))
        .order_by(run.source_id, run.started_at.desc(), run.id)
    )


def sources() -> AnySelect:
    """All sources with their latest run, which a reference table may lack."""
    run = last_runs().subquery()
    return (
        select(*m.Source.__table__.c, *(column.label(f"run_{column.name}") for column in run.c))
        .outerjoin(run, run.c.source_id == m.Source.id)
        .where(m.Source.id != LINKAGE.id)
        .order_by(m.Source.title, m.Source.id)
    )


def issues() -> AnySelect:
    """Remarks of the latest runs by source, kind, severity and field, the most frequent first."""
    run = last_runs().subquery()
    issue = m.Issue
    # Bulk contents remark once for many rows and tell how many.
    many = func.sum(case((issue.value.regexp_match(r"^\d{1,9}$") & _bulk(), cast(issue.value, Integer)), else_=1))
    return (
        select(issue.source_id, issue.kind, issue.severity, issue.field, many.label("count"))
        .join(run, run.c.id == issue.run_id)
        .join(m.Source, m.Source.id == issue.source_id)
        .group_by(issue.source_id, issue.kind, issue.severity, issue.field)
        .order_by(issue.source_id, many.desc(), issue.kind, issue.severity, issue.field)
    )


def examples(most: int) -> AnySelect:
    """Some remarks of the latest runs for each source, kind, severity and field; those that tell a value first."""
    run, issue = last_runs().subquery(), m.Issue
    names = ("source_id", "kind", "severity", "field", "message", "value", "mended")
    # One sentence that comes a hundred times is one example.
    told = select(*(getattr(issue, name) for name in names)).join(run, run.c.id == issue.run_id).distinct().subquery()
    group = [told.c[name] for name in names[:4]]
    order = (told.c.value.is_(None), told.c.message, told.c.value, told.c.mended)
    numbered = select(told, func.row_number().over(partition_by=group, order_by=order).label("place")).subquery()
    return (
        select(numbered).where(numbered.c.place <= most).order_by(*(numbered.c[name] for name in (*names[:4], "place")))
    )


def _bulk() -> ColumnElement[bool]:
    return and_(m.Source.kind.in_(sorted(BULK)), m.Issue.severity == "scartato")


def disagreements() -> AnySelect:
    """Accepted rows of the latest runs that something else contradicts, by source."""
    run = last_runs().subquery()
    record = m.SourceRecord
    return (
        select(m.Issue.source_id, func.count(distinct(m.Issue.record_key)).label("denied"))
        .join(run, run.c.id == m.Issue.run_id)
        .join(record, and_(record.source_id == m.Issue.source_id, record.key == m.Issue.record_key))
        .where(m.Issue.kind.in_(sorted(DISAGREEMENTS)), record.accepted, record.closed_on.is_(None))
        .group_by(m.Issue.source_id)
    )


def events() -> AnySelect:
    """How many things each kind of event of the latest runs happened to, by source."""
    run = last_runs().subquery()
    return (
        select(run.c.source_id, m.Metadata.event, func.count(distinct(m.Metadata.resource_id)).label("count"))
        .join(run, run.c.id == m.Metadata.run_id)
        .where(m.Metadata.event.is_not(None))
        .group_by(run.c.source_id, m.Metadata.event)
    )


# --- services -----------------------------------------------------------------------------------------


def services(today: date) -> AnySelect:
    """Means over the open services that each source tells, by what it says of them itself."""
    told = _services(today).subquery()
    return (
        select(
            told.c.source_id,
            func.count().label("things"),
            func.avg(told.c.filled).label("filled"),
            func.avg(told.c.precise).label("precision"),
            func.avg(told.c.reachable).label("contactability"),
            func.percentile_cont(0.5).within_group(told.c.age).label("age"),
        )
        .group_by(told.c.source_id)
        .order_by(told.c.source_id)
    )


def _services(today: date) -> AnySelect:
    service, place, told = m.Service, m.Location, _told().subquery()
    visited = and_(service.delivery != "remoto", ~place.location_protected)
    return (
        select(
            m.SourceRecord.source_id,
            case(
                (visited, _share(told.c.body, told.c.address, told.c.hours, told.c.url)),
                # Hours are not public there, as they could tell where it is.
                (place.location_protected, _share(told.c.body, told.c.url)),
                else_=_share(told.c.body, told.c.hours, told.c.url),
            ).label("filled"),
            case((visited, case(PRECISION_WEIGHTS, value=told.c.precision, else_=0.0))).label("precise"),
            _reachable(told.c.reached, told.c.url).label("reachable"),
            # Evidence of a year holds until its last day; GREATEST would take no year for no age.
            case(
                (
                    told.c.evidence_year.is_not(None),
                    func.greatest(0, literal(today) - func.make_date(told.c.evidence_year, 12, 31)),
                )
            ).label("age"),
        )
        .join(m.SourceRecord, m.SourceRecord.id == told.c.source_record_id)
        .join(service, service.id == told.c.entity_id)
        .join(m.ServiceAtLocation, m.ServiceAtLocation.service_id == service.id)
        .join(place, place.id == m.ServiceAtLocation.location_id)
        .where(service.closed_on.is_(None))
    )


def _told() -> AnySelect:
    """What each row of a source that is listed tells of its service, whether it is published or not."""
    origin = m.FieldOrigin

    def tells(*fields: str) -> ColumnElement[bool]:
        return func.bool_or(origin.field.in_(fields))

    place = case((origin.field == "position", origin.value["precision"].astext))
    # What is published by way of the place is a saying of another service, which is measured by itself.
    own = (origin.rule != _UNLISTED) & ~((origin.rule == BY_PLACE) & origin.survives)
    return (
        select(
            origin.source_record_id,
            origin.entity_id,
            tells("organization").label("body"),
            tells("address").label("address"),
            tells("schedule").label("hours"),
            tells("url").label("url"),
            tells("phone", "email").label("reached"),
            func.max(place).label("precision"),
            func.max(origin.evidence_year).label("evidence_year"),
        )
        .where(origin.entity == "service", origin.source_record_id.is_not(None), own)
        .group_by(origin.source_record_id, origin.entity_id)
    )


def _share(*filled: ColumnElement[bool]) -> ColumnElement[Any]:
    """The part of the conditions that hold."""
    total: ColumnElement[Any] = literal(0)
    for condition in filled:
        total = total + case((condition, 1), else_=0)
    return cast(total, Numeric) / len(filled)


def _reachable(direct: ColumnElement[bool], web: ColumnElement[bool]) -> ColumnElement[Any]:
    return case((direct, 1.0), (web, WEB_ONLY), else_=0.0)


# --- bodies and figures -------------------------------------------------------------------------------


def bodies() -> AnySelect:
    """Means over the bodies of each list of bodies, by what that list itself says of them."""
    claim, told = m.OrganizationClaim, m.OrganizationClaim.told
    known = {name: told.has_key(name) for name in ("tax_id", "legal_status", "identifiers", "municipality")}
    filled = _share(known["tax_id"], or_(known["legal_status"], known["identifiers"]), known["municipality"])
    addressed = func.bool_or(told.has_key("address"))
    precise = func.avg(case(PRECISION_WEIGHTS, value=told["precision"].astext, else_=0.0))
    reachable = _reachable(or_(told.has_key("phones"), told.has_key("email")), told.has_key("url"))
    return (
        select(
            claim.source_id,
            func.count().label("things"),
            func.avg(filled).label("filled"),
            case((addressed, precise)).label("precision"),
            func.avg(reachable).label("contactability"),
        )
        .where(claim.rank == 0)
        .group_by(claim.source_id)
        .order_by(claim.source_id)
    )


def municipalities_told() -> AnySelect:
    """Share of the municipalities of which each source of figures, residents or travel times tells something."""
    area = m.Area
    told = union_all(
        select(m.Indicator.source_id, m.Indicator.area_id),
        select(m.Population.source_id, m.Population.area_id).distinct(),
        select(m.TravelTime.source_id, m.TravelTime.origin_id),
    ).subquery()
    every = select(func.count()).where(area.level == "municipality").scalar_subquery()
    return (
        select(told.c.source_id, (cast(func.count(distinct(area.id)), Numeric) / every).label("told"))
        .join(area, area.id == told.c.area_id)
        .where(area.level == "municipality")
        .group_by(told.c.source_id)
    )


def totals() -> AnySelect:
    """Listed out of the totals published elsewhere, for lists that call themselves complete."""
    told = m.SourceCoverage
    listed = cast(func.sum(func.least(told.listed, told.official_total)), Numeric)
    return (
        select(told.source_id, (listed / func.nullif(func.sum(told.official_total), 0)).label("listed"))
        .where(told.complete, told.official_total.is_not(None), told.listed.is_not(None))
        .group_by(told.source_id)
    )
