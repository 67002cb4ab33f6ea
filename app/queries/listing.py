"""Selects on the listing of services, for statements that are compiled once: values are named parameters.

The identifiers are random in space (UUIDv5), and the list is ordered by them. Of a narrow filter the hits are collected
and sorted; of a wide one the index of the identifiers is walked, where a hit is soon found. Either alone is ruinous
for the other case, so the statement holds both: the hits are collected up to :data:`COUNTED`, which also counts them,
and only where there are more the walk is made. No estimate decides, so no estimate can be wrong.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Float,
    Integer,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import literal_column as sql
from sqlalchemy.orm import aliased

from app.queries.kinds import AnySelect
from app.queries.words import prepared_matching
from etl.store import models as m

COUNTED = 10_000  # hits; of more only a page is given, and no count
FIRST = uuid.UUID(int=0)  # before every identifier

NAMES = (
    *("id", "name", "type", "type_name", "macro_area", "organization_id", "organization", "address"),
    *("municipality_code", "municipality", "zone_code", "zone", "phone", "email", "url", "hours", "delivery", "status"),
    *("supply_status", "certainty", "expected_on", "precision", "location_protected", "evidence", "evidence_year"),
    *("note", "last_modified"),
)

L = m.ServiceListing
ID: ColumnElement[uuid.UUID] = L.__table__.c.id


@dataclass(frozen=True)
class Filters:
    """Which filters a list is asked with; their values are parameters of the statement.

    ``bbox``: west, south, east, north (degrees, EPSG:4326). ``area``: code of an area of any level. ``type``: code.
    ``certainty``: list of words. ``words``: those of :func:`app.queries.words.values`.
    """

    bbox: bool = False
    area: bool = False
    type: bool = False
    certainty: bool = False
    words: bool = False


def certainty() -> ColumnElement[str]:
    """How far a service may be counted on, today; the same as :func:`app.queries.services.certainty`."""
    overdue = and_(L.supply_status == "atteso", L.expected_on <= func.current_date())
    return case(
        (L.supply_status == "attivo", "confermata"),
        (or_(L.supply_status == "da_verificare", overdue), "incerta"),
        else_="programmata",
    )


def page(filters: Filters) -> AnySelect:
    """One page as features: columns ``matched``, ``id`` and ``feature`` (text), ordered by identifier.

    Parameters of the statement: ``rows`` at most, ``after`` an identifier, and those of the filters. There is always a
    row; without a hit its identifier is null. ``matched`` beyond :data:`COUNTED` only says that there are more.
    """
    found, ids = _page(filters)
    text = select(feature()).where(L.id == ids.c.id).correlate(ids).scalar_subquery()
    return (
        select(found.c.n.label("matched"), ids.c.id, text.label("feature"))
        .select_from(found.outerjoin(ids, true()))
        .order_by(ids.c.id)
    )


def table(filters: Filters) -> AnySelect:
    """The same page as columns, for a table."""
    found, ids = _page(filters)
    return (
        select(found.c.n.label("matched"), *properties())
        .select_from(found.outerjoin(ids, true()).outerjoin(L, L.id == ids.c.id))
        .order_by(L.id)
    )


def one() -> AnySelect:
    """The service ``id`` as a feature."""
    return select(feature()).where(L.id == bindparam("id", type_=Uuid))


def _page(filters: Filters) -> tuple[CTE, CTE]:
    """How many hits there are, and the identifiers of the page."""
    rows, after = bindparam("rows", type_=Integer), bindparam("after", FIRST, type_=Uuid)
    hits = select(L.id).where(*_conditions(filters, indexed=True)).limit(sql(str(COUNTED + 1))).cte("hits")
    found = select(func.count().label("n")).select_from(hits).cte("found")
    few = select(found.c.n).scalar_subquery() <= COUNTED
    near = select(hits.c.id).where(few, hits.c.id > after).order_by(hits.c.id).limit(rows)
    walk = _conditions(filters, indexed=False)
    far = select(L.id).where(~few, L.id > after, *walk).order_by(L.id).limit(rows)
    return found, union_all(near, far).cte("page")


def _conditions(filters: Filters, *, indexed: bool) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if filters.bbox:
        made.append(_in_box() if indexed else _in_box().is_(True))  # "is true" is what no index of places answers
    if filters.area:
        made.append(_in_area())
    if filters.type:
        made.append(L.service_type_code == bindparam("type", type_=String))
    if filters.certainty:
        made.append(certainty() == any_(bindparam("certainty", type_=ARRAY(String))))
    if filters.words:
        made.append(prepared_matching()[0])
    return made


def _in_box() -> ColumnElement[bool]:
    corners = [bindparam(name, type_=Float) for name in ("west", "south", "east", "north")]
    return L.spot.op("<@", is_comparison=True)(func.box(func.point(*corners[:2]), func.point(*corners[2:])))


def _in_area() -> ColumnElement[bool]:
    """Of a protected place only the zone may be asked for: the municipality would be told by 312 questions."""
    ancestor = aliased(m.Area)
    inside = (
        select(m.AreaWithin.area_id)
        .join(ancestor, ancestor.id == m.AreaWithin.ancestor_id)
        .where(ancestor.code == bindparam("area", type_=String))
    )
    ids = func.array(inside.scalar_subquery())
    in_zone = and_(L.municipality_id.is_(None), L.zone_id == func.any(ids))
    return or_(L.municipality_id == func.any(ids), in_zone)


def feature() -> ColumnElement[str]:
    """A feature as text: it is written when the row is, up to the one property that depends on the day."""
    return L.feature.op("||")(certainty()).op("||")(sql("'\"}}'"))


def properties() -> list[ColumnElement[Any]]:
    """The properties of a service as columns, by the names that the answers have."""
    named = {"type": L.service_type_code, "certainty": certainty()}
    return [named[name].label(name) if name in named else getattr(L, name) for name in NAMES]
