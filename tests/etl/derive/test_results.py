"""The whole result of a run: sums over any area, people conserved, figures recounted by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from etl.derive import cases, overlaps, status
from etl.derive.journeys import Journeys
from etl.derive.registry import Band
from etl.reference import tables
from geo.aggregate import aggregate
from geo.statuses import SHADOWS, STATUSES
from geo.travel.estimate import Estimate
from tests.etl.tools import frame, scalar

SUMS = ["persons", "assessed", "unknown", *SHADOWS]
CURRENT = "select id from coverage_run where current"
TORINO = "001272"
DISTRICTS = tables.DATA / "reference" / "distretti_asl.csv"


@pytest.fixture(scope="module")
def results(loaded) -> pd.DataFrame:
    """Every answer of the current run, with the point's level, code and municipality."""
    return frame(
        loaded,
        "select r.*, m.code municipality from coverage_result r join demand_point d using (area_id)"
        f" join area m on m.id = d.municipality_id where r.run_id = ({CURRENT})",
    )


@pytest.fixture(scope="module")
def membership(loaded) -> pd.DataFrame:
    """Areas of each municipality, by following parents and the table of districts, not the stored containment."""
    areas = frame(loaded, "select id, parent_id, level, code from area").set_index("id")
    rows = []
    for code, start in areas[areas["level"] == "municipality"].reset_index()[["code", "id"]].to_numpy():
        place = start
        while place is not None and not pd.isna(place):
            rows.append((code, areas["level"][place], areas["code"][place]))
            place = areas["parent_id"][place]
    districts = pd.read_csv(DISTRICTS, dtype=str)
    rows += [(row.istat_code, "asl", row.asl) for row in districts.itertuples()]
    rows += [(row.istat_code, "distretto", f"{row.asl} / {row.distretto}") for row in districts.itertuples()]
    return pd.DataFrame(rows, columns=["municipality", "level", "code"])


# --- sums ------------------------------------------------------------------------------------------


def test_there_is_an_answer_for_every_point_and_type(results, loaded):
    points, types = (
        scalar(loaded, "select count(*) from demand_point"),
        scalar(loaded, "select count(*) from service_type"),
    )
    assert len(results) == points * types
    assert set(results["status"]) <= set(STATUSES)


def test_assessed_and_unknown_make_up_everybody(results):
    np.testing.assert_allclose(results["assessed"] + results["unknown"], results["persons"], rtol=0, atol=1e-9)
    nothing_known = results["status"] == "senza_dati"
    assert (results.loc[nothing_known, "assessed"] == 0).all()
    assert (results.loc[~nothing_known, "unknown"] == 0).all()


def test_shadow_is_missing_exactly_where_nothing_is_known_and_never_exceeds_the_people(results):
    nothing_known = results["status"] == "senza_dati"
    at_threshold = results[["shadow_confirmed", "shadow_all"]]
    assert at_threshold[nothing_known].isna().all(axis=None)
    assert at_threshold[~nothing_known].notna().all(axis=None)
    for name in SHADOWS:
        known = results[results[name].notna()]
        assert (known[name] >= 0).all()
        assert (known[name] <= known["persons"] * (1 + 1e-12)).all()
    assert (at_threshold["shadow_all"] <= at_threshold["shadow_confirmed"] + 1e-9)[~nothing_known].all()


def test_every_aggregate_is_the_sum_over_its_points_for_every_type_and_level(results, membership, loaded):
    """Once by the database through the stored containment, once by hand through parents and the table of districts."""
    sums = ", ".join(f"sum(r.{name}) {name}" for name in SUMS)
    stored = frame(
        loaded,
        f"select a.level, a.code, r.service_type_code, {sums} from coverage_result r"
        " join area_within w on w.area_id = r.area_id join area a on a.id = w.ancestor_id"
        f" where r.run_id = ({CURRENT}) and a.level not in ('quarter', 'settlement') group by 1, 2, 3",
    ).set_index(["level", "code", "service_type_code"])
    spread = results[["municipality", "service_type_code", *SUMS]].merge(membership, on="municipality")
    by_hand = spread.groupby(["level", "code", "service_type_code"])[SUMS].sum(min_count=1)
    assert set(stored.index) == set(by_hand.index)
    assert set(stored.index.get_level_values("level")) == {
        "metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality",
    }  # fmt: skip
    by_hand = by_hand.reindex(stored.index)
    for name in SUMS:
        np.testing.assert_allclose(stored[name].astype(float), by_hand[name], rtol=1e-12, atol=1e-6, err_msg=name)
    # The zones, and the municipalities, part everybody: their sums are those of the whole.
    whole = stored.loc["metropolitan_city"].droplevel("code")
    for level in ("zona_omogenea", "municipality"):
        parts = stored.loc[level].groupby("service_type_code")[SUMS].sum(min_count=1)
        np.testing.assert_allclose(parts.reindex(whole.index).astype(float), whole[SUMS].astype(float), rtol=1e-9)


