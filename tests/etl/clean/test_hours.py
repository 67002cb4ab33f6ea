"""Weekly openings of OpenStreetMap's opening hours."""

from datetime import time

import pytest

from etl.clean.hours import openings, valid_osm
from etl.record import Opening
from tests.etl.clean.cases import cases


def opening(days: str, start: tuple[int, int], end: tuple[int, int]) -> Opening:
    return Opening(days, time(*start), time(*end))


@pytest.mark.parametrize(
    ("osm_hours", "expected"),
    [
        ("Mo-Fr 09:00-12:00", [opening("MO,TU,WE,TH,FR", (9, 0), (12, 0))]),
        (
            "Mo-We 09:00-12:00,14:00-18:00; Sa 09:00-12:00",
            [opening("MO,TU,WE", (14, 0), (18, 0)), opening("MO,TU,WE,SA", (9, 0), (12, 0))],
        ),
        # A later rule replaces an earlier one on its days.
        (
            "Mo-Fr 09:00-12:00; We 14:00-18:00",
            [opening("MO,TU,TH,FR", (9, 0), (12, 0)), opening("WE", (14, 0), (18, 0))],
        ),
        ("Mo-Fr 09:00-12:00; We off", [opening("MO,TU,TH,FR", (9, 0), (12, 0))]),
        ("Mo-Fr 09:00-12:00; PH off", [opening("MO,TU,WE,TH,FR", (9, 0), (12, 0))]),
        ("Fr-Mo 10:00-12:00", [opening("MO,FR,SA,SU", (10, 0), (12, 0))]),
        ("24/7", [opening("MO,TU,WE,TH,FR,SA,SU", (0, 0), (23, 59))]),
        ("Sa 20:00-24:00", [opening("SA", (20, 0), (23, 59))]),
        ("Apr-Oct We-Su 10:00-12:00", []),
        ("Mo-Fr 22:00-06:00", []),
        ("PH 09:00-12:00", []),
        ("Mo-Fr 09:00-12:00, We 14:00-18:00", []),
        ("Mo[1] 09:00-12:00", []),
        ("sunrise-sunset", []),
        ("", []),
    ],
)
def test_openings(osm_hours: str, expected: list[Opening]):
    assert openings(osm_hours) == tuple(sorted(expected))


@pytest.mark.parametrize("row", [row for row in cases("hours") if row["after"]], ids=lambda row: row["before"])
def test_what_is_told_is_valid_and_no_opening_is_lost(row: dict[str, str]):
    assert valid_osm(row["after"])
    if not row["after"].startswith(("Apr", "24/7")):
        told = {
            span for found in openings(row["after"]) for span in [f"{found.opens_at:%H:%M}-{found.closes_at:%H:%M}"]
        }
        assert told == {part for part in row["after"].replace(";", "").replace(",", " ").split() if ":" in part}
