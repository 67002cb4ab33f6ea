"""How many links are right, and how sure one may be of the share."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import pandas as pd

NORMAL_95 = 1.959964
# Two-sided 95 % of Student's t by degrees of freedom, for the few parts that a set is cut into.
_STUDENT_95 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}

Pair = TypeVar("Pair")


@dataclass(frozen=True)
class Interval:
    """A share, or another figure in [0, 1], with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """The figure with its interval, in Italian."""
        return f"{self.value:.3f} [{self.low:.3f}; {self.high:.3f}]".replace(".", ",")


@dataclass(frozen=True)
class Counts:
    """Links that are right, links that are wrong, true pairs that were not linked."""

    right: int
    wrong: int
    missed: int

    @classmethod
    def of(cls, linked: Collection[Pair], true: Collection[Pair], *, undecided: Collection[Pair] = ()) -> Self:
        """Compare links with the truth; a link that nobody could judge counts neither way."""
        told, real = set(linked) - set(undecided), set(true)
        return cls(len(told & real), len(told - real), len(real - told))

    def __add__(self, other: "Counts") -> "Counts":
        """The counts of two disjoint sets of pairs together."""
        return Counts(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> Interval:
        """Share of the links that are right; 1 where there is no link."""
        return wilson(self.right, self.right + self.wrong)

    @property
    def recall(self) -> Interval:
        """Share of the true pairs that are linked; 1 where there is no true pair."""
        return wilson(self.right, self.right + self.missed)

    @property
    def f1(self) -> Interval:
        """Harmonic mean of precision and recall.

        F1 = 2J / (1 + J) rises with J, the share of right links among all pairs that are linked or true, and J is a
        proportion (Hand, Christen & Kirielle 2021, "F*", Machine Learning 110): its interval is carried over.
        """
        share = wilson(self.right, self.right + self.wrong + self.missed)
        return Interval(*(2 * j / (1 + j) for j in (share.value, share.low, share.high)))


def wilson(successes: int, trials: int) -> Interval:
    """A proportion with its score interval (Wilson 1927) at 95 %; 1 in [0, 1] where there were no trials.

    >>> print(wilson(240, 243))
    0,988 [0,964; 0,996]
    >>> print(wilson(7, 7))
    1,000 [0,646; 1,000]
    """
    if trials == 0:
        return Interval(1.0, 0.0, 1.0)
    share, z2 = successes / trials, NORMAL_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = NORMAL_95 / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def mean(values: Collection[float]) -> Interval:
    """Mean of a few figures in [0, 1] with the interval of Student's t at 95 %.

    >>> print(mean([0.9, 1.0]))
    0,950 [0,315; 1,000]
    """
    told, middle = list(values), math.fsum(values) / len(values)
    if len(told) == 1:
        return Interval(middle, 0.0, 1.0)
    spread = math.sqrt(math.fsum((value - middle) ** 2 for value in told) / (len(told) - 1))
    half = _STUDENT_95.get(len(told) - 1, NORMAL_95) * spread / math.sqrt(len(told))
    return Interval(middle, max(0.0, middle - half), min(1.0, middle + half))


def of_clusters(truth: Collection[object], found: Collection[object]) -> Counts:
    """Count pairs of records: two of one thing in truth, two in one cluster as found, one code of each for a record.

    >>> of_clusters("aabbc", "xxxyz")
    Counts(right=1, wrong=2, missed=1)
    """
    frame = pd.DataFrame({"truth": list(truth), "found": list(found)})
    right = _pairs(frame.groupby(["truth", "found"], sort=False).size())
    return Counts(
        right,
        _pairs(frame.groupby("found", sort=False).size()) - right,
        _pairs(frame.groupby("truth", sort=False).size()) - right,
    )


def _pairs(sizes: pd.Series) -> int:
    told = np.asarray(sizes, dtype=np.int64)
    return int((told * (told - 1) // 2).sum())
