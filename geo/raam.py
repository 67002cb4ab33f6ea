"""Rational agent access model (Saxon & Snow 2020, Annals of the American Association of Geographers 110, 205-222).

People choose the service where travel and crowding together cost least. At service l, used by D_l people and of
capacity s_l, somebody from origin r bears

    c_rl = (D_l / s_l) / rho + t_rl / tau

where rho is the demand per unit of capacity that counts as 1 (by default that of the whole table), and tau the minutes
that weigh as much. In equilibrium nobody can do better elsewhere; the score of an origin is what its people bear: a
cost, so that *less is better*, and nothing is multiplied by a decay.

The equilibrium is found as the minimum of Beckmann's potential, sum_l D_l² / 2 k_l + sum_rl d_rl t_rl / tau with
k_l = rho s_l, which is convex; its loads are unique. The paper and PySAL `access` shift people step by step and stop
after a number of cycles; here the dual is maximised, one price of crowding per service, with the minimum over services
smoothed by an entropy that shrinks until the distance from equilibrium is as small as asked for.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.sparse import csc_array, csr_array, diags_array
from scipy.sparse.linalg import splu

from geo.access import fca_faults
from geo.arrays import AnySeries, Floats, FloatSeries, Positions, floats
from geo.checks import amount, require
from geo.travel.table import TravelTable

TAU = 60.0
FIRST, SHRINK, SMALLEST = 0.05, 0.35, 1e-9  # smoothing, as a share of the mean cost
COARSE, MANY = 0.005, 100  # with more services, gradients alone are used while smoothing is above this share
MARGIN = 150.0  # times the smoothing: pairs dearer than the best of their origin by more are left out of a stage
NEGLIGIBLE = 1e-14  # a share of an origin's people that moves nothing in the second derivatives
NEWTON_STEPS, HALVINGS = 30, 30


@dataclass(frozen=True, eq=False)
class RaamResult:
    """Costs at equilibrium, and how near to it the computation came.

    Attributes
    ----------
    cost
        By origin: mean cost of its people, crowding and travel; NaN where no service with capacity is within the
        cutoff. 1 is the crowding of the whole table, or `tau` minutes.
    minutes
        `cost` as minutes: cost times `tau`.
    travel_minutes
        By origin: mean minutes that its people travel; NaN as for `cost`.
    load
        By service: persons who use it; 0 for one of capacity 0. Adds up to the demand that is served.
    crowding
        By service: load per unit of capacity, over `rho`; NaN for capacity 0.
    total_cost
        Sum of cost over the people served.
    gap
        Share of the total cost that people could save by changing to their cheapest service at the loads found:
        0 in equilibrium.
    converged
        Whether `gap` is at most what was asked for.
    iterations
        Evaluations of all pairs.
    """

    cost: FloatSeries
    minutes: FloatSeries
    travel_minutes: FloatSeries
    load: FloatSeries
    crowding: FloatSeries
    total_cost: float
    gap: float
    converged: bool
    iterations: int
    rho: float
    tau: float


def raam(
    demand: AnySeries,
    capacity: AnySeries,
    travel: TravelTable,
    *,
    tau: float = TAU,
    rho: float | None = None,
    gap: float = 1e-6,
) -> RaamResult:
    """Equilibrium of people who weigh travel against crowding.

    `demand` (persons) is indexed by the origins of the table and `capacity` by its services, both >= 0; `tau` > 0 in
    minutes; `rho` > 0 in persons per unit of capacity, by default total demand over total capacity; `gap` > 0 as in
    :class:`RaamResult`. Services of capacity 0 are used by nobody; origins of nobody have the cost that somebody there
    would bear. Only central times within the cutoff count.

    Raises :class:`InvalidInput`: another index, negative or missing numbers, a parameter that is not above 0.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town"]), pd.Index(["near", "far"]), origin=np.array([0, 0]), service=np.array([0, 1]),
    ...     minutes=np.array([0.0, 30.0]), cutoff=60, engine="official", estimated=False)
    >>> found = raam(pd.Series({"town": 100}), pd.Series({"near": 1, "far": 1}), travel, tau=60)
    >>> found.load.round(3).to_dict(), round(float(found.cost["town"]), 3)
    ({'near': 62.5, 'far': 37.5}, 1.25)
    """
    faults = amount(tau, where="tau") + amount(gap, where="gap")
    faults += [] if rho is None else amount(rho, where="rho")
    require(fca_faults(demand, capacity, travel), faults)
    people, supply = floats(demand), floats(capacity)
    unit = _mean_load(people, supply) if rho is None else rho
    market = _Market.of(people, unit * supply, travel, tau)
    prices, smoothing = _equilibrium(market, gap)
    return _told(market, prices, smoothing, travel, unit, tau, gap)


def _mean_load(people: Floats, supply: Floats) -> float:
    """Persons per unit of capacity; 1 where there is nobody or nothing, and no crowding to speak of."""
    return float(people.sum() / supply.sum()) if people.sum() > 0 and supply.sum() > 0 else 1.0


@dataclass(eq=False)
class _Market:
    """The pairs that can be used, as arrays: runs of one origin after another; counts its evaluations."""

    people: Floats  # of the origins that have a pair
    room: Floats  # of the services that have one: persons per unit of crowding
    time: Floats  # t / tau by pair
    service: Positions
    starts: Positions
    origins: Positions  # which origins of the table these are
    services: Positions
    evaluations: int = 0

    @classmethod
    def of(cls, people: Floats, room: Floats, travel: TravelTable, tau: float) -> "_Market":
        usable = (travel.minutes <= travel.cutoff) & (room[travel.service] > 0)
        origin, service = travel.origin[usable], travel.service[usable]
        origins, starts = np.unique(origin, return_index=True)
        services, position = np.unique(service, return_inverse=True)
        time = travel.minutes[usable] / tau
        return cls(people[origins], room[services], time, position, starts, origins, services)

    def shares(self, prices: Floats, smoothing: float) -> tuple[Floats, Floats]:
        """Of each pair the share of its origin's people, and of each origin the smoothed least cost."""
        self.evaluations += 1
        cost = self.time + prices[self.service]
        least = np.minimum.reduceat(cost, self.starts)
        cost -= np.repeat(least, self.lengths)
        weight = np.exp(cost / -smoothing)
        total = np.add.reduceat(weight, self.starts)
        weight /= np.repeat(total, self.lengths)
        return weight, least - smoothing * np.log(total)

    def near(self, prices: Floats, margin: float) -> "_Market":
        """The pairs that cost at most `margin` more than the cheapest of their origin at these prices."""
        cost = self.time + prices[self.service]
        kept = cost <= np.repeat(np.minimum.reduceat(cost, self.starts) + margin, self.lengths)
        starts = np.cumsum(np.add.reduceat(kept.astype(np.intp), self.starts))
        starts = np.concatenate([np.zeros(1, dtype=np.intp), starts[:-1]])
        return replace(self, time=self.time[kept], service=self.service[kept], starts=starts, evaluations=1)

    @property
    def lengths(self) -> Positions:
        return np.diff(self.starts, append=len(self.time))

    def loads(self, shares: Floats) -> Floats:
        """Persons at each service."""
        flow = shares * np.repeat(self.people, self.lengths)
        return np.bincount(self.service, weights=flow, minlength=len(self.room)).astype(np.float64)

    def gap(self, shares: Floats) -> tuple[float, float]:
        """Total cost at the loads that these shares make, and the part of it that changing service would save."""
        cost = self.time + (self.loads(shares) / self.room)[self.service]
        total = float(self.people @ np.add.reduceat(shares * cost, self.starts))
        best = float(self.people @ np.minimum.reduceat(cost, self.starts))
        return total, max(0.0, (total - best) / total) if total > 0 else 0.0

    def descent(self, prices: Floats, smoothing: float) -> tuple[float, Floats, Floats]:
        """What is minimised over prices (the negative dual), its gradient, and the shares there."""
        shares, least = self.shares(prices, smoothing)
        value = 0.5 * float(self.room @ prices**2) - float(self.people @ least)
        return value, self.room * prices - self.loads(shares), shares


