"""Rules of the registry of standards that can be evaluated: what a population needs, and how the rule words it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from geo.arrays import Floats
from geo.checks import amount, require
from geo.errors import NotEvaluated

EVALUATED_KINDS = ("coverage", "presence")
"""Kinds of rule that :func:`evaluate` computes; the others of the registry are listed as such, never guessed."""

ROUNDING = 1e-9
"""Relative difference below which a capacity equals what is needed: 33 % of 300 is not exactly 99 in binary."""


@dataclass(frozen=True)
class RatioRule:
    """A rule of coverage: capacity in proportion to a base population.

    `comparator` '<=': at most `minimum` base persons per unit of capacity (20,000 residents per consultorio). '>=': at
    least `minimum` units of capacity per `per` base persons (33 places per 100 children: ``minimum=33, per=100``).
    `objective` is the better threshold, where the rule has one. `whole`: capacity comes in whole units (a consultorio,
    a team; not hours or full-time equivalents), so that what is needed is rounded up.
    """

    comparator: Literal["<=", ">="]
    minimum: float
    objective: float | None = None
    per: float = 1.0
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse thresholds that are not positive, or an objective easier than the minimum."""
        require(_threshold_faults(self.comparator, self.minimum, self.objective), amount(self.per, where="rule.per"))

    def needed(self, threshold: float, base: Floats) -> Floats:
        """Units of capacity that `base` persons need to meet `threshold`."""
        units = base / threshold if self.comparator == "<=" else base * (threshold / self.per)
        return np.ceil(units * (1.0 - ROUNDING)) if self.whole else units

    def value(self, base: Floats, capacity: Floats) -> Floats:
        """The indicator as the rule words it; infinite persons per unit where there is no unit, NaN for 0 / 0."""
        above, below = (base, capacity) if self.comparator == "<=" else (capacity * self.per, base)
        with np.errstate(divide="ignore", invalid="ignore"):
            return above / below


@dataclass(frozen=True)
class PresenceRule:
    """A rule of presence: at least `minimum` services in each unit, whatever its population.

    `counted` 'services' counts the rows of the supply, 'capacity' adds up their capacity (two doctors may be one row).
    """

    minimum: float = 1.0
    objective: float | None = None
    counted: Literal["services", "capacity"] = "services"

    def __post_init__(self) -> None:
        """Refuse thresholds that are not positive, or an objective easier than the minimum."""
        require(_threshold_faults(">=", self.minimum, self.objective))

    def needed(self, threshold: float, base: Floats) -> Floats:
        """Services needed in each unit."""
        return np.full(len(base), threshold)

    def value(self, base: Floats, capacity: Floats) -> Floats:
        """The indicator is the count itself; it takes the base only to be asked like a ratio."""
        return np.broadcast_to(capacity, base.shape).astype(np.float64)


Rule: TypeAlias = RatioRule | PresenceRule


def make_rule(
    kind: str,
    comparator: str,
    minimum: float,
    *,
    objective: float | None = None,
    per: float = 1.0,
    whole: bool = False,
) -> Rule:
    """The rule of a row of the registry of standards.

    Raises :class:`NotEvaluated` for a kind outside `EVALUATED_KINDS` (time, distance, spacing, intensity, load, area,
    class) and for a presence with another comparator; :class:`InvalidInput` for unusable thresholds.

    >>> make_rule("coverage", "<=", 20_000, whole=True)
    RatioRule(comparator='<=', minimum=20000, objective=None, per=1.0, whole=True)
    >>> make_rule("spacing", ">=", 200)
    Traceback (most recent call last):
    geo.errors.NotEvaluated: rules of kind 'spacing' with comparator '>=' are not evaluated
    """
    if kind == "coverage" and comparator == "<=":
        return RatioRule("<=", minimum, objective, per, whole)
    if kind == "coverage" and comparator == ">=":
        return RatioRule(">=", minimum, objective, per, whole)
    if kind == "presence" and comparator == ">=":
        return PresenceRule(minimum, objective)
    raise NotEvaluated(f"rules of kind {kind!r} with comparator {comparator!r} are not evaluated")


def _threshold_faults(comparator: str, minimum: float, objective: float | None) -> list[str]:
    faults = amount(minimum, where="rule.minimum")
    if comparator not in ("<=", ">="):
        faults.append(f"rule.comparator: {comparator!r} is unknown; use '<=' or '>='")
    if objective is None:
        return faults
    faults += amount(objective, where="rule.objective")
    if (objective > minimum) if comparator == "<=" else (objective < minimum):
        faults.append(f"rule.objective: {objective:g} asks for less than the minimum {minimum:g}; exchange them")
    return faults
