"""3SFCA, M2SFCA and the balanced floating catchments against figures worked by hand and other people's ways.

The tables of Delamater (2013) and of Paez, Higgins & Vivona (2019) could not be had while this was written. What
stands here instead: the published formulas worked out in fractions, on the instance that the documentation of the R
package `catchment` (University of Virginia) uses for all five measures; the argument of Delamater's paper; and the
procedure that the authors of the balanced measure publish with a later paper (`b2sfca` of the R package `sobiEquity`,
Desjardins, Higgins & Paez 2022), step by step in pandas.
"""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.access import enhanced_two_step_fca, two_step_fca
from geo.balanced import balanced_fca, balanced_per_person, balanced_services
from geo.decay import exponential, gaussian, step, thirds
from geo.errors import InvalidInput
from geo.floating import modified_two_step_fca, three_step_fca, three_step_fca_by

many = settings(max_examples=60)
MEASURES = [two_step_fca, three_step_fca_by, modified_two_step_fca, balanced_fca, balanced_per_person]

# Three places, two clinics; zones of 20, 40 and 60 minutes weigh 1, 0.68 and 0.22.
PEOPLE, DOCTORS = [5, 10, 50], [50, 100]
TIMES = [[5, 70], [50, 40], [25, 30]]
W = [[Fraction(1), Fraction(0)], [Fraction(22, 100), Fraction(68, 100)], [Fraction(68, 100), Fraction(68, 100)]]
ROWS, CLINICS = range(3), range(2)


@pytest.fixture
def documented(table):
    travel = table(TIMES, cutoff=60)
    return pd.Series(PEOPLE, index=travel.origins), pd.Series(DOCTORS, index=travel.services), travel


def ratios(weights) -> list[Fraction]:
    return [Fraction(DOCTORS[j]) / sum(PEOPLE[i] * weights[i][j] for i in ROWS) for j in CLINICS]


def received(weights, levels) -> list[float]:
    return [float(sum(weights[i][j] * levels[j] for j in CLINICS)) for i in ROWS]


def test_modified_two_step_by_hand(documented):
    expected = received([[w * w for w in row] for row in W], ratios(W))
    # The first place reaches one clinic at full weight: 50 doctors for 5 + 2.2 + 34 people.
    assert expected[0] == pytest.approx(50 / 41.2)
    np.testing.assert_allclose(modified_two_step_fca(*documented, thirds(60)), expected, rtol=1e-14)


def test_three_step_by_hand(documented):
    chosen = [[w * w / sum(row) for w in row] for row in W]
    expected = received(chosen, ratios(chosen))
    np.testing.assert_allclose(three_step_fca(*documented, threshold=60), expected, rtol=1e-14)


def test_balanced_by_hand(documented):
    shares = [[w / sum(row) for w in row] for row in W]
    levels = ratios(shares)
    # 5 + 10 * 22/90 + 25 people at the first clinic, the other 32.56 of the 65 at the second.
    assert [float(1 / level * doctors) for level, doctors in zip(levels, DOCTORS, strict=True)] == pytest.approx(
        [32 + 4 / 9, 32 + 5 / 9]
    )
    columns = [sum(W[i][j] for i in ROWS) for j in CLINICS]
    by_column = [[W[i][j] / columns[j] for j in CLINICS] for i in ROWS]
    services = balanced_services(*documented, thirds(60))
    np.testing.assert_allclose(services["level"], [float(level) for level in levels], rtol=1e-14)
    np.testing.assert_allclose(balanced_fca(*documented, thirds(60)), received(by_column, levels), rtol=1e-14)
    np.testing.assert_allclose(balanced_per_person(*documented, thirds(60)), received(shares, levels), rtol=1e-14)


@pytest.mark.parametrize("minutes", [5.0, 25.0, 55.0])
def test_where_everybody_is_far_only_the_modified_measure_sees_it(table, minutes):
    """Delamater (2013): distance that all who share a service have in common cancels out of E2SFCA and 3SFCA."""
    travel = table([[minutes], [minutes]])
    people, doctors = pd.Series([60.0, 40.0], index=travel.origins), pd.Series([5.0], index=travel.services)
    weight = thirds(60)(np.array([minutes]))[0]
    assert enhanced_two_step_fca(people, doctors, travel, threshold=60).tolist() == pytest.approx([0.05, 0.05])
    assert three_step_fca(people, doctors, travel, threshold=60).tolist() == pytest.approx([0.05, 0.05])
    found = modified_two_step_fca(people, doctors, travel, thirds(60))
    assert found.tolist() == pytest.approx([0.05 * weight] * 2)


