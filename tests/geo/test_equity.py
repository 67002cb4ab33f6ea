"""Gini, Theil and concentration against PySAL, a published example, and what must hold of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.equity import Theil, concentration, fractional_ranks, gini, mean_of, quantile, theil
from geo.errors import InvalidInput

ONE = 1.0
# Whole persons, so that each row can be written out as so many rows of one person.
ROWS = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 5), st.sampled_from("abc"), st.integers(-3, 3)), min_size=2, max_size=9
)


def _frame(rows: list[tuple[int, int, str, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["value", "persons", "group", "need"])
    frame.loc[0, ["value", "persons"]] = [7, 2]  # somebody, who has something
    return frame.astype({"value": float, "persons": float, "need": float})


def _written_out(frame: pd.DataFrame) -> pd.DataFrame:
    rows = frame.loc[frame.index.repeat(frame["persons"].astype(int))].reset_index(drop=True)
    return rows.assign(persons=1.0)


def _theil(frame: pd.DataFrame) -> Theil:
    return theil(frame["value"], frame["persons"], frame["group"])


@pytest.mark.parametrize("seed", range(5))
def test_gini_and_theil_are_those_of_pysal(seed: int) -> None:
    inequality_gini = pytest.importorskip("inequality.gini")
    inequality_theil = pytest.importorskip("inequality.theil")
    rng = np.random.default_rng(seed)
    values = rng.lognormal(size=200)
    groups = rng.choice(["nord", "sud", "ovest"], size=200)
    everyone = pd.Series(ONE, index=range(200))
    found = theil(pd.Series(values), everyone, pd.Series(groups))
    reference = inequality_theil.TheilD(values, groups)
    assert gini(pd.Series(values), everyone) == pytest.approx(inequality_gini.Gini(values).g, rel=1e-12)
    assert [found.total, found.between, found.within] == pytest.approx(
        [np.sum(part) for part in (reference.T, reference.bg, reference.wg)], rel=1e-9
    )


def test_gini_of_weights_is_that_of_pysal_on_the_population_written_out() -> None:
    reference = pytest.importorskip("inequality.gini")
    values, persons = pd.Series([12.0, 31.0, 31.0, 4.0, 55.0]), pd.Series([3.0, 1.0, 4.0, 9.0, 2.0])
    written = np.repeat(values.to_numpy(), persons.astype(int))
    assert gini(values, persons) == pytest.approx(reference.Gini(written).g, rel=1e-12)


def test_concentration_is_that_of_the_world_bank_for_deaths_of_children_in_india() -> None:
    """O'Donnell et al. 2008, Table 8.1: births and under-five deaths per 1,000 by group of wealth; C = -0.1694."""
    births = pd.Series([29_939.0, 28_776.0, 26_528.0, 24_689.0, 19_739.0])
    deaths = pd.Series([154.7, 152.9, 119.5, 86.9, 54.3])
    found = concentration(deaths, pd.Series([1.0, 2.0, 3.0, 4.0, 5.0]), births)
    assert found.index == pytest.approx(-0.1694, abs=5e-5)
    assert found.corrected is None


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_measures_with_persons_are_those_of_everybody_one_by_one(rows: list[tuple[int, int, str, int]]) -> None:
    frame = _frame(rows)
    each = _written_out(frame)
    for measure in (gini, mean_of, quantile):
        assert measure(frame["value"], frame["persons"]) == pytest.approx(
            measure(each["value"], each["persons"]), abs=1e-12
        )
    ours, theirs = _theil(frame), _theil(each)
    assert [ours.total, ours.between, ours.within] == pytest.approx(
        [theirs.total, theirs.between, theirs.within], abs=1e-12
    )
    ours_c, theirs_c = (
        concentration(one["value"], one["need"], one["persons"], bounds=(0, 90)) for one in (frame, each)
    )
    assert [ours_c.index, ours_c.corrected] == pytest.approx([theirs_c.index, theirs_c.corrected], abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.floats(0.001, 1000.0))
def test_measures_do_not_depend_on_the_unit(rows: list[tuple[int, int, str, int]], factor: float) -> None:
    frame = _frame(rows)
    scaled = frame.assign(value=frame["value"] * factor)
    assert gini(scaled["value"], scaled["persons"]) == pytest.approx(gini(frame["value"], frame["persons"]), abs=1e-9)
    assert _theil(scaled).within == pytest.approx(_theil(frame).within, abs=1e-9)
    assert concentration(scaled["value"], scaled["need"], scaled["persons"]).index == pytest.approx(
        concentration(frame["value"], frame["need"], frame["persons"]).index, abs=1e-9
    )


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 90), min_size=2, max_size=9), st.data())
def test_a_transfer_from_more_to_less_makes_it_less_unequal(values: list[int], data: st.DataObject) -> None:
    before = pd.Series(sorted(values), dtype=float)
    if before.iloc[-1] - before.iloc[0] < 2:
        before.iloc[-1] += 2
    amount = data.draw(st.floats(0.01, float(before.iloc[-1] - before.iloc[0]) / 2.0))
    after = before.copy()
    after.iloc[0] += amount
    after.iloc[-1] -= amount
    everyone, groups = pd.Series(ONE, index=before.index), pd.Series("a", index=before.index)
    assert gini(after, everyone) < gini(before, everyone)
    assert theil(after, everyone, groups).total < theil(before, everyone, groups).total


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_theil_is_the_sum_of_its_parts_and_those_of_its_groups(rows: list[tuple[int, int, str, int]]) -> None:
    found = _theil(_frame(rows))
    assert found.between + found.within == pytest.approx(found.total, abs=1e-12)
    assert found.groups["within"].sum() == pytest.approx(found.within, abs=1e-12)
    assert found.groups["between"].sum() == pytest.approx(found.between, abs=1e-12)
    assert min(found.total, found.between, found.within) >= -1e-12
    assert found.groups["population_share"].sum() == pytest.approx(1.0)
    assert found.groups["value_share"].sum() == pytest.approx(1.0)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.randoms())