def _equilibrium(market: _Market, gap: float) -> tuple[Floats, float]:
    """Prices of crowding at which people stay where they are, and the last smoothing."""
    prices: Floats = np.ones(len(market.room))
    if not len(market.time) or not market.people.sum() > 0:
        return np.zeros(len(market.room)), SMALLEST
    scale = max(market.gap(market.shares(prices, FIRST)[0])[0] / market.people.sum(), 1e-12)
    share = FIRST
    while True:
        near = market.near(prices, MARGIN * share * scale)
        if share > COARSE and len(market.room) > MANY:
            prices = _gradients(near, prices, share * scale)
        else:
            prices = _newton(near, prices, share * scale, accuracy=0.01 * min(gap, 1e-3))
        market.evaluations += near.evaluations
        if market.gap(market.shares(prices, share * scale)[0])[1] <= gap or share <= SMALLEST:
            return prices, share * scale
        share *= SHRINK


def _gradients(market: _Market, prices: Floats, smoothing: float) -> Floats:
    """Prices near the best at a coarse smoothing, at which second derivatives are full and dear."""

    def descent(tried: Floats) -> tuple[float, Floats]:
        value, gradient, _shares = market.descent(tried, smoothing)
        return value, gradient

    found = minimize(descent, prices, jac=True, method="L-BFGS-B")
    return np.asarray(found.x, dtype=np.float64)


