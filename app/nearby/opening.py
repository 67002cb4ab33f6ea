"""Whether a service is open at a moment, from its hours in OpenStreetMap's syntax."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, validate

HERE = ZoneInfo("Europe/Rome")
NOW = "ora"
_COUNTRY = "IT"  # whose public holidays "PH" means


@lru_cache(maxsize=20_000)
def _hours(text: str) -> OpeningHours | None:
    return OpeningHours(text, country=_COUNTRY) if validate(text) else None


@lru_cache(maxsize=50_000)
def is_open(hours: str | None, moment: datetime) -> bool | None:
    """Whether it is open at a local time (Europe/Rome, without its zone); None where the hours do not tell.

    >>> is_open("Mo-Fr 09:00-12:00", datetime(2026, 11, 23, 10)), is_open(None, datetime(2026, 11, 23, 10))
    (True, None)
    """
    read = _hours(hours) if hours else None
    if read is None:
        return None
    state, _comment = read.state(moment)
    return None if state == State.UNKNOWN else bool(state == State.OPEN)


def moment(text: str) -> datetime | None:
    """A date and time (ISO 8601), or ``ora`` for now, as local time without its zone; None where it is neither.

    >>> moment("2026-11-23T09:30"), moment("2026-11-23T08:30:00Z"), moment("domani")
    (datetime.datetime(2026, 11, 23, 9, 30), datetime.datetime(2026, 11, 23, 9, 30), None)
    """
    if text == NOW:
        return datetime.now(HERE).replace(tzinfo=None, second=0, microsecond=0)
    try:
        told = datetime.fromisoformat(text.replace(" ", "+"))
        return told if told.tzinfo is None else told.astimezone(HERE).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
