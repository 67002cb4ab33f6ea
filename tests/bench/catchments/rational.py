"""RAAM: time, total cost and distance from equilibrium, beside PySAL."""

import time
import warnings

import pandas as pd

from geo.arrays import FloatSeries
from geo.raam import TAU, RaamResult, raam
from tests.bench.catchments.instance import Instance
from tests.bench.kit.screen import text
from tests.bench.kit.shapes import Cell, Options, Ratio, Sheets, Table, Target

FEW = (2_000, 400)
LONG = {"max_cycles": 1_000, "min_step": 0.001}
WITHIN = 0.01


def measure(large: Instance, sheets: Sheets, options: Options) -> None:
    """Run both; PySAL on the large instance only with ``--slow``, since it takes many minutes there."""
    part = large.part(*FEW)
    rows = _beside(part, sheets, options, check=True)
    if options.slow:
        rows += _beside(large, sheets, options, check=False)
    else:
        rows.append(_row(large, "Ombra", *_ours(large, options)))
    sheets.tables.append(
        Table(
            f"RAAM, tau {TAU:g} minuti",
            ("istanza", "chi", "secondi", "costo totale", "risparmiabile"),
            rows,
            [
                "Costo totale: persone per costo medio (affollamento e viaggio) ai carichi finali.",
                "Risparmiabile: quota del costo che le persone risparmierebbero cambiando servizio; 0 è l'equilibrio.",
                "PySAL si ferma dopo 150 cicli; «a lungo»: 1.000 cicli con passi più piccoli. Non dice i carichi.",
            ],
            decimals=6,
        )
    )


def _beside(instance: Instance, sheets: Sheets, options: Options, *, check: bool) -> list[list[Cell]]:
    here, found = _ours(instance, options)
    there, theirs = _pysal(instance, found.rho, options)
    total = _total(instance, theirs)
    rows = [_row(instance, "Ombra", here, found), [_size(instance), "PySAL access", there, total, None]]
    sheets.ratios.append(Ratio(f"RAAM, {_size(instance)}: tempo su PySAL", here, there))
    if check:
        longer, settled = _pysal(instance, found.rho, options, **LONG)
        later = _total(instance, settled)
        rows.append([_size(instance), "PySAL a lungo", longer, later, None])
        sheets.targets += [
            Target("RAAM: costo totale, scarto da PySAL a lungo", abs(found.total_cost / later - 1), "<=", WITHIN),
            Target("RAAM: costo totale su PySAL", found.total_cost / total, "<=", 1.0 + WITHIN),
            Target("RAAM: risparmiabile", found.gap, "<=", 1e-6),
        ]
    return rows


def _ours(instance: Instance, options: Options) -> tuple[float, RaamResult]:
    options.progress(f"RAAM, {_size(instance)}: Ombra")
    began = time.perf_counter()
    found = raam(instance.demand, instance.capacity, instance.travel)
    return time.perf_counter() - began, found


def _pysal(instance: Instance, rho: float, options: Options, **how: float) -> tuple[float, FloatSeries]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access.raam import raam as stepwise

        options.progress(f"RAAM, {_size(instance)}: PySAL")
        frames = instance.demand_frame.set_index("geoid"), instance.supply_frame, instance.cost
        began = time.perf_counter()
        found: pd.Series[float] = stepwise(*frames, tau=TAU, rho=rho, **how)
        return time.perf_counter() - began, found


def _total(instance: Instance, cost: FloatSeries) -> float:
    return float((cost * instance.demand.reindex(cost.index)).sum())


def _row(instance: Instance, who: str, seconds: float, found: RaamResult) -> list[Cell]:
    return [_size(instance), who, seconds, found.total_cost, found.gap]


def _size(instance: Instance) -> str:
    return f"{text(len(instance.demand))} × {text(len(instance.capacity))}"