def test_equal_needs_are_ranked_alike_in_any_order(rows: list[tuple[int, int, str, int]], random: object) -> None:
    frame = _frame(rows)
    ranks = fractional_ranks(frame["need"], frame["persons"])
    assert float((ranks * frame["persons"]).sum() / frame["persons"].sum()) == pytest.approx(0.5)
    tied = ranks.groupby(frame["need"])
    assert (tied.max() == tied.min()).all()
    order = list(frame.index)
    random.shuffle(order)  # type: ignore[attr-defined]
    again = concentration(frame.loc[order, "value"], frame.loc[order, "need"], frame.loc[order, "persons"])
    assert again.index == pytest.approx(concentration(frame["value"], frame["need"], frame["persons"]).index, abs=1e-12)


def test_concentration_against_the_value_itself_is_gini() -> None:
    values, persons = pd.Series([12.0, 31.0, 31.0, 4.0]), pd.Series([3.0, 1.0, 4.0, 9.0])
    assert concentration(values, values, persons).index == pytest.approx(gini(values, persons))
    assert concentration(values, -values, persons).index == pytest.approx(-gini(values, persons))


def test_the_corrected_index_is_alike_for_a_share_and_its_complement() -> None:
    shares, need, persons = pd.Series([0.1, 0.5, 0.9]), pd.Series([3.0, 1.0, 2.0]), pd.Series([5.0, 2.0, 1.0])
    lacking = concentration(shares, need, persons, bounds=(0, 1))
    having = concentration(1 - shares, need, persons, bounds=(0, 1))
    assert lacking.corrected == pytest.approx(-having.corrected)
    assert lacking.index != pytest.approx(-having.index)
    assert lacking.corrected == pytest.approx(4 * mean_of(shares, persons) * lacking.index)


def test_a_quantile_is_the_least_value_that_enough_people_have_at_most() -> None:
    values, persons = pd.Series([30.0, 10.0, 20.0]), pd.Series([1.0, 1.0, 1.0])
    assert [quantile(values, persons, part) for part in (0.0, 1 / 3, 0.34, 2 / 3, 1.0)] == [10, 10, 20, 20, 30]
    assert quantile(values, pd.Series([0.1, 0.2, 0.3]), 0.5) == 20


def test_where_all_is_zero_nothing_is_shared() -> None:
    zeros, everyone, groups = pd.Series([0.0, 0.0]), pd.Series([1.0, 2.0]), pd.Series(["a", "b"])
    found = theil(zeros, everyone, groups)
    assert np.isnan([gini(zeros, everyone), found.total, found.between, found.within]).all()
    assert np.isnan(concentration(zeros, zeros, everyone).index)


def test_equal_values_are_equal() -> None:
    values, everyone = pd.Series([3.0, 3.0]), pd.Series([1.0, 2.0])
    assert gini(values, everyone) == pytest.approx(0.0, abs=1e-15)
    assert theil(values, everyone, pd.Series(["a", "b"])).total == pytest.approx(0.0, abs=1e-15)


def test_a_group_where_nobody_lives_or_nobody_has_anything_adds_nothing() -> None:
    values, persons = pd.Series([3.0, 5.0, 0.0, 9.0]), pd.Series([1.0, 2.0, 4.0, 0.0])
    found = theil(values, persons, pd.Series(["a", "a", "zeros", "nobody"]))
    assert found.groups.loc[["zeros", "nobody"], ["within", "between"]].to_numpy().tolist() == [[0, 0], [0, 0]]
    assert found.groups["theil"].isna().tolist() == [False, True, True]
    assert found.total == pytest.approx(found.between + found.within)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        theil(pd.Series([-1.0, np.nan]), pd.Series([1.0, -2.0]), pd.Series(["a", None]))
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["values", "values", "persons", "groups"]
    with pytest.raises(InvalidInput, match="nobody at all"):
        gini(pd.Series([1.0]), pd.Series([0.0]))
    with pytest.raises(InvalidInput, match="outside"):
        concentration(pd.Series([2.0]), pd.Series([1.0]), pd.Series([1.0]), bounds=(0, 1))
    with pytest.raises(InvalidInput, match="leave no room"):
        concentration(pd.Series([2.0]), pd.Series([1.0]), pd.Series([1.0]), bounds=(1, 1))
    with pytest.raises(InvalidInput, match="the index is not that of values"):
        gini(pd.Series([1.0, 2.0]), pd.Series([1.0, 2.0], index=[1, 0]))
