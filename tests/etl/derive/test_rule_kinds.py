"""Every kind of rule on the real territory, held against sums made another way; invented rules and services."""

import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point
from sqlalchemy import insert, select, text

from etl.derive import compliance, inputs, minutes
from etl.derive.digests import digests
from etl.derive.evaluable import why_not
from etl.derive.registry import Band, Registry, Standard, read_registry
from etl.derive.scope import NOT_LOADED
from etl.reference import load, tables
from etl.store import models as m
from geo.conditions import Condition
from geo.travel.estimate import Estimate
from geo.travel.table import TravelTable
from tests.etl.derive.invented import TODAY
from tests.etl.derive.supply_of import case_of, with_services

TOWNS = {"torino": "001272", "pinerolo": "001191", "ceresole": "001073", "noasca": "001165", "sestriere": "001263"}
PINEROLESE = "ASL TO3 / Pinerolese"
ALL = Band()


def standard(**given) -> Standard:
    """A rule on nobody's services: at most 20,000 residents for each place, by health district."""
    told = {
        "id": "PROVA",
        "service_types": ("farmacia",),
        "kind": "coverage",
        "comparator": "<=",
        "minimum": 20_000.0,
        "objective": None,
        "per": 1.0,
        "capacity_unit": "sede",
        "supply_bound": None,
        "base_kind": "residenti",
        "band": ALL,
        "geography": ("distretto",),
        "area_condition": "tutte",
        "verification": "letto",
        "law": True,
    }
    return Standard(**(told | given))


@pytest.fixture(scope="module")
def codes(read) -> dict[str, str]:
    """Identifiers of areas by code; no two levels share the codes that are used here."""
    return dict(zip(read.units["code"], read.units.index, strict=True))


def services(read, codes, *towns, at=None, **columns) -> gpd.GeoDataFrame:
    """Pharmacies of towns, at their main points or at given ones."""
    homes = [codes[TOWNS[town]] for town in towns]
    main = read.points.sort_values("weight", ascending=False).drop_duplicates("municipality")
    places = main.set_index("municipality").geometry
    template = read.services.iloc[[0] * len(homes)].set_index(pd.Index([f"s{n}" for n in range(len(homes))], name="id"))
    told = {
        "service": template.index,
        "type": "farmacia",
        "certainty": "confermata",
        "municipality": homes,
        "capacity": 1.0,
        "capacity_known": True,
        "located": True,
        "area_wide": False,
        "position_radius_m": 0.0,
    }
    points = [places[home] for home in homes] if at is None else [Point(xy) for xy in at]
    return template.assign(**(told | columns)).set_geometry(gpd.GeoSeries(points, template.index, crs=32632))


def judged(read, rule, listed, *, complete=True, areas=(), capacities=(), access=None, conditions=None) -> pd.DataFrame:
    """Outcomes of one rule by the code of the unit."""
    towns = read.units.index[read.units["level"] == "municipality"]
    lists = [
        {"type": code, "municipality": town, "complete": complete} for code in rule.service_types for town in towns
    ]
    registry = replace(
        read.registry,
        standards={rule.id: rule},
        conditions=read.registry.conditions if conditions is None else conditions,
        figures=tuple(("farmacia", unit) for _service, unit, _n in capacities),
    )
    own = replace(
        read,
        registry=registry,
        services=listed,
        complete=pd.DataFrame(lists, columns=["type", "municipality", "complete"]),
        service_areas=pd.DataFrame(list(areas), columns=["service", "area"]),
        capacities=pd.DataFrame(list(capacities), columns=["service", "unit", "maximum"]),
    )
    assert why_not(rule, registry) is None
    return pd.DataFrame(compliance.results(own, access=access)).set_index("unit_code")


def members(read, codes, unit) -> pd.Index:
    inside = read.within.loc[read.within["ancestor"] == codes[unit], "area"]
    return inside[inside.isin(read.units.index[read.units["level"] == "municipality"])]


# ---- presence ------------------------------------------------------------


