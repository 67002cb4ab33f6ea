"""All the scores of access of one type of service side by side, on one table of travel minutes."""

import pandas as pd

from geo.access import fca_faults, threshold_faults, two_step_fca
from geo.arrays import AnySeries
from geo.balanced import balanced_per_person
from geo.checks import amount, require
from geo.decay import Decay, step, thirds
from geo.floating import modified_two_step_fca, three_step_fca_by
from geo.raam import TAU, raam
from geo.travel.table import TravelTable

MEASURES = ("two_step", "enhanced", "three_step", "modified", "balanced", "raam_minutes")
RAAM_GAP = 1e-4  # people could save one part in ten thousand of their cost; scores are shown to fewer figures


def access_scores(
    demand: AnySeries,
    capacity: AnySeries,
    travel: TravelTable,
    *,
    threshold: float,
    decay: Decay | None = None,
    tau: float = TAU,
) -> pd.DataFrame:
    """The columns :data:`MEASURES`, index the origins of the table.

    `demand` (persons) is indexed by the origins and `capacity` by the services, both >= 0. All but the last in units
    of capacity per person: two_step with every service within `threshold` minutes alike, the others with `decay`, by
    default the zones of E2SFCA at a third, two thirds and the whole of the threshold. `balanced` is
    :func:`geo.balanced.balanced_per_person`. `raam_minutes` is the cost of :func:`geo.raam.raam`, in minutes, over
    the whole cutoff of the table; it is NaN where no service is within it, less is better.

    Raises :class:`InvalidInput`: another index, negative or missing numbers, a threshold beyond the cutoff.
    """
    require(fca_faults(demand, capacity, travel), threshold_faults(travel, threshold), amount(tau, where="tau"))
    decay = decay or thirds(threshold)
    return pd.DataFrame(
        {
            "two_step": two_step_fca(demand, capacity, travel, step(threshold)),
            "enhanced": two_step_fca(demand, capacity, travel, decay),
            "three_step": three_step_fca_by(demand, capacity, travel, decay),
            "modified": modified_two_step_fca(demand, capacity, travel, decay),
            "balanced": balanced_per_person(demand, capacity, travel, decay),
            "raam_minutes": raam(demand, capacity, travel, tau=tau, gap=RAAM_GAP).minutes,
        }
    )