def test_the_library_adds_up_as_the_database_does(results, membership, loaded):
    zones = membership[membership["level"] == "zona_omogenea"].set_index("municipality")["code"]
    for code, part in results.groupby("service_type_code"):
        numbers = part.astype(dict.fromkeys(SUMS, float))
        total = aggregate(numbers, numbers["municipality"].map(zones))
        expected = numbers.groupby(numbers["municipality"].map(zones))[SUMS].sum(min_count=1)
        np.testing.assert_allclose(total[SUMS], expected, rtol=1e-12, err_msg=code)
        by_status = [f"persons_{name}" for name in STATUSES]
        np.testing.assert_allclose(total[by_status].sum(axis=1), total["persons"], rtol=1e-9, atol=1e-9)


def test_the_people_of_every_target_group_are_those_of_the_population(results, loaded):
    expected = frame(
        loaded,
        "select t.code, coalesce(sum(p.persons), 0)::float persons from service_type t left join population p"
        " on p.year = (select max(year) from population) and p.age >= coalesce(t.age_min, 0)"
        " and (t.age_max is null or t.age_max >= 100 or p.age <= t.age_max) and (t.sex is null or p.sex = t.sex)"
        " group by t.code",
    ).set_index("code")["persons"]
    found = results.groupby("service_type_code")["persons"].sum()
    np.testing.assert_allclose(found.reindex(expected.index), expected, rtol=1e-9)
    assert expected["casa_comunita"] == 2_198_237


def test_people_of_a_municipality_stay_in_it(results, loaded):
    expected = frame(
        loaded,
        "select a.code, sum(p.persons)::float persons from population p join area a on a.id = p.area_id"
        " where p.year = 2023 group by a.code",
    ).set_index("code")["persons"]
    whole = results[results["service_type_code"] == "casa_comunita"].groupby("municipality")["persons"].sum()
    np.testing.assert_allclose(whole.reindex(expected.index), expected, rtol=1e-9)


# --- figures ------------------------------------------------------------------------------------------


def test_job_centres_differ_on_the_two_supplies(results):
    """Beyond 30 minutes of a centro per l'impiego.

    Measured on 22 November 2026: of 1,360,375 people of 15 to 64 years 142,303 on confirmed supply, 16,460 on
    confirmed + uncertain supply; by straight distance alone they were 233,008 and 10,554.
    """
    total = results[results["service_type_code"] == "centro_impiego"][SUMS].sum()
    assert total["persons"] == pytest.approx(1_360_375)
    assert total["unknown"] == 0
    assert total["shadow_confirmed"] == pytest.approx(142_303, rel=0.05)
    assert total["shadow_all"] == pytest.approx(16_460, rel=0.10)
    assert total["shadow_confirmed_minus"] > total["shadow_confirmed"] > total["shadow_confirmed_plus"]


def test_job_centres_counted_on_all_residents_agree_with_the_figures_of_the_study(read):
    """The study found about 376,000 and 17,000 with one settlement for each municipality, all residents, no terrain.

    With every settlement, and the quarters of the city, all residents give 380,381 and 17,048: a percent more, since
    the hamlets lie farther out than the main centres.
    """
    kind = replace(read.registry.kinds["centro_impiego"], band=Band())
    found = status.results(cases.CaseMaker(read, Estimate(terrain=None)).case(kind))
    assert found["persons"].sum() == pytest.approx(2_198_237)
    assert found["shadow_confirmed"].sum() == pytest.approx(380_381, rel=0.02)
    assert found["shadow_all"].sum() == pytest.approx(17_048, rel=0.10)
    assert found["shadow_confirmed"].sum() == pytest.approx(376_000, rel=0.03)


def test_family_clinics_are_unknown_outside_the_city_only(results):
    clinics = results[results["service_type_code"] == "consultorio_familiare"]
    unknown = clinics[clinics["status"] == "senza_dati"]
    assert len(unknown) > 100
    assert TORINO not in set(unknown["municipality"])
    assert clinics.loc[clinics["municipality"] == TORINO, "complete"].all()
    assert not clinics.loc[clinics["municipality"] != TORINO, "complete"].any()


