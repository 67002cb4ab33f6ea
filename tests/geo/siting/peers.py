"""`spopt.locate` on a case: its optimum for the same minutes, persons and services that are there already."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pulp
    from spopt.locate import LSCP, MCLP, PCenter, PMedian


def optimum(model: type[Any], minutes: np.ndarray, *arguments: Any, fixed: Sequence[int] = (), **options: Any) -> Any:
    """The solved model; `fixed` are the columns that are open whatever happens."""
    if fixed:
        predefined = np.zeros(minutes.shape[1], dtype=int)
        predefined[list(fixed)] = 1
        options["predefined_facilities_arr"] = predefined
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solved = model.from_cost_matrix(minutes, *arguments, **options)
        return solved.solve(pulp.PULP_CBC_CMD(msg=False))


def fewest(minutes: np.ndarray, radius: float, **options: Any) -> float:
    return float(optimum(LSCP, minutes, radius, **options).problem.objective.value())


def most_covered(minutes: np.ndarray, persons: np.ndarray, radius: float, p: int, **options: Any) -> float:
    return float(optimum(MCLP, minutes, persons, radius, p, **options).problem.objective.value())


def least_minutes(minutes: np.ndarray, persons: np.ndarray, p: int, **options: Any) -> float:
    return float(optimum(PMedian, minutes, persons, p, **options).problem.objective.value())


def least_farthest(minutes: np.ndarray, p: int, **options: Any) -> float:
    return float(optimum(PCenter, minutes, p, **options).problem.objective.value())
