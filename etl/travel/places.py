"""Demand points and services with the identifiers of a table of minutes, for the router that is to make it.

``python -m etl.travel.places FOLDER`` writes ``origini.geojson`` and ``destinazioni.geojson``. Protected places are in
neither: their minutes from three sides would give them away.
"""

import sys
from pathlib import Path

import geopandas as gpd
from sqlalchemy import Connection, Select, String, cast, func, select, union

from etl.i18n import _
from etl.store import models as m
from etl.store.engine import connect
from etl.store.frames import read_geoframe


def origins(connection: Connection) -> gpd.GeoDataFrame:
    """Demand points: ``id``, ``name``, points in EPSG:4326."""
    place = func.coalesce(m.Area.label_point, m.Area.geom)
    statement = (
        select(cast(m.Area.id, String).label("id"), m.Area.name, func.ST_AsBinary(place).label("geometry"))
        .join(m.DemandPoint, m.DemandPoint.area_id == m.Area.id)
        .order_by(m.Area.id)
    )
    return read_geoframe(connection, statement)


def destinations(connection: Connection) -> gpd.GeoDataFrame:
    """Services at the places where they wait for people: ``id``, ``name``, points in EPSG:4326.

    Where a service is known by its municipality only, there is no point and no row.
    """
    statement = (
        select(
            cast(m.ServiceAtLocation.id, String).label("id"),
            m.Service.name,
            func.ST_AsBinary(m.Location.geom).label("geometry"),
        )
        .join(m.Service, m.Service.id == m.ServiceAtLocation.service_id)
        .join(m.Location, m.Location.id == m.ServiceAtLocation.location_id)
        .where(m.Location.geom.is_not(None), m.Location.location_protected.is_(False), m.Service.delivery == "sede")
        .where(m.Service.closed_on.is_(None), m.Service.supply_status != "chiuso")
        .order_by(m.ServiceAtLocation.id)
    )
    return read_geoframe(connection, statement)


def origin_ids(connection: Connection) -> set[str]:
    """Identifiers that a table of minutes may start from: demand points, and services on their way to others."""
    points = select(cast(m.DemandPoint.area_id, String))
    return _ids(connection, union(points, select(cast(m.ServiceAtLocation.id, String))).subquery().select())


def service_ids(connection: Connection) -> set[str]:
    """Identifiers that a table of minutes may end at."""
    return _ids(connection, select(cast(m.ServiceAtLocation.id, String)))


def write(connection: Connection, folder: Path) -> list[Path]:
    """Write both files and tell which."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {"origini.geojson": origins(connection), "destinazioni.geojson": destinations(connection)}
    for name, frame in made.items():
        frame.to_file(folder / name, driver="GeoJSON", engine="pyogrio")
    return [folder / name for name in made]


def _ids(connection: Connection, statement: "Select[*tuple[str]]") -> set[str]:
    return set(connection.execute(statement).scalars())


def _main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(_("Uso: python -m etl.travel.places CARTELLA"), file=sys.stderr)
        return 2
    with connect().connect() as connection:
        for path in write(connection, Path(arguments[0])):
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
