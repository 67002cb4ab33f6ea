"""Why a figure is not what it was: a change split over the parts that differ, so that they add up to it exactly."""

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from geo.arrays import FloatSeries, floats
from geo.checks import require

Figures = Callable[[frozenset[str]], FloatSeries]
MOST = 8
"""Parts at most: every combination of them is evaluated, 256 of eight."""


def shapley(parts: Sequence[str], figures: Figures) -> pd.DataFrame:
    """The share of each part in the change of some figures, one column per part.

    `figures(chosen)` gives the figures, any index, when the `chosen` parts are those of the later state and the others
    those of the former; a label that is missing counts 0. It is called once for each of the 2 ** n combinations.

    The share of a part is the mean, over all orders in which the parts could have changed one after the other, of what
    its own change adds (Shapley 1953, A value for n-person games; as a decomposition of a difference: Shorrocks 2013,
    Journal of Economic Inequality 11, 99-126). No order is preferred, a part that never matters has 0, and the shares
    add up to figures(all) - figures(none). With two factors that are multiplied it is the decomposition of Kitagawa
    (1955, Journal of the American Statistical Association 50, 1168-1194), each change at the mean of the other.

    Raises :class:`InvalidInput` for no part, a repeated one, or more than :data:`MOST`.

    >>> people, rate = {False: 100.0, True: 120.0}, {False: 0.5, True: 0.25}
    >>> def persons(later):
    ...     return pd.Series({"Susa": people["people" in later] * rate["rate" in later]})
    >>> shapley(["people", "rate"], persons).loc["Susa"].to_dict()
    {'people': 7.5, 'rate': -27.5}
    """
    require(_faults(parts))
    known = {frozenset(some): figures(frozenset(some)) for size in range(len(parts) + 1) for some in _some(parts, size)}
    labels = pd.Index([]).union(pd.Index([]))
    for found in known.values():
        labels = labels.union(found.index)
    table = pd.DataFrame({some: found.reindex(labels).fillna(0.0) for some, found in known.items()})
    return pd.DataFrame({part: _share(part, parts, table) for part in parts}, index=labels)


def _some(parts: Sequence[str], size: int) -> "combinations[tuple[str, ...]]":
    return combinations(parts, size)


def _share(part: str, parts: Sequence[str], table: pd.DataFrame) -> FloatSeries:
    """Mean gain of one part over all orders: over the sets that may have come before it, by how many orders have it."""
    others = [other for other in parts if other != part]
    total = np.zeros(len(table))
    for size in range(len(parts)):
        weight = factorial(size) * factorial(len(parts) - size - 1) / factorial(len(parts))
        for before in _some(others, size):
            total += weight * (floats(table[frozenset((*before, part))]) - floats(table[frozenset(before)]))
    return pd.Series(total, index=table.index)


def _faults(parts: Sequence[str]) -> list[str]:
    faults = [] if parts else ["parts: none given; name at least one"]
    if len(set(parts)) < len(parts):
        faults.append("parts: one is named twice; name each once")
    if len(parts) > MOST:
        faults.append(f"parts: {len(parts)} have too many combinations; at most {MOST}")
    return faults