def test_the_smaller_area_wins_where_a_list_is_complete(results, membership):
    """Complete in the metropolitan city, save in ASL TO3."""
    homes = results[results["service_type_code"] == "casa_comunita"]
    to3 = set(membership[(membership["level"] == "asl") & (membership["code"] == "ASL TO3")]["municipality"])
    assert len(to3) == 109
    inside = homes["municipality"].isin(to3)
    assert not homes.loc[inside, "complete"].any()
    assert homes.loc[~inside, "complete"].all()
    assert (homes["status"] == "senza_dati").any()
    assert not homes.loc[~inside, "status"].eq("senza_dati").any()
    assert homes.loc[inside, "shadow_confirmed"].fillna(0).sum() == 0


def test_no_shadow_is_told_without_a_complete_list(results):
    known = results[~results["complete"]]
    assert (known[["shadow_confirmed", "shadow_all"]].fillna(0) == 0).all(axis=None)
    assert not known["status"].isin(["scoperta", "carente"]).any()


def test_types_without_any_service_are_unknown_everywhere(results, loaded):
    listed = set(frame(loaded, "select distinct service_type_code from service")["service_type_code"])
    empty = results[~results["service_type_code"].isin(listed)]
    assert len(empty) > 30_000
    assert set(empty["status"]) == {"senza_dati"}
    assert (empty["unknown"] == empty["persons"]).all()
    assert empty[list(SHADOWS)].isna().all(axis=None)
    assert (empty["services_all"] == 0).all()


def test_types_that_share_an_answer_have_their_own_people(results, every):
    """Answers of types without services are computed once; each must equal what it would be by itself."""
    for code in ("assistenza_domiciliare", "centro_giustizia_riparativa", "casa_rifugio", "fattoria_sociale"):
        alone = status.results(every[code])
        found = results[results["service_type_code"] == code]
        found = found.set_index(found["area_id"].astype(str)).reindex(alone.index)
        for name in ("status", "reason", "bordo", "fragile", "stimata", "rule_id", "threshold"):
            assert (found[name] == alone[name]).all(), (code, name)
        np.testing.assert_allclose(found[SUMS].astype(float), alone[SUMS], rtol=1e-12)


def test_nearest_services_are_told_in_order_and_agree_with_the_nearest_minutes(results, every):
    told = results[results["nearest"].map(len) > 0]
    assert told["nearest"].map(len).max() == 3
    for entries, nearest in zip(told["nearest"], told["nearest_all"], strict=True):
        minutes = [entry["minutes"] for entry in entries]
        assert minutes == sorted(minutes)
        assert minutes[0] == pytest.approx(nearest, abs=0.06)


# --- recounts by hand -------------------------------------------------------------------------------------


def served(every) -> list[cases.TypeCase]:
    return [case for case in every.values() if len(case.services)]


def test_marginal_coverage_is_a_recount_of_the_people(every, loaded):
    stored = frame(loaded, f"select * from service_reach where run_id = ({CURRENT})")
    stored = stored.set_index(stored["service_id"].astype(str))
    seen = 0
    for case in served(every):
        pairs = case.travel.to_frame()
        pairs = pairs[pairs["minutes"] <= case.kind.threshold]
        pairs = pairs.assign(certainty=pairs["service"].map(case.services["certainty"]))
        sure = pairs[pairs["certainty"] == "confermata"]
        for place, service in case.services["service"].items():
            reached = set(pairs.loc[pairs["service"] == place, "origin"])
            others = set(pairs.loc[pairs["service"] != place, "origin"])
            confirmed = set(sure.loc[sure["service"] == place, "origin"])
            other_confirmed = set(sure.loc[sure["service"] != place, "origin"])
            row = stored.loc[service]
            assert row["persons"] == pytest.approx(case.persons[list(reached)].sum())
            assert row["marginal_all"] == pytest.approx(case.persons[list(reached - others)].sum())
            assert row["marginal"] == pytest.approx(case.persons[list(confirmed - other_confirmed)].sum())
            seen += 1
    assert seen == len(stored) == 236