def test_a_service_is_present_where_it_serves_and_not_only_where_it_stands(read, codes):
    rule = standard(kind="presence", comparator=">=", minimum=1.0, base_kind="nessuna", geography=("comune",))
    served = [("s0", codes[PINEROLESE])]
    found = judged(read, rule, services(read, codes, "torino", "ceresole"), areas=served)
    met = found.index[found["outcome_confirmed"] == "minimo"]
    expected = {read.units["code"][area] for area in members(read, codes, PINEROLESE)} | {TOWNS["ceresole"]}
    # It stands in Torino and is for the residents of another district: Torino has none.
    assert set(met) == expected
    assert (found.loc[~found.index.isin(expected), "shortfall_confirmed"] == 1).all()


# ---- capacity shared among the units of a service area ----


PLACES = {"comparator": ">=", "minimum": 1.0, "per": 1000.0, "capacity_unit": "posti"}


def test_places_go_where_the_people_live_whom_a_service_is_for(read, codes):
    rule = standard(**PLACES, band=Band(65, None))
    zone = "05"
    found = judged(
        read,
        rule,
        services(read, codes, "torino", "torino"),
        areas=[("s0", codes[zone])],
        capacities=[("s0", "posti", 90.0), ("s1", "posti", 7.0)],
    )
    old = read.population[read.population["age"] >= 65].groupby("area")["persons"].sum()
    served = members(read, codes, zone)
    expected = {"ASL Città di Torino / Città di Torino": 7.0}  # where the one without an area stands, and only that
    for unit in found.index.drop(NOT_LOADED):
        common = served[served.isin(members(read, codes, unit))]
        share = old.reindex(common).sum() / old.reindex(served).sum()
        expected[unit] = expected.get(unit, 0.0) + 90.0 * share
    assert found["capacity_confirmed"].drop(NOT_LOADED).to_dict() == pytest.approx(expected)
    assert found["capacity_confirmed"].sum() == pytest.approx(97.0)
    assert (found["capacity_confirmed"].drop(NOT_LOADED) > 0).sum() >= 2


def test_a_service_of_a_quarter_counts_for_its_municipality_and_one_of_nowhere_for_nobody(read, codes):
    listed = services(read, codes, "pinerolo", "pinerolo")
    capacities = [("s0", "posti", 10.0), ("s1", "posti", 5.0)]
    areas = [("s0", codes["q01"]), ("s1", "an area that is not loaded")]
    found = judged(read, standard(**PLACES, geography=("comune",)), listed, areas=areas, capacities=capacities)
    counted = found["capacity_confirmed"]
    assert counted[counted > 0].to_dict() == {TOWNS["torino"]: 10.0}
    presence = standard(kind="presence", comparator=">=", minimum=1.0, base_kind="nessuna", geography=("comune",))
    met = judged(read, presence, listed, areas=areas)
    assert list(met.index[met["outcome_confirmed"] == "minimo"]) == [TOWNS["torino"]]


def test_premises_and_both_figures_of_a_load_are_shared_as_places_are(read, codes):
    """One for a zone that is of several districts, and not of the one in which it stands."""
    listed, areas = services(read, codes, "torino"), [("s0", codes["06"])]
    sites = judged(read, standard(), listed, areas=areas)["capacity_confirmed"]
    load = standard(kind="load", minimum=100.0, capacity_unit="fte", figure_unit="assistiti")
    loads = judged(read, load, listed, areas=areas, capacities=[("s0", "fte", 1.0), ("s0", "assistiti", 120.0)])
    served = members(read, codes, "06")
    people = read.persons(ALL)
    touched = [unit for unit in sites.index.drop(NOT_LOADED) if served.isin(members(read, codes, unit)).any()]
    expected = {
        unit: people[served[served.isin(members(read, codes, unit))]].sum() / people[served].sum() for unit in touched
    }
    assert len(touched) >= 2
    assert "ASL Città di Torino / Città di Torino" not in touched
    assert sites.drop(NOT_LOADED)[sites > 0].to_dict() == pytest.approx(expected)
    assert sites.sum() == pytest.approx(1.0)
    judged_units = loads[loads["outcome_confirmed"] == "sotto_minimo"]
    assert set(judged_units.index) == set(touched)
    assert judged_units["value_confirmed"].tolist() == pytest.approx([120.0] * len(touched))
    assert judged_units["shortfall_confirmed"].to_dict() == pytest.approx(
        {unit: 20.0 * share for unit, share in expected.items()}
    )
    others = loads.drop([*touched, NOT_LOADED])
    assert set(others["cause_confirmed"]) == {"assenza"}


