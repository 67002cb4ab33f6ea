"""Weekly openings of services, and whether two of them are open at one moment."""

from datetime import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.derive.opening import DAYS, slots, weekly


def schedule(byday, opens, closes, *, presence="a", own=True, freq="WEEKLY"):
    return {"presence": presence, "own": own, "freq": freq, "byday": byday, "opens_at": opens, "closes_at": closes}


MORNING = schedule("MO,TU", time(9), time(12))
EVENING = schedule("TU", time(14), time(18, 30))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([MORNING, EVENING], {"a": "MO 09:00-12:00|TU 09:00-12:00|TU 14:00-18:30"}),
        ([MORNING, MORNING], {"a": "MO 09:00-12:00|TU 09:00-12:00"}),
        ([MORNING | {"freq": None}], {"a": "MO 09:00-12:00|TU 09:00-12:00"}),
        # A service's own hours count before those of the place.
        ([MORNING | {"own": False}, EVENING], {"a": "TU 14:00-18:30"}),
        ([MORNING | {"own": False}], {"a": "MO 09:00-12:00|TU 09:00-12:00"}),
        # Half of the hours would mislead.
        ([MORNING, schedule("1MO", time(9), time(12))], {}),
        ([MORNING, schedule("MO", None, time(12))], {}),
        ([MORNING | {"freq": "MONTHLY"}, EVENING], {}),
        ([], {}),
    ],
)
def test_schedules_become_a_week(rows, told):
    columns = list(MORNING)
    assert weekly(pd.DataFrame(rows, columns=columns)).to_dict() == told


def test_hours_of_one_service_do_not_spoil_those_of_another():
    rows = [MORNING, schedule("1MO", time(9), time(12), presence="b")]
    assert list(weekly(pd.DataFrame(rows)).index) == ["a"]


def meet(one: str | None, other: str | None) -> bool:
    first, second = slots(pd.Series([one, other], dtype=object))
    return bool(first & second)


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("MO 09:00-12:00", "MO 11:59-13:00", True),
        ("MO 09:00-12:00", "MO 12:00-13:00", False),  # one closes when the other opens
        ("MO 09:00-12:00", "TU 09:00-12:00", False),
        ("MO 22:00-02:00", "TU 01:00-03:00", True),  # over midnight
        ("SU 22:00-02:00", "MO 01:00-03:00", True),  # into the next week
        ("MO 20:00-23:59", "TU 00:00-01:00", False),
        ("MO 09:00-12:00|WE 15:00-16:00", "WE 15:30-15:31", True),
        ("MO 09:00-12:00", None, False),
    ],
)
def test_two_services_meet_where_both_are_open(one, other, together):
    assert meet(one, other) is together
    assert meet(other, one) is together


def test_unknown_hours_are_no_slots():
    assert slots(pd.Series([None, "MO 09:00-10:00"], dtype=object)).map(len).tolist() == [0, 1]


span = st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 5))


@given(weeks=st.lists(st.lists(span, min_size=1, max_size=4), min_size=2, max_size=5))
def test_slots_are_shared_exactly_where_minutes_are(weeks):
    """Against the minutes of the week, one by one."""
    texts, minutes = [], []
    for week in weeks:
        texts.append("|".join(f"{DAYS[day]} {hour:02}:00-{min(hour + length, 23):02}:30" for day, hour, length in week))
        minutes.append(
            {
                day * 1440 + minute
                for day, hour, length in week
                for minute in range(hour * 60, min(hour + length, 23) * 60 + 30)
            }
        )
    found = slots(pd.Series(texts, dtype=object)).tolist()
    for i in range(len(weeks)):
        for j in range(i):
            assert bool(found[i] & found[j]) == bool(minutes[i] & minutes[j])
