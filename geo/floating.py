"""Floating catchments that answer faults of E2SFCA: demand counted at every service, and distance that cancels out.

Conventions of :mod:`geo.access`: demand (persons) indexed by the origins of the table and capacity by its services,
both >= 0; scores in units of capacity per person, indexed by the origins, 0 where nothing is within reach.
"""

from collections.abc import Sequence

import pandas as pd

from geo.access import fca_faults, threshold_faults
from geo.arrays import AnySeries, FloatSeries, floats
from geo.checks import require
from geo.decay import SLOW, Decay, thirds
from geo.travel.table import TravelTable
from geo.weighing import inverse, ratio, weighing


def three_step_fca(
    demand: AnySeries, capacity: AnySeries, travel: TravelTable, *, threshold: float, weights: Sequence[float] = SLOW
) -> FloatSeries:
    """3SFCA with three travel zones, at a third, two thirds and the whole of `threshold` minutes.

    See :func:`three_step_fca_by`. Raises :class:`InvalidInput` also for a threshold beyond the cutoff of the table.
    """
    require(threshold_faults(travel, threshold))
    return three_step_fca_by(demand, capacity, travel, thirds(threshold, weights))


def three_step_fca_by(demand: AnySeries, capacity: AnySeries, travel: TravelTable, decay: Decay) -> FloatSeries:
    """Three-step floating catchment area (Wan, Zou & Sternberg 2012, IJGIS 26, 1073-1089).

    People choose among the services within reach: G_ij = w_ij / sum_l w_il. R_j = S_j / sum_k G_kj P_k w_kj, then
    A_i = sum_j G_ij R_j w_ij. Like 2SFCA, the scores weighted by demand add up to the reachable supply.

    Raises :class:`InvalidInput`: another index, negative or missing numbers.

    >>> import numpy as np
    >>> from geo.decay import step
    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["clinic", "ward"]), origin=np.array([0, 0, 1]),
    ...     service=np.array([0, 1, 1]), minutes=np.array([5.0, 9.0, 4.0]), cutoff=30, engine="official",
    ...     estimated=False)
    >>> people, beds = pd.Series({"town": 80, "village": 20}), pd.Series({"clinic": 4, "ward": 6})
    >>> three_step_fca_by(people, beds, travel, step(30)).to_dict()
    {'town': 0.1, 'village': 0.1}
    """
    require(fca_faults(demand, capacity, travel))
    plain = weighing(travel, decay)
    chosen = plain.squared().scaled(inverse(plain.sums()))
    scores = chosen.gathered(ratio(floats(capacity), chosen.reached(floats(demand))))
    return pd.Series(scores, index=travel.origins, name="access")


def modified_two_step_fca(demand: AnySeries, capacity: AnySeries, travel: TravelTable, decay: Decay) -> FloatSeries:
    """Modified two-step floating catchment area, M2SFCA (Delamater 2013, Health & Place 24, 30-43).

    A_i = sum_j w_ij² S_j / sum_k P_k w_kj. In 2SFCA the distance of those who share a service cancels out, as if every
    service stood where it should; here distance also discounts what is received, so that supply is lost to a bad
    configuration. Never above :func:`geo.access.two_step_fca` with the same decay, since weights are at most 1.

    Raises :class:`InvalidInput`: another index, negative or missing numbers.

    >>> import numpy as np
    >>> from geo.decay import zones
    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["near", "far"]), pd.Index(["clinic"]), origin=np.array([0, 1]), service=np.array([0, 0]),
    ...     minutes=np.array([5.0, 25.0]), cutoff=30, engine="official", estimated=False)
    >>> people, beds = pd.Series({"near": 80, "far": 40}), pd.Series({"clinic": 10})
    >>> modified_two_step_fca(people, beds, travel, zones([10, 30], [1.0, 0.5])).to_dict()
    {'near': 0.1, 'far': 0.025}
    """
    require(fca_faults(demand, capacity, travel))
    plain = weighing(travel, decay)
    scores = plain.squared().gathered(ratio(floats(capacity), plain.reached(floats(demand))))
    return pd.Series(scores, index=travel.origins, name="access")
