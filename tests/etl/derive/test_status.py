"""What a row of ``coverage_result`` counts and names."""

import pytest

from etl.derive import status
from tests.etl.derive.supply_of import PINEROLO, SUSA, TORINO, area, case_of

KIND = "centro_famiglie"  # no rule of capacity; by car, 30 minutes


@pytest.fixture
def at_torino(read):
    """The answer at a point of Torino where services stand."""

    def found(services: list[dict]):
        case = case_of(read, KIND, services)
        points = read.points.index[read.points["municipality"] == area(read, "municipality", TORINO)]
        rows = status.results(case).loc[points]
        return rows[rows["nearest_all"] <= 30].iloc[0]

    return found


def test_a_service_at_two_places_counts_once(at_torino):
    two = at_torino([{"id": "a", "service": "x"}, {"id": "b", "service": "x"}])
    assert (two["services_confirmed"], two["services_all"], two["fragile"]) == (1, 1, True)
    other = at_torino([{"id": "a", "service": "x"}, {"id": "b", "service": "x"}, {"id": "c", "service": "y"}])
    assert (other["services_confirmed"], other["services_all"], other["fragile"]) == (2, 2, False)


def test_the_three_nearest_are_three_services(at_torino):
    """A service with many places does not keep others from being named; each is told by its nearest place."""
    many = [{"id": f"a{number}", "service": "x", "provider": "uno"} for number in range(4)]
    far = [{"id": "s", "service": "y", "town": PINEROLO}, {"id": "t", "service": "z", "town": SUSA}]
    told = at_torino([*many, *far])["nearest"]
    assert [one["service"] for one in told] == ["x", "y", "z"]
    assert told[0]["minutes"] == min(one["minutes"] for one in told)
