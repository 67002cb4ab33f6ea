"""The k sites of most benefit, by steps: greedy, then interchange of one site for another.

Both covering and median problems are of this kind: each row has a benefit from each column (persons covered, person
minutes saved) and gets the best of the chosen ones. The total is monotone and submodular, so that the greedy choice has
at least 1 - (1 - 1/k)^k of the most that k sites can give (Nemhauser, Wolsey & Fisher 1978), and no k sites give more
than any chosen set does plus the k largest gains that are left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats, Positions

ROUNDING = 1e-9
"""Relative difference below which two totals are the same."""
_SWAPS = 1_000


@dataclass(frozen=True, eq=False)
class Benefit:
    """Benefits above 0, one per pair of `row` and `column`, sorted by column."""

    rows: int
    columns: int
    row: Positions
    column: Positions
    value: Floats

    def gains(self, got: Floats) -> Floats:
        """What each column adds for rows that have `got` already."""
        more = np.maximum(self.value - got[self.row], 0.0)
        return np.bincount(self.column, weights=more, minlength=self.columns).astype(np.float64)

    def best(self, chosen: Sequence[int]) -> Floats:
        """The benefit of each row from the best of the chosen columns."""
        found = np.zeros(self.rows)
        for column in chosen:
            pairs = self.pairs(column)
            np.maximum.at(found, self.row[pairs], self.value[pairs])
        return found

    def total(self, chosen: Sequence[int]) -> float:
        """The benefit of all rows from the chosen columns."""
        return float(self.best(chosen).sum())

    def pairs(self, column: int) -> slice:
        """Where the pairs of a column stand."""
        start, end = np.searchsorted(self.column, [column, column + 1])
        return slice(int(start), int(end))

    def only(self, kept: Bools) -> "Benefit":
        """The same rows and columns, with the pairs of some columns."""
        mask = kept[self.column]
        return Benefit(self.rows, self.columns, self.row[mask], self.column[mask], self.value[mask])


def greedy(benefit: Benefit, k: int, *, first: Sequence[int] = ()) -> tuple[list[int], float]:
    """The columns that add most, one after the other, and a total that no `k` columns can exceed.

    `first` are taken already. Of equal ones the first; a column that adds nothing is not taken.
    """
    chosen = list(first)
    got, most = benefit.best(chosen), np.inf
    while True:
        gains = benefit.gains(got)
        most = min(most, float(got.sum() + np.sort(gains)[::-1][:k].sum()))
        column = int(gains.argmax())
        if len(chosen) >= k or gains[column] <= ROUNDING * max(got.sum(), 1.0):
            return chosen, most
        chosen.append(column)
        got = np.maximum(got, benefit.best([column]))


def interchange(benefit: Benefit, chosen: list[int]) -> list[int]:
    """Swap a chosen column for another as long as that adds something; each time the swap that adds most.

    The vertex substitution of Teitz & Bart (1968) with the sums of Resende & Werneck (2007), which tell what all swaps
    are worth from one look at the pairs.
    """
    chosen = list(chosen)
    if not chosen:
        return chosen
    for _step in range(_SWAPS):
        worth, total = swaps(benefit, chosen)
        leaves, comes = np.unravel_index(int(worth.argmax()), worth.shape)
        if worth[leaves, comes] <= ROUNDING * max(total, 1.0):
            break
        chosen[int(leaves)] = int(comes)
    return chosen


def swaps(benefit: Benefit, chosen: list[int]) -> tuple[Floats, float]:
    """What every swap adds: a line for each chosen column, a column for each that could come; and the total now.

    Chosen ones cannot come: minus infinity.
    """
    first, second, owner = _two_best(benefit, chosen)
    value, row, column = benefit.value, benefit.row, benefit.column
    lost = np.bincount(owner, weights=first - second, minlength=len(chosen) + 1)[: len(chosen)]
    # A row whose best leaves falls back on its second; the column that comes makes up for what exceeds that.
    regained = np.minimum(value, first[row]) - second[row]
    hit = (regained > 0) & (owner[row] < len(chosen))
    place = owner[row[hit]] * benefit.columns + column[hit]
    makes_up = np.bincount(place, weights=regained[hit], minlength=len(chosen) * benefit.columns)
    worth = benefit.gains(first)[None, :] - lost[:, None] + makes_up.reshape(len(chosen), benefit.columns)
    worth[:, chosen] = -np.inf
    return worth, float(first.sum())


def _two_best(benefit: Benefit, chosen: list[int]) -> tuple[Floats, Floats, Positions]:
    """Best and second benefit of each row, and which of the chosen gives the best (their number where none does)."""
    first, second = np.zeros(benefit.rows), np.zeros(benefit.rows)
    owner = np.full(benefit.rows, len(chosen), dtype=np.intp)
    for place, column in enumerate(chosen):
        pairs = benefit.pairs(column)
        row, value = benefit.row[pairs], benefit.value[pairs]
        better = value > first[row]
        second[row] = np.where(better, first[row], np.maximum(second[row], value))
        first[row[better]], owner[row[better]] = value[better], place
    return first, second, owner
