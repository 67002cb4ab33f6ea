"""Rules of the registry of standards that can be evaluated: what a population needs, and how the rule words it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np

from geo.arrays import Floats
from geo.checks import amount, require
from geo.errors import InvalidInput, NotEvaluated

Comparator = Literal["<=", ">="]

EVALUATED_KINDS = ("coverage", "presence", "time", "distance", "spacing", "load", "intensity")
"""Kinds of rule that are computed."""

LISTED_KINDS = ("area", "class", "conformity")
"""Kinds of the registry that need data no directory of services holds: listed as not evaluated, never guessed."""

ROUNDING = 1e-9
"""Relative difference below which a capacity equals what is needed: 33 % of 300 is not exactly 99 in binary."""


@dataclass(frozen=True)
class RatioRule:
    """A rule of coverage: capacity in proportion to a base population.

    `comparator` '<=': at most `minimum` base persons per unit of capacity (20,000 residents per consultorio). '>=': at
    least `minimum` units of capacity per `per` base persons (33 places per 100 children: ``minimum=33, per=100``).
    `objective` is the better threshold, where the rule has one. `whole`: capacity is created in whole units (a
    consultorio, a team; not hours or full-time equivalents), so that what is missing is rounded up. One that serves two
    places may count for a part in each.
    """

    comparator: Comparator
    minimum: float
    objective: float | None = None
    per: float = 1.0
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse thresholds that are not positive, or an objective easier than the minimum."""
        require(_threshold_faults(self.comparator, self.minimum, self.objective), amount(self.per, where="rule.per"))

    def missing(self, threshold: float, base: Floats, capacity: Floats) -> Floats:
        """Units of capacity that `base` persons lack to meet `threshold`, 0 where they have enough."""
        needed = base / threshold if self.comparator == "<=" else base * (threshold / self.per)
        lacking = np.where(capacity >= needed * (1.0 - ROUNDING), 0.0, needed - capacity)
        return np.ceil(lacking - needed * ROUNDING) if self.whole else lacking

    def value(self, base: Floats, capacity: Floats) -> Floats:
        """The indicator as the rule words it; infinite persons per unit where there is no unit, NaN for 0 / 0."""
        above, below = (base, capacity) if self.comparator == "<=" else (capacity * self.per, base)
        with np.errstate(divide="ignore", invalid="ignore"):
            return above / below


@dataclass(frozen=True)
class PresenceRule:
    """A rule of presence: at least `minimum` services in each unit, whatever its population.

    `counted` 'services' counts the rows of the supply, 'capacity' adds up their capacity (two doctors may be one row);
    a row whose capacity is unknown is then at least one.
    """

    minimum: float = 1.0
    objective: float | None = None
    counted: Literal["services", "capacity"] = "services"

    def __post_init__(self) -> None:
        """Refuse thresholds that are not positive, or an objective easier than the minimum."""
        require(_threshold_faults(">=", self.minimum, self.objective))

    def missing(self, threshold: float, base: Floats, capacity: Floats) -> Floats:
        """Services that each unit lacks; it takes the base only to be asked like a ratio."""
        lacking = np.where(capacity >= threshold * (1.0 - ROUNDING), 0.0, threshold - capacity)
        return np.broadcast_to(lacking, base.shape).astype(np.float64)

    def value(self, base: Floats, capacity: Floats) -> Floats:
        """The indicator is the count itself; it takes the base only to be asked like a ratio."""
        return np.broadcast_to(capacity, base.shape).astype(np.float64)


@dataclass(frozen=True)
class ReachRule:
    """A rule of time or distance: people near enough to a service.

    `comparator` '>=': at least `minimum` of every `per` base persons have a service within `reach` (75 % of residents
    within 3 km: ``minimum=75, reach=3_000, per=100``). '<=': every base person has one within `minimum`, and `reach`
    is None. Minutes or straight metres, whichever the distances are in.
    """

    comparator: Comparator
    minimum: float
    objective: float | None = None
    reach: float | None = None
    per: float = 100.0

    def __post_init__(self) -> None:
        """Refuse thresholds out of order, a share above the whole, a limit that is missing or too many."""
        faults = _threshold_faults(self.comparator, self.minimum, self.objective) + amount(self.per, where="rule.per")
        if self.comparator == "<=" and self.reach is not None:
            faults.append("rule.reach: with '<=' the minimum is the limit itself; leave it out")
        if self.comparator == ">=":
            faults += amount(np.nan if self.reach is None else self.reach, where="rule.reach")
            highest = max(self.minimum, self.objective or 0.0)
            faults += [f"rule.minimum: {highest:g} of {self.per:g} is above the whole"] * bool(highest > self.per)
        require(faults)

    def within(self, threshold: float) -> tuple[float, float]:
        """The limit, and the share (0-1) of people who must be within it, that `threshold` stands for."""
        return (threshold, 1.0) if self.reach is None else (self.reach, threshold / self.per)


