"""What falls to areas that are no units of a rule: sums are preserved, and what crosses says so."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.standards.areas import shares
from tests.app.pages import frames

# Six municipalities, two units, two zones: the second zone cuts both units.
PEOPLE = pd.DataFrame(
    [
        ("R", "001", "id A", "01", "Valle", 3_000.0),
        ("R", "002", "id A", "01", "Valle", 1_000.0),
        ("R", "003", "id A", "02", "Piana", 4_000.0),
        ("R", "004", "id B", "02", "Piana", 2_000.0),
        ("R", "005", "id B", None, None, 6_000.0),
        ("R", "006", None, "02", "Piana", 500.0),
    ],
    columns=["rule_id", "municipality", "unit", "area", "area_name", "persons"],
)


def told(**given):
    rows = [
        frames.outcome("A", shortfall_confirmed=4.0, shortfall_all=2.0, **given),
        frames.outcome("B", shortfall_confirmed=8.0, shortfall_all=None, **given),
        frames.not_loaded(**given),
    ]
    return {share.name: share for share in shares(pd.DataFrame(rows), PEOPLE)}


def test_a_shortfall_is_shared_by_base_population():
    found = told()
    # Half of A's 8,000 people live in the valley; the plain has the other half, and a quarter of B's.
    assert (found["Valle"].shortfall_confirmed, found["Piana"].shortfall_confirmed) == (2.0, 2.0 + 2.0)
    assert (found["Valle"].shortfall_all, found["Piana"].shortfall_all) == (1.0, 1.0)
    assert found["Valle"].crossed == ("A",)
    assert found["Piana"].crossed == ("A", "B")
    assert {share.how for share in found.values()} == {"ripartito"}
    assert (found["Valle"].unloaded, found["Piana"].unloaded) == (0.0, 500.0)


def test_a_zone_that_holds_units_whole_adds_them_up_and_a_unit_is_itself():
    rows = pd.DataFrame([frames.outcome("A", shortfall_confirmed=4.0), frames.outcome("B", shortfall_confirmed=8.0)])
    whole = PEOPLE[PEOPLE["unit"].notna()].assign(area="201", area_name="Tutto")
    [found] = shares(rows, whole)
    assert (found.how, found.shortfall_confirmed, found.crossed) == ("somma", 12.0, ())
    own = PEOPLE[PEOPLE["unit"] == "id A"].assign(area="A", area_name="A")
    [found] = shares(rows.iloc[:1], own)
    assert (found.how, found.shortfall_confirmed) == ("unita", 4.0)


def test_a_rule_for_a_part_is_shared_among_the_people_of_that_part():
    rows = [frames.outcome("A", shortfall_confirmed=4.0, details={"part": {"municipalities": ["001", "003"], "of": 3}})]
    found = {share.name: share for share in shares(pd.DataFrame(rows), PEOPLE)}
    assert found["Valle"].shortfall_confirmed == pytest.approx(4 * 3_000 / 7_000)
    assert found["Valle"].persons == 3_000
    assert found["Piana"].shortfall_confirmed == pytest.approx(4 * 4_000 / 7_000)


def test_metres_are_of_nobody_and_are_not_shared():
    assert told(kind="spacing")["Piana"].shortfall_confirmed is None


def test_only_the_area_that_is_asked_for():
    rows = pd.DataFrame([frames.outcome("A", shortfall_confirmed=4.0), frames.outcome("B")])
    [found] = shares(rows, PEOPLE, code="01")
    assert (found.name, found.shortfall_confirmed) == ("Valle", 2.0)


@given(data=st.data())
def test_nothing_is_lost_and_nothing_counted_twice(data):
    count = data.draw(st.integers(1, 12))
    pick = st.lists(st.sampled_from(["A", "B", "C"]), min_size=count, max_size=count)
    units, areas = data.draw(pick), data.draw(pick)
    persons = data.draw(st.lists(st.floats(0, 1e5), min_size=count, max_size=count))
    people = pd.DataFrame({"rule_id": "R", "unit": [f"id {one}" for one in units], "area": areas, "persons": persons})
    people = people.assign(municipality=[f"{at:03}" for at in range(count)], area_name=people["area"])
    lacking = {one: data.draw(st.floats(0, 50)) for one in sorted(set(units))}
    rows = [frames.outcome(one, shortfall_confirmed=missing) for one, missing in lacking.items()]
    found = [share.shortfall_confirmed for share in shares(pd.DataFrame(rows), people)]
    assert sum(found) == pytest.approx(sum(lacking.values()), rel=1e-9, abs=1e-9)
