"""Access poverty against the formulas written out person by person, and what must hold of it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.poverty import FIGURES, Poverty, Side, access_poverty

ROWS = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 5), st.sampled_from("abc")), min_size=1, max_size=9)


def _measure(rows: list[tuple[int, int, str]], line: float, poor: Side) -> Poverty:
    frame = pd.DataFrame(rows, columns=["value", "persons", "group"]).astype({"value": float, "persons": float})
    return access_poverty(frame["value"], frame["persons"], frame["group"], line=line, poor=poor)


@settings(deadline=None, max_examples=80)
@given(ROWS, st.sampled_from(["above", "below"]), st.integers(1, 80))
def test_it_is_the_mean_gap_of_everybody_one_by_one(rows: list[tuple[int, int, str]], poor: Side, line: int) -> None:
    gaps = []
    for value, persons, _group in rows:
        short = value - line if poor == "above" else line - value
        gaps += [(1.0, short / line) if short > 0 else (0.0, 0.0)] * persons
    found = _measure(rows, line, poor)
    expected = [np.mean([is_poor * gap**power for is_poor, gap in gaps]) for power in (0, 1, 2)]
    assert [found.p0, found.p1, found.p2] == pytest.approx(expected)
    assert found.persons == sum(is_poor for is_poor, _gap in gaps)


@settings(deadline=None, max_examples=80)
@given(ROWS, st.sampled_from(["above", "below"]), st.integers(1, 80))
def test_groups_add_up_to_the_whole(rows: list[tuple[int, int, str]], poor: Side, line: int) -> None:
    found = _measure(rows, line, poor)
    share = found.groups["persons"] / found.groups["persons"].sum()
    for name in FIGURES:
        assert float((share * found.groups[name]).sum()) == pytest.approx(getattr(found, name))
        parts = found.groups[f"part_{name}"]
        assert parts.isna().all() if getattr(found, name) == 0 else parts.sum() == pytest.approx(1.0)


@settings(deadline=None, max_examples=40)
@given(ROWS, st.sampled_from(["above", "below"]), st.integers(1, 80), st.integers(2, 60))
def test_it_does_not_depend_on_the_unit(rows: list[tuple[int, int, str]], poor: Side, line: int, factor: int) -> None:
    scaled = [(value * factor, persons, group) for value, persons, group in rows]
    ours, theirs = _measure(rows, line, poor), _measure(scaled, line * factor, poor)
    assert [ours.p0, ours.p1, ours.p2] == pytest.approx([theirs.p0, theirs.p1, theirs.p2])


def test_only_the_square_sees_a_transfer_among_the_poor() -> None:
    """The transfer axiom: the same total gap on fewer shoulders is worse, and P0 and P1 do not see it."""
    even, uneven = (
        _measure([(40, 1, "a"), (40, 1, "a")], 30, "above"),
        _measure([(31, 1, "a"), (49, 1, "a")], 30, "above"),
    )
    assert even.p0 == uneven.p0
    assert even.p1 == pytest.approx(uneven.p1)
    assert even.p2 < uneven.p2


def test_on_the_line_nobody_is_poor() -> None:
    for poor in ("above", "below"):
        found = _measure([(30, 4, "a")], 30, poor)
        assert (found.p0, found.p1, found.p2, found.persons) == (0, 0, 0, 0)


def test_what_is_only_a_lower_bound_makes_the_gap_one() -> None:
    values, persons, groups = pd.Series([20.0, 120.0]), pd.Series([3.0, 1.0]), pd.Series(["a", "b"])
    capped = pd.Series([False, True])
    found = access_poverty(values, persons, groups, line=30.0, poor="above", capped=capped)
    assert found.at_least
    assert (found.p0, found.p1) == (0.25, 0.75)
    nobody = access_poverty(values, pd.Series([3.0, 0.0]), groups, line=30.0, poor="above", capped=capped)
    assert not nobody.at_least


def test_bounds_that_do_not_tell_who_is_poor_are_refused() -> None:
    values, persons, groups = pd.Series([20.0, 30.0]), pd.Series([3.0, 1.0]), pd.Series(["a", "b"])
    capped = pd.Series([False, True])
    with pytest.raises(InvalidInput, match="widen the computation"):
        access_poverty(values, persons, groups, line=30.0, poor="above", capped=capped)
    with pytest.raises(InvalidInput, match="leave these rows out"):
        access_poverty(values, persons, groups, line=10.0, poor="below", capped=capped)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        access_poverty(
            pd.Series([-1.0, np.nan]), pd.Series([1.0, -1.0]), pd.Series(["a", None]), line=0.0, poor="above"
        )
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["values", "values", "persons", "groups", "line"]
