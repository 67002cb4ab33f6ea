"""How far the ratio of a group may be believed: shrinkage by persons (empirical Bayes, Bühlmann and Straub 1970)."""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats, Positions


@dataclass(frozen=True)
class Credibility:
    """What the members of groups tell of their groups.

    Attributes
    ----------
    ratio
        Observed over expected of each group; that of all where a group expects nobody.
    weight
        Credibility of each group's own ratio, from 0 (nothing) to 1.
    centre
        Observed over expected of all together.
    within, between
        Variance of a member's ratio by unit of its weight, and of the groups' true ratios; ``within`` is NaN where no
        group has two members, and nothing can be believed then.
    """

    ratio: Floats
    weight: Floats
    centre: float
    within: float
    between: float

    @property
    def shrunk(self) -> Floats:
        """The ratio of each group, drawn towards that of all."""
        return self.centre + self.weight * (self.ratio - self.centre)


def credibility(observed: Floats, expected: Floats, group: Positions, groups: int) -> Credibility:
    """Credibility of the ratios observed / expected of groups whose members are known one by one.

    Members (municipalities) have weights ``expected`` >= 0; ``group`` is the row of each one's group (zone). The more
    people a group has, the more its own ratio counts: weight = expected / (expected + within / between), where
    ``within`` is what members of one group differ by, whatever the cause, and ``between`` what groups differ by beyond
    that; both are the unbiased estimators of Bühlmann & Straub (1970, "Glaubwürdigkeit für Schadensätze", Mitteilungen
    der Vereinigung schweizerischer Versicherungsmathematiker 70: 111-133). Where groups differ by no more than chance
    ``between`` is 0, and so are all weights.

    >>> observed, expected = np.array([12.0, 14.0, 9.0, 9.0]), np.full(4, 10.0)
    >>> found = credibility(observed, expected, np.array([0, 0, 1, 1]), 2)
    >>> found.ratio.tolist(), found.shrunk.round(4).tolist()
    ([1.3, 0.9], [1.2875, 0.9125])
    """
    counted = expected > 0
    observed, expected, group = observed[counted], expected[counted], group[counted]
    weight = np.bincount(group, expected, groups)
    whole = float(weight.sum())
    centre = float(observed.sum()) / whole if whole else 1.0
    ratio = np.full(groups, centre)
    np.divide(np.bincount(group, observed, groups), weight, out=ratio, where=weight > 0)
    freedom = len(expected) - np.count_nonzero(weight)
    if freedom == 0:
        return Credibility(ratio, np.zeros(groups), centre, np.nan, 0.0)
    within = float((expected * (observed / expected - ratio[group]) ** 2).sum()) / freedom
    spread = float((weight * (ratio - centre) ** 2).sum()) - (np.count_nonzero(weight) - 1) * within
    room = whole - float((weight**2).sum()) / whole
    between = max(0.0, spread / room) if room > 0 else 0.0
    own = weight * between
    believed = np.divide(own, own + within, out=np.zeros(groups), where=own > 0)
    return Credibility(ratio, believed, centre, within, between)
