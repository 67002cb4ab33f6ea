"""Weekly openings out of HSDS schedules (RFC 5545 rules), as far as they are certain."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

import opening_hours

from etl.record import Opening

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LOCAL = ("", "+01:00", "+02:00", "+01", "+02")  # offsets that Italian clocks have; another one is another place's time
_TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(\S*)")
# A rule that uses one of these says more than a weekly opening can.
_BEYOND = ("count", "byweekno", "bymonthday", "byyearday")


def openings(schedules: Sequence[Mapping[str, Any]]) -> tuple[Opening, ...] | None:
    """The openings of a service; none where one schedule is not certain, since half of a timetable misleads.

    Certain is ``freq`` WEEKLY of every week (``interval`` 1 or none: ``wkst`` then says nothing), plain days, both
    times on the local clock, dates that can be read; ``until`` closes the season as ``valid_to`` does.
    """
    found = [_opening(one) for one in schedules]
    certain = tuple(sorted({one for one in found if one is not None}, key=_order))
    return certain if found and None not in found else None


def osm_hours(found: Sequence[Opening]) -> str | None:
    """The same in OpenStreetMap's syntax; none where seasons or an unusual rule make it uncertain.

    >>> osm_hours([Opening("MO,TU", time(9), time(12, 30)), Opening("SA", time(20), time(0))])
    'Mo,Tu 09:00-12:30; Sa 20:00-24:00'
    """
    if not found or any(one.valid_from or one.valid_to for one in found):
        return None
    by_days: dict[str, list[str]] = {}
    for one in found:
        by_days.setdefault(one.byday, []).append(f"{one.opens_at:%H:%M}-{_closing(one.closes_at)}")
    days = [day for byday in by_days for day in byday.split(",")]
    if len(days) != len(set(days)):
        return None  # a later rule of OpenStreetMap would hide an earlier one
    text = "; ".join(f"{byday.title()} {','.join(sorted(hours))}" for byday, hours in by_days.items())
    return text if opening_hours.validate(text) else None


def _opening(told: Mapping[str, Any]) -> Opening | None:
    if str(told.get("freq") or "").upper() != "WEEKLY" or str(told.get("interval") or 1) not in {"1", "1.0"}:
        return None
    days = _days(told.get("byday"))
    opens, closes = _time(told.get("opens_at")), _time(told.get("closes_at"))
    dates = [_date(told.get(name)) for name in ("valid_from", "dtstart", "valid_to", "until")]
    if any(told.get(name) for name in _BEYOND) or not days or opens is None or closes is None or False in dates:
        return None
    start, first, end, until = (one or None for one in dates)
    if opens == closes:
        return None
    ends = [one for one in (end, until) if isinstance(one, date)]
    begins = [one for one in (start, first) if isinstance(one, date)]
    return Opening(days, opens, closes, max(begins, default=None), min(ends, default=None))


def _days(told: object) -> str:
    """Days in the order of the week; empty where one is none (``2MO``, the second Monday of the month)."""
    parts = [part.strip().upper() for part in str(told or "").split(",")]
    return ",".join(day for day in DAYS if day in parts) if set(parts) <= set(DAYS) else ""


def _time(told: object) -> time | None:
    found = _TIME.fullmatch(str(told or "").strip())
    if found is None or found.group(3) not in LOCAL:
        return None
    hour, minute = int(found.group(1)), int(found.group(2))
    if hour == 24:
        return time(0) if minute == 0 else None
    return time(hour, minute)


def _date(told: object) -> date | bool | None:
    """A date, nothing where none is told, False where it cannot be read."""
    if not told:
        return None
    try:
        return date.fromisoformat(str(told)[:10])
    except ValueError:
        return False


def _closing(at: time) -> str:
    return "24:00" if at == time(0) else f"{at:%H:%M}"


def _order(one: Opening) -> tuple[Any, ...]:
    first = DAYS.index(one.byday.split(",")[0])
    return (first, one.byday, one.opens_at, one.closes_at, one.valid_from or date.min, one.valid_to or date.max)