PROTECTED = {
    "places": PLACES,
    "premises": {},
    "presence": {"kind": "presence", "comparator": ">=", "minimum": 1.0, "base_kind": "nessuna"},
    "spacing": {"kind": "spacing", "comparator": ">=", "minimum": 90_000.0, "base_kind": "nessuna"},
    "distance": {"kind": "distance", "minimum": 9_000.0},
    "load": {"kind": "load", "minimum": 100.0, "capacity_unit": "fte", "figure_unit": "assistiti"},
}


@pytest.mark.parametrize("geography", ["comune", "distretto", "provincia"])
@pytest.mark.parametrize("kind", PROTECTED)
def test_no_outcome_tells_where_in_its_zone_a_protected_place_is(read, codes, kind, geography):
    """As the inputs have them: no minutes, and the zone for an area."""
    rule = standard(**PROTECTED[kind], geography=(geography,))
    told = [("s0", unit, 30.0) for unit in ("posti", "fte")] + [("s0", "assistiti", 4_000.0)]
    found = []
    for town in ("pinerolo", "sestriere"):  # of two zones: they are told to be in one
        listed = services(read, codes, town, "torino", area_wide=[True, False], protected=[True, False])
        outcome = judged(read, rule, listed, areas=[("s0", codes["06"])], capacities=told)
        found.append(outcome)
        if kind in ("places", "premises", "load", "presence"):
            unlisted = judged(read, rule, listed, capacities=told)
            assert not unlisted["complete"].any()
            alone = judged(read, rule, listed.loc[["s1"]], capacities=told)
            pd.testing.assert_frame_equal(unlisted[["capacity_all"]], alone[["capacity_all"]])
    pd.testing.assert_frame_equal(*found)


def test_a_rule_on_what_is_shared_depends_on_the_areas_that_services_are_for(read, codes):
    load = {"kind": "load", "minimum": 100.0, "capacity_unit": "fte", "figure_unit": "assistiti"}
    spacing = {"kind": "spacing", "comparator": ">=", "minimum": 200.0, "base_kind": "nessuna"}
    told = {"places": PLACES, "premises": {}, "load": load, "spacing": spacing}
    rules = {code: standard(id=code, **given) for code, given in told.items()}
    registry = replace(
        read.registry, standards=dict(read.registry.standards) | rules, figures=(("farmacia", "assistiti"),)
    )
    own = replace(read, registry=registry)
    within = own.within
    gone = (within["ancestor"] == codes["05"]) & (within["area"] == codes[TOWNS["pinerolo"]])
    assert gone.any()
    after = digests(replace(own, within=within[~gone]), "method").rules
    before = digests(own, "method").rules
    assert {code for code in rules if before[code] != after[code]} == {"places", "premises", "load"}


def test_only_where_a_quarter_is_served_it_counts_how_many_live_there(read, codes):
    own = replace(read, registry=replace(read.registry, standards={"P": standard(id="P", **PLACES)}))
    own = replace(own, services=services(own, codes, "torino"))
    for area, matters in (("q01", True), ("05", False)):
        there = replace(own, service_areas=pd.DataFrame({"service": ["s0"], "area": [codes[area]]}))
        first = there.points.index[0]
        weights = there.points["weight"].where(there.points.index != first, 7.0)
        heavier = replace(there, points=there.points.assign(weight=weights))
        changed = digests(there, "method").rules["P"] != digests(heavier, "method").rules["P"]
        assert changed == matters, area


# ---- area condition ------------------------------------------------------------


