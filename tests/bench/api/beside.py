"""The other reads of the same run: what is near, and a tile of the map beside the bare query that draws it."""

import random
import time
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from tests.bench.api.asking import Face, asked, middle
from tests.bench.api.servers import get
from tests.bench.api.stock import TYPES
from tests.bench.kit.shapes import Options, Sheets, Table, Target

SEED, POINTS, TILES, ZOOM, ROUNDS = 11, 2_000, 150, 12, 3
NEAR_MS, TILE_TIMES = 15.0, 1.3
TERRITORY = (6.7, 44.6, 8.1, 45.6)  # degrees; where Ombra can tell minutes
NEARBY, TILE = "/api/v1/nearby?{}", "/ogc/collections/services/tiles/WebMercatorQuad/{}"

# The columns that the collection shows, clipped and buffered as its tiles are.
BARE_TILE = """
    with tile as (select ST_TileEnvelope(%(z)s, %(x)s, %(y)s) as box),
    wide as (select ST_Transform(ST_Expand(box, (ST_XMax(box) - ST_XMin(box)) * 256 / 4096), 4326) as box from tile)
    select ST_AsMVT(drawn, 'services', 4096, 'geom') from (
        select ST_AsMVTGeom(ST_Transform(s.geom, 3857), tile.box, 4096, 256, true) as geom, {columns}
        from ogc.services s, tile, wide where ST_Intersects(s.geom, wide.box) limit 10000
    ) drawn
"""


def measure(url: str, ours: int, folder: Path, sheets: Sheets, options: Options) -> None:
    """Ask ``ours``, the port of the application, and the database."""
    options.progress("chiedo che cosa c'è vicino")
    places = _near(url)
    get(ours, NEARBY.format(places[0]))  # the first search of all waits until the services are read
    near = middle([asked(Face(ours, NEARBY), places, folder) for _turn in range(ROUNDS)], by="p99")
    columns, decimals = ("risposte/s", "p50 ms", "p95 ms", "p99 ms"), 1
    row = [near[name] for name in ("rps", "p50", "p95", "p99")]
    sheets.tables.append(
        Table("Vicino a me, punti e tipi sempre diversi, 8 collegamenti", columns, [row], decimals=decimals)
    )
    sheets.targets.append(Target("p99 di /api/v1/nearby, ms", near["p99"], "<=", NEAR_MS))
    options.progress("disegno tessere")
    tiles = _tiles(url)
    paths = [f"{ZOOM}/{y}/{x}" for x, y in tiles]
    turns = []
    for _turn in range(ROUNDS):
        shown = 1e3 / asked(Face(ours, TILE), paths, folder, connections=1)["rps"]
        bare = _drawn(url, tiles)
        turns.append({"shown": shown, "bare": bare, "times": shown / bare})
    told = middle(turns, by="times")
    sheets.tables.append(
        Table(
            f"Tessere a zoom {ZOOM}, una alla volta, media in ms",
            ("/ogc", "sola query"),
            [(told["shown"], told["bare"])],
            decimals=2,
        )
    )
    sheets.targets.append(Target("tessera di /ogc per ogni ms della query", told["times"], "<=", TILE_TIMES))


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))


def _near(url: str) -> list[str]:
    throw = random.Random(SEED)
    sql = """
        select ST_X(geom), ST_Y(geom) from service_listing
        where geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326) order by id limit %s
    """
    with _connect(url) as connection:
        found = connection.execute(sql, [*TERRITORY, POINTS]).fetchall()
    places = [(x + throw.gauss(0, 0.01), y + throw.gauss(0, 0.01)) for x, y in found]
    return [f"lon={x:.5f}&lat={y:.5f}&type={throw.choice(TYPES)}" for x, y in places]


def _tiles(url: str) -> list[tuple[int, int]]:
    """Tiles under services, so that dense ones are asked for as often as people live there."""
    sql = """
        select floor((ST_X(m) / 40075016.6855785 + 0.5) * 2 ^ %(zoom)s)::integer,
            floor((0.5 - ST_Y(m) / 40075016.6855785) * 2 ^ %(zoom)s)::integer
        from (
            select ST_Transform(geom, 3857) as m from service_listing where geom is not null order by id limit %(tiles)s
        ) found
    """
    with _connect(url) as connection:
        return connection.execute(sql, {"zoom": ZOOM, "tiles": TILES}).fetchall()


def _drawn(url: str, tiles: list[tuple[int, int]]) -> float:
    """Mean milliseconds of the query alone, on a connection of its own, prepared."""
    with _connect(url) as connection:
        names = "select attname from pg_attribute where attrelid = 'ogc.services'::regclass and attnum > 0"
        shown = ", ".join(f"s.{name}" for (name,) in connection.execute(names) if name != "geom")
        sql = BARE_TILE.format(columns=shown)
        for _warm in range(2):
            begun = time.perf_counter()
            for x, y in tiles:
                connection.execute(sql, {"z": ZOOM, "x": x, "y": y}, prepare=True).fetchone()
    return (time.perf_counter() - begun) / len(tiles) * 1e3
