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

SLICES = 128
"""Equal parts of the range of minutes: where a zone ends is looked up but for the pairs of one of them. At most 256."""

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
        self.starts: Small = np.searchsorted(travel.origin, np.arange(len(travel.origins) + 1)).astype(np.int32)
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
        return csr_array((weights, self.service, self.starts), shape=self.shape)

    def zone_ends(self, bounds: tuple[float, ...]) -> Iterator[Small]:
        """For each bound the position after the last pair of each origin whose time is within it."""
        for bound in bounds:
            yield self._ends(min(bound, self.cutoff))

    def _ends(self, bound: float) -> Small:
        """Whole slices by the counts, and of the slice in which the bound lies those pairs that are within."""
        if bound >= self._longest:
            return self.starts[1:]
        part = int(self._slice(np.array([bound]))[0])
        before, minutes, origin, firsts = self._slices
        pairs = slice(firsts[part], firsts[part + 1])
        within = np.bincount(origin[pairs][minutes[pairs] <= bound], minlength=self.shape[0])
        ends: Small = before[part] + within.astype(np.int32)
        return ends

    @cached_property
    def _longest(self) -> float:
        return float(self.minutes.max(initial=0.0))

    def _slice(self, minutes: Floats) -> npt.NDArray[np.uint8]:
        """The slice of the range in which times lie; it never falls as time rises."""
        return np.clip(minutes * (SLICES / self._longest), 0, SLICES - 1).astype(np.uint8)

    @cached_property
    def _slices(self) -> tuple[Small, Floats, Small, Positions]:
        """By slice, where the pairs of each origin in the slices before it end; then all pairs in order of slice.

        Of these their times and origins, copies that lie together in memory, and where each slice begins among them.
        """
        rows, code = self.shape[0], self._slice(self.minutes)
        cells = np.bincount(code * np.intp(rows) + self._origin, minlength=SLICES * rows).reshape(SLICES, rows)
        before = self.starts[:-1] + np.cumsum(cells, axis=0) - cells
        order = np.argsort(code, kind="stable")
        firsts = np.concatenate([np.zeros(1, dtype=np.intp), np.cumsum(cells.sum(axis=1))])
        return before.astype(np.int32), self.minutes[order], self._origin[order].astype(np.int32), firsts


_layouts: WeakKeyDictionary[TravelTable, Layout] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class _Zoned:
    """Weights constant over runs of pairs: a step of each zone times a factor of each origin.

    `runs` has one row per origin and zone, an origin's zones one after another, with 1 at each pair.
    """

    runs: Sparse
    steps: Floats
    factors: Floats

    @classmethod
    def of(cls, layout: Layout, decay: Zones) -> Self:
        """The runs of a table that the zones of a decay make; what lies beyond the last weighs nothing."""
        ends, steps = list(layout.zone_ends(decay.bounds)), list(decay.weights)
        if (ends[-1] < layout.starts[1:]).any():
            ends.append(layout.starts[1:])
            steps.append(0.0)
        rows, zones = layout.shape[0], len(ends)
        bounds = np.zeros(rows * zones + 1, dtype=np.int32)
        np.stack(ends, axis=1, out=bounds[1:].reshape(rows, zones))
        runs = csr_array((layout.ones, layout.service, bounds), shape=(rows * zones, layout.shape[1]))
        return cls(runs, np.array(steps), np.ones(rows))

    def reached(self, amounts: Floats) -> Floats:
        return np.asarray(self.runs.T @ np.outer(amounts * self.factors, self.steps).ravel())

    def gathered(self, values: Floats) -> Floats:
        return self._by_origin(self.runs @ values)

    def sums(self) -> Floats:
        return self._by_origin(np.diff(self.runs.indptr))

    def squared(self) -> Weighing:
        return _Zoned(self.runs, self.steps * self.steps, self.factors * self.factors)

    def scaled(self, factors: Floats) -> Weighing:
        return _Zoned(self.runs, self.steps, self.factors * factors)

    def shares(self) -> Weighing:
        return self.scaled(inverse(self.sums()))

    def _by_origin(self, values: npt.NDArray[Any]) -> Floats:
        found: Floats = values.reshape(len(self.factors), len(self.steps)) @ self.steps
        return found * self.factors


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