def test_a_unit_is_judged_on_the_part_that_the_rule_speaks_of(read, codes):
    rule = standard(area_condition="rurale", minimum=10_000.0)
    listed = services(read, codes, "pinerolo", "sestriere", "sestriere")
    found = judged(read, rule, listed, conditions={"rurale": read.registry.conditions["interna|rurale"]})
    classes = read.points.drop_duplicates("municipality").set_index("municipality")["degurba"]
    rural = [area for area in members(read, codes, PINEROLESE) if classes[area] == "rurale"]
    people = read.persons(ALL)
    row = found.loc[PINEROLESE]
    assert row["base"] == people[rural].sum()
    # The pharmacy of Pinerolo, a town, is not in the rural part.
    assert row["capacity_confirmed"] == 2
    assert row["shortfall_confirmed"] == math.ceil(people[rural].sum() / 10_000) - 2
    part = row["details"]["part"]
    assert part["municipalities"] == sorted(read.units["code"][rural])
    assert part["of"] == len(members(read, codes, PINEROLESE))
    assert part["of_persons"] == people[members(read, codes, PINEROLESE)].sum()
    assert row["details"]["missing"] == ["inner_class"]
    # Of a unit without such a part the rule says nothing.
    assert "ASL Città di Torino / Città di Torino" not in found.index


def test_the_inner_classes_count_once_they_are_loaded(loaded_session, codes, read):
    connection = loaded_session.connection()
    before = read_registry(connection).conditions
    assert before["interna|rurale"].untold == ("inner_class",)
    classes = {"torino": 1, "pinerolo": 2, "ceresole": 6, "sestriere": 4}
    source = connection.execute(select(m.Source.id)).scalars().first()
    rows = [
        {"area_id": codes[TOWNS[town]], "year": 2020, "name": "classe_snai", "source_id": source, "value": number}
        for town, number in classes.items()
    ]
    connection.execute(insert(m.Indicator), rows)
    after = read_registry(connection).conditions
    gained = set(after["interna|rurale"].municipalities) - set(before["interna|rurale"].municipalities)
    urban = {codes[TOWNS[town]] for town in ("ceresole", "sestriere")} - set(before["interna|rurale"].municipalities)
    assert gained == urban
    assert before["intermedio"] is None
    assert after["intermedio"].municipalities == (codes[TOWNS["sestriere"]],)


# ---- distance and time ------------------------------------------------------------


@pytest.mark.parametrize("vague", [False, True])
def test_people_within_three_kilometres_by_hand(read, codes, vague):
    rule = standard(kind="distance", comparator=">=", minimum=75.0, per=100.0, reach=3_000.0, geography=("provincia",))
    listed = services(read, codes, "torino", "pinerolo", "ceresole", position_radius_m=500.0 * vague)
    found = judged(read, rule, listed).iloc[0]
    persons = read.placed_persons(ALL)

    def within(metres):
        near = pd.concat([read.points.distance(point) for point in listed.geometry], axis=1).min(axis=1)
        return persons[near <= metres].sum()

    assert found["base"] == pytest.approx(2_198_237)
    assert found["capacity_confirmed"] == pytest.approx(within(3_000))
    assert found["value_confirmed"] == pytest.approx(100 * within(3_000) / 2_198_237)
    assert found["outcome_confirmed"] == "sotto_minimo"
    assert found["shortfall_confirmed"] == pytest.approx(0.75 * 2_198_237 - within(3_000))
    # At a limit that the positions leave open nothing is said.
    share = 100 * within(3_000) / 2_198_237
    close = replace(rule, minimum=share + (100 * within(3_400) / 2_198_237 - share) / 2)
    assert judged(read, close, listed)["outcome_all"].iloc[0] == ("non_determinabile" if vague else "sotto_minimo")


def test_a_place_that_must_not_be_known_enters_no_distance(read, codes):
    rule = standard(kind="distance", comparator="<=", minimum=5_000.0, geography=("comune",))
    listed = services(read, codes, "torino", "pinerolo", area_wide=[True, False])
    found = judged(read, rule, listed)
    assert found.loc[TOWNS["torino"], "outcome_all"] == "non_determinabile"
    assert found.loc[TOWNS["torino"], "capacity_all"] == 0


