"""How services reach people: at a desk, at home, on the road, from afar; whom they are for; what the border means."""

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from etl.derive import status
from geo.statuses import SHADOWS
from tests.etl.derive.supply_of import PINEROLO, SUSA, TORINO, area, case_of, main_point

FREE = "centro_famiglie"  # open to all, no rule of capacity; by car, 30 minutes
RULED = "consultorio_familiare"  # open to all, at least one for 20,000 residents, each counted as one
BOUND = "centro_impiego"  # of one's own residence; by car, 30 minutes
ZONE = ("zona_omogenea", "06")
BARDONECCHIA = "001022"  # the last municipality before France


def answers(read, kind, services, **options) -> pd.DataFrame:
    found = status.results(case_of(read, kind, services, **options))
    return found.join(read.points["municipality"].map(read.units["code"]).rename("town"))


def inside(read, level, code) -> "pd.Index[str]":
    within = read.within
    there = within.loc[within["ancestor"] == area(read, level, code), "area"]
    return read.points.index[read.points.index.isin(there)]


@pytest.mark.parametrize("delivery", ["domicilio", "itinerante", "remoto"])
def test_a_service_without_a_desk_has_its_capacity_over_the_people_of_its_area(read, delivery):
    """By hand: one unit for the residents of the zone, wherever in it they live; nothing beyond it."""
    found = answers(read, RULED, [{"delivery": delivery, "town": TORINO}], areas=[("s0", ZONE)])
    zone = inside(read, *ZONE)
    people = found.loc[zone, "persons"].sum()
    assert people > 20_000  # so that the minimum of one for 20,000 is missed
    per_person = 1 / people
    np.testing.assert_allclose(found.loc[zone, "access_confirmed"], per_person)
    assert (found.loc[zone, "status"] == "carente").all()
    lacking = found.loc[zone, "persons"] * (1 - per_person * 20_000)
    for name in SHADOWS:  # no minutes, so the same at T - 5 and T + 5
        np.testing.assert_allclose(found.loc[zone, name], lacking)
    beyond = found.drop(zone)
    assert (beyond["status"] == "scoperta").all()
    assert (beyond["access_confirmed"] == 0).all()


def test_it_has_no_minutes_to_tell_and_no_border(read):
    found = answers(read, FREE, [{"delivery": "domicilio"}], areas=[("s0", ZONE)])
    zone = inside(read, *ZONE)
    assert (
        found[["nearest_confirmed", "nearest_confirmed_low", "nearest_confirmed_high", "nearest_all"]]
        .isna()
        .all(axis=None)
    )
    assert not found["bordo"].any()
    assert not found.loc[zone, "stimata"].any()
    assert found.loc[zone, "nearest"].map(lambda told: told[0]["minutes"]).isna().all()
    assert (found.loc[zone, "status"] == "presente").all()


def test_beside_a_desk_the_minutes_are_those_to_the_desk(read):
    both = [{"delivery": "domicilio"}, {"town": SUSA}]
    found = answers(read, FREE, both, areas=[("s0", ("municipality", SUSA))])
    alone = answers(read, FREE, both[1:])
    pd.testing.assert_series_equal(found["nearest_confirmed"], alone["nearest_confirmed"])
    susa = found["town"] == SUSA
    assert (found.loc[susa, "services_confirmed"] == alone.loc[susa, "services_confirmed"] + 1).all()
    assert (found.loc[~susa, "services_confirmed"] == alone.loc[~susa, "services_confirmed"]).all()


def test_an_unknown_area_is_no_data(read):
    found = answers(read, FREE, [{"delivery": "domicilio"}])
    assert (found["status"] == "senza_dati").all()
    assert (found["unknown"] == found["persons"]).all()
    assert found[list(SHADOWS)].isna().all(axis=None)


def test_an_unknown_area_of_what_is_not_open_yet_hides_nothing(read):
    found = answers(read, FREE, [{"delivery": "domicilio", "certainty": "programmata"}, {"town": SUSA}])
    assert set(found["status"]) == {"presente", "scoperta"}


def test_an_uncertain_service_at_home_makes_its_area_uncertain(read):
    found = answers(read, FREE, [{"delivery": "domicilio", "certainty": "incerta"}], areas=[("s0", ZONE)])
    zone = inside(read, *ZONE)
    assert (found.loc[zone, "status"] == "incerta").all()
    np.testing.assert_array_equal(found.loc[zone, "shadow_confirmed"], found.loc[zone, "persons"])
    assert (found.loc[zone, "shadow_all"] == 0).all()
    assert (found.drop(zone)["status"] == "scoperta").all()


