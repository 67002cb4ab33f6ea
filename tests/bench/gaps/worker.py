"""One measurement in a process of its own, so that time and memory are its own.

``python -m tests.bench.gaps.worker run|stages|ombra|pysal WHERE OUT``: the first two take the address of a database,
the others the pairs that ``stages`` has written. The last line of the standard output is a JSON object of figures.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from geo.decay import SLOW
from tests.bench.kit.memory import peak_mb

Figures = dict[str, Any]
PAIRS, SCORES = "pairs.pickle", "scores-{who}.pickle"


def main(arguments: Sequence[str]) -> None:
    """Measure one thing."""
    what, where, out = arguments
    began = time.monotonic()
    figures = MEASURES[what](where, Path(out))
    print(json.dumps({"seconds": time.monotonic() - began} | figures | {"peak_mb": peak_mb()}))


def _run(url: str, _out: Path) -> Figures:
    """A whole run as ``./ombra up`` makes it, results written."""
    from sqlalchemy import create_engine

    from etl.derive import refresh

    engine = create_engine(url)
    began = time.monotonic()
    summary = refresh(engine)
    return {"seconds": time.monotonic() - began, "fresh": summary.fresh}


def _stages(url: str, out: Path) -> Figures:
    """What a run computes, stage by stage, nothing written; the pairs of each served type are kept for the others."""
    from sqlalchemy import create_engine

    from etl.derive import cases, compliance, inputs, overlaps, scores, status
    from etl.identity import uid

    times: dict[str, float] = {}
    with create_engine(url).connect() as connection:
        with _timed(times, "lettura dei dati"):
            read = inputs.read(connection, today=date.today())  # noqa: DTZ011  the day here
        with _timed(times, "tempi di viaggio"):
            every = list(cases.cases(read))
            pairs = sum(len(case.travel) for case in every)
        with _timed(times, "stato di accesso"):
            answers = status.rows(every)
        with _timed(times, "punteggi (sei misure)"):
            scored = [row for case in every for row in scores.rows(case)]
        with _timed(times, "regole"):
            outcomes = list(compliance.results(read))
        with _timed(times, "sovrapposizioni e bacini"):
            served = [case for case in every if len(case.everything)]
            groups = [row for case in served for row in overlaps.groups(case, uid("bench", "gaps"))]
            reached = [row for case in served for row in overlaps.reach(case)]
    kept = {case.kind.code: _told(case) for case in every if case.supply["confirmed"].any()}
    pd.to_pickle(kept, out / PAIRS)
    counts = {
        "punti di domanda": len(read.points),
        "tipi": len(every),
        "tipi con servizi confermati": len(kept),
        "servizi": len(read.services),
        "coppie": pairs,
        "risposte": len(answers),
        "punteggi": len(scored),
        "esiti di regole": len(outcomes),
        "gruppi": len(groups),
        "bacini": len(reached),
    }
    return {"stages": times, "counts": counts}


def _told(case: Any) -> dict[str, Any]:
    """One type as both parties take it up: people, capacity, pairs within the threshold."""
    from etl.derive.scores import counted

    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    travel = case.travel.select_services(confirmed).within(case.kind.threshold)
    return {
        "demand": case.base,
        "capacity": counted(case.supply[confirmed]),
        "pairs": travel.to_frame()[["origin", "service", "minutes"]],
        "threshold": case.kind.threshold,
    }


def _ombra(_pairs: str, out: Path) -> Figures:
    from geo.access import enhanced_two_step_fca
    from geo.travel.table import TravelTable

    def table(one: dict[str, Any]) -> TravelTable:
        origins, services, pairs = one["demand"].index, one["capacity"].index, one["pairs"]
        return TravelTable.from_pairs(
            origins,
            services,
            origin=origins.get_indexer(pairs["origin"]),
            service=services.get_indexer(pairs["service"]),
            minutes=pairs["minutes"].to_numpy(),
            cutoff=one["threshold"],
            engine="bench",
            estimated=True,
        )

    def scored(one: dict[str, Any], travel: TravelTable) -> "pd.Series[float]":
        return enhanced_two_step_fca(one["demand"], one["capacity"], travel, threshold=one["threshold"])

    return _everything(out, "ombra", table, scored)


def _pysal(_pairs: str, out: Path) -> Figures:
    """The plain way: PySAL `access` and pandas, one type after another."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import fca, weights

    def frames(one: dict[str, Any]) -> tuple[pd.DataFrame, ...]:
        demand = one["demand"].rename_axis("geoid").rename("demand").reset_index()
        supply = one["capacity"].rename_axis("geoid").rename("supply").to_frame()
        return demand, supply, one["pairs"].rename(columns={"service": "dest", "minutes": "cost"})

    def scored(one: dict[str, Any], told: tuple[pd.DataFrame, ...]) -> "pd.Series[float]":
        reach = one["threshold"]
        zones = weights.step_fn({reach / 3: SLOW[0], reach * 2 / 3: SLOW[1], reach: SLOW[2]})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: pd.Series[float] = fca.two_stage_fca(*told, max_cost=reach, weight_fn=zones)
        return found.reindex(one["demand"].index).fillna(0.0)

    return _everything(out, "pysal", frames, scored)


def _everything(
    out: Path, who: str, prepare: Callable[[dict[str, Any]], Any], score: Callable[[dict[str, Any], Any], Any]
) -> Figures:
    """E2SFCA of all types from the same pairs; making each party's own tables and the measure are timed apart."""
    told: dict[str, dict[str, Any]] = pd.read_pickle(out / PAIRS)
    times: dict[str, float] = {}
    with _timed(times, "tabelle"):
        prepared = {code: prepare(one) for code, one in told.items()}
    with _timed(times, "E2SFCA"):
        found = {code: score(one, prepared[code]) for code, one in told.items()}
    pd.to_pickle(found, out / SCORES.format(who=who))
    return {"stages": times}


@contextmanager
def _timed(times: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    times[name] = time.monotonic() - began


MEASURES: dict[str, Callable[[str, Path], Figures]] = {
    "run": _run,
    "stages": _stages,
    "ombra": _ombra,
    "pysal": _pysal,
}


if __name__ == "__main__":
    main(sys.argv[1:])
