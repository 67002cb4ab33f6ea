"""Answers of two ways beside each other, cell by cell."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Apart:
    """How far two tables are from each other.

    ``cells`` compared; ``unlike``: those of text, counts and flags that differ, or are missing on one side only;
    ``inexact``: numbers that differ in any digit; ``most``: by how much at the most, relative to the larger one.
    """

    cells: int
    unlike: int
    inexact: int
    most: float


def apart(ours: pd.DataFrame, theirs: pd.DataFrame) -> Apart:
    """Compare two tables of answers; rows or columns that are not the same in both make every cell unlike."""
    cells = ours.shape[0] * ours.shape[1]
    if list(ours) != list(theirs) or len(ours) != len(theirs):
        return Apart(cells, cells, 0, float("inf"))
    unlike, inexact, most = 0, 0, 0.0
    for name in ours:
        left, right = ours[name], theirs[name]
        one_side = left.isna().to_numpy() != right.isna().to_numpy()
        both = ~(left.isna().to_numpy() | right.isna().to_numpy())
        if pd.api.types.is_float_dtype(left):
            first, second = left.to_numpy()[both], right.to_numpy()[both]
            gap = np.abs(first - second) / np.maximum(np.maximum(np.abs(first), np.abs(second)), 1e-12)
            inexact += int(np.count_nonzero(first != second))
            most = max(most, float(gap[first != second].max(initial=0.0)))
            unlike += int(one_side.sum())
        else:
            unlike += int((one_side | (both & (left.astype(object) != right.astype(object)).to_numpy())).sum())
    return Apart(cells, unlike, inexact, most)
