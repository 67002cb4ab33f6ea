"""Parts of a change: they add up to it, follow from the axioms, and equal what others have derived by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.attribution import MOST, shapley
from geo.errors import InvalidInput

NUMBERS = st.floats(-1e6, 1e6)


def game(parts, values):
    """Figures by combination, from as many rows of values as there are combinations."""
    sets = [frozenset(some) for size in range(len(parts) + 1) for some in itertools.combinations(parts, size)]
    known = {some: pd.Series(row, index=["a", "b"], dtype=float) for some, row in zip(sets, values, strict=True)}
    return known.__getitem__


@st.composite
def games(draw):
    parts = list("pqrs")[: draw(st.integers(1, 4))]
    rows = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2 ** len(parts), max_size=2 ** len(parts))
    return parts, game(parts, draw(rows))


@given(games())
def test_the_parts_add_up_to_the_change(drawn):
    parts, figures = drawn
    change = figures(frozenset(parts)) - figures(frozenset())
    np.testing.assert_allclose(shapley(parts, figures).sum(axis=1), change, rtol=1e-9, atol=1e-6)


@given(games())
def test_a_share_is_the_mean_gain_over_all_orders(drawn):
    """Another way: every order in which the parts may change is gone through."""
    parts, figures = drawn
    orders = list(itertools.permutations(parts))
    for part in parts:
        gains = [
            figures(frozenset(order[: order.index(part) + 1])) - figures(frozenset(order[: order.index(part)]))
            for order in orders
        ]
        np.testing.assert_allclose(shapley(parts, figures)[part], sum(gains) / len(orders), rtol=1e-9, atol=1e-5)


@given(games())
def test_a_part_that_never_matters_has_none_and_the_order_of_the_parts_does_not_count(drawn):
    parts, figures = drawn
    found = shapley([*parts, "idle"], lambda chosen: figures(chosen - {"idle"}))
    np.testing.assert_allclose(found["idle"], 0.0, atol=1e-9)
    turned = shapley(parts[::-1], figures)[parts]
    np.testing.assert_allclose(turned, shapley(parts, figures), rtol=1e-9, atol=1e-5)


def test_two_factors_are_the_decomposition_of_kitagawa():
    """Rates and composition by group: (1955) components are sum (W1 - W2)(T1 + T2)/2 and sum (T1 - T2)(W1 + W2)/2."""
    people = {True: np.array([120.0, 80.0]), False: np.array([100.0, 90.0])}
    rates = {True: np.array([0.25, 0.1]), False: np.array([0.5, 0.1])}

    def figures(chosen):
        return pd.Series(people["people" in chosen] * rates["rates" in chosen])

    found = shapley(["people", "rates"], figures)
    np.testing.assert_allclose(found["people"], (people[True] - people[False]) * (rates[True] + rates[False]) / 2)
    np.testing.assert_allclose(found["rates"], (rates[True] - rates[False]) * (people[True] + people[False]) / 2)


def test_a_place_that_only_one_state_has_counts_nothing_in_the_other():
    def figures(chosen):
        return pd.Series({"new": 7.0}) if "places" in chosen else pd.Series({"old": 5.0})

    assert shapley(["places"], figures)["places"].to_dict() == {"new": 7.0, "old": -5.0}


def test_all_faults_by_name():
    with pytest.raises(InvalidInput, match="none given"):
        shapley([], lambda chosen: pd.Series())
    with pytest.raises(InvalidInput) as caught:
        shapley(["a"] * (MOST + 1), lambda chosen: pd.Series())
    assert len(caught.value.faults) == 2
