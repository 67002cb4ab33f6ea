"""The weights of the pairs of a travel table as a sparse operator, built once a table and decay.

Every floating catchment is made of the same few operations: persons that reach each service, what services give to
each origin, sums of weights. Where the decay is constant by zones a weight belongs to a run of pairs of one origin,
since the pairs are sorted by time, and the operator never writes down a weight for each of millions of pairs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, Self
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from geo.arrays import Floats, Positions
from geo.decay import Decay, Zones
from geo.travel.table import TravelTable

SLICES = 64
"""Equal parts of the range of minutes by which the end of a zone is looked up before it is searched for."""

Shares = npt.NDArray[np.float64]
Small = npt.NDArray[np.int32]
Sparse = csr_array[Any, tuple[int, int]]


class Weighing(Protocol):
    """Weights w_ij of the pairs of origins i and services j, all >= 0; plain arrays in the order of the table."""

    def reached(self, amounts: Floats) -> Floats:
        """Sum over origins of w_ij times an amount of the origin: one value per service."""
        ...

    def gathered(self, values: Floats) -> Floats:
        """Sum over services of w_ij times a value of the service: one value per origin."""
        ...

    def sums(self) -> Floats:
        """Sum of the weights of each origin."""
        ...

    def squared(self) -> "Weighing":
        """Every weight times itself."""
        ...

    def scaled(self, factors: Floats) -> "Weighing":
        """Every weight times a factor >= 0 of its origin."""
        ...

    def shares(self) -> "Weighing":
        """The weights of each origin divided by their sum; 0 where that is 0."""
        ...


def weighing(travel: TravelTable, decay: Decay) -> Weighing:
    """The weights of a table under a decay; only central times within the cutoff count.

    Beyond the cutoff the table does not hold every pair, so a weight there would depend on what happens to be in it.
    """
    layout = layout_of(travel)
    if isinstance(decay, Zones):
        return _Zoned.of(layout, decay)
    weights = np.where(travel.minutes <= travel.cutoff, decay(travel.minutes), 0.0)
    return _Paired(layout, layout.sparse(weights))


def ratio(above: Floats, below: Floats) -> Floats:
    """`above` / `below`; 0 where `below` is 0."""
    return np.divide(above, below, out=np.zeros_like(below), where=below > 0)


def inverse(sums: Floats) -> Floats:
    """1 / `sums`; 0 where `sums` is 0."""
    return ratio(np.ones_like(sums), sums)


def layout_of(travel: TravelTable) -> "Layout":
    """The layout of a table, kept as long as the table itself."""
    found = _layouts.get(travel)
    if found is None:
        found = _layouts[travel] = Layout(travel)
    return found


class Layout:
    """The pairs of one table as sparse products take them: small integers, and where the pairs of an origin begin.

    Holds arrays, not the table, which would otherwise never be forgotten. Fewer than 2^31 pairs.
    """

    def __init__(self, travel: TravelTable) -> None:
        # Half the width of the table's own positions: a sparse product is as fast as memory gives it its indices.
        self.service: Small = travel.service.astype(np.int32)
        self.starts: Positions = np.searchsorted(travel.origin, np.arange(len(travel.origins) + 1)).astype(np.intp)
        self.shape = (len(travel.origins), len(travel.services))
        self.minutes = travel.minutes
        self.cutoff = travel.cutoff
        self._origin = travel.origin

    @cached_property
    def ones(self) -> Floats:
        """One for each pair."""
        return np.ones(len(self.minutes))

    def sparse(self, weights: Floats) -> Sparse:
        """Origins by services with one weight per pair."""
        return csr_array((weights, self.service, self.starts.astype(np.int32)), shape=self.shape)

    def zone_ends(self, bounds: tuple[float, ...]) -> Iterator[Positions]:
        """For each bound the position after the last pair of each origin whose time is within it."""
        for bound in bounds:
            yield self._ends(min(bound, self.cutoff))

    def _ends(self, bound: float) -> Positions:
        if bound >= self._longest:
            return self.starts[1:]
        part = int(self._slice(np.array([bound]))[0])
        return _search(self.minutes, bound, self._counts[part], self._counts[part + 1])

    @cached_property
    def _longest(self) -> float:
        return float(self.minutes.max(initial=0.0))

    def _slice(self, minutes: Floats) -> Positions:
        """The part of the range in which times lie; never falls as time rises, so a time is within its part's ends."""
        return np.clip(minutes * (SLICES / self._longest), 0, SLICES - 1).astype(np.intp)

    @cached_property
    def _counts(self) -> Positions:
        """Row k: the position in the table after the pairs of each origin that lie in the first k parts."""
        rows = self.shape[0]
        cells = np.bincount(self._slice(self.minutes) * rows + self._origin, minlength=SLICES * rows)
        within = np.zeros((SLICES + 1, rows), dtype=np.intp)
        np.cumsum(cells.reshape(SLICES, rows), axis=0, out=within[1:])
        return within + self.starts[:-1]