def _newton(market: _Market, prices: Floats, smoothing: float, *, accuracy: float) -> Floats:
    """Prices that are best at one smoothing."""
    value, gradient, shares = market.descent(prices, smoothing)
    enough = accuracy * market.people.sum()
    for _ in range(NEWTON_STEPS):
        if np.abs(gradient).sum() <= enough:
            break
        step = splu(_curvature(market, shares, smoothing)).solve(gradient)
        slope = float(gradient @ step)
        for halving in range(HALVINGS):
            tried = prices - step * 0.5**halving
            below, slanted, shared = market.descent(tried, smoothing)
            # Below the precision of the value a full step can no longer be told from none.
            if below <= value - 1e-4 * slope * 0.5**halving or slope <= 1e-13 * abs(value):
                break
        prices, value, gradient, shares = tried, below, slanted, shared
    return prices


def _curvature(market: _Market, shares: Floats, smoothing: float) -> csc_array:
    """Second derivatives of the negative dual: how loads answer to prices. Positive definite."""
    kept = shares > NEGLIGIBLE
    starts = np.concatenate([[0], np.cumsum(np.add.reduceat(kept.astype(np.intp), market.starts))])
    shape = (len(market.people), len(market.room))
    chosen = csr_array((shares[kept], market.service[kept], starts), shape=shape)
    together = chosen.T @ diags_array(market.people).tocsr() @ chosen
    spread = market.loads(shares) / smoothing + market.room
    return csc_array(diags_array(spread) - together / smoothing)


def _told(
    market: _Market, prices: Floats, smoothing: float, travel: TravelTable, rho: float, tau: float, gap: float
) -> RaamResult:
    cost, minutes = np.full(len(travel.origins), np.nan), np.full(len(travel.origins), np.nan)
    load, crowding = np.zeros(len(travel.services)), np.full(len(travel.services), np.nan)
    total, left = 0.0, 0.0
    if len(market.time):
        shares, _least = market.shares(prices, smoothing)
        load[market.services] = market.loads(shares)
        crowding[market.services] = load[market.services] / market.room
        borne = market.time + crowding[market.services][market.service]
        cost[market.origins] = np.add.reduceat(shares * borne, market.starts)
        minutes[market.origins] = np.add.reduceat(shares * market.time, market.starts) * tau
        total, left = market.gap(shares)
    by_origin = {"cost": cost, "minutes": cost * tau, "travel_minutes": minutes}
    by_service = {"load": load, "crowding": crowding}
    return RaamResult(
        **{name: pd.Series(values, index=travel.origins, name=name) for name, values in by_origin.items()},
        **{name: pd.Series(values, index=travel.services, name=name) for name, values in by_service.items()},
        total_cost=total,
        gap=left,
        converged=left <= gap,
        iterations=market.evaluations,
        rho=rho,
        tau=tau,
    )
