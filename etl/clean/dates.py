"""Dates in ISO form."""

import re
from datetime import date, timedelta
from functools import lru_cache

from etl.clean.step import Read, lost

_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?$")
_ITALIAN = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})(?: [\d:.]+)?$")
_COMPACT = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)$")
_SPOKEN = re.compile(r"^(\d{1,2})[°º]? ([a-zà]+) (\d{4})$", re.IGNORECASE)
_SERIAL = re.compile(r"^(\d{5})(?:[.,]\d+)?$")
_MONTHS = ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"]
_DAY_ZERO = date(1899, 12, 30)  # spreadsheets count days from here, after 28 February 1900
_EARLIEST, _LATEST = 1800, 2100
_YEAR = re.compile(r"^((?:18|19|20)\d\d)(?:[.,]0)?(?:\s?[/-]\s?(?:\d\d){1,2})?$")
_SCHOOL_YEAR = re.compile(r"^((?:19|20)\d\d)\d\d$")


@lru_cache(maxsize=20_000)
def read_date(text: str) -> Read:
    """Day first where the parts could be either: dates of Italian publishers. What is no day is dropped.

    >>> read_date("01/02/2015").value, read_date("42036").value, read_date("31/02/2015").value
    ('2015-02-01', '2015-02-01', None)
    """
    day = _parts(text.strip())
    if day is None:
        return lost("data_errata", text)
    if not _EARLIEST <= day.year < _LATEST:
        return lost("data_lontana", text)
    return Read(day.isoformat())


def _parts(text: str) -> date | None:
    try:
        if found := _ISO.match(text) or _COMPACT.match(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _ITALIAN.match(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if found := _SPOKEN.match(text):
            return date(int(found[3]), _MONTHS.index(found[2][:3].lower()) + 1, int(found[1]))
    except ValueError:
        return None
    serial = _SERIAL.match(text)
    return _DAY_ZERO + timedelta(days=int(serial[1])) if serial and int(serial[1]) < 80_000 else None


@lru_cache(maxsize=1_000)
def read_year(text: str) -> Read:
    """A year; of a school year the first (``2023/24``, ``202324`` → ``2023``)."""
    found = _YEAR.match(text.strip()) or _SCHOOL_YEAR.match(text.strip())
    return Read(found[1]) if found else lost("anno_errato", text)