def test_a_desk_serves_its_declared_area_only(read):
    """However near: the desk stands in Torino and is for Susa."""
    found = answers(read, FREE, [{"town": TORINO}], areas=[("s0", ("municipality", TORINO))])
    assert (found.loc[found["town"] == TORINO, "status"] == "presente").all()
    assert (found.loc[found["town"] != TORINO, "status"] == "scoperta").all()
    free = answers(read, FREE, [{"town": TORINO}])
    assert (free.loc[free["town"] != TORINO, "status"] == "presente").any()


def test_a_protected_place_is_for_its_area_and_tells_no_minutes(read):
    found = answers(read, FREE, [{"protected": True, "town": PINEROLO}], areas=[("s0", ("zona_omogenea", "05"))])
    zone = inside(read, "zona_omogenea", "05")
    assert (found.loc[zone, "status"] == "presente").all()
    assert found["nearest_confirmed"].isna().all()


@pytest.mark.parametrize(
    ("services", "fragile"),
    [
        ([{}], True),
        ([{"provider": "x"}, {"provider": "x"}], True),  # one body
        ([{"provider": "x"}, {"provider": "y"}], False),
        ([{"provider": "x"}, {"provider": "y", "certainty": "incerta"}], True),  # only what is confirmed
    ],
)
def test_one_service_or_one_body_is_fragile(read, services, fragile):
    found = answers(read, FREE, services)
    assert found.loc[found["town"] == TORINO, "fragile"].eq(fragile).all()


def test_shadow_is_told_at_five_minutes_more_and_less(read):
    found = answers(read, FREE, [{"town": SUSA}])
    nearest, people = found["nearest_confirmed"].fillna(np.inf), found["persons"]
    for name, limit in (("_minus", 25), ("", 30), ("_plus", 35)):
        np.testing.assert_array_equal(found[f"shadow_confirmed{name}"], people.where(nearest > limit, 0.0))
    assert found.loc[found["town"] != SUSA, "stimata"].all()  # at the desk itself there is nothing to estimate


# --- the border --------------------------------------------------------------------------------------------------


def beyond(read) -> Point:
    """A spot two kilometres beyond the border, seen from where most people of the last municipality live."""
    home = read.points[read.points["municipality"] == area(read, "municipality", BARDONECCHIA)].iloc[0]
    here, edge = np.array(home.geometry.coords[0]), home[["boundary_x", "boundary_y"]].to_numpy(dtype=float)
    return Point(edge + 2_000 * (edge - here) / np.hypot(*(edge - here)))


def test_near_the_border_an_uncovered_point_is_only_probably_so(read):
    found = answers(read, FREE, [{"town": TORINO}])
    last = found["town"] == BARDONECCHIA
    assert (found.loc[last, ["status", "bordo"]] == ["scoperta", True]).all(axis=None)
    assert not found["bordo"].all()
    bound = answers(read, BOUND, [{"town": TORINO}])
    assert not bound["bordo"].any()  # a resident has no right to a desk beyond it


def test_a_service_beyond_the_border_serves_whom_it_reaches(read):
    """The point is served then; others near the border stay probable, since no list of the other side is complete."""
    away = {"town": None, "geometry": beyond(read)}
    found = answers(read, FREE, [away, {"town": TORINO}])
    last = found["town"] == BARDONECCHIA
    assert (found.loc[last, "status"] == "presente").all()
    assert (found.loc[last, "shadow_confirmed"] == 0).all()
    assert found.loc[last, "bordo"].all()
    uncovered = found[(found["status"] == "scoperta") & found["bordo"]]
    assert len(uncovered) > 10


def test_its_capacity_is_shared_with_people_who_are_not_counted(read):
    away = {"town": None, "geometry": beyond(read)}
    found = answers(read, RULED, [away])
    last = found["town"] == BARDONECCHIA
    assert set(found.loc[last, "reason"]) == {"capacita_ignota"}
    assert not found["status"].isin(["carente", "adeguata", "ridondante"]).any()


def test_it_is_not_the_desk_of_residents_of_this_side(read):
    away = {"town": None, "geometry": beyond(read)}
    found = answers(read, BOUND, [away])
    assert (found["status"] == "scoperta").all()
    assert main_point(read, BARDONECCHIA).distance(away["geometry"]) < 20_000
