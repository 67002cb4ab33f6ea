"""What each demand point gets from one supply within one threshold.

The status of a point needs the same quantities on confirmed supply and on confirmed + uncertain supply, at the
threshold and at the threshold ± the tolerance. A :class:`Case` holds one supply; :meth:`Case.view` looks at it within
a threshold.
"""

from dataclasses import dataclass, replace

import numpy as np

from geo.access import fca_scores, sum_by_origin
from geo.arrays import Bools, Floats, Positions
from geo.decay import thirds
from geo.errors import InvalidInput
from geo.travel.table import TravelTable

ROUNDING = 1e-9
"""Relative difference below which an access score equals its minimum: sums of shares are not exact."""


@dataclass(frozen=True)
class CapacityRule:
    """Capacity units per person of the target group: a minimum and, where the rule has one, an objective not below it.

    A rule of at most 20,000 residents per unit is ``CapacityRule(minimum=1 / 20_000)``; one of 33 places per 100
    children is ``CapacityRule(minimum=0.33)``. Raises :class:`InvalidInput` for numbers not above 0 or out of order.
    """

    minimum: float
    objective: float | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that no score could be compared with."""
        if not (np.isfinite(self.minimum) and self.minimum > 0):
            raise InvalidInput([f"capacity rule: minimum {self.minimum!r} is not above 0"])
        if self.objective is not None and not (np.isfinite(self.objective) and self.objective >= self.minimum):
            raise InvalidInput([f"capacity rule: objective {self.objective!r} is below the minimum {self.minimum!r}"])


@dataclass(frozen=True)
class View:
    """One value per demand point, for one supply within one threshold.

    `places`: how many places of services are within it by central time. `access`: E2SFCA score, capacity units per
    person. `known`: the capacity of all of them is known. `closed`: all demand that competes for them lives where the
    list is complete. `contested`: some demand does compete for them. `short`: the score could be judged and is below
    the minimum. `shadow`: persons in shadow, NaN where unknown.
    """

    places: Positions
    access: Floats
    known: Bools
    closed: Bools
    contested: Bools
    judged: Bools
    short: Bools
    shadow: Floats

    @property
    def reached(self) -> Bools:
        """Some service is within the threshold."""
        return self.places > 0


@dataclass(frozen=True)
class Case:
    """Demand points, one supply and the rule, as plain arrays in the order of the origins and services of `travel`.

    `complete`: the list is complete there. `placed`: the engine knows where the point is; of one that it does not know
    no pair tells anything, and neither does a pair that is absent.
    """

    travel: TravelTable
    persons: Floats
    demand: Floats
    complete: Bools
    placed: Bools
    capacity: Floats
    capacity_known: Bools
    rule: CapacityRule | None

    def restricted(self, mask: Bools) -> "Case":
        """The same points with only the services where `mask` is true."""
        return replace(
            self,
            travel=self.travel.select_services(mask),
            capacity=self.capacity[mask],
            capacity_known=self.capacity_known[mask],
        )

    def view(self, threshold: float) -> View:
        """What the points get within `threshold` minutes."""
        near = self.travel.within(threshold)
        places = np.bincount(near.origin, minlength=len(near.origins))
        access = fca_scores(self.demand, self.capacity, near, thirds(threshold))
        known = ~_any_service(near, ~self.capacity_known)
        closed = ~_any_service(near, _any_origin(near, ~self.complete & (self.demand > 0)))
        contested = _any_service(near, _any_origin(near, self.demand > 0))
        judged = (places > 0) & self.complete & known & closed & contested & (self.rule is not None)
        minimum = self.rule.minimum if self.rule else 1.0
        short = judged & (access < minimum * (1.0 - ROUNDING))
        shadow = self._shadow(places > 0, short, 1.0 - access / minimum)
        return View(places, access, known, closed, contested, judged, short, shadow)

    def _shadow(self, reached: Bools, short: Bools, lacking: Floats) -> Floats:
        partial = np.where(short, self.persons * lacking, 0.0)
        absent = np.where(self.complete & self.placed, self.persons, np.nan)
        return np.where(reached, partial, absent)


def certainly_within(travel: TravelTable, threshold: float) -> Bools:
    """Origins with a service whose longest time is within `threshold`: they are reached whatever the true positions."""
    return np.bincount(travel.origin[travel.high <= threshold], minlength=len(travel.origins)) > 0


def possibly_within(travel: TravelTable, threshold: float) -> Bools:
    """Origins with a service whose shortest time is within `threshold`; the others are certainly not reached."""
    return np.bincount(travel.origin[travel.low <= threshold], minlength=len(travel.origins)) > 0


def _any_service(travel: TravelTable, mask: Bools) -> Bools:
    """Origins with a pair to a service where `mask` is true."""
    return sum_by_origin(travel, mask[travel.service].astype(np.float64)) > 0


def _any_origin(travel: TravelTable, mask: Bools) -> Bools:
    """Services with a pair from an origin where `mask` is true."""
    return np.bincount(travel.service[mask[travel.origin]], minlength=len(travel.services)) > 0
