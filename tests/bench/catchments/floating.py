"""The floating catchments: Ombra, PySAL, the sparse product alone."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.access import two_step_fca
from geo.arrays import Floats, FloatSeries
from geo.balanced import balanced_fca, balanced_per_person
from geo.decay import SLOW, Decay, exponential, gaussian, step, thirds
from geo.floating import modified_two_step_fca, three_step_fca_by
from geo.weighing import _layouts
from tests.bench.catchments.instance import CUTOFF, Instance
from tests.bench.catchments.timing import best, once
from tests.bench.kit.screen import text
from tests.bench.kit.shapes import Cell, Options, Ratio, Sheets, Table, Target

REPEATS, PYSAL_REPEATS = 120, 2
FASTER, FLOOR, EQUAL = 30.0, 1.5, 1e-9

Sparse = Any  # a scipy array of weights
Measure = Callable[..., FloatSeries]


@dataclass(frozen=True)
class Subject:
    """A measure with its decay; how PySAL calls it, where it has it; and its weights in each of the two products."""

    name: str
    measure: Measure
    decay: Decay
    peer: str | None
    weights: Callable[[Sparse], tuple[Sparse, Sparse]]


def _same(found: Sparse) -> tuple[Sparse, Sparse]:
    return found, found


def _squared(found: Sparse) -> tuple[Sparse, Sparse]:
    return found, found * found


def _chosen(found: Sparse) -> tuple[Sparse, Sparse]:
    scaled = (found * found).multiply(1.0 / found.sum(axis=1)[:, None]).tocsr()
    return scaled, scaled


def _shared(found: Sparse) -> tuple[Sparse, Sparse]:
    scaled = found.multiply(1.0 / found.sum(axis=1)[:, None]).tocsr()
    return scaled, scaled


def _balanced(found: Sparse) -> tuple[Sparse, Sparse]:
    return _shared(found)[0], found.multiply(1.0 / found.sum(axis=0)[None, :]).tocsr()


SUBJECTS = (
    Subject("2SFCA", two_step_fca, step(CUTOFF), "two_stage_fca", _same),
    Subject("E2SFCA", two_step_fca, thirds(CUTOFF), "two_stage_fca", _same),
    Subject("3SFCA", three_step_fca_by, thirds(CUTOFF), "three_stage_fca", _chosen),
    Subject("M2SFCA", modified_two_step_fca, thirds(CUTOFF), None, _squared),
    Subject("bilanciata (pubblicata)", balanced_fca, thirds(CUTOFF), None, _balanced),
    Subject("bilanciata per persona", balanced_per_person, thirds(CUTOFF), None, _shared),
    Subject("2SFCA, gaussiana", two_step_fca, gaussian(20), None, _same),
    Subject("2SFCA, esponenziale", two_step_fca, exponential(15), None, _same),
)


def measure(instance: Instance, sheets: Sheets, options: Options) -> None:
    """Time every measure; those that PySAL has beside it."""
    rows = [_measured(instance, subject, sheets, options) for subject in SUBJECTS]
    sheets.tables.append(
        Table(
            f"Bacini fluttuanti, {text(len(instance.travel))} coppie: il migliore, in millisecondi di processore",
            (
                "misura",
                "Ombra",
                "la prima volta",
                "solo il prodotto",
                "Ombra / prodotto",
                "PySAL access",
                "PySAL / Ombra",
            ),
            rows,
            [
                "Ombra: dalla tabella dei minuti al punteggio, decadimento e controlli compresi.",
                "La prima volta: con gli indici della tabella ancora da fare.",
                "Solo il prodotto: due prodotti sparsi con i pesi già fatti e una divisione, il minimo per chiunque.",
                "PySAL: dalle stesse coppie già in tabella, pesi compresi.",
            ],
            decimals=2,
        )
    )


def bare(instance: Instance, subject: Subject) -> Callable[[], Floats]:
    """The two products of a measure with weights made beforehand: the least that whoever computes it has to do."""
    first, second = subject.weights(instance.weights(subject.decay))
    people, capacity = instance.demand.to_numpy(), instance.capacity.to_numpy()
    across = first.T
    return lambda: np.asarray(second @ (capacity / (across @ people)))


def ours(instance: Instance, subject: Subject) -> Callable[[], FloatSeries]:
    """The measure as anybody calls it."""
    return lambda: subject.measure(instance.demand, instance.capacity, instance.travel, subject.decay)


def pysal(instance: Instance, subject: Subject) -> Callable[[], FloatSeries]:
    """The measure of PySAL `access` on frames made beforehand."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import fca, weights

    zones = weights.step_fn({CUTOFF / 3: SLOW[0], CUTOFF * 2 / 3: SLOW[1], CUTOFF: SLOW[2]})
    weight = None if subject.name == "2SFCA" else zones
    frames = instance.demand_frame, instance.supply_frame, instance.cost

    def scored() -> "pd.Series[float]":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found: pd.Series[float] = getattr(fca, str(subject.peer))(*frames, max_cost=CUTOFF, weight_fn=weight)
            return found

    return scored


def _measured(instance: Instance, subject: Subject, sheets: Sheets, options: Options) -> list[Cell]:
    options.progress(subject.name)
    product, scored = bare(instance, subject), ours(instance, subject)
    found = scored().to_numpy()
    sheets.targets.append(Target(f"{subject.name}: scarto dal prodotto", _apart(found, product()), "<=", EQUAL))
    _layouts.pop(instance.travel, None)
    first = once(scored)
    here, floor = best([scored, product], repeats=REPEATS)
    row: list[Cell] = [subject.name, here * 1e3, first * 1e3, floor * 1e3, here / floor]
    if subject.peer is None:
        return [*row, None, None]
    theirs = pysal(instance, subject)
    (there,) = best([theirs], repeats=PYSAL_REPEATS)
    sheets.ratios += [
        Ratio(f"{subject.name}: tempo su PySAL", here, there),
        Ratio(f"{subject.name}: tempo sul prodotto", here, floor),
    ]
    sheets.targets += [
        Target(f"{subject.name}: volte più veloce di PySAL", there / here, ">=", FASTER),
        Target(f"{subject.name}: tempo sul solo prodotto", here / floor, "<=", FLOOR),
        Target(
            f"{subject.name}: scarto da PySAL",
            _apart(found, theirs().reindex(instance.demand.index).fillna(0.0).to_numpy()),
            "<=",
            EQUAL,
        ),
    ]
    return [*row, there * 1e3, there / here]


def _apart(found: Floats, expected: Floats) -> float:
    """The largest difference, relative to the figure expected."""
    return float((np.abs(found - expected) / np.maximum(np.abs(expected), 1e-12)).max())
