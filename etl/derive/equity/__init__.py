"""How equally the access of a run is shared among people, and whether it goes where need is.

One type of service at a time, over the people of its target group at the demand points, on confirmed supply. Who has no
known value is left out and counted. Nobody whom nothing reaches is left out: their minutes stand at the horizon of the
computation, which is less than the truth and told so.
"""

from etl.derive.equity.measure import Equity, clusters, measure
from etl.derive.equity.points import GROUPS, MEASURES, NO_GROUP, OLD_AGE, PER, Asked, Measure, Points

__all__ = [
    "GROUPS",
    "MEASURES",
    "NO_GROUP",
    "OLD_AGE",
    "PER",
    "Asked",
    "Equity",
    "Measure",
    "Points",
    "clusters",
    "measure",
]
