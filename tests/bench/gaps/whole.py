"""The four measurements on one database, as sheets."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from etl.errors import OmbraError
from etl.settings import CLONE
from tests.bench.gaps import EQUAL
from tests.bench.gaps.worker import SCORES
from tests.bench.kit.shapes import Options, Ratio, Sheets, Table, Target

SECONDS, MEMORY_GB = 300.0, 2.0  # of a whole run, on two processors


def measure(label: str, url: str, pairs: Path, sheets: Sheets, options: Options) -> None:
    """Run, stages, and E2SFCA of both parties, each in a process of its own."""
    options.progress(f"{label}: tutta l'esecuzione")
    run = worker("run", url, pairs)
    options.progress(f"{label}: fase per fase")
    stages = worker("stages", url, pairs)
    options.progress(f"{label}: E2SFCA di tutti i tipi, Ombra e PySAL")
    ours, theirs = worker("ombra", "-", pairs), worker("pysal", "-", pairs)
    sheets.tables += [_whole(label, run, stages), _beside(label, ours, theirs)]
    sheets.ratios += [
        Ratio(f"{label}: E2SFCA, secondi", ours["stages"]["E2SFCA"], theirs["stages"]["E2SFCA"]),
        Ratio(f"{label}: E2SFCA, memoria", ours["peak_mb"], theirs["peak_mb"]),
    ]
    sheets.targets += [
        Target(f"{label}: un'esecuzione, secondi", run["seconds"], "<=", SECONDS),
        Target(f"{label}: un'esecuzione, memoria, GB", run["peak_mb"] / 1_000, "<=", MEMORY_GB),
        Target(f"{label}: E2SFCA, scarto da PySAL", apart(pairs), "<=", EQUAL),
        Target(f"{label}: E2SFCA, secondi su PySAL", ours["stages"]["E2SFCA"] / theirs["stages"]["E2SFCA"], "<=", 1.0),
    ]


def worker(what: str, where: str, out: Path) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.gaps.worker", what, where, str(out)]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"codice {done.returncode}"])[-1]
        raise OmbraError(f"La misura «{what}» si è interrotta: {last}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def apart(pairs: Path) -> float:
    """The largest difference between the scores of the two, relative to PySAL's."""
    ours, theirs = (pd.read_pickle(pairs / SCORES.format(who=who)) for who in ("ombra", "pysal"))
    return max(
        float((np.abs(ours[code] - theirs[code]) / np.maximum(np.abs(theirs[code]), 1e-12)).max()) for code in theirs
    )


def _whole(label: str, run: dict[str, Any], stages: dict[str, Any]) -> Table:
    counts = ", ".join(f"{name} {count:,}".replace(",", ".") for name, count in stages["counts"].items())
    rows = [[name, seconds, None] for name, seconds in stages["stages"].items()]
    rows.append(["tutte le fasi, senza scrivere", sum(stages["stages"].values()), stages["peak_mb"] / 1_000])
    rows.append(["un'esecuzione intera, risultati scritti", run["seconds"], run["peak_mb"] / 1_000])
    return Table(f"Tutti i tipi, {label}", ("fase", "secondi", "memoria massima, GB"), rows, [counts], decimals=2)


def _beside(label: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Table:
    rows = [
        [who, *(found["stages"][name] for name in ("tabelle", "E2SFCA")), found["peak_mb"] / 1_000]
        for who, found in (("Ombra", ours), ("PySAL e pandas", theirs))
    ]
    return Table(
        f"E2SFCA di tutti i tipi, dalle stesse coppie, {label}",
        ("chi", "tabelle proprie, secondi", "E2SFCA, secondi", "memoria massima, GB"),
        rows,
        ["Coppie entro la soglia, già lette. Tabelle proprie: controllate e ordinate (Ombra), riunite (PySAL)."],
        decimals=3,
    )
