"""How many there are, by two lists and what they have in common: capture-recapture with two lists.

The two lists must speak of the same things, territory and time, and list each thing with a chance that does not depend
on the other list. Lists of public services mostly lean on each other, or miss the same hidden places: they then have
too much in common and the figures are too low (Chao, Tsay, Lin, Shau & Chao 2001, "The applications of
capture-recapture models to epidemiological data", Statistics in Medicine 20: 3123-3157). So what is estimated to be
missing is a lower bound, and the upper end of an interval bounds nothing. Whether the conditions hold is for the
caller to judge; where something is missing, no estimate of this kind can say.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import betainc, betaincinv, betaln, gammaln

from geo.arrays import Floats, floats
from geo.checks import require

FEWEST = 7
"""Fewest in common with which the estimate has no bias to speak of (Robson & Regier 1964; Seber 1982, 3.1)."""

_HALF = 0.5  # Jeffreys' prior of a share, and what the interval adds to each count
_MIDDLES = (np.arange(64) + 0.5) / 64  # where the quantiles are taken that stand for a distribution


class Share(NamedTuple):
    """A share as it was counted: ``successes`` of ``trials``."""

    successes: int
    trials: int

    @property
    def value(self) -> float:
        """The share, in [0, 1]."""
        return self.successes / self.trials


@dataclass(frozen=True)
class Estimate:
    """What two lists tell of the whole, in things (not rows, not persons).

    Attributes
    ----------
    matched
        Things in both lists, corrected for linkage errors; a fraction where there are any.
    total, low, high
        Chapman's estimate of all things and its interval; ``low <= total <= high``.
    missing, missing_low, missing_high
        Things in neither list, and their interval; none is negative.
    standard_error
        Of ``total``, by sampling alone (Seber 1970).
    confidence
        Of both intervals.
    """

    matched: float
    total: float
    low: float
    high: float
    missing: float
    missing_low: float
    missing_high: float
    standard_error: float
    confidence: float


def chapman(
    left: int,
    right: int,
    both: int,
    *,
    precision: Share | tuple[int, int] | None = None,
    recall: Share | tuple[int, int] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate how many things there are, of which ``left`` are in one list, ``right`` in the other, ``both`` linked.

    Parameters
    ----------
    left, right
        Different things in each list, 1 or more.
    both
        Things that were linked, from 0 to the smaller of the two.
    precision
        Right links among links that were checked, as ``(right, checked)``; None where no link can be wrong.
    recall
        True pairs that were linked among true pairs known, as ``(linked, true)``; None where none can be missed.
    confidence
        Of the intervals, between 0 and 1.

    Raises
    ------
    InvalidInput
        Numbers out of range; all faults at once.

    Notes
    -----
    Estimate: (left + 1)(right + 1)/(matched + 1) - 1 (Chapman 1951, "Some properties of the hypergeometric
    distribution with applications to zoological sample censuses", Univ. Calif. Publ. Stat. 1: 131-160). Standard error:
    Seber 1970, "The effects of trap response on tag recapture estimates", Biometrics 26: 13-22.

    Interval: quantiles of the generalized Waring distribution of the things in neither list, with parameters
    left - matched + 0.5, right - matched + 0.5 and matched + 0.5 (Rivest & Yauck 2023, "Small sample estimators for
    two-way capture recapture experiments", arXiv 2307.11705, for the family). Estimate plus or minus standard errors
    covers too little, for Chapman's estimate is skewed, and may end below what was seen. The log-normal approximation
    of this distribution is the 0.5 transformed logit interval of Sadinle 2009 ("Transformed logit confidence intervals
    for small populations in single capture-recapture estimation", Communications in Statistics - Simulation and
    Computation 38: 1909-1924). It does well while the lists leave much out, but where they hold nearly all its upper
    end is beyond reason (10 to 10 ** 14 for two equal lists of 100); the distribution itself is not, and keeps the
    level (the tests simulate both).

    Linkage errors: of ``both`` links only the share ``precision`` is right, and those are the share ``recall`` of the
    true ones, so that ``matched = both * precision / recall``, at most the smaller list. It is the correction of
    Ding & Fienberg 1994 ("Dual system estimation of Census undercount in the presence of matching error", Survey
    Methodology 20: 149-158), in whose terms recall is alpha and the wrong links are beta * (left - matched); see
    Di Consiglio & Tuoto 2015, "Coverage evaluation on probabilistically linked data", Journal of Official Statistics
    31: 415-429. Both shares were counted on samples: each is a beta distribution (Jeffreys' prior), which makes the
    right links a beta-binomial and the missed ones a beta-negative-binomial number. The interval is that of the
    mixture of the distributions above over the matched numbers that follow: no chance is drawn, the same counts give
    the same interval. With errors, an estimate can be below the things counted: two of them may be one.

    >>> found = chapman(15, 10, 5)
    >>> round(found.total, 1), found.low, found.high, round(found.standard_error, 1)
    (28.3, 21.0, 61.0, 5.9)
    >>> found = chapman(100, 100, 76, precision=(95, 100), recall=(95, 100))
    >>> found.matched, round(found.missing, 1), found.missing_low, found.missing_high
    (76.0, 7.5, 1.0, 20.0)
    >>> exact = chapman(100, 100, 76)
    >>> exact.total == found.total, found.low < exact.low, exact.high < found.high
    (True, True, True)
    """
    shares = {"precision": precision, "recall": recall}
    require(_counts(left, right, both), *(_share(share, where=name) for name, share in shares.items()))
    require([] if 0 < confidence < 1 else [f"confidence: {confidence} is not between 0 and 1; give 0.95 for 95 %"])
    left, right = sorted((left, right))  # the lists are alike: the figures too, to the last digit
    right_links = None if precision is None else Share(*precision)
    found_pairs = None if recall is None else Share(*recall)
    matched = _corrected(left, both, right_links, found_pairs)
    total = (left + 1) * (right + 1) / (matched + 1) - 1
    mixture = _Mixture(left, right, _matched(left, both, right_links, found_pairs))
    low, high = mixture.interval(confidence, of_all=True)
    missing_low, missing_high = mixture.interval(confidence, of_all=False)
    missing = (left - matched) * (right - matched) / (matched + 1)
    return Estimate(
        matched=matched,
        total=total,
        low=min(float(low), total),
        high=max(float(high), total),
        missing=missing,
        missing_low=min(float(missing_low), missing),
        missing_high=max(float(missing_high), missing),
        standard_error=math.sqrt(
            (left + 1) * (right + 1) * (left - matched) * (right - matched) / ((matched + 1) ** 2 * (matched + 2))
        ),
        confidence=confidence,
    )


