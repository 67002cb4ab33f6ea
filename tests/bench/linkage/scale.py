"""Many invented records of known truth: minutes, memory and F1 of both models, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from etl.errors import OmbraError
from etl.settings import CLONE
from tests.bench.kit.screen import text
from tests.bench.kit.shapes import Options, Ratio, Sheets, Table, Target
from tests.bench.linkage.counts import Counts, of_clusters
from tests.bench.linkage.pharmacies import HEADINGS, counted

FEW, MANY = 50_000, 1_000_000
MOST_MEMORY_MB = 24 * 1024**3 / 1e6
NAMES = {"ombra": "Ombra", "splink": "Splink semplice"}


@dataclass(frozen=True)
class Measured:
    """What a model made of the records."""

    counts: Counts
    minutes: float
    processor_minutes: float
    peak_mb: float


def measure(options: Options, sheets: Sheets) -> None:
    """Run both models on the same records."""
    count = MANY if options.slow else FEW
    found = run(count, options)
    rows = [counted(NAMES[model], one.counts) for model, one in found.items()]
    sheets.tables.append(
        Table(
            f"Record inventati, verità nota: {text(count)} chiesti, soglie come consegnate",
            HEADINGS,
            rows,
            ["Coppie di record della stessa cosa in tutti gli elenchi; solo gli automatici."],
        )
    )
    sheets.tables.append(
        Table(
            "Tempo e memoria (ogni modello in un processo suo)",
            ("modello", "minuti", "minuti di processore", "memoria massima, GB"),
            [[NAMES[model], one.minutes, one.processor_minutes, one.peak_mb / 1_000] for model, one in found.items()],
            decimals=2,
        )
    )
    here, peer = found["ombra"], found["splink"]
    sheets.ratios += [
        Ratio(f"{text(count)} record: F1", here.counts.f1.value, peer.counts.f1.value),
        Ratio(f"{text(count)} record: minuti", here.minutes, peer.minutes),
        Ratio(f"{text(count)} record: memoria", here.peak_mb, peer.peak_mb),
    ]
    sheets.targets += [
        Target(
            f"{text(count)} record: F1 almeno del modello semplice", here.counts.f1.value, ">=", peer.counts.f1.value
        ),
        Target(f"{text(count)} record: memoria, GB", here.peak_mb / 1_000, "<=", MOST_MEMORY_MB / 1_000),
    ]


def run(count: int, options: Options) -> dict[str, Measured]:
    """Make records and link them with every model."""
    with TemporaryDirectory() as folder:
        told = Path(folder) / "records.parquet"
        options.progress(f"invento {count} record")
        _worker("make", told, told, str(count))
        truth = pd.read_parquet(told, columns=["truth"])["truth"]
        found = {}
        for model, label in NAMES.items():
            options.progress(f"{count} record: {label}")
            clusters = Path(folder) / f"{model}.parquet"
            figures = json.loads(_worker(model, told, clusters).splitlines()[-1])
            linked = pd.read_parquet(clusters, columns=["cluster"])["cluster"]
            counts = of_clusters(truth, linked)
            minutes, processor = figures["seconds"] / 60, figures["processor_seconds"] / 60
            found[model] = Measured(counts, minutes, processor, figures["peak_mb"])
    return found


def _worker(*arguments: str | Path) -> str:
    command: Sequence[str] = [sys.executable, "-m", "tests.bench.linkage.worker", *map(str, arguments)]
    done = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"codice {done.returncode}"])[-1]
        raise OmbraError(f"La misura «{arguments[0]}» si è interrotta: {last}")
    return done.stdout