def test_minutes_are_those_of_the_access_results(loaded, read):
    rule = standard(
        kind="time",
        comparator=">=",
        minimum=90.0,
        per=100.0,
        reach=30.0,
        service_types=("centro_impiego",),
        band=Band(15, 64),
        geography=("provincia",),
    )
    own = replace(read, registry=replace(read.registry, standards={rule.id: rule}))
    with loaded.connect() as connection:
        run = connection.execute(text("select id from coverage_run where current")).scalar_one()
        [row] = compliance.results(own, access=minutes.measured(own, Estimate()))
        expected = connection.execute(
            text(
                "select sum(persons) base, sum(persons) filter (where nearest_confirmed <= 30) reached"
                " from coverage_result where run_id = :run and service_type_code = 'centro_impiego'"
            ),
            {"run": run},
        ).one()
    assert row["base"] == pytest.approx(expected.base)
    assert row["capacity_confirmed"] == pytest.approx(expected.reached)
    assert row["value_confirmed"] == pytest.approx(100 * expected.reached / expected.base)
    assert row["value_all"] >= row["value_confirmed"]
    assert list(compliance.results(own)) == [], "without minutes a rule of time has no outcome"


def test_a_service_whose_place_nobody_may_know_leaves_a_rule_of_time_open(read, codes):
    rule = standard(kind="time", minimum=30.0, geography=("provincia",))
    far = pd.DataFrame(
        dict.fromkeys(("confirmed", "confirmed_low", "confirmed_high", "all", "all_low", "all_high"), 45.0),
        index=read.points.index,
    ).assign(complete=True)
    listed = services(read, codes, "torino", "pinerolo")
    found = judged(read, rule, listed, access=lambda _code: far)
    hidden = judged(read, rule, listed.assign(area_wide=[True, False]), access=lambda _code: far)
    assert list(found["outcome_confirmed"]) == ["sotto_minimo"]
    assert list(hidden[["outcome_confirmed", "cause_confirmed"]].iloc[0]) == ["non_determinabile", "elenco"]


@pytest.mark.parametrize(("supply", "certain"), [("confirmed", True), ("all", False)])
def test_bounds_of_minutes_are_the_least_of_all_services(every, supply, certain):
    moved = {"low": 0, "high": 0}
    for code in ("centro_impiego", "consultorio_familiare", "casa_comunita", "dormitorio"):
        case = every[code]
        chosen = case.travel.select_services((case.supply["confirmed"] | (not certain)).to_numpy(dtype=bool))
        by_point = chosen.to_frame().groupby("origin")[["minutes", "low", "high"]]
        least, listed = by_point.min(), case.travel.nearest(3)
        listed = listed[listed["service"].isin(chosen.services)].groupby("origin")[["low", "high"]].min()
        found = minutes.of_case(case)[[supply, f"{supply}_low", f"{supply}_high"]].set_axis(least.columns, axis=1)
        pd.testing.assert_frame_equal(found.loc[least.index], least, check_names=False)
        assert found.drop(least.index).isna().all(axis=None)
        for name in moved:
            moved[name] += int((least.loc[listed.index, name] < listed[name] - 1e-9).sum())
    assert sum(moved.values()), "some fourth service may be the nearer one"


# Three near services, and a fourth that is farther but whose place is known better, or worse: minutes, low, high.
FOURTH = {
    "it may be nearer than all": ([(10, 10, 10), (11, 11, 11), (12, 12, 12), (20, 5, 35)], 8.0, "posizione"),
    "it is there for certain": ([(10, 4, 30), (11, 4, 30), (12, 4, 30), (13, 13, 13)], 15.0, None),
}


@pytest.mark.parametrize("case", FOURTH)
def test_a_fourth_service_may_decide(read, case):
    pairs, limit, cause = FOURTH[case]
    made = case_of(read, "centro_famiglie", [{} for _ in pairs])
    origins = made.travel.origins
    central, low, high = (np.tile(np.array(one, dtype=float), len(origins)) for one in zip(*pairs, strict=True))
    table = TravelTable.from_pairs(
        origins,
        made.everything.index,
        origin=np.repeat(np.arange(len(origins)), len(pairs)),
        service=np.tile(np.arange(len(pairs)), len(origins)),
        minutes=central,
        low=low,
        high=high,
        cutoff=120.0,
        engine="by hand",
        estimated=False,
    )
    rule = standard(kind="time", minimum=limit, service_types=("centro_famiglie",), geography=("provincia",))
    own = with_services(read, "centro_famiglie", [{} for _ in pairs])
    own = replace(own, registry=replace(own.registry, standards={rule.id: rule}))
    access = minutes.measured(own, Estimate(), [replace(made, travel_to_everything=table)])
    [row] = compliance.results(own, access=access)
    assert (row["outcome_confirmed"], row["cause_confirmed"]) == ("non_determinabile" if cause else "minimo", cause)


