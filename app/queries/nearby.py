"""Selects of the search nearby, for statements that are compiled once: values are named parameters.

What a search looks through is read as a whole (:func:`listed`); the words, services at protected places and the texts
of the answer are asked for at each search.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Float,
    Function,
    Integer,
    LargeBinary,
    SQLColumnExpression,
    String,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.nearby.listing import AT_PLACE, PROFILE
from app.queries.kinds import AnySelect
from app.queries.listing import feature
from app.queries.words import prepared_matching
from etl.store import models as m

L = m.ServiceListing
Zone = aliased(m.Area, name="zone")


def _sent(value: SQLColumnExpression[Any], kind: str, *, missing: str | None = None) -> ColumnElement[bytes]:
    """The bytes of a value as PostgreSQL sends them; ``missing`` is SQL for what stands where it is null."""
    told = value if missing is None else func.coalesce(value, literal_column(missing))
    return Function(f"{kind}_send" if kind == "uuid" else f"{kind}send", told, type_=LargeBinary)


def _way(place: int) -> ColumnElement[float]:
    """One of the two numbers of PostgreSQL's own kind of point."""
    return literal_column(f"service_listing.way[{place}]", Float)


def _types() -> ColumnElement[Any]:
    return bindparam("types", type_=ARRAY(String))


def _profile() -> list[SQLColumnExpression[Any]]:
    """:data:`app.nearby.listing.PROFILE`."""
    return [
        L.service_type_code,
        L.delivery,
        L.supply_status,
        L.expected_on,
        L.groups,
        L.minimum_age,
        L.maximum_age,
        L.languages,
        L.free,
        L.step_free,
        L.area_ids,
        L.opening_hours,
    ]


def _number() -> ColumnElement[int]:
    """The number of a profile: 64 bits of its values."""
    return func.hash_record_extended(func.row(*_profile()), literal_column("0::bigint"), type_=BigInteger)


def profiles() -> AnySelect:
    """The number of each profile that a service has, and its values; rows for :class:`app.nearby.listing.Listing`."""
    columns: list[ColumnElement[Any]] = [column.label(name) for name, column in zip(PROFILE, _profile(), strict=True)]
    return select(_number().label("number"), *columns).where(~L.location_protected).distinct()


def listed() -> AnySelect:
    """The services from ``low`` to ``high`` (identifiers), in their order: one value, bytes as ``ROW`` of the listing.

    A column of bytes costs the reader nothing for each row. Services at protected places are not among them.
    """
    nowhere = "'00000000-0000-0000-0000-000000000000'::uuid"
    sent = [
        *(_sent(L.id, "uuid"), _sent(_number(), "int8"), _sent(L.municipality_id, "uuid", missing=nowhere)),
        _sent(L.precision != "municipality", "bool"),
        *(_sent(_way(axis), "float8", missing="'NaN'::float8") for axis in (0, 1)),
        _sent(L.position_radius_m, "float8", missing="'NaN'::float8"),
    ]
    one = sent[0]
    for more in sent[1:]:
        one = one.op("||")(more)
    low, high = (bindparam(name, type_=Uuid) for name in ("low", "high"))
    told = one.label("told")
    rows = select(told).where(L.id.between(low, high), ~L.location_protected).order_by(L.id).subquery("rows")
    return select(func.string_agg(rows.c.told, literal_column("''::bytea")))


def by_words() -> AnySelect:
    """``id`` and ``rank`` of the ``rows`` nearest services of those that answer the words, people go to them.

    Of ``types`` unless there are none of them. Those that answer are found first: along the index of distances a rare
    word would be looked for everywhere.
    """
    condition, rank = prepared_matching()
    point = func.point(bindparam("x", type_=Float), bindparam("y", type_=Float))
    answering = select(L.id, L.way).where(condition, _of_types(), L.way.is_not(None), _gone_to())
    hits = answering.cte("hits").prefix_with("materialized")
    away = hits.c.way.op("<->")(point)
    rows = bindparam("rows", type_=Integer)
    near = select(hits.c.id, away.label("away")).order_by(away).limit(rows).subquery("near")
    return select(L.id, rank.label("rank")).join(near, near.c.id == L.id).order_by(near.c.away)


def coming() -> AnySelect:
    """``id`` and ``rank`` of services that answer the words and come to people or are reached from afar.

    Those of an area that holds the person's first. ``home``: the areas that the person's municipality lies in;
    ``types`` unless there are none; at most ``rows``.
    """
    condition, rank = prepared_matching()
    serves = L.area_ids.op("&&", is_comparison=True)(bindparam("home", type_=ARRAY(Uuid)))
    return (
        select(L.id, rank.label("rank"))
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
    """``id`` and ``feature`` (GeoJSON as text) of the services ``ids``.

    At a protected place only those that were found as such (``hidden``): of another, which a load has just protected,
    the minutes would tell where it was.
    """
    ids, hidden = (bindparam(name, type_=ARRAY(Uuid)) for name in ("ids", "hidden"))
    return select(L.id, feature().label("feature")).where(
        L.id == any_(ids), or_(~L.location_protected, L.id == any_(hidden))
    )


def _gone_to() -> ColumnElement[bool]:
    # A literal and not a parameter: an index of the others has the same words.
    return L.delivery == literal_column(f"'{AT_PLACE}'")


def _of_types() -> ColumnElement[bool]:
    return or_(func.cardinality(_types()) == 0, L.service_type_code == any_(_types()))
