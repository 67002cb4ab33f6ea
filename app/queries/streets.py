"""Selects on the streets behind the map."""

from collections.abc import Mapping

from sqlalchemy import Select, case, exists, func, select

from app.queries.areas import BBox, intersects
from app.queries.kinds import AnySelect
from etl.store import models as m

# Zoom of the Web Mercator scheme from which a kind of street helps more than it clutters.
FROM_ZOOM: Mapping[str, int] = {
    "motorway": 9,
    "trunk": 9,
    "primary": 9,
    "secondary": 11,
    "tertiary": 12,
    "residential": 14,
}
_RANK = {kind: rank for rank, kind in enumerate(m.STREET_KINDS)}
TILE = 256  # pixels of the world at zoom 0
PIECES = 40_000  # read for one answer: the main streets of the whole territory are about 10,000
LINES = 8_000  # in one answer, about 1 MB before compression


def loaded() -> Select[bool]:
    """Whether any street is loaded."""
    return select(exists(select(m.Street.id)))


def streets(*, zoom: int, bbox: BBox | None = None, most: int = LINES) -> AnySelect:
    """Lines for a zoom, the widest streets first: ``kind``, ``name`` and ``geojson`` (EPSG:4326, five decimals).

    Pieces of the same name are joined and simplified to half a pixel; what is shorter than a pixel is left out.

    Parameters
    ----------
    zoom
        Whole number of the Web Mercator scheme; below 9 there is no row.
    most
        Largest number of rows.
    """
    pixel = 360 / (TILE * 2**zoom)  # in degrees of longitude; here one of latitude is a third finer
    near = _near(zoom, bbox).subquery()
    joined = (
        select(
            near.c.kind,
            near.c.name,
            func.ST_Dump(func.ST_LineMerge(func.ST_Collect(near.c.geom))).geom.label("geom"),
        )
        .group_by(near.c.kind, near.c.name)
        .subquery()
    )
    shape = func.ST_Simplify(joined.c.geom, pixel / 2)
    return (
        select(joined.c.kind, joined.c.name, func.ST_AsGeoJSON(shape, 5).label("geojson"))
        .where(func.ST_Length(joined.c.geom) >= pixel, shape.is_not(None))
        .order_by(case(_RANK, value=joined.c.kind), func.ST_Length(joined.c.geom).desc(), joined.c.geom)
        .limit(most)
    )


def _near(zoom: int, bbox: BBox | None) -> AnySelect:
    kinds = [kind for kind, least in FROM_ZOOM.items() if zoom >= least]
    found = (
        select(m.Street.kind, m.Street.name, m.Street.geom)
        .where(m.Street.kind.in_(kinds))
        .order_by(case(_RANK, value=m.Street.kind), m.Street.id)
        .limit(PIECES)
    )
    return found if bbox is None else found.where(intersects(m.Street.geom, bbox))
