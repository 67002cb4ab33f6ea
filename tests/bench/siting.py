"""Siting beside `spopt.locate`: the same optimum, in how many seconds; how far off the greedy way is on a large one."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from geo.siting import Limits, Siting, lscp, mclp, p_center, p_median
from geo.travel.table import TravelTable
from tests.bench.kit.shapes import Options, Result, Sheets, Table, Target

TITLE = "Dove aprire servizi: 120 punti di domanda per 60 luoghi, e 2.000 per 1.000"
SEED = 6
SITES = 6
RADIUS = 20.0
GOES = 5  # of which the fastest counts
LONG = 0.5  # seconds; one such go is enough


def run(options: Options) -> Result:
    """Measure the four models."""
    sheets = Sheets()
    _beside_spopt(sheets, options)
    _large(sheets, options)
    return sheets.result("siting", TITLE)


def _strewn(points: int, count: int, cutoff: float) -> tuple[np.ndarray, TravelTable, pd.Series]:
    """Invented points and candidates on a square of two hours, persons by a long-tailed law."""
    rng = np.random.default_rng(SEED)
    places, sites = rng.random((points, 2)), rng.random((count, 2))
    minutes = 120.0 * np.hypot(*(places[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    origin, service = np.nonzero(minutes <= cutoff)
    travel = TravelTable.from_pairs(
        pd.RangeIndex(points),
        pd.RangeIndex(count),
        origin=origin,
        service=service,
        minutes=minutes[origin, service],
        cutoff=cutoff,
        engine="inventato",
        estimated=True,
    )
    return minutes, travel, pd.Series(np.round(rng.pareto(1.2, points) * 500 + 50), index=travel.origins)


def _beside_spopt(sheets: Sheets, options: Options) -> None:
    from tests.geo.siting import peers

    minutes, travel, persons = _strewn(120, 60, 200.0)
    told = persons.to_numpy()
    reached = minutes[(minutes <= RADIUS).any(axis=1)]
    ways: dict[str, tuple[Callable[[], Siting], Callable[[], float]]] = {
        "lscp": (lambda: lscp(travel, persons, threshold=RADIUS), lambda: peers.fewest(reached, RADIUS)),
        "mclp": (
            lambda: mclp(travel, persons, threshold=RADIUS, k=SITES),
            lambda: peers.most_covered(minutes, told, RADIUS, SITES),
        ),
        "p-median": (
            lambda: p_median(travel, persons, threshold=RADIUS, k=SITES),
            lambda: peers.least_minutes(minutes, told, SITES),
        ),
        "p-center": (
            lambda: p_center(travel, persons, threshold=RADIUS, k=SITES),
            lambda: peers.least_farthest(minutes, SITES),
        ),
    }
    rows = []
    for name, (ours, theirs) in ways.items():
        options.progress(f"{name}: Ombra e spopt")
        (found, seconds), (optimum, others) = _timed(ours), _timed(theirs)
        rows.append([name, found.objective, optimum, seconds, others])
        sheets.targets.append(Target(f"{name}: differenza da spopt", abs(found.objective / optimum - 1.0), "<=", 1e-6))
        sheets.targets.append(Target(f"{name}: secondi, Ombra su spopt", seconds / others, "<=", 1.0))
    columns = ("modello", "Ombra", "spopt", "secondi Ombra", "secondi spopt")
    sheets.tables.append(Table("Lo stesso ottimo", columns, rows))


def _large(sheets: Sheets, options: Options) -> None:
    _minutes, travel, persons = _strewn(2_000, 1_000, 60.0)
    rows = []
    quick = Limits(pairs=0)
    for name, model in (("mclp", mclp), ("p-median", p_median)):
        options.progress(f"{name}: 2.000 punti per 1.000 luoghi, senza programma intero")
        found, seconds = _timed(lambda model=model: model(travel, persons, threshold=15.0, k=20, limits=quick))  # type: ignore[misc]
        rows.append([name, found.objective, found.bound, 100 * found.gap, seconds])
        sheets.targets.append(Target(f"{name}: scarto dal limite in %", 100 * found.gap, "<=", 5.0))
    columns = ("modello", "valore", "limite", "scarto %", "secondi")
    sheets.tables.append(Table("Per passi, con scambio e limite lagrangiano", columns, rows))
    sheets.remarks.append("Secondi di processore, quelli del solutore in un altro processo compresi.")


def _timed(way: Callable[[], Any]) -> tuple[Any, float]:
    goes = []
    for _go in range(GOES):
        began = _processor()
        found = way()
        goes.append(_processor() - began)
        if goes[0] > LONG:
            break
    return found, min(goes)


def _processor() -> float:
    """Seconds of this process and of those that it started and that have ended: CBC is a program of its own."""
    return sum(os.times()[:4])
