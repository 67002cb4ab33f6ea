"""Selects of the search nearby, for statements that are compiled once: values are named parameters.

Candidates come by the index that orders the services of a type by distance (``<->``), in metres (EPSG:32632): what did
not come is no nearer than the last that came.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Float,
    Integer,
    LargeBinary,
    SQLColumnExpression,
    String,
    Uuid,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.nearby.candidates import AT_PLACE
from app.queries.kinds import AnySelect
from app.queries.listing import feature
from app.queries.words import prepared_matching
from etl.store import models as m

L = m.ServiceListing
Zone = aliased(m.Area, name="zone")


def _away(way: SQLColumnExpression[Any]) -> ColumnElement[Any]:
    """Metres from the point ``x``, ``y`` (EPSG:32632)."""
    return way.op("<->")(func.point(bindparam("x", type_=Float), bindparam("y", type_=Float)))


def _way(place: int) -> ColumnElement[float]:
    """One of the two numbers of PostgreSQL's own kind of point."""
    return literal_column(f"service_listing.way[{place}]", Float)


def _columns(rank: ColumnElement[Any] | None = None) -> list[SQLColumnExpression[Any]]:
    """:data:`app.nearby.candidates.COLUMNS`."""
    return [
        L.id,
        L.service_type_code.label("kind"),
        _way(0).label("x"),
        _way(1).label("y"),
        L.position_radius_m.label("radius"),
        (L.precision != "municipality").label("located"),
        L.municipality_id.label("municipality"),
        L.delivery,
        L.supply_status.label("supply"),
        L.expected_on.label("expected"),
        L.groups,
        L.minimum_age.label("age_min"),
        L.maximum_age.label("age_max"),
        L.languages,
        L.free,
        L.step_free,
        L.area_ids.label("areas"),
        L.opening_hours.label("hours"),
        (null() if rank is None else rank).label("rank"),
    ]


def _types() -> ColumnElement[Any]:
    return bindparam("types", type_=ARRAY(String))


def nearest_of_types() -> AnySelect:
    """The nearest services of each of the ``types``, at most ``most`` (numbers in their order).

    Those that people go to; ``x`` and ``y`` in metres (EPSG:32632).
    """
    columns = column("code", String), column("most", Integer)
    pairs = func.unnest(_types(), bindparam("most", type_=ARRAY(Integer)))
    asked = pairs.table_valued(*columns, name="asked").render_derived()
    near = (
        select(*_columns())
        .where(L.service_type_code == asked.c.code, L.way.is_not(None), _gone_to())
        .order_by(_away(L.way))
        .limit(asked.c.most)
        .lateral("near")
    )
    return select(*near.c).select_from(asked.join(near, true()))


def nearest() -> AnySelect:
    """The nearest ``rows`` services of any type that people go to."""
    return (
        select(*_columns())
        .where(L.way.is_not(None), _gone_to())
        .order_by(_away(L.way))
        .limit(bindparam("rows", type_=Integer))
    )


def nearest_by_words() -> AnySelect:
    """The nearest ``rows`` services that answer the words, of ``types`` unless there are none of them.

    Those that answer are found first: along the index of distances a rare word would be looked for everywhere.
    """
    condition, rank = prepared_matching()
    answering = select(L.id, L.way).where(condition, _of_types(), L.way.is_not(None), _gone_to())
    hits = answering.cte("hits").prefix_with("materialized")
    near = select(hits.c.id).order_by(_away(hits.c.way)).limit(bindparam("rows", type_=Integer)).subquery("near")
    return select(*_columns(rank)).join(near, near.c.id == L.id).order_by(_away(L.way))


def coming(*, words: bool = False) -> AnySelect:
    """Services that come to people or are reached from afar: first those of an area that holds the person's.

    ``home``: the areas that the person's municipality lies in; ``types`` unless there are none; at most ``rows``.
    """
    condition, rank = prepared_matching() if words else (true(), None)
    serves = L.area_ids.op("&&", is_comparison=True)(bindparam("home", type_=ARRAY(Uuid)))
    return (
        select(*_columns(rank))
        .where(condition, _of_types(), ~_gone_to(), ~L.location_protected)
        .order_by(func.coalesce(serves, False).desc(), L.area_ids.is_not(None), L.id)
        .limit(bindparam("rows", type_=Integer))
    )


