"""The measurements at every size, as sheets."""

import subprocess
import sys
from collections import deque
from json import loads
from pathlib import Path
from typing import Any

import pandas as pd

from etl.errors import OmbraError
from etl.settings import CLONE
from tests.bench.kit.screen import text
from tests.bench.kit.shapes import Options, Sheets, Table, Target
from tests.bench.scale.beside import Apart, apart
from tests.bench.scale.worker import ANSWERS

Figures = dict[str, Any]
SHARES = {"0.125": "1/8", "0.25": "1/4", "0.5": "1/2", "1": "1"}
# The ordinary run looks at every pair within two hours; of the first province only, or it would be the longest of all.
FIRST, ALL = "0.01", "1"
NAMES = {FIRST: "la prima provincia", **SHARES}
EQUAL, WORKER_GB = 1e-9, 2.0
PROVINCES, REGIONS = "province", "region"
WAYS = {
    "whole": "un processo, tutto insieme",
    f"dask-{PROVINCES}": "2 processi Dask, per provincia",
    f"dask-{REGIONS}": "2 processi Dask, per regione",
}


def measure(folder: Path, sheets: Sheets, options: Options) -> None:
    """Make the inputs, compute them at every size in both ways, compare."""
    options.progress("invento i servizi sui comuni d'Italia")
    made = worker(options, "make", folder, ",".join(NAMES))
    found: dict[tuple[str, str], Figures] = {}
    asked = [("ordinary", FIRST), ("whole", FIRST)]
    asked += [(way, share) for share in SHARES for way in WAYS if share == ALL or way != f"dask-{REGIONS}"]
    for way, share in asked:
        options.progress(f"{NAMES[share]} (Italia = 1): {_way(way)}")
        found[way, share] = worker(options, *_command(way, folder, share))
    options.progress("confronto le risposte")
    _sheets(folder, sheets, made, found)


def _command(way: str, folder: Path, share: str) -> tuple[str | Path, ...]:
    what, _dash, parts = way.partition("-")
    return (what, folder, share, parts) if parts else (what, folder, share)


def worker(options: Options, *arguments: str | Path) -> Figures:
    """One measurement in a process of its own; what it says of its progress is passed on."""
    command = [sys.executable, "-m", "tests.bench.scale.worker", *map(str, arguments)]
    last: deque[str] = deque(maxlen=1)
    with subprocess.Popen(command, cwd=CLONE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        for line in started.stderr:
            last.append(line.strip())
            if line.startswith("Parte ") and _worth_telling(line):
                options.progress(line.strip())
        told = started.stdout.read()
    if started.returncode != 0:
        why = last[0] if last else f"codice {started.returncode}"
        raise OmbraError(f"La misura «{arguments[0]}» si è interrotta: {why}")
    figures: Figures = loads(told.splitlines()[-1])
    return figures


def _worth_telling(line: str) -> bool:
    """One part in ten."""
    return line.split()[1].endswith("0")


def _sheets(folder: Path, sheets: Sheets, made: Figures, found: dict[tuple[str, str], Figures]) -> None:
    gaps = {
        (way, share): apart(_answers(folder, way, share), _answers(folder, "whole", share))
        for way, share in found
        if way != "whole"
    }
    sheets.tables += [_costs(found), _all_of_it(found), _equal(gaps)]
    for (way, share), gap in gaps.items():
        name = f"{_way(way)}, {NAMES[share]}"
        sheets.targets.append(Target(f"{name}: celle diverse da un processo solo", gap.unlike, "<=", 0))
        sheets.targets.append(Target(f"{name}: scarto dei numeri", gap.most, "<=", EQUAL))
    most = max(found[f"dask-{PROVINCES}", ALL]["workers_mb"]) / 1_000
    sheets.targets.append(Target("un processo Dask, tutta l'Italia: memoria, GB", most, "<=", WORKER_GB))
    loads = [one["load"] for one in found.values()]
    people = f"{text(made['municipalities'])} comuni e {text(round(made['residents']))} residenti veri"
    busy = f"da {text(min(loads), 1)} a {text(max(loads), 1)}"
    sheets.remarks.append(f"{people}; i servizi sono inventati: dicono tempo, memoria e uguaglianza, non ciò che c'è.")
    sheets.remarks.append(f"Carico della macchina: {busy}; oltre il numero dei processori i tempi sono più lunghi.")


def _answers(folder: Path, who: str, share: str) -> pd.DataFrame:
    found = pd.read_parquet(folder / ANSWERS.format(who=who, share=share))
    return found[sorted(found)]


def _way(way: str) -> str:
    return WAYS.get(way, "un'esecuzione ordinaria")


def _costs(found: dict[tuple[str, str], Figures]) -> Table:
    rows = []
    for share, name in SHARES.items():
        alone, parts = found["whole", share], found[f"dask-{PROVINCES}", share]
        each = [one["took"] / one["services"] * 1e3 for one in (alone, parts)]
        sizes = [alone[size] for size in ("municipalities", "points", "services", "answers")]
        rows.append([name, *sizes, alone["took"], each[0], parts["took"], each[1]])
    columns = ("parte", "comuni", "punti", "servizi", "risposte", "un processo, s", "ms per servizio")
    return Table("Costo secondo la dimensione", (*columns, "2 processi Dask, s", "ms per servizio"), rows, decimals=1)


def _all_of_it(found: dict[tuple[str, str], Figures]) -> Table:
    rows = []
    for way, name in WAYS.items():
        one = found[way, ALL]
        workers = [mb / 1_000 for mb in one.get("workers_mb", [])]
        rows.append(
            [
                name,
                one.get("parts", 1),
                one.get("halo", 0.0),
                one["took"],
                one.get("computed", one["took"]),
                one["peak_mb"] / 1_000,
                max(workers) if workers else None,
            ]
        )
    columns = ("tutta l'Italia", "parti", "punti di contorno per punto", "secondi", "secondi di lavoro")
    return Table(
        "Tempo e memoria", (*columns, "memoria del processo, GB", "memoria di un processo Dask, GB"), rows, decimals=2
    )


def _equal(gaps: dict[tuple[str, str], Apart]) -> Table:
    rows = [
        [_way(way), NAMES[share], gap.cells, gap.unlike, gap.inexact, f"{gap.most:.1e}"]
        for (way, share), gap in gaps.items()
    ]
    columns = ("risultati", "parte", "celle", "diverse", "numeri con qualche cifra diversa", "scarto massimo")
    return Table("Confronto con un processo che calcola tutto insieme", columns, rows)
