"""Random instances of siting, and what every set of sites is worth, by trying them all."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from geo.travel.table import TravelTable
from tests.geo.conftest import table_of

CUTOFF = 60.0


@dataclass(frozen=True)
class Case:
    """Dense minutes (inf where there is no pair), persons, minutes to what is there already (NaN where nothing is)."""

    minutes: np.ndarray
    travel: TravelTable
    persons: pd.Series
    existing: pd.Series

    @property
    def base(self) -> np.ndarray:
        return self.existing.fillna(np.inf).to_numpy()


def case_of(seed: int, *, points: int = 14, count: int = 7, dense: bool = False, whole: bool = False) -> Case:
    """Points and candidates strewn over a square; `dense`: all within the cutoff; `whole` minutes have many ties."""
    rng = np.random.default_rng(seed)
    places, sites = rng.random((points, 2)), rng.random((count, 2))
    minutes = (40.0 if dense else 110.0) * np.hypot(*(places[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    minutes = np.round(minutes / 5) * 5 if whole else minutes
    minutes = np.where(minutes <= CUTOFF, minutes, np.inf)
    persons = rng.integers(0, 500, points).astype(float)
    near = np.where(rng.random(points) < 0.3, rng.integers(0, 60, points), np.nan)
    travel = table_of(minutes, cutoff=CUTOFF)
    return Case(minutes, travel, pd.Series(persons, index=travel.origins), pd.Series(near, index=travel.origins))


def subsets(count: int, k: int):
    return itertools.chain.from_iterable(itertools.combinations(range(count), size) for size in range(k + 1))


def times(case: Case, chosen: tuple[int, ...], base: np.ndarray) -> np.ndarray:
    """Minutes from each point to the nearest of the chosen sites or of what is there already."""
    return np.minimum(base, case.minutes[:, list(chosen)].min(axis=1, initial=np.inf))


def persons_within(case: Case, chosen: tuple[int, ...], threshold: float, base: np.ndarray) -> float:
    return float(case.persons[times(case, chosen, base) <= threshold].sum())


def person_minutes(case: Case, chosen: tuple[int, ...], base: np.ndarray) -> float:
    return float(case.persons.to_numpy() @ np.minimum(times(case, chosen, base), CUTOFF))


def farthest(case: Case, chosen: tuple[int, ...], base: np.ndarray) -> float:
    everything = times(case, tuple(range(case.minutes.shape[1])), base)
    counted = (case.persons.to_numpy() > 0) & np.isfinite(everything)
    return float(times(case, chosen, base)[counted].max(initial=0.0))


def flow_value(case: Case, chosen: tuple[int, ...], room: np.ndarray, worth: np.ndarray) -> float:
    """The most that persons who go to sites with limited room are worth; `worth` by point and site, 0 where none go."""
    pairs = [(i, j) for j in chosen for i in range(len(worth)) if worth[i, j] > 0]
    if not pairs:
        return 0.0
    rules = np.zeros((len(worth) + len(room), len(pairs)))
    for place, (i, j) in enumerate(pairs):
        rules[i, place] = rules[len(worth) + j, place] = 1.0
    limits = np.concatenate([case.persons.to_numpy(), np.minimum(room, case.persons.sum())])
    return -linprog([-worth[i, j] for i, j in pairs], A_ub=rules, b_ub=limits).fun
