"""No count below five can be told from what is published: asked of a solver for every hidden count."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.errors import InvalidInput
from geo.suppression import FEWEST, suppress

LEAVES = st.lists(
    st.lists(st.one_of(st.integers(0, 6), st.integers(0, 40)), min_size=1, max_size=5), min_size=1, max_size=4
)


def _tree(zones: list[list[int]]) -> tuple[pd.Series, pd.Series]:
    """Municipalities in zones in the whole."""
    counts: dict[str, int] = {"whole": sum(map(sum, zones))}
    parents: dict[str, str | None] = {"whole": None}
    for number, zone in enumerate(zones):
        counts[f"z{number}"], parents[f"z{number}"] = sum(zone), "whole"
        for place, count in enumerate(zone):
            counts[f"z{number}.{place}"], parents[f"z{number}.{place}"] = count, f"z{number}"
    return pd.Series(counts), pd.Series(parents, dtype=object)


def _most(found: pd.DataFrame, parents: pd.Series, area: str, sign: int) -> float:
    """The greatest (-1) or least (1) that a count can be for a reader of what is published; infinite without end."""
    labels = list(found.index)
    place = {label: position for position, label in enumerate(labels)}
    rows, right = [], []
    for label in labels:
        children = parents.index[(parents == label).to_numpy()]
        if len(children):
            row = np.zeros(len(labels))
            row[place[label]] = -1
            row[[place[child] for child in children]] = 1
            rows.append(row)
            right.append(0.0)
        if not np.isnan(found.loc[label, "count"]):
            row = np.zeros(len(labels))
            row[place[label]] = 1
            rows.append(row)
            right.append(found.loc[label, "count"])
    cost = np.zeros(len(labels))
    cost[place[area]] = sign
    solved = linprog(cost, A_eq=np.array(rows), b_eq=np.array(right), bounds=(0, None))
    return float("inf") if solved.status == 3 else sign * solved.fun


@settings(deadline=None, max_examples=60)
@given(LEAVES)
def test_a_small_count_may_be_anything_from_nothing_to_the_threshold(zones: list[list[int]]) -> None:
    counts, parents = _tree(zones)
    found = suppress(counts, parents)
    for area in found.index[found["reason"] == "small"]:
        assert _most(found, parents, area, 1) <= 1e-6
        assert _most(found, parents, area, -1) >= FEWEST - 1e-6


@settings(deadline=None, max_examples=100)
@given(LEAVES)
def test_what_is_told_is_true_and_nothing_is_hidden_without_need(zones: list[list[int]]) -> None:
    counts, parents = _tree(zones)
    found = suppress(counts, parents)
    told = found["reason"] == "told"
    assert (found.loc[told, "count"] == counts[told]).all()
    assert found.loc[~told, "count"].isna().all()
    assert (counts[told] >= FEWEST).all()
    assert ((found["reason"] == "small") == (counts < FEWEST)).all()
    if (counts >= FEWEST).all():
        assert told.all()


def test_the_complement_that_reveals_is_the_smallest() -> None:
    counts, parents = _tree([[3, 20, 9], [40, 50]])
    found = suppress(counts, parents)
    assert found.index[found["reason"] == "complement"].tolist() == ["z0.2"]


def test_several_small_ones_that_sum_to_less_than_five_take_another_with_them() -> None:
    counts, parents = _tree([[1, 2, 30, 12], [40, 50]])
    assert suppress(counts, parents).loc["z0.3", "reason"] == "complement"


def test_several_small_ones_that_sum_to_five_protect_each_other() -> None:
    counts, parents = _tree([[2, 3, 30, 12], [40, 50]])
    assert (suppress(counts, parents)["reason"] == "complement").sum() == 0


def test_a_small_zone_hides_another_zone_and_something_in_it() -> None:
    counts, parents = _tree([[1, 1], [40, 50], [60, 70]])
    found = suppress(counts, parents)
    assert found.index[found["reason"] == "complement"].tolist() == ["z1", "z1.0"]


def test_a_small_whole_hides_everything() -> None:
    counts, parents = _tree([[1, 1], [0, 2]])
    assert (suppress(counts, parents)["reason"] == "small").all()


def test_a_zero_is_not_told_either() -> None:
    counts, parents = _tree([[0, 30, 12]])
    assert suppress(counts, parents)["reason"].tolist() == ["told", "told", "small", "told", "complement"]


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        suppress(pd.Series([-1.0, np.nan]), pd.Series(["nessuno", None]), threshold=0)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["counts", "counts", "threshold", "parents"]
    with pytest.raises(InvalidInput, match="not the sum of their parts"):
        suppress(pd.Series({"a": 9, "b": 4}), pd.Series({"a": None, "b": "a"}))
    with pytest.raises(InvalidInput, match="lie in themselves"):
        suppress(pd.Series({"a": 4, "b": 4}), pd.Series({"a": "b", "b": "a"}))
    with pytest.raises(InvalidInput, match="not whole"):
        suppress(pd.Series({"a": 4.5}), pd.Series({"a": None}))
