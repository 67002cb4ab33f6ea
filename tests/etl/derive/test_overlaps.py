"""Groups of services out of their own ages, hours, places and areas; what is told of each."""

import time
import uuid
from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from etl.derive import overlaps
from etl.derive.cases import CaseMaker
from geo.travel.estimate import Estimate
from tests.etl.derive.supply_of import SUSA, TORINO, case_of, with_services

RUN = uuid.UUID(int=0)
FREE = "centro_famiglie"  # no rule of capacity; by car, 30 minutes
RULED = "consultorio_familiare"  # at least one for 20,000 residents, each counted as one


def groups(read, kind, services, **options) -> list[dict]:
    found = list(overlaps.groups(case_of(read, kind, services, **options), RUN))
    return [{**row, "service_ids": list(row["service_ids"])} for row in found]


def three(**told) -> list[dict]:
    return [dict(told) for _ in range(3)]


def test_three_near_each_other_without_a_rule_are_to_be_coordinated(read):
    (group,) = groups(read, FREE, three())
    assert (group["kind"], group["service_ids"]) == ("da_coordinare", ["s0", "s1", "s2"])
    assert group["hours_unknown"]
    told = group["details"]
    assert (told["minutes"], told["threshold"], told["joint_capacity"]) == (0.0, 30.0, None)
    assert groups(read, FREE, three()[:2]) == []


def test_hours_that_never_meet_are_complementary(read):
    services = [{"hours": "MO 09:00-12:00"}, {"hours": "MO 14:00-18:00"}]
    (group,) = groups(read, FREE, services)
    assert (group["kind"], group["hours_unknown"]) == ("complementari", False)
    assert (group["details"]["hours_differ"], group["details"]["users_differ"]) == (True, False)


def test_hours_that_meet_are_known_to(read):
    services = [{"hours": f"MO 09:00-1{hour}:00"} for hour in (0, 1, 2)]
    (group,) = groups(read, FREE, services)
    assert (group["kind"], group["hours_unknown"]) == ("da_coordinare", False)


@pytest.mark.parametrize(
    ("ages", "kind"),
    [
        ([(0, 17), (18, 64), (65, None)], "complementari"),
        ([(0, 17), (17, 64), (None, None)], "da_coordinare"),  # seventeen is in both
        ([(None, None)] * 3, "da_coordinare"),
    ],
)
def test_services_are_for_the_ages_that_they_say(read, ages, kind):
    services = [{"age_min": low, "age_max": high} for low, high in ages]
    services = [{name: np.nan if value is None else float(value) for name, value in one.items()} for one in services]
    (group,) = groups(read, FREE, services)
    assert group["kind"] == kind
    assert group["details"]["users_differ"] == (kind == "complementari")


def test_own_conditions_are_told_and_not_judged(read):
    (group,) = groups(read, FREE, [{"requirements": True}, {"requirements": True}, {}])
    assert (group["kind"], group["details"]["requirements"]) == ("da_coordinare", 2)


def test_services_far_apart_share_nobody(read):
    assert groups(read, FREE, [{}, {"town": SUSA}, {"town": "001191"}]) == []