# ---- spacing ------------------------------------------------------------


def test_pharmacies_too_near_are_pairs_of_both_towns(read, codes):
    rule = standard(kind="spacing", comparator=">=", minimum=200.0, base_kind="nessuna", geography=("comune",))
    at = [(395_000, 4_990_000), (395_150, 4_990_000), (395_190, 4_990_000), (380_000, 4_970_000)]
    listed = services(read, codes, "torino", "torino", "pinerolo", "pinerolo", at=at, position_radius_m=10.0)
    found = judged(read, rule, listed)
    torino, pinerolo = found.loc[TOWNS["torino"]], found.loc[TOWNS["pinerolo"]]
    assert torino["details"]["pairs"]["all"] == {"certain": 2, "possible": 3}
    assert pinerolo["details"]["pairs"]["all"] == {"certain": 1, "possible": 2}
    assert (torino["value_all"], torino["shortfall_all"]) == (40.0, 160.0)
    assert torino["capacity_all"] == 2
    others = found.drop([TOWNS["torino"], TOWNS["pinerolo"]])
    assert set(others["outcome_all"]) == {"minimo"}


# ---- load ------------------------------------------------------------


def test_a_load_needs_its_figure(read, codes):
    rule = standard(
        kind="load",
        minimum=1_500.0,
        capacity_unit="medici",
        figure_unit="assistiti",
        base_kind="altro",
        geography=("comune",),
    )
    assert why_not(rule, replace(read.registry, figures=())) == "cifra"
    told = [("s0", "medici", 2.0), ("s0", "assistiti", 3_200.0), ("s1", "medici", 1.0), ("s1", "assistiti", 900.0)]
    found = judged(read, rule, services(read, codes, "torino", "pinerolo", "ceresole"), capacities=told)
    assert found.loc[TOWNS["torino"], ["value_all", "shortfall_all"]].tolist() == [1_600.0, 200.0]
    assert found.loc[TOWNS["pinerolo"], "outcome_all"] == "minimo"
    assert found.loc[TOWNS["ceresole"], ["outcome_all", "cause_all"]].tolist() == ["non_determinabile", "capacita"]


# ---- what is not evaluated ------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, None),
        ({"verification": "parziale"}, None),
        ({"verification": "non_letto"}, "non_letta"),
        ({"verification": "criterio", "kind": "time"}, "accesso"),
        ({"kind": "area"}, "area"),
        ({"kind": "class"}, "class"),
        ({"kind": "conformity"}, "conformity"),
        ({"service_types": ()}, "tipo"),
        ({"minimum": None}, "soglia"),
        ({"geography": ("sede",)}, "unita"),
        ({"geography": ("regione", "nazione")}, None),  # of units that are not loaded: said as such, unit by unit
        ({"area_condition": "centro_commerciale"}, "condizione"),
        ({"area_condition": "interna|rurale"}, None),
        ({"area_condition": "urbana"}, None),
        ({"base_kind": "altro"}, "base"),
        ({"kind": "load", "base_kind": "altro", "figure_unit": "assistiti"}, "cifra"),
        ({"kind": "distance", "base_kind": "nessuna"}, "base"),
        ({"kind": "distance", "comparator": ">="}, "limite"),
        ({"kind": "time", "minimum": 30.0}, None),
        ({"kind": "time", "minimum": 150.0}, "orizzonte"),
        ({"kind": "time", "comparator": ">=", "minimum": 90.0, "reach": 150.0}, "orizzonte"),
        ({"service_types": ("farmacia", "casa_rifugio"), "geography": ("comune",)}, "protetto"),
        ({"service_types": ("casa_rifugio",)}, None),
    ],
)
def test_why_a_rule_is_not_evaluated(read, given, why):
    assert why_not(standard(**given), read.registry) == why


