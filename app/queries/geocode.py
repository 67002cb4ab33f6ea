"""Selects of the search for places: areas by name, streets, street numbers, services. Nothing protected is read."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    String,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from app.queries.kinds import AnySelect
from app.queries.nearby import L
from etl.store import models as m

LEVELS = ("municipality", "quarter", "settlement")
_ACCENTS = ("àáèéìíòóùú", "aaeeiioouu")
_ALIKE = 0.5  # word similarity from which on a street may be meant; the order decides

Town = aliased(m.Area, name="town")


def areas() -> AnySelect:
    """Municipalities, quarters and settlements with their municipality, a point, and west, south, east, north."""
    point = func.coalesce(m.Area.label_point, func.ST_PointOnSurface(m.Area.geom))
    return (
        select(
            *(m.Area.level, m.Area.code, m.Area.name, Town.code.label("municipality_code")),
            *(Town.name.label("municipality"), func.ST_X(point).label("longitude"), func.ST_Y(point).label("latitude")),
            *(side(m.Area.geom).label(name) for name, side in SIDES.items()),
        )
        .outerjoin(m.DemandPoint, m.DemandPoint.area_id == m.Area.id)
        .outerjoin(
            Town,
            Town.id
            == case(
                (m.Area.level == "municipality", m.Area.id),
                else_=func.coalesce(m.DemandPoint.municipality_id, m.Area.parent_id),
            ),
        )
        .where(m.Area.level == any_(literal(list(LEVELS), ARRAY(String))))
        .order_by(m.Area.level, m.Area.code)
    )


SIDES = {"west": func.ST_XMin, "south": func.ST_YMin, "east": func.ST_XMax, "north": func.ST_YMax}


def streets() -> AnySelect:
    """Streets whose name is like ``street`` (folded), in the municipality ``code`` or, where it is empty, anywhere.

    ``name``, ``municipality_code``, ``municipality``, ``similarity``, a point of the street, west, south, east, north;
    at most ``rows``.
    """
    code, asked = bindparam("code", type_=String), bindparam("street", type_=String)
    plain = func.translate(func.lower(m.Street.name), *_ACCENTS)
    alike = func.similarity(asked, plain)
    where = and_(m.Area.level == "municipality", func.ST_Intersects(m.Area.geom, m.Street.geom))
    pieces = func.ST_Collect(m.Street.geom)
    point = func.ST_ClosestPoint(pieces, func.ST_Centroid(pieces))
    return (
        select(
            *(m.Street.name, m.Area.code.label("municipality_code"), m.Area.name.label("municipality")),
            *(func.max(alike).label("similarity"), func.ST_X(point).label("longitude")),
            func.ST_Y(point).label("latitude"),
            *(side(pieces).label(name) for name, side in SIDES.items()),
        )
        .join(m.Area, where)
        .where(alike >= _ALIKE, (code == "") | (m.Area.code == code))
        .group_by(m.Street.name, m.Area.code, m.Area.name)
        .order_by(func.max(alike).desc(), m.Area.code, m.Street.name)
        .limit(bindparam("rows", type_=Integer))
    )


def numbers() -> AnySelect:
    """Street numbers known in the municipality ``code``, as the fields of :class:`etl.locate.points.AddressPoint`.

    Registers give keys (``address``, ``precision`` null); addresses of services come as they are written.
    """
    p = m.AddressPoint
    code = bindparam("code", type_=String)
    given = select(
        *(p.source_id, p.municipality, p.street, p.number, p.longitude, p.latitude, cast(p.rank, BigInteger)),
        literal(None, String).label("address"),
    ).where(p.municipality == code)
    # An address cannot be one of a protected place: its table refuses them.
    own = (
        select(
            func.coalesce(m.Location.coord_source, "servizi"),
            *(m.Area.code, literal(""), literal(""), func.ST_X(m.Location.geom), func.ST_Y(m.Location.geom)),
            *(cast(1, BigInteger), m.Address.address_1),
        )
        .select_from(m.Address)
        .join(m.Location, m.Location.id == m.Address.location_id)
        .join(m.Area, m.Area.id == m.Location.municipality_id)
        .where(m.Area.code == code, m.Location.precision == "address", m.Location.geom.is_not(None))
    )
    return union_all(given, own).subquery("known").select()


def services() -> AnySelect:
    """Services whose name, body or type is like ``words`` (folded), at most ``rows``; none at a protected place."""
    words = bindparam("words", type_=String)
    alike = func.word_similarity(words, L.document)
    return (
        select(
            *(L.id, L.name, L.municipality_code, L.municipality, L.address, L.precision),
            *(alike.label("similarity"), func.ST_X(L.geom).label("longitude"), func.ST_Y(L.geom).label("latitude")),
        )
        .where(words.op("<%", is_comparison=True)(L.document), ~L.location_protected)
        .order_by(func.similarity(words, func.lower(L.name)).desc(), alike.desc(), L.id)
        .limit(bindparam("rows", type_=Integer))
    )
