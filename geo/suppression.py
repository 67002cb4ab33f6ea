"""Counts of persons too small to be told, and those that would give them away.

Counts are told by area, of areas that add up: municipalities to zones, zones to the whole. A count below the threshold
is not told (primary suppression), zero included: were zeros told, a hidden count would be known to be of somebody. Nor
is any other from which it could be found by subtraction (complementary suppression).

The reader is taken to know all that is published, that the counts add up, and that none is below zero. What such a
reader can find exactly is the sum of the hidden parts below each published total. So wherever something is hidden at
least two parts are, and their sum reaches the threshold: each may then be anything from nothing to the threshold.

References
----------
A. Hundepool et al., Statistical Disclosure Control, Wiley, 2012, chapter 4. ISTAT, Linee guida per la protezione dei
dati, 2004: thresholds of frequency and secondary suppression in tables that add up.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from geo.arrays import AnySeries
from geo.checks import amount, known_labels, numbers, require, same_labels, unique_labels

FEWEST: Final = 5
"""Counts of fewer are not told (methods: people at risk)."""
TOLD, SMALL, COMPLEMENT = "told", "small", "complement"


def suppress(counts: AnySeries, parents: AnySeries, *, threshold: float = FEWEST) -> pd.DataFrame:
    """What may be told of `counts`, of areas that lie in each other.

    Parameters
    ----------
    counts
        Persons or reports (>= 0) by area, of every level; an area is the sum of the areas in it.
    parents
        By the same index, the area that each lies in; missing for one that lies in none.

    Returns
    -------
    By area: ``count``, NaN where it is not told, and ``reason``: ``told``, ``small`` (below the threshold) or
    ``complement`` (it would give away another). Of several that could be hidden, the smallest is. Who shows it should
    say of both reasons alike that the count is not told: to name the small ones would tell that they are.

    Raises :class:`InvalidInput`: another index, repeated labels, counts missing, negative or not whole, parents that
    are not among the areas or go round in a circle, an area that is not the sum of its parts.

    >>> counts = pd.Series({"zone": 21, "a": 2, "b": 12, "c": 7})
    >>> parents = pd.Series({"zone": None, "a": "zone", "b": "zone", "c": "zone"})
    >>> suppress(counts, parents)["reason"].to_dict()
    {'zone': 'told', 'a': 'small', 'b': 'told', 'c': 'complement'}
    """
    require(_faults(counts, parents, threshold))
    tree = _Tree({area: float(count) for area, count in counts.items()}, _children(parents))
    small = {area for area, count in tree.counts.items() if count < threshold}
    tree.hidden |= small
    while any(tree.mend(area, threshold) for area in tree.children):
        pass
    shown = counts.astype("float64").mask(counts.index.isin(list(tree.hidden)))
    reasons = [SMALL if area in small else COMPLEMENT if area in tree.hidden else TOLD for area in counts.index]
    return pd.DataFrame({"count": shown, "reason": reasons}, index=counts.index)


@dataclass
class _Tree:
    """Areas with their parts, and which of them are hidden."""

    counts: Mapping[Hashable, float]
    children: Mapping[Hashable, list[Hashable]]
    hidden: set[Hashable] = field(default_factory=set)

    def mend(self, area: Hashable, threshold: float) -> bool:
        """Hide one more part of a published total whose hidden parts could be found; whether there was need to."""
        if area in self.hidden:
            return False
        parts, told = self._hidden_parts(area), self._told_parts(area)
        safe = len(parts) > 1 and sum(self.counts[part] for part in parts) >= threshold
        if safe or len(parts) == len(told) == 0 or not self._hides(area):
            return False
        if told:
            self._hide(min(told, key=self._size))
        else:
            self.hidden.add(area)
        return True

    def _hides(self, area: Hashable) -> bool:
        return any(child in self.hidden for child in self.children[area])

    def _hide(self, area: Hashable) -> None:
        """Hide an area, and below it a part: an area all of whose parts are told is told by them."""
        self.hidden.add(area)
        if area in self.children and not self._hidden_parts(area):
            self._hide(min(self.children[area], key=self._size))

    def _size(self, area: Hashable) -> tuple[float, str]:
        return self.counts[area], str(area)

    def _hidden_parts(self, area: Hashable) -> list[Hashable]:
        """Smallest areas hidden below an area, with nothing told in between."""
        return [part for part in self._border(area) if part in self.hidden]

    def _told_parts(self, area: Hashable) -> list[Hashable]:
        """Largest areas told below an area."""
        return [part for part in self._border(area) if part not in self.hidden]

    def _border(self, area: Hashable) -> Iterator[Hashable]:
        for child in self.children[area]:
            if child in self.hidden and child in self.children:
                yield from self._border(child)
            else:
                yield child


def _children(parents: AnySeries) -> dict[Hashable, list[Hashable]]:
    found: dict[Hashable, list[Hashable]] = {}
    for area, parent in parents[parents.notna()].items():
        found.setdefault(parent, []).append(area)
    return found


def _faults(counts: AnySeries, parents: AnySeries, threshold: float) -> list[str]:
    faults = unique_labels(counts.index, where="counts") + numbers(counts, where="counts")
    faults += same_labels(parents.index, counts.index, where="parents", of="counts")
    faults += amount(threshold, where="threshold")
    faults += known_labels(parents.dropna(), counts.index, where="parents", of="the areas of counts")
    if faults:
        return faults
    if (counts % 1 != 0).any():
        faults.append("counts: not whole; count persons or reports")
    if _in_circle(parents):
        return [*faults, "parents: some areas lie in themselves; correct the parents"]
    sums = counts.groupby(parents).sum()
    wrong = sums.index[(sums != counts.reindex(sums.index)).to_numpy()]
    if len(wrong):
        faults.append(f"counts: not the sum of their parts ({', '.join(map(str, wrong[:5]))}); add them up")
    return faults


def _in_circle(parents: AnySeries) -> bool:
    above = parents
    for _step in range(len(parents)):
        above = above.map(parents)
        if above.isna().all():
            return False
    return bool(len(parents))
