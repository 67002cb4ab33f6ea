"""Floating catchments in which nobody is counted twice.

2SFCA counts a person at every service within reach and gives every service to every person within reach. Here people
divide themselves among the services, w_ij / sum_l w_il each, so that the persons served add up to the people
(Paez, Higgins & Vivona 2019, "Demand and level of service inflation in Floating Catchment Area (FCA) methods", PLOS ONE
14(6): e0218773). What they then receive is told in two ways:

- :func:`balanced_fca`, as published: the level of service of each service is divided among demand *points*. It adds up
  over points, and so depends on how people are divided into points: a village split in two has two halves of the score.
- :func:`balanced_per_person`: what a person finds on average where they go. It adds up over people to the capacity, and
  does not depend on the division into points. Same first step; the second is that of Jang 2021 ("A model for
  measuring healthcare accessibility using the behavior of demand", BMC Health Services Research 21, 660, table 2).

Conventions of :mod:`geo.access`: demand (persons) indexed by the origins of the table, capacity by its services.
"""

import numpy as np
import pandas as pd

from geo.access import fca_faults
from geo.arrays import AnySeries, FloatSeries, floats
from geo.checks import require
from geo.decay import Decay
from geo.travel.table import TravelTable
from geo.weighing import inverse, ratio, weighing


def balanced_services(demand: AnySeries, capacity: AnySeries, travel: TravelTable, decay: Decay) -> pd.DataFrame:
    """Persons that each service has to serve and its level of service, in units of capacity per person.

    Columns persons and level, index the services. Persons add up to the demand that has a service within reach. The
    level is 0 for a service of capacity 0, or one that nobody reaches. Raises :class:`InvalidInput` as
    :func:`balanced_fca`.
    """
    require(fca_faults(demand, capacity, travel))
    persons = weighing(travel, decay).shares().reached(floats(demand))
    return pd.DataFrame({"persons": persons, "level": ratio(floats(capacity), persons)}, index=travel.services)


def balanced_fca(demand: AnySeries, capacity: AnySeries, travel: TravelTable, decay: Decay) -> FloatSeries:
    """Balanced floating catchment area as published (Paez, Higgins & Vivona 2019).

    L_j = S_j / sum_i P_i w_ij / sum_l w_il, then A_i = sum_j L_j w_ij / sum_k w_kj: the scores add up to the levels
    of service of the services that somebody reaches. A score is a part of a level of service, not capacity per person;
    compare it only between points that stand for like numbers of people, otherwise :func:`balanced_per_person`.
    0 where nothing is within reach. A point of nobody takes its part too: leave such points out of the table.

    Raises :class:`InvalidInput`: another index, negative or missing numbers.

    >>> import numpy as np
    >>> from geo.decay import step
    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["clinic", "ward"]), origin=np.array([0, 0, 1]),
    ...     service=np.array([0, 1, 1]), minutes=np.array([5.0, 9.0, 4.0]), cutoff=30, engine="official",
    ...     estimated=False)
    >>> people, beds = pd.Series({"town": 80, "village": 20}), pd.Series({"clinic": 4, "ward": 6})
    >>> balanced_fca(people, beds, travel, step(30)).round(9).to_dict()
    {'town': 0.15, 'village': 0.05}
    >>> balanced_services(people, beds, travel, step(30)).to_dict()
    {'persons': {'clinic': 40.0, 'ward': 60.0}, 'level': {'clinic': 0.1, 'ward': 0.1}}
    >>> balanced_per_person(people, beds, travel, step(30)).to_dict()
    {'town': 0.1, 'village': 0.1}
    """
    level = balanced_services(demand, capacity, travel, decay)["level"].to_numpy()
    weights = weighing(travel, decay)
    everyone = weights.reached(np.ones(len(travel.origins)))
    return pd.Series(weights.gathered(level * inverse(everyone)), index=travel.origins, name="access")


def balanced_per_person(demand: AnySeries, capacity: AnySeries, travel: TravelTable, decay: Decay) -> FloatSeries:
    """Units of capacity that a person finds, when people divide themselves among the services within reach.

    L_j as in :func:`balanced_fca`, then A_i = sum_j L_j w_ij / sum_l w_il. Both are conserved: persons served add up to
    the people who have a service within reach, and the scores weighted by demand add up to the capacity of the services
    that somebody reaches. 0 where nothing is within reach; at a point of nobody, what somebody there would find.

    Raises :class:`InvalidInput`: another index, negative or missing numbers.
    """
    require(fca_faults(demand, capacity, travel))
    shares = weighing(travel, decay).shares()
    level = ratio(floats(capacity), shares.reached(floats(demand)))
    return pd.Series(shares.gathered(level), index=travel.origins, name="access")