def hidden(*, words: bool = False) -> AnySelect:
    """``id`` and ``kind`` of services at protected places, those of the person's zone first; at most ``rows``.

    Nothing that depends on where they are but the zone, which is public, may choose or order them.
    """
    condition, _rank = prepared_matching() if words else (true(), None)
    zone = bindparam("zone", type_=Uuid)
    return (
        select(L.id, L.service_type_code.label("kind"), L.supply_status, L.expected_on)
        .where(L.location_protected, _of_types(), condition)
        .order_by(func.coalesce(L.zone_id == zone, False).desc(), L.id)
        .limit(bindparam("rows", type_=Integer))
    )


def municipalities() -> AnySelect:
    """Rows for :meth:`app.nearby.territory.Territory.of`, ordered by code; the point is the main inhabited place."""
    within = select(func.array_agg(m.AreaWithin.ancestor_id)).where(m.AreaWithin.area_id == m.Area.id).correlate(m.Area)
    place = aliased(m.Area, name="place")
    point = func.coalesce(place.label_point, place.geom)
    main = (
        select(func.ST_X(point).label("longitude"), func.ST_Y(point).label("latitude"))
        .select_from(m.DemandPoint)
        .join(place, place.id == m.DemandPoint.area_id)
        .where(m.DemandPoint.municipality_id == m.Area.id)
        .correlate(m.Area)
        .order_by(m.DemandPoint.weight.desc(), place.level, place.code)
        .limit(1)
        .lateral("main")
    )
    return (
        select(
            *(m.Area.id, m.Area.code, m.Area.name, m.Area.altimetric_zone, m.Area.altitude_m, m.Area.degurba),
            *(m.Area.parent_id.label("zone_id"), Zone.name.label("zone"), main.c.longitude, main.c.latitude),
            within.scalar_subquery().label("within"),
            func.ST_AsBinary(m.Area.geom, type_=LargeBinary).label("shape"),
        )
        .select_from(m.Area)
        .join(main, true())
        .outerjoin(Zone, Zone.id == m.Area.parent_id)
        .where(m.Area.level == "municipality")
        .order_by(m.Area.code)
    )


def kinds() -> AnySelect:
    """Rows for :meth:`app.nearby.territory.Territory.of`: the service types, and what of each is listed."""
    told = (
        select(
            L.service_type_code.label("code"),
            func.count().label("listed"),
            func.bool_or(~_gone_to() & ~L.location_protected).label("comes"),
            func.bool_or(L.location_protected).label("hidden"),
        )
        .group_by(L.service_type_code)
        .subquery("told")
    )
    t = m.ServiceType
    return (
        select(
            *(t.code, t.name_it, t.users, t.age_min, t.age_max, t.residence_bound, t.travel_mode),
            func.coalesce(told.c.listed, 0).label("listed"),
            *(func.coalesce(told.c[name], False).label(name) for name in ("comes", "hidden")),
        )
        .outerjoin(told, told.c.code == t.code)
        .order_by(t.position)
    )


def boxes() -> AnySelect:
    """Where the services lie that people go to, by ``municipality`` (null beyond the territory).

    ``west``, ``south``, ``east``, ``north`` in metres (EPSG:32632).
    """
    x, y = _way(0), _way(1)
    return (
        select(
            L.municipality_id.label("municipality"),
            *(func.min(x).label("west"), func.min(y).label("south")),
            *(func.max(x).label("east"), func.max(y).label("north")),
        )
        .where(L.way.is_not(None), _gone_to())
        .group_by(L.municipality_id)
    )


def features() -> AnySelect:
    """``id`` and ``feature`` (GeoJSON as text) of the services ``ids``."""
    return select(L.id, feature().label("feature")).where(L.id == any_(bindparam("ids", type_=ARRAY(Uuid))))


def _gone_to() -> ColumnElement[bool]:
    # A literal and not a parameter: an index of the others has the same words.
    return L.delivery == literal_column(f"'{AT_PLACE}'")


def _of_types() -> ColumnElement[bool]:
    return or_(func.cardinality(_types()) == 0, L.service_type_code == any_(_types()))