def test_the_people_of_a_group_of_overlaps_are_a_recount(every, loaded):
    stored = frame(loaded, f"select * from overlap_result where run_id = ({CURRENT})")
    assert len(stored) > 5
    for group in stored.to_dict("records"):
        case = every[group["service_type_code"]]
        members = case.everything.index[case.everything["service"].isin(set(map(str, group["service_ids"])))]
        pairs = case.travel_to_everything.to_frame()
        near = pairs[(pairs["minutes"] <= case.kind.threshold) & pairs["service"].isin(members)]
        assert group["persons"] == pytest.approx(case.persons[near["origin"].unique()].sum())
        assert len(members) == len(group["service_ids"]) >= 2
        assert group["planned"] == (case.everything.loc[members, "certainty"] == "programmata").any()


def test_capacity_is_judged_by_the_people_that_the_rule_speaks_of(read):
    """One unit for 20,000 residents, for a type whose users are a part of them: the base is all residents."""
    maker = cases.CaseMaker(read, Estimate())
    clinic = read.registry.kinds["consultorio_familiare"]
    case = maker.case(clinic)
    assert case.capacity_rule is not None
    assert case.capacity_rule.minimum == 1 / 20_000
    narrow = maker.case(replace(clinic, band=Band(18, 40, "F")))
    assert narrow.persons.sum() < case.persons.sum() / 5
    pd.testing.assert_series_equal(narrow.base, case.base)
    whole, part = (status.results(each) for each in (case, narrow))
    np.testing.assert_allclose(part["access_confirmed"], whole["access_confirmed"])
    np.testing.assert_allclose(part["assessed"].sum(), narrow.persons[whole["assessed"] > 0].sum())


def test_planned_services_take_part_in_overlaps_only(every):
    planned = {code: case for code, case in every.items() if (case.everything["certainty"] == "programmata").any()}
    assert planned
    for case in planned.values():
        assert len(case.services) < len(case.everything)
        assert not {row["service_id"] for row in overlaps.reach(case)} & set(
            case.everything.loc[case.everything["certainty"] == "programmata", "service"]
        )


# --- who may use what ---------------------------------------------------------------------------------------


def test_a_desk_that_residence_decides_on_counts_for_its_area_only(every, read):
    """Social desks: a declared area binds, without one the own municipality; every list is incomplete."""
    case = every["sportello_sociale"]
    assert case.kind.residence_bound
    assert not case.complete.any()
    codes, home = read.units["code"], read.points["municipality"].map(read.units["code"])
    district = read.within[read.within["ancestor"].map(codes) == "ASL TO3 / Pinerolese"]["area"]
    declared = set(read.service_areas["service"])
    pairs = case.travel_to_everything.to_frame()
    pairs = pairs.assign(home=pairs["origin"].map(home), desk=pairs["service"].map(case.everything["municipality"]))
    silent = pairs[~pairs["service"].isin(declared)]
    assert len(silent) > 10
    assert (silent["home"] == silent["desk"].map(codes)).all()
    pinerolese = set(read.service_areas.loc[read.service_areas["area"].map(codes) == "ASL TO3 / Pinerolese", "service"])
    served = pairs[pairs["service"].isin(pinerolese)]
    assert set(served["origin"]) <= set(district)
    assert served["home"].nunique() > 20  # a consortium serves more than the municipality of its desk


def test_with_a_complete_list_the_nearest_desk_stands_for_the_competent_one(every):
    case = every["centro_impiego"]
    assert case.kind.residence_bound
    assert case.complete.all()
    pairs = case.travel_to_everything.to_frame()
    assert pairs["origin"].nunique() == len(case.persons)


def test_a_type_that_is_open_to_everybody_keeps_its_pairs(every, read):
    case = every["consultorio_familiare"]
    assert not case.kind.residence_bound
    home = read.points["municipality"]
    pairs = case.travel_to_everything.to_frame()
    assert (pairs["origin"].map(home) != pairs["service"].map(case.everything["municipality"])).any()


def test_the_edge_of_a_partial_list_is_a_boundary_too(results, every, read):
    """Family clinics are listed in the city only: from its quarters the next unlisted town is nearer than France."""
    clinics = results[results["service_type_code"] == "consultorio_familiare"]
    city = clinics[clinics["municipality"] == TORINO]
    assert city["bordo"].all()
    partial = every["consultorio_familiare"]
    whole = Journeys(read, Estimate()).boundary_minutes(partial.kind, partial.everything, partial.complete | True)
    assert (partial.boundary_minutes <= whole).all()
    assert (partial.boundary_minutes < whole).any()
    assert every["centro_impiego"].boundary_minutes is None  # residents only: nothing beyond is for them
    centres = results[results["service_type_code"] == "casa_quartiere"]
    assert (~centres.loc[centres["municipality"] != TORINO, "bordo"]).any()
