"""Access to services: minutes to the nearest, how many within reach, and floating catchments."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geo.arrays import AnySeries, Floats, FloatSeries, IntSeries, Labels, Positions, floats
from geo.checks import amount, numbers, require, same_labels
from geo.decay import SLOW, Decay, thirds
from geo.travel.table import TravelTable
from geo.weighing import ratio, weighing


def nearest(travel: TravelTable) -> pd.DataFrame:
    """Minutes to the nearest service by central time, with its interval: columns minutes, low, high; index the origins.

    NaN (not infinity) where no service is within the cutoff of the table.
    """
    near = travel.nearest().set_index("origin")[["minutes", "low", "high"]]
    return near.reindex(travel.origins)


def reachable(
    travel: TravelTable, providers: AnySeries, *, threshold: float, owners: AnySeries | None = None
) -> pd.DataFrame:
    """How many services, and of how many distinct providers, each origin has within `threshold` minutes (central time).

    `providers` is indexed by the services of `travel`. Services whose provider is missing count together as one
    provider, so that diversity is never overstated. `owners`, of the same index, names what each of them belongs to (a
    service at several places): each owner then counts once. Columns services and providers (whole numbers), index the
    origins.

    Raises :class:`InvalidInput`: another index, a threshold beyond the cutoff, a missing owner.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town"]), pd.Index(["a", "b"]), origin=np.array([0, 0]), service=np.array([0, 1]),
    ...     minutes=np.array([5.0, 9.0]), cutoff=30, engine="official", estimated=False)
    >>> reachable(travel, pd.Series({"a": "comune", "b": "comune"}), threshold=10).loc["town"].to_dict()
    {'services': 2, 'providers': 1}
    """
    require(
        same_labels(providers.index, travel.services, where="providers", of="travel.services"),
        owner_faults(owners, travel.services),
        threshold_faults(travel, threshold),
    )
    near = travel.within(threshold)
    services = near.counts() if owners is None else distinct(near, owners)
    return pd.DataFrame({"services": services, "providers": distinct(near, providers)})


def two_step_fca(demand: AnySeries, capacity: AnySeries, travel: TravelTable, decay: Decay) -> FloatSeries:
    """Two-step floating catchment area: units of capacity per person at each demand point.

    R_j = S_j / sum_k P_k f(t_kj), then A_i = sum_j R_j f(t_ij). With ``decay.step`` it is 2SFCA (Luo & Wang 2003),
    with ``decay.zones`` E2SFCA (Luo & Qi 2009). `demand` P (persons) is indexed by the origins of `travel`,
    `capacity` S by its services, both >= 0. The result is 0 where nothing is within reach, and at a point of nobody
    it is what somebody there would find. A service of capacity 0 gives nothing. A service that no weighted demand
    reaches has no ratio and serves nobody, so that the demand-weighted sum of the scores is the capacity of the
    others: see :func:`reachable_supply`. Only central times within the cutoff count, since beyond it the table does
    not hold every pair.

    Raises :class:`InvalidInput`: another index, negative or missing numbers.

    >>> from geo.decay import step
    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["clinic"]), origin=np.array([0, 1]), service=np.array([0, 0]),
    ...     minutes=np.array([5.0, 25.0]), cutoff=30, engine="official", estimated=False)
    >>> people, beds = pd.Series({"town": 80, "village": 20}), pd.Series({"clinic": 5})
    >>> two_step_fca(people, beds, travel, step(30)).to_dict()
    {'town': 0.05, 'village': 0.05}
    >>> two_step_fca(people, beds, travel, step(20)).to_dict()
    {'town': 0.0625, 'village': 0.0}
    """
    require(fca_faults(demand, capacity, travel))
    scores = fca_scores(floats(demand), floats(capacity), travel, decay)
    return pd.Series(scores, index=travel.origins, name="access")


def enhanced_two_step_fca(
    demand: AnySeries, capacity: AnySeries, travel: TravelTable, *, threshold: float, weights: Sequence[float] = SLOW
) -> FloatSeries:
    """E2SFCA with three travel zones, at a third, two thirds and the whole of `threshold` minutes (Luo & Qi 2009).

    See :func:`two_step_fca`. Raises :class:`InvalidInput` also for a threshold beyond the cutoff of the table.
    """
    require(threshold_faults(travel, threshold))
    return two_step_fca(demand, capacity, travel, thirds(threshold, weights))


def reachable_supply(demand: AnySeries, capacity: AnySeries, travel: TravelTable, decay: Decay) -> float:
    """Total capacity of the services that some weighted demand reaches: what the scores, weighted by demand, add up to.

    Raises :class:`InvalidInput` as :func:`two_step_fca`.
    """
    require(fca_faults(demand, capacity, travel))
    reached = weighing(travel, decay).reached(floats(demand)) > 0
    return float(floats(capacity)[reached].sum())


def fca_scores(demand: Floats, capacity: Floats, travel: TravelTable, decay: Decay) -> Floats:
    """The scores of :func:`two_step_fca` on plain arrays, unchecked."""
    weights = weighing(travel, decay)
    return weights.gathered(ratio(capacity, weights.reached(demand)))


def sum_by_origin(travel: TravelTable, values: Floats) -> Floats:
    """Sum of one value per pair over the pairs of each origin; unchecked."""
    return np.bincount(travel.origin, weights=values, minlength=len(travel.origins)).astype(np.float64)


def distinct(travel: TravelTable, names: AnySeries) -> IntSeries:
    """How many different names the services of each origin in the table have; a missing one counts once; unchecked."""
    codes, known = pd.factorize(names, use_na_sentinel=False)
    if len(known) == len(codes):
        return travel.counts()  # no two share a name: the product would only count them again
    belongs = csr_array((np.ones(len(codes)), codes, np.arange(len(codes) + 1)), shape=(len(codes), max(len(known), 1)))
    offered = csr_array(travel.matrix() @ belongs)
    counts: Positions = np.diff(offered.indptr).astype(np.intp)
    return pd.Series(counts, index=travel.origins)


def owner_faults(owners: AnySeries | None, services: Labels) -> list[str]:
    """Owners of another index than the services, or missing; none where there are no owners to tell."""
    if owners is None:
        return []
    faults = same_labels(owners.index, services, where="owners", of="travel.services")
    return [*faults, "owners: some are missing; name one for every service"] if owners.isna().any() else faults


def threshold_faults(travel: TravelTable, threshold: float) -> list[str]:
    """A threshold that is not above 0, or beyond the cutoff, where the table does not hold every pair."""
    faults = amount(threshold, where="threshold")
    if threshold > travel.cutoff:
        faults.append(f"threshold: {threshold:g} minutes exceed the cutoff {travel.cutoff:g}; compute a wider table")
    return faults


def fca_faults(demand: AnySeries, capacity: AnySeries, travel: TravelTable) -> list[str]:
    """Demand or capacity of another index than that of the table, negative, missing or infinite."""
    faults = same_labels(demand.index, travel.origins, where="demand", of="travel.origins")
    faults += numbers(demand, where="demand")
    faults += same_labels(capacity.index, travel.services, where="capacity", of="travel.services")
    return faults + numbers(capacity, where="capacity")