def test_joint_capacity_is_held_against_what_the_union_needs(read):
    """Susa's family clinics, each one for 20,000 residents: by hand, as many as their people need, and one more."""
    one = case_of(read, RULED, [{"town": SUSA}])
    within = one.travel.within(one.kind.threshold)
    people = one.base[within.counts() > 0].sum()
    enough = int(people // 20_000)
    assert enough >= 1
    crowd = [{"town": SUSA} for _ in range(2 * enough + 4)]
    found = groups(read, RULED, crowd)
    assert {group["kind"] for group in found} <= {"sovrapposti"}
    # Two of them exceed the need of the same people only where it is below two.
    assert bool(found) == (people / 20_000 < 2)
    narrow = case_of(read, RULED, [{"town": "001117"}, {"town": "001117"}])  # Groscavallo: fewer people around
    around = narrow.base[narrow.travel.within(narrow.kind.threshold).counts() > 0].sum()
    (group,) = list(overlaps.groups(narrow, RUN)) or [None]
    assert (group is not None) == (around / 20_000 < 2)
    if group is not None:
        assert group["details"]["joint_capacity"] == 2.0
        assert group["details"]["needed_capacity"] == pytest.approx(around / 20_000)
        assert group["details"]["unit"] == "sede"


def test_planned_and_uncertain_members_are_marked(read):
    services = [{}, {"certainty": "programmata"}, {"certainty": "incerta"}]
    (group,) = groups(read, FREE, services)
    assert (group["planned"], group["uncertain"]) == (True, True)
    assert len(group["service_ids"]) == 3


def test_two_places_of_one_service_do_not_overlap_with_each_other(read):
    services = [{"id": "a", "service": "x"}, {"id": "b", "service": "x"}, {"id": "c", "service": "y"}]
    assert groups(read, FREE, services) == []
    apart = [*services, {"id": "d", "service": "z"}]
    (group,) = groups(read, FREE, apart)
    assert set(group["service_ids"]) >= {"y", "z"}


def test_a_service_at_two_places_is_one_for_those_it_reaches(read):
    services = [{"id": "a", "service": "x"}, {"id": "b", "service": "x"}, {"id": "c", "service": "y", "town": SUSA}]
    case = case_of(read, FREE, services)
    reach = {row["service_id"]: row for row in overlaps.reach(case)}
    assert set(reach) == {"x", "y"}
    near = case.travel.within(case.kind.threshold).to_frame()
    places = {"x": ["a", "b"], "y": ["c"]}
    reached = {owner: set(near.loc[near["service"].isin(own), "origin"]) for owner, own in places.items()}
    for owner, other in (("x", "y"), ("y", "x")):
        assert reach[owner]["persons"] == pytest.approx(case.persons[sorted(reached[owner])].sum())
        alone = sorted(reached[owner] - reached[other])
        assert reach[owner]["marginal"] == pytest.approx(case.persons[alone].sum())
        assert reach[owner]["marginal_all"] == pytest.approx(case.persons[alone].sum())


def test_services_that_come_to_people_overlap_by_their_areas(read):
    home = {"delivery": "domicilio"}
    where = [("s0", ("municipality", SUSA)), ("s1", ("municipality", SUSA)), ("s2", ("municipality", SUSA))]
    (group,) = groups(read, FREE, [home] * 3, areas=where)
    assert (group["kind"], group["jaccard"], group["details"]["minutes"]) == ("da_coordinare", 1.0, 0.0)
    elsewhere = [*where[:2], ("s2", ("municipality", TORINO))]
    assert groups(read, FREE, [home] * 3, areas=elsewhere) == []
    # One of another delivery is another service, for the same people though it be.
    assert groups(read, FREE, [home, home, {"town": SUSA}], areas=where[:2]) == []


def test_protected_places_take_no_part(read):
    where = [(f"s{number}", ("zona_omogenea", "06")) for number in range(3)]
    assert groups(read, FREE, three(protected=True), areas=where) == []


def test_a_chain_is_no_group(read):
    """Every member of a group overlaps with every other."""
    towns = ["001272", "001219", "001171", "001156", "001265", "001024", "001214"]
    case = case_of(read, FREE, [{"town": town} for town in towns for _ in range(2)])
    for group in overlaps.groups(case, RUN):
        near = case.travel.within(case.kind.threshold).to_frame()
        catchments = {one: set(near.loc[near["service"] == one, "origin"]) for one in group["service_ids"]}
        for first, second in combinations(group["service_ids"], 2):
            shared = case.persons[sorted(catchments[first] & catchments[second])].sum()
            union = case.persons[sorted(catchments[first] | catchments[second])].sum()
            assert shared / union >= 0.5
            assert group["jaccard"] <= shared / union + 1e-12


def test_a_city_of_services_is_quick(read):
    """1,500 invented desks in Torino, as many as its pharmacies and schools together: all are near each other."""
    generator = np.random.default_rng(5)
    labels = [f"s{number:04d}" for number in range(1_500)]
    one = with_services(read, FREE, [{}]).services
    metres = generator.normal(0, 3_000, (1_500, 2))
    hours = np.array([None, "MO 09:00-12:00|WE 09:00-12:00", "MO 14:00-18:00", "SA 08:00-13:00"], dtype=object)
    crowd = pd.concat([one] * 1_500).set_axis(labels)
    shapes = gpd.points_from_xy(crowd.geometry.x + metres[:, 0], crowd.geometry.y + metres[:, 1], crs=one.crs)
    crowd = crowd.assign(service=labels, provider=labels, hours=hours[generator.integers(0, 4, 1_500)], geometry=shapes)
    case = CaseMaker(replace(read, services=crowd), Estimate()).case(read.registry.kinds[FREE])
    start = time.perf_counter()
    found = list(overlaps.groups(case, RUN))
    seconds = time.perf_counter() - start
    print(f"1,500 services in one city: {len(found)} groups in {seconds:.1f} s")
    assert {group["kind"] for group in found} == {"da_coordinare", "complementari"}
    assert seconds < 120  # some ten seconds on a machine that does nothing else