def _counts(left: int, right: int, both: int) -> list[str]:
    faults = [
        f"{name}: {count} things in a list; a list that holds none says nothing, leave it out"
        for name, count in (("left", left), ("right", right))
        if count < 1
    ]
    if not 0 <= both <= max(0, min(left, right)):
        faults.append(
            f"both: {both} is not between 0 and the smaller list ({min(left, right)}); count things, not rows"
        )
    return faults


def _share(share: tuple[int, int] | None, *, where: str) -> list[str]:
    if share is None:
        return []
    successes, trials = share
    if not 1 <= successes <= trials:
        return [f"{where}: {successes} of {trials}; give how many of how many, at least 1 of 1"]
    return []


def _corrected(most: int, both: int, precision: Share | None, recall: Share | None) -> float:
    right_links = both if precision is None else both * precision.value
    return float(min(right_links if recall is None else right_links / recall.value, most))


def _matched(most: int, both: int, precision: Share | None, recall: Share | None) -> list[int]:
    """Numbers of things that may truly be in both lists: quantiles of equal weight."""
    true_links = _right_links(both, precision)
    weights = np.zeros(most + 1)
    for links in true_links:
        weights[links:] += _missed(links, most - links, recall)
    return _quantiles(weights)


def _right_links(both: int, precision: Share | None) -> list[int]:
    """Numbers of right links among ``both`` (beta-binomial)."""
    if precision is None:
        return [both]
    a, b = precision.successes + _HALF, precision.trials - precision.successes + _HALF
    k = np.arange(both + 1)
    return _quantiles(np.exp(betaln(k + a, both - k + b) - betaln(a, b) - betaln(both - k + 1, k + 1)))


def _missed(links: int, most: int, recall: Share | None) -> Floats:
    """Weights of 0 to ``most`` true pairs missed where ``links`` were found (beta-negative-binomial)."""
    if recall is None:
        return floats([1.0] + [0.0] * most)
    a, b = recall.successes + _HALF, recall.trials - recall.successes + _HALF
    k, found = np.arange(most + 1), links + _HALF
    log = gammaln(found + k) - gammaln(found) - gammaln(k + 1) + betaln(a + found, b + k) - betaln(a, b)
    told = np.exp(log)
    return floats(told / told.sum())


def _quantiles(weights: Floats) -> list[int]:
    """The places of a row of weights that stand for it, each as likely as another; one where only one has a weight."""
    reached = np.cumsum(weights)
    return [int(place) for place in np.searchsorted(reached, _MIDDLES * reached[-1])]


@dataclass(frozen=True)
class _Mixture:
    """Generalized Waring distributions of the things in neither list, one for each number in both, alike in weight.

    Such a number is negative binomial with a chance that is a beta variable, which stands here as its quantiles.
    """

    smaller: int
    larger: int
    matched: Sequence[int]

    def interval(self, confidence: float, *, of_all: bool) -> tuple[int, int]:
        """Two-sided interval of the things in neither list; ``of_all``: together with those that are in one."""
        numbers, times = np.unique(self.matched, return_counts=True)
        seen = self.smaller + self.larger - numbers if of_all else np.zeros_like(numbers)
        only_there = (self.smaller - numbers + _HALF)[:, np.newaxis]
        chances = betaincinv((numbers + _HALF)[:, np.newaxis], (self.larger - numbers + _HALF)[:, np.newaxis], _MIDDLES)

        def reached(value: int) -> float:
            """Share of the mixture up to ``value``."""
            beyond = (value - seen)[:, np.newaxis]
            up_to = np.where(beyond < 0, 0.0, betainc(only_there, np.maximum(beyond, 0) + 1.0, chances))
            return float(np.average(up_to.mean(axis=1), weights=times))

        tail, least = (1 - confidence) / 2, int(seen.min())
        return _first(reached, tail, least), _first(reached, 1 - tail, least)


def _first(reached: Callable[[int], float], share: float, least: int) -> int:
    """The least whole number from ``least`` on of which ``reached`` is at least ``share``."""
    step = 1
    while reached(least + step - 1) < share:
        step *= 2
    below, enough = least + step // 2 - 1, least + step - 1
    while enough - below > 1:
        middle = (below + enough) // 2
        if reached(middle) < share:
            below = middle
        else:
            enough = middle
    return enough
