"""PySAL `access` on a travel table: the same inputs in the frames that it takes, its scores by our labels."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from geo.travel.table import TravelTable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from access import fca, weights
    from access.raam import raam as stepwise

Weight = Callable[[float], float]


@dataclass(frozen=True)
class Frames:
    """Demand, supply and pairs as PySAL takes them."""

    demand: pd.DataFrame
    supply: pd.DataFrame
    cost: pd.DataFrame

    @classmethod
    def of(cls, demand: pd.Series, capacity: pd.Series, travel: TravelTable) -> "Frames":
        cost = travel.to_frame()[["origin", "service", "minutes"]]
        cost = cost[cost["minutes"] <= travel.cutoff].rename(columns={"service": "dest", "minutes": "cost"})
        # It joins the index of the supply with an index that it names so itself.
        supply = capacity.astype(float).rename("supply").rename_axis("geoid").to_frame()
        return cls(demand.astype(float).rename_axis("geoid").rename("demand").reset_index(), supply, cost)

    def two_step(self, threshold: float, weight: Weight | None = None) -> pd.Series:
        return self._scored(fca.two_stage_fca, max_cost=threshold, weight_fn=weight)

    def three_step(self, threshold: float, weight: Weight) -> pd.Series:
        return self._scored(fca.three_stage_fca, max_cost=threshold, weight_fn=weight)

    def raam(self, *, rho: float, tau: float = 60, max_cycles: int = 150, min_step: float = 0.005) -> pd.Series:
        """Its costs; of origins with demand and a service with supply only."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            demand = self.demand.set_index("geoid")
            return stepwise(demand, self.supply, self.cost, rho=rho, tau=tau, max_cycles=max_cycles, min_step=min_step)

    def _scored(self, measure: Callable[..., pd.Series], **options: object) -> pd.Series:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The third step writes into the frame that it is given.
            return measure(self.demand, self.supply, self.cost.copy(), **options)


def step_weight(bounds: list[float], values: list[float]) -> Weight:
    return weights.step_fn(dict(zip(bounds, values, strict=True)))


def gaussian_weight(sigma: float) -> Weight:
    return weights.gaussian(sigma)
