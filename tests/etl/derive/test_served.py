"""Whom services are for: what is shared adds up to the whole, and agrees with counting people one by one."""

from dataclasses import replace
from fractions import Fraction

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.derive.inputs import Inputs
from etl.derive.scope import Scope
from etl.derive.served import in_parts, of_nowhere, persons, served, shares
from geo.arrays import FloatSeries

TOWNS = ["A", "B", "C", "D"]
POINTS = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "b2": "B", "c1": "C", "d1": "D"}
# Areas by what they hold; a hamlet holds no demand point, an islet lies beyond the territory.
WIDE = {"west": ["A", "B"], "east": ["C", "D"], "all": TOWNS, **{town: [town] for town in TOWNS}}
SMALL = {"old town": ["a1", "a2"], "suburb": ["a3"], "border": ["a3", "b1"], "hamlet": [], "islet": []}
HAMLET_IN = "B"


def territory(services: list[tuple], areas: list[tuple[str, str]]) -> Inputs:
    """Services: municipality or None, whether they come to people; no more than is read of the inputs."""
    within = [(town, area) for area, towns in WIDE.items() for town in towns]
    within += [(point, area) for area, towns in WIDE.items() for point, town in POINTS.items() if town in towns]
    within += [(point, area) for area, points in SMALL.items() for point in points]
    within += [(area, POINTS[points[0]]) for area, points in SMALL.items() if points]
    within += [("hamlet", HAMLET_IN), *((one, one) for one in [*POINTS, *SMALL])]
    told = pd.DataFrame(services, columns=["municipality", "area_wide"], index=[f"s{n}" for n in range(len(services))])
    empty = pd.DataFrame()
    return Inputs(
        year=2023,
        points=gpd.GeoDataFrame({"municipality": pd.Series(POINTS)}),
        population=empty,
        services=gpd.GeoDataFrame(told.assign(type="t")),
        service_areas=pd.DataFrame(areas, columns=["service", "area"]),
        capacities=empty,
        within=pd.DataFrame(within, columns=["area", "ancestor"]).drop_duplicates(),
        units=pd.DataFrame({"level": "municipality"}, index=TOWNS),
        complete=empty,
        registry=None,  # type: ignore[arg-type]
    )


def scope(inputs: Inputs, placed: FloatSeries, spoken: dict[str, str]) -> Scope:
    """A rule on these municipalities, by unit."""
    base = placed.groupby(pd.Series(POINTS)).sum()
    pairs = served(inputs)
    return Scope(
        membership=pd.Series(spoken, dtype=object),
        units=pd.DataFrame(),
        complete=pd.Series(dtype=bool),
        served=pairs.assign(persons=persons(pairs, base, placed)),
        told={},
    )


def reached(inputs: Inputs, service: str) -> tuple[set[str], set[str]]:
    """Points that a service is for, and municipalities of served areas without any: told one by one."""
    declared = inputs.service_areas.loc[inputs.service_areas["service"] == service, "area"].tolist()
    row = inputs.services.loc[service]
    if not declared:
        declared = [] if row["area_wide"] or row["municipality"] is None else [row["municipality"]]
    points, towns = set(), set()
    for area in declared:
        inside = {point for point, town in POINTS.items() if area in WIDE and town in WIDE[area]}
        points |= inside | set(SMALL.get(area, ()))
        towns |= set(WIDE.get(area, ())) | ({HAMLET_IN} if area == "hamlet" else set())
    points |= {point for point, town in POINTS.items() if town in towns}
    return points, towns | {POINTS[point] for point in points}