def as_published(people: pd.Series, racks: pd.Series, travel, threshold: float) -> tuple[pd.Series, pd.Series]:
    """Accessibility and level of service by the steps of `b2sfca`, joins and groups of a long table."""
    ttm = travel.to_frame()
    ttm = ttm.assign(
        impedance=(ttm["minutes"] <= threshold).astype(float),
        population=ttm["origin"].map(people).astype(float),
        racks=ttm["service"].map(racks).astype(float),
    )
    ttm["sum_b1"] = ttm.groupby("origin")["impedance"].transform("sum")
    ttm["sum_b2"] = ttm.groupby("service")["impedance"].transform("sum")
    ttm = ttm[(ttm["sum_b1"] > 0) & (ttm["sum_b2"] > 0)]
    ttm = ttm.assign(served=ttm["population"] * ttm["impedance"] / ttm["sum_b1"])
    hubs = ttm.groupby("service")
    level = hubs["racks"].first() / hubs["served"].sum()
    part = ttm["service"].map(level).astype(float) * ttm["impedance"] / ttm["sum_b2"]
    return part.groupby(ttm["origin"]).sum(), level


@many
@given(seed=st.integers(0, 10_000), threshold=st.integers(5, 60))
def test_balanced_equals_the_procedure_of_its_authors(instance, seed, threshold):
    case = instance(seed, certain=True)
    people, capacity = case.persons + 1.0, case.services["capacity"]
    expected, level = as_published(people, capacity, case.travel, threshold)
    found = balanced_fca(people, capacity, case.travel, step(threshold))
    np.testing.assert_allclose(found, expected.reindex(found.index).fillna(0.0), rtol=1e-12, atol=1e-15)
    levels = balanced_services(people, capacity, case.travel, step(threshold))["level"]
    np.testing.assert_allclose(levels, level.reindex(levels.index).fillna(0.0), rtol=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_nothing_within_reach_no_capacity_and_nobody_are_defined(table, measure):
    travel = table([[5.0, np.inf, np.inf], [np.inf, 9.0, np.inf], [np.inf] * 3])
    people = pd.Series([10.0, 0.0, 7.0], index=travel.origins)
    capacity = pd.Series([0.0, 3.0, 4.0], index=travel.services)
    for decay in (step(30), gaussian(10)):
        assert measure(people, capacity, travel, decay).tolist() == [0.0, 0.0, 0.0]


def test_a_point_of_nobody_has_what_somebody_there_would_find(table):
    travel = table([[5.0], [5.0]])
    people, capacity = pd.Series([10.0, 0.0], index=travel.origins), pd.Series([2.0], index=travel.services)
    for measure in (two_step_fca, three_step_fca_by, modified_two_step_fca, balanced_per_person):
        assert measure(people, capacity, travel, step(30)).tolist() == [0.2, 0.2]


@pytest.mark.parametrize("measure", MEASURES)
def test_bad_input_is_told_all_at_once(table, measure):
    travel = table([[5.0, 6.0]])
    with pytest.raises(InvalidInput) as caught:
        measure(
            pd.Series([-1.0], index=["other"]),
            pd.Series([np.nan, np.inf], index=travel.services),
            travel,
            exponential(10),
        )
    told = " ".join(caught.value.faults)
    assert len(caught.value.faults) == 4
    for word in ("index is not that of travel.origins", "below 0", "missing", "infinite", "o0", "other", "s1"):
        assert word in told


def test_a_threshold_beyond_the_cutoff_is_told_with_the_rest(table):
    travel = table([[5.0]], cutoff=30)
    people, capacity = pd.Series([1.0], index=travel.origins), pd.Series([1.0], index=travel.services)
    with pytest.raises(InvalidInput, match="exceed the cutoff"):
        three_step_fca(people, capacity, travel, threshold=31)
