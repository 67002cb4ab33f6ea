"""The access status against a loop that reads the rules of the method one point at a time."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.gaps import REASONS, SHADOWS, STATUSES, CapacityRule, access_status, aggregate

many = settings(max_examples=80)

RULES = [None, CapacityRule(0.02), CapacityRule(0.02, 0.03), CapacityRule(0.001, 0.001), CapacityRule(0.5)]


class Naive:
    """One supply of an instance, in plain Python."""

    def __init__(self, case, rule, confirmed_only):
        self.case, self.rule = case, rule
        frame = case.travel.to_frame()
        if confirmed_only:
            frame = frame[frame["service"].map(case.services["confirmed"]).astype(bool)]
        self.rows = list(frame.itertuples(index=False))

    def near(self, origin, threshold):
        return [r for r in self.rows if r.origin == origin and r.minutes <= threshold]

    def counted(self, origin, threshold):
        """Different services, each with all its places."""
        return len({self.case.services.loc[r.service, "owner"] for r in self.near(origin, threshold)})

    def reaching(self, service, threshold):
        return [r for r in self.rows if r.service == service and r.minutes <= threshold]

    def weight(self, minutes, threshold):
        return 1.0 if minutes <= threshold / 3 else 0.68 if minutes <= threshold * 2 / 3 else 0.22

    def access(self, origin, threshold):
        total = 0.0
        for r in self.near(origin, threshold):
            others = self.reaching(r.service, threshold)
            demand = sum(self.case.persons[o.origin] * self.weight(o.minutes, threshold) for o in others)
            if demand > 0:
                ratio = self.case.services.loc[r.service, "capacity"] / demand
                total += ratio * self.weight(r.minutes, threshold)
        return total

    def judged(self, origin, threshold):
        near = self.near(origin, threshold)
        if self.rule is None or not near or not self.case.complete[origin]:
            return False
        competing = [
            o.origin for r in near for o in self.reaching(r.service, threshold) if self.case.persons[o.origin] > 0
        ]
        known = all(self.case.services.loc[r.service, "capacity_known"] for r in near)
        return known and bool(competing) and all(self.case.complete[o] for o in competing)

    def short(self, origin, threshold):
        return self.judged(origin, threshold) and self.access(origin, threshold) < self.rule.minimum * (1 - 1e-9)

    def shadow(self, origin, threshold):
        people = self.case.persons[origin]
        if not self.near(origin, threshold):
            return people if self.case.complete[origin] else math.nan
        return (
            people * (1 - self.access(origin, threshold) / self.rule.minimum) if self.short(origin, threshold) else 0.0
        )

    def doubtful(self, origin, threshold):
        mine = [r for r in self.rows if r.origin == origin]
        return any(r.low <= threshold for r in mine) and not any(r.high <= threshold for r in mine)

    def providers(self, origin, threshold):
        names = [self.case.services.loc[r.service, "provider"] for r in self.near(origin, threshold)]
        return len({"?" if pd.isna(name) else name for name in names})


def naive_status(here, every, origin, threshold):  # noqa: PLR0911 - one return per clause of the method
    near, near_all = here.near(origin, threshold), every.near(origin, threshold)
    complete, rule = here.case.complete[origin], here.rule
    if not near and not complete:
        return "senza_dati"
    if bool(near) != bool(near_all) or here.short(origin, threshold) != every.short(origin, threshold):
        return "incerta"
    if here.doubtful(origin, threshold) or every.doubtful(origin, threshold):
        return "incerta"
    if not near:
        return "scoperta"
    if not here.judged(origin, threshold):
        return "presente"
    if here.short(origin, threshold):
        return "carente"
    ample = rule.objective is not None and here.access(origin, threshold) >= 1.5 * rule.objective * (1 - 1e-9)
    if ample and here.counted(origin, threshold / 2) >= 3 and here.providers(origin, threshold / 2) >= 2:
        return "ridondante"
    return "adeguata"


@many
@given(seed=st.integers(0, 100_000), rule=st.sampled_from(RULES), threshold=st.sampled_from([6, 15, 30, 50]))
def test_every_column_equals_the_loop(instance, seed, rule, threshold):
    case = instance(seed)
    found = access_status(
        case.persons, case.complete, case.travel, case.services, threshold=threshold, capacity_rule=rule
    )
    here, every = Naive(case, rule, True), Naive(case, rule, False)
    assert found.index.equals(case.persons.index)
    for origin in case.persons.index:
        row, status = found.loc[origin], naive_status(here, every, origin, threshold)
        assert row["status"] == status
        near = here.near(origin, threshold)
        assert row["services_confirmed"] == here.counted(origin, threshold)
        assert row["services_all"] == every.counted(origin, threshold)
        assert row["providers_confirmed"] == here.providers(origin, threshold)
        alone = here.counted(origin, threshold) == 1 or here.providers(origin, threshold) == 1
        assert row["fragile"] == (bool(case.complete[origin]) and bool(near) and alone)
        assert row["access_confirmed"] == pytest.approx(here.access(origin, threshold), abs=1e-12)
        assert row["access_all"] == pytest.approx(every.access(origin, threshold), abs=1e-12)
        times = [r.minutes for r in every.rows if r.origin == origin and r.minutes <= case.travel.cutoff]
        assert row["nearest_all"] == pytest.approx(min(times, default=math.nan), nan_ok=True)
        for name, supply in (("confirmed", here), ("all", every)):
            for suffix, at in (("", threshold), ("_minus", threshold - 5), ("_plus", threshold + 5)):
                expected = math.nan if status == "senza_dati" else supply.shadow(origin, at)
                assert row[f"shadow_{name}{suffix}"] == pytest.approx(expected, abs=1e-9, nan_ok=True)


@many
@given(seed=st.integers(0, 100_000), rule=st.sampled_from(RULES))
def test_persons_are_conserved_at_every_point_and_in_every_aggregate(instance, seed, rule):
    case = instance(seed)
    found = access_status(case.persons, case.complete, case.travel, case.services, threshold=30, capacity_rule=rule)
    assert (found["assessed"] + found["unknown"] == case.persons).all()
    assert (found["reason"].map(REASONS) == found["status"]).all()
    for name in SHADOWS:
        known = found[name].notna()
        assert (found.loc[known, name] >= 0).all()
        assert (found.loc[known, name] <= case.persons[known]).all()
    # More supply never adds people without a service; with a capacity rule the score never falls either.
    both = found["shadow_confirmed"].notna() & found["shadow_all"].notna()
    if rule is None:
        assert (found.loc[both, "shadow_all"] <= found.loc[both, "shadow_confirmed"]).all()
    groups = pd.Series(np.arange(len(found)) % 3, index=found.index, name="zone")
    total = aggregate(found, groups)
    for name in ("assessed", "unknown", *SHADOWS):
        expected = [found.loc[groups == group, name].dropna() for group in total.index]
        for value, parts in zip(total[name], expected, strict=True):
            assert value == pytest.approx(parts.sum() if len(parts) else math.nan, nan_ok=True)
    assert total["persons"].sum() == pytest.approx(case.persons.sum())
    assert total[[f"persons_{status}" for status in STATUSES]].sum(axis=1).tolist() == total["persons"].tolist()


def one_point(table, minutes, *, low=None, high=None, confirmed=None, complete=True, people=100.0, **given):
    travel = table([minutes], low=None if low is None else [low], high=None if high is None else [high])
    services = pd.DataFrame(
        {
            "confirmed": [True] * len(minutes) if confirmed is None else confirmed,
            "provider": [f"p{i}" for i in range(len(minutes))],
            "capacity": 1.0,
            "capacity_known": True,
        },
        index=travel.services,
    )
    persons = pd.Series([people], index=travel.origins)
    options = {"threshold": 30.0} | given
    found = access_status(persons, pd.Series([complete], index=travel.origins), travel, services, **options)
    return found.iloc[0]


@pytest.mark.parametrize(
    ("given_", "status", "reason", "shadows"),
    [
        ({"minutes": [40.0], "complete": False}, "senza_dati", "elenco_incompleto", (math.nan, math.nan)),
        # Supply that may exist does not make an incomplete list speak.
        (
            {"minutes": [10.0], "confirmed": [False], "complete": False},
            "senza_dati",
            "elenco_incompleto",
            (math.nan,) * 2,
        ),
        ({"minutes": [10.0], "confirmed": [False]}, "incerta", "solo_offerta_incerta", (100.0, 0.0)),
        ({"minutes": [28.0], "low": [20.0], "high": [36.0]}, "incerta", "intervallo_oltre_soglia", (0.0, 0.0)),
        ({"minutes": [33.0], "low": [30.0], "high": [36.0]}, "incerta", "intervallo_oltre_soglia", (100.0, 100.0)),
        # Another service is surely within T, or ends exactly at it.
        (
            {"minutes": [28.0, 29.0], "low": [20.0, 28.0], "high": [36.0, 30.0]},
            "presente",
            "presenza_senza_regola",
            (0.0, 0.0),
        ),
        ({"minutes": [30.0]}, "presente", "presenza_senza_regola", (0.0, 0.0)),
        ({"minutes": [30.0], "complete": False}, "presente", "presenza_elenco_incompleto", (0.0, 0.0)),
        ({"minutes": [31.0]}, "scoperta", "nessun_servizio_entro_soglia", (100.0, 100.0)),
        ({"minutes": [9.0], "capacity_rule": CapacityRule(0.02)}, "carente", "capacita_sotto_minimo", (50.0, 50.0)),
        ({"minutes": [9.0], "capacity_rule": CapacityRule(0.01)}, "adeguata", "capacita_sufficiente", (0.0, 0.0)),
        (
            {"minutes": [9.0, 9.0], "confirmed": [True, False], "capacity_rule": CapacityRule(0.02)},
            "incerta",
            "capacita_dipende_da_offerta_incerta",
            (50.0, 0.0),
        ),
        (
            {"minutes": [9.0] * 3, "capacity_rule": CapacityRule(0.01, 0.02)},
            "ridondante",
            "offerta_abbondante",
            (0.0, 0.0),
        ),
        # 0.03 per person is above the objective, but less than half as much again.
        (
            {"minutes": [9.0] * 3, "capacity_rule": CapacityRule(0.01, 0.025)},
            "adeguata",
            "capacita_sufficiente",
            (0.0, 0.0),
        ),
        # Half the threshold is 15 minutes: one of the three is beyond it.
        (
            {"minutes": [9.0, 9.0, 16.0], "capacity_rule": CapacityRule(0.01, 0.02)},
            "adeguata",
            "capacita_sufficiente",
            (0.0, 0.0),
        ),
        (
            {"minutes": [9.0], "people": 0.0, "capacity_rule": CapacityRule(0.02)},
            "presente",
            "nessuna_domanda",
            (0.0, 0.0),
        ),
    ],
)
def test_one_clause_at_a_time(table, given_, status, reason, shadows):
    row = one_point(table, **given_)
    assert (row["status"], row["reason"]) == (status, reason)
    assert (row["shadow_confirmed"], row["shadow_all"]) == pytest.approx(shadows, nan_ok=True)
    unknown = 100.0 if status == "senza_dati" else 0.0
    assert row["unknown"] == unknown


def two_points(table, complete, *, people=(100.0, 100.0), **given):
    """Both points reach one service with a known capacity of 1."""
    travel = table([[5.0], [20.0]])
    services = pd.DataFrame(
        {"confirmed": True, "provider": "p", "capacity": 1.0, "capacity_known": True} | given, index=travel.services
    )
    persons = pd.Series(people, index=travel.origins)
    flags = pd.Series(complete, index=travel.origins)
    return access_status(persons, flags, travel, services, threshold=30, capacity_rule=CapacityRule(0.02))


def test_capacity_is_not_judged_where_competing_demand_lives_beyond_the_complete_list(table):
    assert two_points(table, [True, True])["status"].tolist() == ["carente", "carente"]
    found = two_points(table, [True, False])
    assert found["reason"].tolist() == ["domanda_in_territorio_incompleto", "presenza_elenco_incompleto"]
    assert found["status"].tolist() == ["presente", "presente"]
    assert found["shadow_confirmed"].tolist() == [0.0, 0.0]


def test_an_incomplete_list_where_nobody_competes_does_not_matter(table):
    found = two_points(table, [True, False], people=(100.0, 0.0))
    assert found["reason"].tolist() == ["capacita_sotto_minimo", "presenza_elenco_incompleto"]


def test_an_unknown_capacity_is_not_judged(table):
    found = two_points(table, [True, True], capacity_known=False)
    assert found["reason"].tolist() == ["capacita_ignota", "capacita_ignota"]


def test_at_a_shorter_threshold_an_incomplete_list_turns_unknown(table):
    row = one_point(table, [28.0], complete=False)
    assert row["status"] == "presente"
    assert row["shadow_confirmed"] == 0.0
    assert np.isnan(row["shadow_confirmed_minus"])
    assert row["shadow_confirmed_plus"] == 0.0


def test_people_who_compete_but_do_not_count_lower_the_score(table):
    travel = table([[5.0], [5.0]])
    services = pd.DataFrame(
        {"confirmed": True, "provider": "p", "capacity": 2.0, "capacity_known": True}, index=travel.services
    )
    persons, all_ = (pd.Series(people, index=travel.origins) for people in ([100.0, 0.0], [100.0, 300.0]))
    options = {"threshold": 30, "capacity_rule": CapacityRule(0.02)}
    complete = pd.Series(True, index=travel.origins)
    alone = access_status(persons, complete, travel, services, **options)
    shared = access_status(persons, complete, travel, services, demand_all=all_, **options)
    assert alone["access_confirmed"].tolist() == pytest.approx([0.02, 0.02])
    assert shared["access_confirmed"].tolist() == pytest.approx([0.005, 0.005])
    assert shared["shadow_confirmed"].tolist() == pytest.approx([75.0, 0.0])


def test_of_a_point_that_the_engine_cannot_place_absence_proves_nothing(table):
    """No pair of it may be there, or only those of services that come to people."""
    travel = replace(table([[40.0, 20.0], [40.0, 28.0]], cutoff=60), origin_snap_m=np.array([np.nan, np.nan]))
    services = pd.DataFrame(
        {"confirmed": [True, False], "provider": "p", "capacity": 1.0, "capacity_known": True}, index=travel.services
    )
    people, complete = (pd.Series(value, index=travel.origins) for value in (100.0, True))
    found = access_status(people, complete, travel, services, threshold=30)
    assert found["reason"].tolist() == ["punto_non_collocato"] * 2
    assert found["unknown"].tolist() == [100.0] * 2
    assert found[list(SHADOWS)].isna().all(axis=None)
    reached = access_status(people, complete, travel, services.assign(confirmed=[False, True]), threshold=30)
    assert reached["status"].tolist() == ["presente"] * 2
    assert reached["shadow_confirmed"].tolist() == [0.0] * 2
    # At T - 5 one of the two is reached no more: of that nothing is known either.
    assert np.isnan(reached["shadow_confirmed_minus"]).tolist() == [False, True]
    # Of what else may be near nothing is known: that there is one service only is not.
    assert not reached["fragile"].any()


def test_a_service_at_two_places_is_one_service(table):
    """Methods: at least three services of at least two providers within half the threshold."""
    travel = table([[9.0] * 4])
    services = pd.DataFrame(
        {"confirmed": True, "provider": ["p", "p", "p", "q"], "capacity": 1.0, "capacity_known": True},
        index=travel.services,
    )

    def found(owner):
        return access_status(
            pd.Series([100.0], index=travel.origins),
            pd.Series([True], index=travel.origins),
            travel,
            services.assign(owner=owner),
            threshold=30,
            capacity_rule=CapacityRule(0.01, 0.02),
        ).iloc[0]

    apart, one, none = found(["a", "b", "c", "d"]), found(["a", "a", "a", "d"]), found(["a"] * 4)
    assert (apart["status"], apart["services_confirmed"], apart["services_all"]) == ("ridondante", 4, 4)
    # Its places are still so much capacity, but no longer so many services to choose from.
    assert (one["status"], one["services_confirmed"], one["services_all"]) == ("adeguata", 2, 2)
    assert one["access_confirmed"] == apart["access_confirmed"]
    assert (none["fragile"], one["fragile"], apart["fragile"]) == (True, False, False)


def test_a_missing_owner_is_a_fault(table):
    with pytest.raises(InvalidInput, match=r"services\.owner: some are missing"):
        two_points(table, [True, True], owner=None)


def test_flags_of_boundary_and_estimate(table):
    inside = {"minutes": [40.0], "boundary_minutes": pd.Series([30.0], index=["o0"])}
    assert not one_point(table, **inside)["bordo"]
    assert one_point(table, residence_bound=False, **inside)["bordo"]
    far = {"minutes": [40.0], "boundary_minutes": pd.Series([np.inf], index=["o0"]), "residence_bound": False}
    assert not one_point(table, **far)["bordo"]
    assert one_point(table, [9.0])["stimata"]
    # A service that comes to the point takes no estimated time.
    assert not one_point(table, [0.0])["stimata"]


def test_every_fault_is_reported_at_once(table):
    travel = table([[5.0]], cutoff=32)
    services = pd.DataFrame({"confirmed": ["yes"], "provider": ["p"], "capacity": [-1.0]}, index=travel.services)
    persons = pd.Series([np.nan], index=travel.origins)
    with pytest.raises(InvalidInput) as caught:
        access_status(persons, pd.Series([True], index=["x"]), travel, services, threshold=30)
    text = "\n".join(caught.value.faults)
    for piece in (
        "persons",
        "complete",
        "capacity_known",
        "services.confirmed",
        "services.capacity",
        "exceed the cutoff 32",
    ):
        assert piece in text
    with pytest.raises(InvalidInput, match="not below the threshold"):
        one_point(table, [5.0], threshold=5.0)


@pytest.mark.parametrize(("minimum", "objective"), [(0.0, None), (math.nan, None), (0.2, 0.1), (math.inf, None)])
def test_a_capacity_rule_out_of_order_is_refused(minimum, objective):
    with pytest.raises(InvalidInput):
        CapacityRule(minimum, objective)


def test_a_territory_without_services_is_uncovered_or_unknown(table):
    travel = table(np.empty((2, 0)))
    services = pd.DataFrame(
        {"confirmed": [], "provider": [], "capacity": [], "capacity_known": []}, index=travel.services
    )
    services = services.astype({"confirmed": bool, "capacity": float, "capacity_known": bool})
    persons = pd.Series([10.0, 20.0], index=travel.origins)
    found = access_status(persons, pd.Series([True, False], index=travel.origins), travel, services, threshold=30)
    assert found["status"].tolist() == ["scoperta", "senza_dati"]
    assert found["nearest_confirmed"].isna().all()


def test_aggregate_separates_probable_and_names_the_majority():
    results = pd.DataFrame(
        {
            "status": ["scoperta", "scoperta", "presente", "senza_dati", "presente"],
            "bordo": [True, False, False, False, False],
            "assessed": [10.0, 5.0, 15.0, 0.0, 0.0],
            "unknown": [0.0, 0.0, 0.0, 7.0, 0.0],
        },
        index=list("abcde"),
    )
    results[list(SHADOWS)] = np.outer([10.0, 5.0, 0.0, np.nan, 0.0], np.ones(6))
    total = aggregate(results, pd.Series(["one", "one", "one", "two", "nobody"], index=list("abcde")))
    assert total.loc["one", ["points", "persons", "shadow_all", "probable", "probable_all"]].tolist() == [
        3,
        30,
        15,
        10,
        10,
    ]
    assert total.loc["one", "majority"] == "scoperta"
    assert total.loc["two", "majority"] == "senza_dati"
    assert np.isnan(total.loc["two", "shadow_confirmed"])
    assert pd.isna(total.loc["nobody", "majority"])
    with pytest.raises(InvalidInput, match="no group"):
        aggregate(results, pd.Series(["one", None, "one", "two", "two"], index=list("abcde")))
