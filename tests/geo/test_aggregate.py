"""Aggregates equal their points exactly, whatever the points and however they are grouped."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.aggregate import aggregate
from geo.statuses import SHADOWS, STATUSES

# Eighths of a person: their sums are exact in floating point, so that sums are compared with ==, not nearly.
persons = st.integers(0, 80_000).map(lambda eighths: eighths / 8)


@st.composite
def answers(draw) -> pd.DataFrame:
    """Results of any points: unknown ones have no shadow, the others as much as they have people at most."""
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        status, people = draw(st.sampled_from(STATUSES)), draw(persons)
        unknown = status == "senza_dati"
        row = {"status": status, "bordo": draw(st.booleans()), "assessed": 0.0 if unknown else people}
        row["unknown"] = people if unknown else 0.0
        shadows = [np.nan if unknown or draw(st.integers(0, 9)) == 0 else min(draw(persons), people) for _ in SHADOWS]
        rows.append(row | dict(zip(SHADOWS, shadows, strict=True)))
    return pd.DataFrame(rows)


def added(frame: pd.DataFrame, name: str) -> float:
    """By hand; missing where it is known of no point."""
    known = [value for value in frame[name] if not np.isnan(value)]
    return sum(known) if known else np.nan


@settings(max_examples=150)
@given(found=answers(), data=st.data())
def test_every_sum_is_that_of_its_points(found, data):
    zones = data.draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=len(found), max_size=len(found)))
    groups = pd.Series(zones, index=found.index)
    total = aggregate(found, groups)
    assert total.index.tolist() == sorted(set(zones))
    for zone, row in total.iterrows():
        own = found[groups == zone]
        assert row["points"] == len(own)
        assert row["persons"] == row["assessed"] + row["unknown"] == own["assessed"].sum() + own["unknown"].sum()
        for name in SHADOWS:
            np.testing.assert_array_equal(row[name], added(own, name))
        people = own["assessed"] + own["unknown"]
        split = {status: people[own["status"] == status].sum() for status in STATUSES}
        assert [row[f"persons_{status}"] for status in STATUSES] == list(split.values())
        if people.sum():
            assert row["majority"] == max(STATUSES, key=lambda status: split[status])
        else:
            assert pd.isna(row["majority"])
        probable = own["shadow_confirmed"].where(own["bordo"] | own["shadow_confirmed"].isna(), 0.0)
        np.testing.assert_array_equal(row["probable"], added(pd.DataFrame({"x": probable}), "x"))


@settings(max_examples=60)
@given(found=answers(), data=st.data())
def test_wholes_are_the_sums_of_their_parts(found, data):
    """Municipalities add up to zones and zones to the whole, in whatever order it is done."""
    towns = pd.Series(data.draw(st.lists(st.integers(0, 4), min_size=len(found), max_size=len(found))))
    by_town = aggregate(found, towns)
    whole = aggregate(found, pd.Series("all", index=found.index)).iloc[0]
    zones = aggregate(found, towns % 2)
    for name in ("points", "persons", "assessed", "unknown", *SHADOWS, *(f"persons_{status}" for status in STATUSES)):
        for parts in (by_town, zones, by_town.groupby(by_town.index % 2).sum(min_count=1)):
            np.testing.assert_array_equal(parts[name].sum(min_count=1), whole[name], err_msg=name)
