"""Whether a service is open at a moment."""

from datetime import datetime

import pytest

from app.nearby.opening import is_open, moment

MONDAY = datetime.fromisoformat("2026-11-23T10:30")
IMMACULATE = datetime.fromisoformat("2026-12-08T10:30")  # a Tuesday, and a public holiday in Italy


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        ("Mo-Fr 09:00-12:00", MONDAY, True),
        ("Mo-Fr 09:00-12:00", MONDAY.replace(hour=12), False),
        ("Mo-Fr 09:00-12:00", MONDAY.replace(day=22), False),
        ("Mo-Fr 09:00-12:00; PH off", IMMACULATE, False),
        ("Mo-Fr 09:00-12:00", IMMACULATE, True),
        ("Mo-Su 20:00-08:00", MONDAY.replace(hour=3), True),
        ("24/7", MONDAY, True),
        ("Mo 09:00-12:00 unknown", MONDAY, None),
        ("lunedì mattina", MONDAY, None),
        ("", MONDAY, None),
        (None, MONDAY, None),
    ],
)
def test_three_answers(hours: str | None, at: datetime, expected: bool | None) -> None:
    assert is_open(hours, at) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01T08:00:00Z", "2026-07-01T10:00:00"),  # summer time
        ("2026-12-01T08:00:00Z", "2026-12-01T09:00:00"),
        ("2026-12-01T08:00:00+01:00", "2026-12-01T08:00:00"),
        ("2026-12-01T08:00:00 01:00", "2026-12-01T08:00:00"),  # a plus that an address has turned into a space
        ("2026-12-01", "2026-12-01T00:00:00"),
        ("mai", None),
        ("9999-99-99", None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_moments_are_local(text: str, expected: str | None) -> None:
    found = moment(text)
    assert (None if found is None else found.isoformat()) == expected


def test_now_has_neither_zone_nor_seconds() -> None:
    now = moment("ora")
    assert now is not None
    assert (now.tzinfo, now.second) == (None, 0)