def test_the_rules_on_inner_and_urban_areas_of_the_registry_are_evaluated(read):
    registry: Registry = read.registry
    for code in ("CONS-20", "CONS-10", "CONS-25", "CDC-SPOKE", "FARM-200", "FARM-3300"):
        assert why_not(registry.standards[code], registry) is None, code
    for code, why in {"FARM-400": "condizione", "MMG-1500": "cifra", "POSTE-3": "non_letta", "HOSP-56": "base"}.items():
        assert why_not(registry.standards[code], registry) == why, code


# ---- membership told by an officer ------------------------------------------------------------


def test_social_units_are_judged_once_somebody_tells_their_members(loaded_scratch, tmp_path):
    folder = tmp_path / "data"
    for part in ("reference", "builtin"):
        (folder / part).mkdir(parents=True)
        for file in (tables.DATA / part).glob("*.csv"):
            (folder / part / file.name).write_bytes(file.read_bytes())
    rows = [f"{TOWNS['torino']},Torino,ats,ATS Torino,prova", f"{TOWNS['pinerolo']},Pinerolo,ats,ATS Pinerolese,prova"]
    told = folder / "reference" / "unita_statutarie.csv"
    told.write_text("\n".join([told.read_text().splitlines()[0], *rows]) + "\n")
    with loaded_scratch.begin() as connection:
        load.load_vocabulary(connection, folder=folder)
        load.load_territory(connection, folder=folder)
        read = inputs.read(connection, today=TODAY)
    found = pd.DataFrame(compliance.results(read, only=["AS-5000"])).set_index("unit_code")
    assert set(found.index) == {"ATS Torino", "ATS Pinerolese", NOT_LOADED}
    assert found.loc["ATS Torino", "base"] == 841_600
    assert found.loc["ATS Torino", "outcome_all"] == "non_determinabile"
    assert found.loc[NOT_LOADED, "outcome_all"] == "unita_non_caricata"
    assert found["base"].sum() == 2_198_237


def test_a_town_in_two_units_of_a_level_is_a_fault_by_name(tmp_path):
    folder = tmp_path / "reference"
    folder.mkdir()
    for name in ("zone_omogenee.csv",):
        (folder / name).write_bytes((tables.DATA / "reference" / name).read_bytes())
    text_ = (
        "istat_code,municipality,level,unit,evidence\n001272,Torino,ats,Uno,x\n001272,Torino,ats,Due,x\n9,X,asl,Y,x\n"
    )
    (folder / "unita_statutarie.csv").write_text(text_)
    with pytest.raises(Exception, match="unita_statutarie") as caught:
        tables.memberships(folder=tmp_path)
    faults = "\n".join(caught.value.faults)
    for piece in ("riga 3", "già assegnato", "riga 4", "«asl»", "sei cifre"):
        assert piece in faults


# ---- what a rule depends on ------------------------------------------------------------


def test_a_rule_depends_on_its_condition_and_others_do_not(read):
    before = digests(read, "method").rules
    conditions = dict(read.registry.conditions) | {"interna|rurale": Condition(("nowhere",))}
    after = digests(replace(read, registry=replace(read.registry, conditions=conditions)), "method").rules
    changed = {code for code, digest in before.items() if after[code] != digest}
    assert changed == {"CONS-10", "CDC-SPOKE"}


def test_a_rule_of_distance_or_time_depends_on_where_people_live_and_a_ratio_does_not(read):
    kinds = {
        "R": {},
        "D": {"kind": "distance", "comparator": "<=", "minimum": 500.0},
        "T": {"kind": "time", "minimum": 30.0},
    }
    rules = {code: standard(id=code, **given) for code, given in kinds.items()}
    own = replace(read, registry=replace(read.registry, standards=dict(read.registry.standards) | rules))
    moved = replace(own, points=own.points.set_geometry(own.points.translate(100, 0)))
    before, after = digests(own, "method").rules, digests(moved, "method").rules
    assert {code for code in rules if before[code] != after[code]} == {"D", "T"}
