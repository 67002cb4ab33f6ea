"""The k sites with the shortest way for who is farthest off."""

from dataclasses import replace
from time import monotonic

import numpy as np

from geo.arrays import Floats
from geo.siting import covering
from geo.siting.benefit import Benefit, greedy
from geo.siting.covering import Cover
from geo.siting.instance import Instance, Limits
from geo.siting.result import Found

MODEL = "p-center"
_SHORTEST = 0.1  # seconds


def center(case: Instance, k: int, *, spare: Benefit, limits: Limits) -> Found:
    """Halve among the minutes that can be the answer.

    Sites that the farthest can do without go where they add most to `spare`; so do all, where not everybody can be
    brought within the cutoff.
    """
    radii = _radii(case)
    low, high = 0, len(radii)
    ends = monotonic() + limits.seconds
    least, found = 0, list[int]()  # below `least` nothing does, for sure; from `high` on what was found does
    while low < high:
        middle = (low + high) // 2
        # Half of what is left: easy ones leave their time to the hard ones near the answer.
        each = replace(limits, seconds=max((ends - monotonic()) / 2.0, _SHORTEST))
        cover = _cover(case, radii[middle], k, each)
        if len(cover.chosen) <= k:
            found, high = cover.chosen, middle
        else:
            low = middle + 1
            least = low if cover.least > k else least
    chosen, _most = greedy(spare, k, first=found)
    minutes = np.append(radii, np.inf if len(radii) else 0.0)
    return Found(MODEL, chosen, float(minutes[high]), float(minutes[least]), exact=least >= high)


def _radii(case: Instance) -> Floats:
    """Minutes that can be the answer: not below those of whom even all candidates together leave farthest off."""
    nearest = np.minimum(case.base, case.nearest())
    nearest = nearest[np.isfinite(nearest)]
    if not len(nearest):
        return np.zeros(0)
    known = np.unique(np.concatenate([case.minutes, case.base[np.isfinite(case.base)]]))
    radii: Floats = known[known >= nearest.max()]
    return radii


def _cover(case: Instance, radius: float, k: int, limits: Limits) -> Cover:
    """The fewest sites that bring everybody who can be reached at all within `radius`."""
    near = case.within(radius)
    wanting = ~np.isfinite(near.base[near.row])
    rows, row = np.unique(near.row[wanting], return_inverse=True)
    return covering.fewest(len(rows), row, near.column[wanting], limits=limits, enough=k)
