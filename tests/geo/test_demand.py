import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.demand import allocate, allocate_parts, target_population
from geo.errors import InvalidInput


@pytest.fixture
def population():
    rows = [(area, sex, age) for area in ("001", "002") for sex in ("F", "M") for age in range(101)]
    frame = pd.DataFrame(rows, columns=["area", "sex", "age"])
    return frame.assign(persons=np.random.default_rng(1).integers(0, 50, len(frame)))


@pytest.mark.parametrize(
    ("age_min", "age_max", "sex"),
    [
        (None, None, None),
        (65, None, None),
        (0, 2, None),
        (14, None, "F"),
        (18, 64, "M"),
        (100, 120, None),
        (80, 100, None),
    ],
)
def test_target_population_equals_a_loop_over_the_rows(population, age_min, age_max, sex):
    expected = {"001": 0.0, "002": 0.0}
    for row in population.itertuples():
        old_enough = age_min is None or row.age >= age_min
        young_enough = age_max is None or age_max >= 100 or row.age <= age_max
        if old_enough and young_enough and sex in (None, row.sex):
            expected[row.area] += row.persons
    assert target_population(population, age_min=age_min, age_max=age_max, sex=sex).to_dict() == expected


def test_bands_that_part_the_ages_add_up_to_everybody(population):
    bands = [(0, 2), (3, 17), (18, 64), (65, 79), (80, None)]
    total = sum(target_population(population, age_min=low, age_max=high) for low, high in bands)
    pd.testing.assert_series_equal(total, target_population(population))


def test_an_area_without_people_of_the_group_stays_with_zero():
    frame = pd.DataFrame({"area": ["a", "b"], "sex": ["F", "M"], "age": [3, 4], "persons": [1, 1]})
    assert target_population(frame, sex="M").to_dict() == {"a": 0.0, "b": 1.0}


def test_target_population_reports_all_faults_at_once():
    frame = pd.DataFrame({"area": ["a", None], "sex": ["X", "F"], "age": [101, 2.5], "persons": [-1, None]})
    with pytest.raises(InvalidInput) as caught:
        target_population(frame, age_min=9, age_max=3, sex="f")
    text = "\n".join(caught.value.faults)
    assert len(caught.value.faults) >= 7
    for piece in (
        "population.sex",
        "missing",
        "below 0",
        "population.age",
        "population.area",
        "sex: 'f'",
        "9-3 is empty",
    ):
        assert piece in text


def test_ages_within_the_open_class_cannot_be_told_apart(population):
    with pytest.raises(InvalidInput, match="age_min"):
        target_population(population, age_min=101)


def test_a_repeated_row_would_count_twice_and_is_a_fault():
    frame = pd.DataFrame({"area": ["a", "a"], "sex": ["F", "F"], "age": [3, 3], "persons": [1, 1]})
    with pytest.raises(InvalidInput, match="repeated"):
        target_population(frame)


def test_missing_columns_are_named_without_stumbling_on_them():
    with pytest.raises(InvalidInput) as caught:
        target_population(pd.DataFrame({"area": ["a"]}))
    assert len(caught.value.faults) == 3


@given(
    people=st.lists(st.floats(0, 1e6), min_size=1, max_size=6),
    weights=st.data(),
)
def test_allocation_conserves_every_area(people, weights):
    areas = [f"m{i}" for i in range(len(people))]
    drawn = [weights.draw(st.lists(st.floats(0, 1e5), min_size=1, max_size=5)) for _ in areas]
    points = pd.DataFrame([(a, w) for a, ws in zip(areas, drawn, strict=True) for w in ws], columns=["area", "weight"])
    population = pd.Series(people, index=areas)
    found = allocate(population, points)
    assert found.index.equals(points.index)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.groupby(points["area"]).sum().reindex(areas), people, rtol=1e-9, atol=1e-12)


def test_allocation_is_proportional_and_equal_without_weights():
    points = pd.DataFrame({"area": ["a", "a", "b", "b"], "weight": [1, 3, 0, 0]}, index=list("wxyz"))
    assert allocate(pd.Series({"a": 8, "b": 5}), points).to_dict() == {"w": 2.0, "x": 6.0, "y": 2.5, "z": 2.5}


def test_an_area_with_people_and_no_point_is_a_fault_with_the_others():
    points = pd.DataFrame({"area": ["a", "q"], "weight": [1.0, -2.0]})
    with pytest.raises(InvalidInput) as caught:
        allocate(pd.Series({"a": 8, "b": 5, "empty": 0}), points)
    text = "\n".join(caught.value.faults)
    assert "no point (b)" in text
    assert "areas without population (points 1)" in text
    assert "points.weight" in text
    assert "empty" not in text


# --- parts that live elsewhere than the others ---------------------------------------------------------------------

PARTED = pd.DataFrame(
    {
        "area": ["A", "A", "B", "B", "C", "C"],
        "weight": [3.0, 1.0, 1.0, 1.0, 2.0, 2.0],
        "weight_old": [0.0, 5.0, np.nan, 4.0, 0.0, 0.0],  # known, known in part, all zero
    },
    index=list("abcdef"),
)
EACH = pd.Series({"A": 100.0, "B": 10.0, "C": 8.0})


def test_a_part_is_shared_by_its_own_weights_where_they_tell_something():
    """By hand: in B they are known in part and in C nobody was counted, so that all the people count there."""
    found = allocate_parts({"old": EACH}, PARTED)
    assert found.to_dict() == {"a": 0.0, "b": 100.0, "c": 5.0, "d": 5.0, "e": 4.0, "f": 4.0}
    unequal = PARTED.assign(weight=[3.0, 1.0, 4.0, 1.0, 3.0, 1.0])
    assert allocate_parts({"old": EACH}, unequal).to_dict() == {
        "a": 0.0, "b": 100.0, "c": 8.0, "d": 2.0, "e": 6.0, "f": 2.0,
    }  # fmt: skip


def test_parts_without_weights_of_their_own_are_shared_as_everybody():
    pd.testing.assert_series_equal(allocate_parts({"young": EACH}, PARTED), allocate(EACH, PARTED), check_names=False)
    both = allocate_parts({"young": EACH, "old": EACH}, PARTED)
    pd.testing.assert_series_equal(both, allocate(EACH, PARTED) + allocate_parts({"old": EACH}, PARTED))


def test_all_faults_of_all_parts_come_at_once():
    with pytest.raises(InvalidInput) as caught:
        allocate_parts({"old": EACH.drop("C"), "young": -EACH}, PARTED.assign(weight_old=-1.0))
    assert len(caught.value.faults) == 3
