"""The sheets: the same rectangles asked of each application in turn, in the same run."""

import json
import os
import random
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from sqlalchemy import make_url

from tests.bench.api import beside
from tests.bench.api.asking import CONNECTIONS, Face, asked, middle
from tests.bench.api.servers import get, served, tipg_settings
from tests.bench.api.stock import SCHEMA
from tests.bench.kit.shapes import Options, Ratio, Sheets, Table, Target

SERVICES = 1_000_000
ROUNDS = 3
BOXES, SEED, LIMIT = 3_000, 7, 20
# Sides of the rectangles in degrees, from the least to the most, even in their logarithm.
SIDES = {"quartiere": (0.005, 0.03), "città": (0.03, 0.2), "provincia": (0.2, 1.0), "di ogni misura": (0.005, 1.0)}
CHECKED = 40  # rectangles of each kind whose answers are held against each other
FASTER = 10.0
OURS, TIPG, BARE, PLAIN, NOTHING = "Ombra /api/v1/services", "tipg items", "rotta nuda", "Select ORM", "nessun lavoro"


def measure(url: str, sheets: Sheets, options: Options) -> None:
    """Fill the sheets."""
    boxes = {kind: _boxes(url, sides) for kind, sides in SIDES.items()}
    with ExitStack() as stack, TemporaryDirectory() as folder:
        faces = _serve(stack, url)
        options.progress("confronto le risposte")
        sheets.tables.append(_same(faces, boxes))
        ceiling = Face(stack.enter_context(served("tests.bench.api.peers:nothing", url, "/")), "/?{}")
        figures: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for turn in range(ROUNDS):
            for kind, some in boxes.items():
                for name, face in {**faces, **({NOTHING: ceiling} if kind == "città" else {})}.items():
                    options.progress(f"giro {turn + 1} di {ROUNDS}: {name}, {kind}")
                    figures.setdefault((kind, name), []).append(asked(face, some, Path(folder)))
        beside.measure(url, faces[OURS].port, Path(folder), sheets, options)
    _tell(sheets, figures)


def _serve(stack: ExitStack, url: str) -> dict[str, Face]:
    """All applications, each in a process of its own that waits while the others are asked."""
    probe = "7.6,45,7.7,45.1"
    ours = f"/api/v1/services?bbox={{}}&limit={LIMIT}"
    items = f"/collections/{SCHEMA}.services/items?f=geojson&bbox={{}}&limit={LIMIT}"
    bare = f"/services?bbox={{}}&limit={LIMIT}"
    peers = {
        # The limit per client would stop one client that asks for everything; it counts all the same.
        OURS: (
            "app.main:create_app",
            ours,
            True,
            {f"OMBRA_RATE_{name}": "100000000" for name in ("READINGS", "COMPUTATIONS")},
        ),
        TIPG: ("tipg.main:app", items, False, tipg_settings(url, SCHEMA)),
        BARE: ("tests.bench.api.peers:bare", bare, True, {}),
        PLAIN: ("tests.bench.api.peers:plain", bare, True, {}),
    }
    return {
        name: Face(stack.enter_context(served(app, url, path.format(probe), factory=factory, **more)), path)
        for name, (app, path, factory, more) in peers.items()
    }


def _boxes(url: str, sides: tuple[float, float]) -> list[str]:
    """Rectangles around services, so that people's places are asked for as often as people live there."""
    throw = random.Random(SEED)
    least, most = sides
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    ) as connection:
        sql = "select ST_X(geom), ST_Y(geom) from service_listing where id = any(array("
        sql += "select md5('s' || n)::uuid from unnest(%s::integer[]) n))"
        numbers = throw.sample(range(1, SERVICES), BOXES)
        middles = sorted(connection.execute(sql, [numbers]).fetchall())
    throw.shuffle(middles)
    boxes = []
    for x, y in middles:
        side = least * (most / least) ** throw.random()
        west, south = x - side * throw.random(), y - side * 0.7 * throw.random()
        boxes.append(",".join(f"{value:.6f}" for value in (west, south, west + side, south + 0.7 * side)))
    return boxes


def _same(faces: Mapping[str, Face], boxes: Mapping[str, list[str]]) -> Table:
    """How many of the checked answers hold the same services in the same order as ours; all, or there is no measure."""
    rows = []
    for kind, some in boxes.items():
        expected = [_ids(faces[OURS], box) for box in some[:CHECKED]]
        for name, face in faces.items():
            same = sum(_ids(face, box) == ids for box, ids in zip(some, expected, strict=False))
            if same != len(expected):
                message = f"{name}, {kind}: {same} risposte uguali su {len(expected)}"
                raise RuntimeError(message)
        rows.append((kind, len(expected), sum(map(len, expected)) / len(expected)))
    return Table(
        "Risposte a confronto: in tutte gli stessi servizi, nello stesso ordine",
        ("rettangoli", "risposte per applicazione", "servizi per risposta"),
        rows,
    )


def _ids(face: Face, box: str) -> list[str]:
    return [feature["id"] for feature in json.loads(get(face.port, face.path.format(box)))["features"]]


def _tell(sheets: Sheets, figures: Mapping[tuple[str, str], list[dict[str, Any]]]) -> None:
    usual = {key: middle(rounds, by="rps") for key, rounds in figures.items()}
    rows = [
        (kind, name, told["rps"], told["p50"], told["p95"], told["p99"], round(told["size"] / 1e3))
        for (kind, name), told in usual.items()
    ]
    columns = ("rettangoli", "applicazione", "risposte/s", "p50 ms", "p95 ms", "p99 ms", "kB")
    sheets.tables.append(Table(f"{CONNECTIONS} collegamenti, un processo per applicazione", columns, rows, decimals=1))
    for kind in SIDES:
        ours = usual[kind, OURS]["rps"]
        sheets.ratios += [
            Ratio(f"risposte/s, {kind}: {name}", ours, usual[kind, name]["rps"]) for name in (TIPG, BARE, PLAIN)
        ]
        ratio = ours / usual[kind, TIPG]["rps"]
        sheets.targets.append(Target(f"risposte/s per ognuna di tipg, {kind}", ratio, ">=", FASTER))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    sheets.remarks.append(
        f"Il giro di mezzo di {ROUNDS}; carico della macchina alla fine {load} su {os.cpu_count()} processori. Chi "
        "chiede è un processo a parte: «nessun lavoro» dice quanto chiede al massimo. "
        "Nessuna risposta è tenuta da parte, nessuna è 304."
    )