_layouts: WeakKeyDictionary[TravelTable, Layout] = WeakKeyDictionary()


def _search(values: Floats, bound: float, low: Positions, high: Positions) -> Positions:
    """First position in [low, high) of each run whose value exceeds `bound`, else high; values ascend in each run.

    One bisection for all runs at once, in steps that halve; buffers are reused because runs are many and short.
    """
    position = low.copy()
    step = 1 << max(int((high - low).max(initial=0)).bit_length() - 1, 0)
    probe, value = np.empty_like(low), np.empty(len(low))
    inside, within = np.empty(len(low), dtype=np.bool_), np.empty(len(low), dtype=np.bool_)
    while step:
        np.add(position, step - 1, out=probe)
        np.less(probe, high, out=inside)
        values.take(probe, out=value, mode="clip")
        np.less_equal(value, bound, out=within)
        np.logical_and(inside, within, out=inside)
        position += np.multiply(inside, step, out=probe)
        step >>= 1
    return position


@dataclass(frozen=True, eq=False)
class _Zoned:
    """Weights constant over runs of pairs: `runs` has one row per origin and zone, `weights` their weights."""

    layout: Layout
    runs: Sparse
    weights: Shares

    @classmethod
    def of(cls, layout: Layout, decay: Zones) -> Self:
        """The runs of a table that the zones of a decay make; what lies beyond the last weighs nothing."""
        ends = list(layout.zone_ends(decay.bounds))
        weights = list(decay.weights)
        if (ends[-1] < layout.starts[1:]).any():
            weights.append(0.0)
            ends.append(layout.starts[1:])
        rows, zones = layout.shape[0], len(ends)
        bounds = np.empty(rows * zones + 1, dtype=np.int32)
        bounds[0] = 0
        np.stack(ends, axis=1, out=bounds[1:].reshape(rows, zones), casting="same_kind")
        runs = csr_array((layout.ones, layout.service, bounds), shape=(rows * zones, layout.shape[1]))
        return cls(layout, runs, np.broadcast_to(np.array(weights), (rows, zones)))

    def reached(self, amounts: Floats) -> Floats:
        return np.asarray(self.runs.T @ (amounts[:, None] * self.weights).ravel())

    def gathered(self, values: Floats) -> Floats:
        return _row_sums((self.runs @ values).reshape(self.weights.shape), self.weights)

    def sums(self) -> Floats:
        lengths = np.diff(self.runs.indptr).reshape(self.weights.shape)
        return _row_sums(lengths, self.weights)

    def squared(self) -> Weighing:
        return _Zoned(self.layout, self.runs, self.weights**2)

    def scaled(self, factors: Floats) -> Weighing:
        return _Zoned(self.layout, self.runs, self.weights * factors[:, None])

    def shares(self) -> Weighing:
        return self.scaled(inverse(self.sums()))


@dataclass(frozen=True, eq=False)
class _Paired:
    """One weight per pair."""

    layout: Layout
    matrix: Sparse

    def reached(self, amounts: Floats) -> Floats:
        return np.asarray(self.matrix.T @ amounts)

    def gathered(self, values: Floats) -> Floats:
        return np.asarray(self.matrix @ values)

    def sums(self) -> Floats:
        return np.asarray(self.matrix @ np.ones(self.layout.shape[1]))

    def squared(self) -> Weighing:
        return _Paired(self.layout, self.layout.sparse(self.matrix.data**2))

    def scaled(self, factors: Floats) -> Weighing:
        return _Paired(
            self.layout, self.layout.sparse(self.matrix.data * np.repeat(factors, np.diff(self.layout.starts)))
        )

    def shares(self) -> Weighing:
        return self.scaled(inverse(self.sums()))


def _row_sums(values: Shares, weights: Shares) -> Floats:
    sums: Floats = np.einsum("ij,ij->i", values, weights)
    return sums
