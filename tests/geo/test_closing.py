"""What a closure does: persons without any service rise by marginal coverage, those in shadow as a loop counts them."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.catchments import marginal_coverage
from geo.gaps import access_status
from tests.geo.conftest import Instance, table_of
from tests.geo.test_gaps import RULES, Naive


def without(case: Instance, owner) -> Instance:
    """The same territory made anew from a matrix in which the service never was."""
    left = case.services[case.services["owner"] != owner]
    frame = case.travel.to_frame()
    sheets = {
        name: frame.pivot_table(index="origin", columns="service", values=name).reindex(
            index=case.travel.origins, columns=left.index
        )
        for name in ("minutes", "low", "high")
    }
    travel = table_of(
        sheets["minutes"], low=sheets["low"], high=sheets["high"], origins=case.travel.origins, services=left.index
    )
    return Instance(travel, case.persons, case.complete, left)


def answers(case: Instance, threshold: int, rule) -> pd.DataFrame:
    return access_status(
        case.persons, case.complete, case.travel, case.services, threshold=threshold, capacity_rule=rule
    )


@settings(max_examples=60)
@given(
    seed=st.integers(0, 100_000),
    threshold=st.sampled_from([6, 15, 30, 50]),
    rule=st.sampled_from(RULES),
    data=st.data(),
)
def test_a_closure_uncovers_exactly_its_marginal_coverage(instance, seed, threshold, rule, data):
    case = instance(seed)
    owner = data.draw(st.sampled_from(sorted(case.services["owner"].unique())))
    before, later = answers(case, threshold, rule), answers(without(case, owner), threshold, rule)
    for supply, chosen in (
        ("confirmed", case.services["confirmed"].to_numpy()),
        ("all", case.services["confirmed"].notna().to_numpy()),
    ):
        travel, owners = case.travel.select_services(chosen), case.services["owner"][chosen]
        alone = marginal_coverage(case.persons, travel, threshold=threshold, owners=owners).get(owner, 0.0)
        persons = [case.persons[found[f"services_{supply}"] == 0].sum() for found in (before, later)]
        assert persons[1] - persons[0] == alone  # whole persons: no tolerance


@settings(max_examples=60)
@given(
    seed=st.integers(0, 100_000),
    threshold=st.sampled_from([6, 15, 30, 50]),
    rule=st.sampled_from(RULES),
    data=st.data(),
)
def test_persons_in_shadow_after_a_closure_are_those_that_a_loop_counts(instance, seed, threshold, rule, data):
    case = without(instance(seed), data.draw(st.integers(0, 5)))
    if case.services.empty:
        return
    found = answers(case, threshold, rule)
    for name, confirmed_only in (("confirmed", True), ("all", False)):
        loop = Naive(case, rule, confirmed_only)
        for origin, status in found["status"].items():
            expected = math.nan if status == "senza_dati" else loop.shadow(origin, threshold)
            told = found.loc[origin, f"shadow_{name}"]
            assert told == pytest.approx(expected, abs=1e-9, nan_ok=True)
