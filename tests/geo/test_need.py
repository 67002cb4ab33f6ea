"""Indicators of age by hand, composites by the formulas of the handbook, thirds."""

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInput
from geo.need import AGE_RATIOS, age_indicator, age_indicators, composite, thirds


@pytest.fixture
def people() -> pd.DataFrame:
    """One person of every age from 0 to 100 in A, half of them women; only people of 70 in B; nobody in C."""
    ages = [{"area": "A", "sex": "FM"[age % 2], "age": age, "persons": 1} for age in range(101)]
    return pd.DataFrame(
        [*ages, {"area": "B", "sex": "F", "age": 70, "persons": 4}, {**ages[0], "area": "C", "persons": 0}]
    )


def test_indicators_of_one_person_of_every_age(people: pd.DataFrame) -> None:
    expected = {
        "indice_vecchiaia": 100 * 36 / 15,
        "dipendenza_strutturale": 100 * 51 / 50,
        "dipendenza_anziani": 100 * 36 / 50,
        "dipendenza_giovani": 100 * 15 / 50,
        "sostegno_genitori": 100 * 16 / 15,
        "quota_0_2": 100 * 3 / 101,
        "quota_0_14": 100 * 15 / 101,
        "quota_65": 100 * 36 / 101,
        "quota_75": 100 * 26 / 101,
        "quota_80": 100 * 21 / 101,
        "quota_90": 100 * 11 / 101,
    }
    found = age_indicators(people)
    assert list(found) == list(AGE_RATIOS) == list(expected)
    assert found.loc["A"].to_dict() == pytest.approx(expected)


def test_what_cannot_be_divided_is_not_told(people: pd.DataFrame) -> None:
    found = age_indicators(people)
    assert found.loc["B", ["indice_vecchiaia", "dipendenza_anziani", "sostegno_genitori"]].isna().all()
    assert found.loc["B", "quota_65"] == 100.0
    assert found.loc["C"].isna().all()


def test_an_indicator_tells_what_it_is_made_of(people: pd.DataFrame) -> None:
    found = age_indicator(people, "quota_75")
    assert found.loc["A"].tolist() == pytest.approx([100 * 26 / 101, 26.0, 101.0])


def test_an_unknown_indicator_is_refused(people: pd.DataFrame) -> None:
    with pytest.raises(InvalidInput, match="indice_vecchiaia"):
        age_indicator(people, "felicita")


TABLE = pd.DataFrame({"old": [10.0, 20.0, 30.0, 40.0], "income": [9.0, 8.0, 8.0, 1.0]}, index=["a", "b", "c", "d"])


def test_a_composite_of_z_scores_is_their_mean() -> None:
    z = (TABLE - TABLE.mean()) / TABLE.std(ddof=0)
    assert composite(TABLE).to_dict() == pytest.approx(z.mean(axis=1).to_dict())
    weighted = composite(TABLE, weights={"old": 3, "income": -1})
    assert weighted.to_dict() == pytest.approx((0.75 * z["old"] - 0.25 * z["income"]).to_dict())


def test_a_composite_of_ranks_is_that_of_shares_exceeded() -> None:
    found = composite(TABLE, scaling="ranks", weights={"old": 1, "income": -1})
    old, poor = [0.125, 0.375, 0.625, 0.875], [0.125, 0.5, 0.5, 0.875]
    assert found.tolist() == pytest.approx([(one + other) / 2 for one, other in zip(old, poor, strict=True)])


def test_an_area_that_lacks_an_indicator_has_no_composite_and_counts_for_none() -> None:
    holed = pd.concat([TABLE, pd.DataFrame({"old": [99.0], "income": [np.nan]}, index=["e"])])
    found = composite(holed)
    assert np.isnan(found["e"])
    assert found.drop("e").to_dict() == pytest.approx(composite(TABLE).to_dict())


def test_every_fault_of_a_composite_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        composite(TABLE.assign(income="molto"), weights={"rent": 0.0, "income": 0.0})
    told = " ".join(caught.value.faults)
    assert all(word in told for word in ("'rent' is missing", "none for old", "all zero", "not numeric"))
    with pytest.raises(InvalidInput, match="same everywhere"):
        composite(TABLE.assign(old=1.0))
    with pytest.raises(InvalidInput, match="no area has them all"):
        composite(TABLE.assign(old=[1.0, 2.0, np.nan, np.nan], income=[np.nan, np.nan, 1.0, 2.0]))


def test_thirds_of_areas_and_of_people() -> None:
    values = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, np.nan])
    found = thirds(values)
    assert found.third.tolist() == [0, 0, 1, 1, 2, 2, pd.NA]
    assert found.breaks == (2.0, 4.0)
    people = pd.Series([90.0, 1.0, 1.0, 4.0, 4.0, 0.0, 50.0])
    assert thirds(values, people).third.tolist() == [0, 2, 2, 2, 2, 2, pd.NA]


def test_most_areas_of_one_value_are_in_the_first_third() -> None:
    assert thirds(pd.Series([0.0, 0.0, 0.0, 0.5])).third.tolist() == [0, 0, 0, 2]


def test_without_any_value_there_are_no_thirds() -> None:
    with pytest.raises(InvalidInput, match="nobody at all"):
        thirds(pd.Series([np.nan], dtype=float))