@dataclass(frozen=True)
class SpacingRule:
    """A rule of spacing: no two services nearer to each other than `minimum` metres."""

    minimum: float
    objective: float | None = None

    def __post_init__(self) -> None:
        """Refuse thresholds that are not positive, or an objective easier than the minimum."""
        require(_threshold_faults(">=", self.minimum, self.objective))


@dataclass(frozen=True)
class LoadRule:
    """A rule that each service must meet by itself: a figure of its own set against its capacity.

    `comparator` '<=' is a load (at most 1,500 patients for each doctor: the figure is the patients); '>=' an intensity
    (at least one hour a week for each user: the capacity is the hours, the figure the users).
    """

    comparator: Comparator
    minimum: float
    objective: float | None = None

    def __post_init__(self) -> None:
        """Refuse thresholds that are not positive, or an objective easier than the minimum."""
        require(_threshold_faults(self.comparator, self.minimum, self.objective))

    def excess(self, threshold: float, capacity: Floats, figure: Floats) -> Floats:
        """How far each service is from `threshold`, 0 where it meets it: figure too much, or capacity missing."""
        beyond = figure - threshold * capacity if self.comparator == "<=" else threshold * figure - capacity
        largest = np.maximum(figure, threshold * capacity) if self.comparator == "<=" else threshold * figure
        return np.where(beyond > ROUNDING * largest, beyond, np.where(np.isnan(beyond), np.nan, 0.0))

    def value(self, capacity: Floats, figure: Floats) -> Floats:
        """The indicator of each service as the rule words it; NaN for 0 / 0."""
        above, below = (figure, capacity) if self.comparator == "<=" else (capacity, figure)
        with np.errstate(divide="ignore", invalid="ignore"):
            return above / below


Rule: TypeAlias = RatioRule | PresenceRule | ReachRule | SpacingRule | LoadRule


def make_rule(
    kind: str,
    comparator: str,
    minimum: float,
    *,
    objective: float | None = None,
    per: float = 1.0,
    whole: bool = False,
    reach: float | None = None,
) -> Rule:
    """The rule of a row of the registry of standards; `whole` also says that a presence counts services.

    Raises :class:`InvalidInput` for a kind that the registry does not know, a comparator that its kind does not take
    and unusable thresholds, all by name; :class:`NotEvaluated` for a kind of `LISTED_KINDS`.

    >>> make_rule("coverage", "<=", 20_000, whole=True)
    RatioRule(comparator='<=', minimum=20000, objective=None, per=1.0, whole=True)
    >>> make_rule("distance", ">=", 75, per=100, reach=3_000)
    ReachRule(comparator='>=', minimum=75, objective=None, reach=3000, per=100)
    >>> make_rule("area", ">=", 18)
    Traceback (most recent call last):
    geo.errors.NotEvaluated: rules of kind 'area' are not evaluated
    """
    compared = _comparator(kind, comparator)
    match kind:
        case "coverage":
            return RatioRule(compared, minimum, objective, per, whole)
        case "presence":
            return PresenceRule(minimum, objective, "services" if whole else "capacity")
        case "time" | "distance":
            return ReachRule(compared, minimum, objective, reach, per)
        case "spacing":
            return SpacingRule(minimum, objective)
        case _:
            return LoadRule(compared, minimum, objective)


_ONLY: dict[str, Comparator] = {"presence": ">=", "spacing": ">=", "load": "<=", "intensity": ">="}


def _comparator(kind: str, comparator: str) -> Comparator:
    if kind in LISTED_KINDS:
        raise NotEvaluated(f"rules of kind {kind!r} are not evaluated")
    faults = []
    if kind not in EVALUATED_KINDS:
        faults.append(f"rule.kind: {kind!r} is unknown; use one of {', '.join([*EVALUATED_KINDS, *LISTED_KINDS])}")
    allowed = (_ONLY[kind],) if kind in _ONLY else get_args(Comparator)
    found: Comparator | None = next((one for one in allowed if one == comparator), None)
    if found is None:
        faults.append(f"rule.comparator: a rule of {kind} takes {' or '.join(map(repr, allowed))}, not {comparator!r}")
    if found is None or faults:
        raise InvalidInput(faults)
    return found


def _threshold_faults(comparator: str, minimum: float, objective: float | None) -> list[str]:
    faults = amount(minimum, where="rule.minimum")
    if comparator not in get_args(Comparator):
        faults.append(f"rule.comparator: {comparator!r} is unknown; use '<=' or '>='")
    if objective is None:
        return faults
    faults += amount(objective, where="rule.objective")
    if (objective > minimum) if comparator == "<=" else (objective < minimum):
        faults.append(f"rule.objective: {objective:g} asks for less than the minimum {minimum:g}; exchange them")
    return faults