OFFER = st.tuples(st.sampled_from([*TOWNS, None]), st.booleans())
AREA = st.sampled_from([*WIDE, *SMALL])
PEOPLE = st.lists(st.integers(0, 400), min_size=len(POINTS), max_size=len(POINTS))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), offers=st.lists(OFFER, min_size=1, max_size=4), counted=PEOPLE)
def test_shares_are_those_of_the_people_and_add_up_to_the_whole(data, offers, counted):
    names = [f"s{n}" for n in range(len(offers))]
    areas = data.draw(st.lists(st.tuples(st.sampled_from(names), AREA), max_size=6, unique=True))
    inputs = territory(offers, areas)
    people = dict(zip(POINTS, counted, strict=True))
    unit = {"A": "u", "B": "v", "C": "v", "D": "w"}
    whole = scope(inputs, pd.Series(people, dtype=float), unit)
    part = scope(inputs, pd.Series(people, dtype=float), {town: unit[town] for town in ("A", "C")})
    for number, name in enumerate(names):
        supply = pd.DataFrame({"capacity": 6.0, "figure": 90.0, "confirmed": True}, index=[name])
        points, towns = reached(inputs, name)
        got = whole.sharing(supply).set_index("unit")
        assert got["capacity"].sum() == pytest.approx(6.0 if towns else 0.0), (number, offers, areas)
        assert set(whole.serving(supply)["unit"]) == {unit[town] for town in towns}
        total = sum(people[point] for point in points)
        for one in {"u", "v", "w"} if total else ():
            living = sum(people[point] for point in points if unit[POINTS[point]] == one)
            share = float(Fraction(living, total))
            assert got["capacity"].get(one, 0.0) == pytest.approx(6.0 * share)
            assert got["figure"].get(one, 0.0) == pytest.approx(90.0 * share)
        # A rule that speaks of two municipalities takes no more than what is theirs.
        less = part.sharing(supply).set_index("unit")["capacity"]
        for one, town in (("u", "A"), ("v", "C")) if total else ():
            living = sum(people[point] for point in points if POINTS[point] == town)
            assert less.get(one, 0.0) == pytest.approx(6.0 * float(Fraction(living, total)))


def test_by_hand():
    """The old town of 300 and B of 100; A has 700 more whom the service is not for."""
    inputs = territory([("A", False)], [("s0", "old town"), ("s0", "B")])
    people = pd.Series({"a1": 200.0, "a2": 100.0, "a3": 700.0, "b1": 60.0, "b2": 40.0, "c1": 5.0, "d1": 5.0})
    rule = scope(inputs, people, {town: town for town in TOWNS})
    supply = pd.DataFrame({"capacity": [8.0], "confirmed": [True]}, index=["s0"])
    assert rule.sharing(supply).set_index("unit")["capacity"].to_dict() == {"B": 2.0, "A": 6.0}
    assert in_parts(inputs) == {"t"}


def test_where_nobody_of_the_base_lives_municipalities_share_alike():
    inputs = territory([("A", False)], [("s0", "west")])
    rule = scope(inputs, pd.Series(0.0, index=list(POINTS)), {town: town for town in TOWNS})
    supply = pd.DataFrame({"capacity": [8.0], "confirmed": [True]}, index=["s0"])
    assert rule.sharing(supply).set_index("unit")["capacity"].to_dict() == {"A": 4.0, "B": 4.0}
    assert in_parts(inputs) == frozenset()


def test_one_that_comes_to_people_counts_nowhere_until_its_area_is_told():
    inputs = territory([("A", True), ("A", False)], [])
    assert served(inputs)["service"].tolist() == ["s1"]
    assert of_nowhere(inputs, inputs.services)
    assert not of_nowhere(inputs, inputs.services.loc[["s1"]])
    told = replace(inputs, service_areas=pd.DataFrame({"service": ["s0"], "area": ["C"]}))
    assert dict(served(told)[["service", "municipality"]].to_numpy().tolist()) == {"s0": "C", "s1": "A"}
    assert not of_nowhere(told, told.services)


def test_shares_of_each_service_add_up_by_themselves():
    pairs = pd.DataFrame({"service": ["x", "x", "y"], "persons": [1.0, 3.0, 0.0]})
    assert shares(pairs).tolist() == [0.25, 0.75, 1.0]
