"""Access status of demand points: where services are missing, where that is not known, and how many people it concerns.

`access_status` answers for one service type; `aggregate` adds its persons up by municipality, zone or any other area.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.access import distinct, nearest, reachable
from geo.aggregate import aggregate
from geo.arrays import AnySeries, Bools, Floats, TextSeries, bools, floats
from geo.checks import amount, columns, flags, numbers, require, same_labels
from geo.statuses import REASONS, SHADOWS, STATUSES
from geo.supply import ROUNDING, CapacityRule, Case, View, certainly_within, possibly_within
from geo.travel.table import TravelTable

__all__ = ["REASONS", "SHADOWS", "STATUSES", "CapacityRule", "access_status", "aggregate"]

AMPLE = 1.5
AMPLE_SERVICES = 3
AMPLE_PROVIDERS = 2


def access_status(  # noqa: PLR0913 - the inputs of the method, each with its own name
    persons: AnySeries,
    complete: AnySeries,
    travel: TravelTable,
    services: pd.DataFrame,
    *,
    threshold: float,
    capacity_rule: CapacityRule | None = None,
    boundary_minutes: AnySeries | None = None,
    residence_bound: bool = True,
    tolerance: float = 5.0,
    demand_all: AnySeries | None = None,
) -> pd.DataFrame:
    """Access status, reason, flags and persons in shadow of every demand point, for one service type.

    `persons` of the target group (>= 0) by point, and `complete`: whether the list of this type is declared complete
    there; both indexed by the origins of `travel`. `services`, indexed by those of `travel`: `confirmed` (bool; the
    others are the uncertain supply), `provider` (missing ones count as a single provider), `capacity` (>= 0; by
    convention 1 where unknown), `capacity_known` (bool) and, where some rows are places of one service, `owner`: each
    owner is counted once, its places are capacity apart. `threshold` T in minutes is compared with central times;
    the cutoff of `travel` must reach T + `tolerance`. `boundary_minutes`: minutes from each point to the boundary of
    the territory where the list is complete, beyond which services may stand unlisted (may be infinite).
    `residence_bound`: only residents may use the type, so that services beyond the boundary do not matter.
    `demand_all`: the people who compete for the capacity, where they are more than `persons` (default: the same).

    The status is the first that applies, with A the E2SFCA score on confirmed supply (zones at T/3, 2T/3, T):

    - senza_dati: no confirmed service within T, and the list is not complete or the engine could not place the point
      (its `origin_snap_m` is NaN): absence proves nothing.
    - incerta: reached or not, or carente or not, differs between confirmed and all supply (a capacity that cannot be
      judged with the uncertain supply is not carente); or, on either supply, some service may be within T (low <= T)
      and none surely is (high <= T).
    - scoperta: no service within T.
    - carente: A below the minimum of `capacity_rule`.
    - ridondante: A >= 1.5 times the objective, and at least 3 services of at least 2 providers within T/2.
    - adeguata: the capacity could be judged otherwise.
    - presente: presence is proven, sufficiency cannot be judged.

    A capacity is judged only where the list is complete, every capacity within T is known, and all the demand that
    competes within T for the services reached from the point lives where the list is complete: elsewhere those people
    may be using services that are not listed, and A would be too low without saying so. Such a point is `presente`
    with reason `domanda_in_territorio_incompleto`.

    The result has the index of `persons` and the columns:

    - status and reason (see `REASONS`);
    - fragile: the list is complete, the point placed, and one confirmed service or one provider only is reached;
      bordo: T crosses the boundary and the type is not residence-bound, so that scoperta is only probable; stimata:
      the times are estimated, unless a confirmed service comes to the point (0 certain minutes);
    - nearest_confirmed, nearest_confirmed_low, nearest_confirmed_high, nearest_all: minutes, NaN where none is within
      the cutoff;
    - services_confirmed, services_all, providers_confirmed: how many different ones within T;
    - access_confirmed, access_all: E2SFCA, capacity units per person;
    - assessed and unknown: persons that add up to `persons`; unknown where senza_dati, else assessed;
    - shadow_confirmed, shadow_confirmed_minus, shadow_confirmed_plus, shadow_all, shadow_all_minus, shadow_all_plus:
      persons in shadow on each supply at T, T - tolerance and T + tolerance.

    Shadow is P where no service of that supply is within the threshold, P(1 - A/minimum) where the capacity is judged
    and short, else 0; every figure is NaN where senza_dati. With `incerta` the figures of the two supplies simply
    stand side by side. At another threshold everything is recomputed on the same supply; a point of an incomplete
    list that is reached at T but not at T - tolerance is unknown there, NaN: a sum of `_minus` figures leaves it out.

    Raises :class:`InvalidInput` with all faults: other indexes, missing columns or values, T above the cutoff less
    the tolerance, tolerance not below T.

    >>> travel = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["desk"]), origin=np.array([0]), service=np.array([0]),
    ...     minutes=np.array([8.0]), cutoff=35, engine="official", estimated=False)
    >>> desk = pd.DataFrame(
    ...     {"confirmed": [True], "provider": ["comune"], "capacity": [1.0], "capacity_known": [False]}, index=["desk"])
    >>> people = pd.Series({"town": 900.0, "village": 100.0})
    >>> found = access_status(people, pd.Series({"town": True, "village": True}), travel, desk, threshold=30)
    >>> found[["status", "reason", "shadow_confirmed"]].values.tolist()
    [['presente', 'presenza_senza_regola', 0.0], ['scoperta', 'nessun_servizio_entro_soglia', 100.0]]
    >>> found = access_status(people, pd.Series({"town": True, "village": False}), travel, desk, threshold=30)
    >>> found[["status", "assessed", "unknown", "shadow_confirmed"]].values.tolist()[1]
    ['senza_dati', 0.0, 100.0, nan]
    """
    require(
        _point_faults(travel, persons, complete, boundary_minutes, demand_all),
        _service_faults(travel, services),
        _threshold_faults(travel, threshold, tolerance),
    )
    every = _case(persons, complete, travel, services, capacity_rule, demand_all)
    seen = _look(every, services, threshold)
    reason = _reasons(seen)
    return pd.concat(
        [
            pd.DataFrame({"status": reason.map(REASONS), "reason": reason}),
            _flags(seen, boundary_minutes, residence_bound=residence_bound),
            _nearness(seen),
            _offer(seen),
            _people(seen, tolerance, unknown=bools(reason.map(REASONS) == "senza_dati")),
        ],
        axis=1,
    )


@dataclass(frozen=True)
class _Seen:
    """Both supplies, looked at within the threshold; `owners` and `services_all` where some share an owner."""

    threshold: float
    every: Case
    confirmed: Case
    with_all: View
    with_confirmed: View
    providers: AnySeries
    owners: AnySeries | None
    offer: pd.DataFrame
    services_all: AnySeries | None


def _case(
    persons: AnySeries,
    complete: AnySeries,
    travel: TravelTable,
    services: pd.DataFrame,
    rule: CapacityRule | None,
    demand_all: AnySeries | None,
) -> Case:
    snap = travel.origin_snap_m
    return Case(
        travel=travel,
        persons=floats(persons),
        demand=floats(persons if demand_all is None else demand_all),
        complete=bools(complete),
        placed=np.ones(len(complete), dtype=np.bool_) if snap is None else ~np.isnan(snap),
        capacity=floats(services["capacity"]),
        capacity_known=bools(services["capacity_known"]),
        rule=rule,
    )


def _look(every: Case, services: pd.DataFrame, threshold: float) -> _Seen:
    mask = bools(services["confirmed"])
    confirmed, providers, owners = every.restricted(mask), services["provider"][mask], _owners(services)
    sure = None if owners is None else owners[mask]
    services_all = None if owners is None else distinct(every.travel.within(threshold), owners)
    return _Seen(
        threshold=threshold,
        every=every,
        confirmed=confirmed,
        with_all=every.view(threshold),
        with_confirmed=confirmed.view(threshold),
        providers=providers,
        owners=sure,
        offer=reachable(confirmed.travel, providers, threshold=threshold, owners=sure),
        services_all=services_all,
    )


def _owners(services: pd.DataFrame) -> AnySeries | None:
    """What each row belongs to; None where each is a service of its own, as nearly everywhere."""
    return None if "owner" not in services or services["owner"].is_unique else services["owner"]


def _reasons(seen: _Seen) -> TextSeries:
    """The code of the first clause that holds; the order is that of `REASONS`."""
    complete, here, all_ = seen.every.complete, seen.with_confirmed, seen.with_all
    clauses: dict[str, Bools] = {
        "elenco_incompleto": ~here.reached & ~complete,
        "punto_non_collocato": ~here.reached & ~seen.every.placed,
        "solo_offerta_incerta": here.reached != all_.reached,
        "capacita_dipende_da_offerta_incerta": here.short != all_.short,
        "intervallo_oltre_soglia": _in_doubt(seen.confirmed, seen.threshold) | _in_doubt(seen.every, seen.threshold),
        "nessun_servizio_entro_soglia": ~here.reached,
        "capacita_sotto_minimo": here.short,
        "offerta_abbondante": _ample(seen),
        "capacita_sufficiente": here.judged,
        "presenza_elenco_incompleto": ~complete,
        "presenza_senza_regola": np.full(len(complete), seen.every.rule is None),
        "capacita_ignota": ~here.known,
        "domanda_in_territorio_incompleto": ~here.closed,
        "nessuna_domanda": ~here.contested,
    }
    codes = np.select([clauses[code] for code in REASONS], list(REASONS), default="")
    return pd.Series(codes, index=seen.every.travel.origins, dtype="str")


def _in_doubt(case: Case, threshold: float) -> Bools:
    """Some service may be within the threshold and none surely is."""
    return possibly_within(case.travel, threshold) & ~certainly_within(case.travel, threshold)


def _ample(seen: _Seen) -> Bools:
    """Much more than the objective, from several services of more than one provider within half the threshold."""
    rule, view = seen.every.rule, seen.with_confirmed
    if rule is None or rule.objective is None:
        return np.zeros(len(view.judged), dtype=np.bool_)
    half = seen.threshold / 2.0
    close = reachable(seen.confirmed.travel, seen.providers, threshold=half, owners=seen.owners)
    diverse = bools((close["services"] >= AMPLE_SERVICES) & (close["providers"] >= AMPLE_PROVIDERS))
    return view.judged & (view.access >= AMPLE * rule.objective * (1.0 - ROUNDING)) & diverse


def _flags(seen: _Seen, boundary_minutes: AnySeries | None, *, residence_bound: bool) -> pd.DataFrame:
    travel = seen.every.travel
    crosses = np.zeros(len(travel.origins), dtype=np.bool_)
    if boundary_minutes is not None and not residence_bound:
        crosses = floats(boundary_minutes) <= seen.threshold
    return pd.DataFrame(
        {
            # A list that is not complete cannot say that what it lists is the only one.
            "fragile": bools((seen.offer == 1).any(axis=1)) & seen.every.complete & seen.every.placed,
            "bordo": crosses,
            # A service that comes to the point takes 0 minutes for certain, whatever engine served the others.
            "stimata": travel.estimated & ~certainly_within(seen.confirmed.travel, 0.0),
        },
        index=travel.origins,
    )


def _nearness(seen: _Seen) -> pd.DataFrame:
    names = {"minutes": "nearest_confirmed", "low": "nearest_confirmed_low", "high": "nearest_confirmed_high"}
    return nearest(seen.confirmed.travel).rename(columns=names).assign(nearest_all=seen.every.travel.nearest_minutes())


def _offer(seen: _Seen) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "services_confirmed": seen.offer["services"].to_numpy(),
            "services_all": seen.with_all.places if seen.services_all is None else seen.services_all.to_numpy(),
            "providers_confirmed": seen.offer["providers"].to_numpy(),
            "access_confirmed": seen.with_confirmed.access,
            "access_all": seen.with_all.access,
        },
        index=seen.every.travel.origins,
    )


def _people(seen: _Seen, tolerance: float, *, unknown: Bools) -> pd.DataFrame:
    persons = seen.every.persons
    shorter, longer = seen.threshold - tolerance, seen.threshold + tolerance
    figures: dict[str, Floats] = {
        "shadow_confirmed": seen.with_confirmed.shadow,
        "shadow_confirmed_minus": seen.confirmed.view(shorter).shadow,
        "shadow_confirmed_plus": seen.confirmed.view(longer).shadow,
        "shadow_all": seen.with_all.shadow,
        "shadow_all_minus": seen.every.view(shorter).shadow,
        "shadow_all_plus": seen.every.view(longer).shadow,
    }
    shadows = {name: np.where(unknown, np.nan, values) for name, values in figures.items()}
    assessed = {"assessed": np.where(unknown, 0.0, persons), "unknown": np.where(unknown, persons, 0.0)}
    return pd.DataFrame(assessed | shadows, index=seen.every.travel.origins)


def _point_faults(
    travel: TravelTable,
    persons: AnySeries,
    complete: AnySeries,
    boundary_minutes: AnySeries | None,
    demand_all: AnySeries | None,
) -> list[str]:
    faults = same_labels(persons.index, travel.origins, where="persons", of="travel.origins")
    faults += numbers(persons, where="persons")
    faults += same_labels(complete.index, travel.origins, where="complete", of="travel.origins")
    faults += flags(complete, where="complete")
    if boundary_minutes is not None:
        faults += same_labels(boundary_minutes.index, travel.origins, where="boundary_minutes", of="travel.origins")
        faults += numbers(boundary_minutes, where="boundary_minutes", infinite=True)
    if demand_all is not None:
        faults += same_labels(demand_all.index, travel.origins, where="demand_all", of="travel.origins")
        faults += numbers(demand_all, where="demand_all")
    return faults


def _service_faults(travel: TravelTable, services: pd.DataFrame) -> list[str]:
    faults = same_labels(services.index, travel.services, where="services", of="travel.services")
    faults += columns(services, ["confirmed", "provider", "capacity", "capacity_known"], where="services")
    faults += flags(services.get("confirmed"), where="services.confirmed")
    if "owner" in services and services["owner"].isna().any():
        faults.append("services.owner: some are missing; name one for every service")
    faults += numbers(services.get("capacity"), where="services.capacity")
    return faults + flags(services.get("capacity_known"), where="services.capacity_known")


def _threshold_faults(travel: TravelTable, threshold: float, tolerance: float) -> list[str]:
    faults = amount(threshold, where="threshold")
    faults += amount(tolerance, where="tolerance", strict=False)
    if tolerance >= threshold:
        faults.append(f"tolerance: {tolerance:g} minutes are not below the threshold of {threshold:g}; lower it")
    if threshold + tolerance > travel.cutoff:
        faults.append(
            f"threshold: {threshold:g} + {tolerance:g} minutes exceed the cutoff {travel.cutoff:g} of the travel "
            "table; compute a wider one"
        )
    return faults
