"""Opening hours: from the publisher's words to OpenStreetMap's ``opening_hours``, and from those to weekly openings."""

import re
from datetime import time
from functools import lru_cache

from opening_hours import validate

from etl.clean.draft import Draft
from etl.clean.hours_grammar import osm_hours_of
from etl.clean.hours_words import DAYS
from etl.clean.step import Context, Remark, Work, merged
from etl.record import Opening

_LONGEST = 500  # characters; hours that are told for certain are short
_OSM_WORD = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b|^24/7$")
_ICAL = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SPAN = r"\d{1,2}:\d\d-\d{1,2}:\d\d"
_RULE = re.compile(rf"^(?P<days>[A-Za-z,-]+) (?P<times>{_SPAN}(?:, ?{_SPAN})*|off|closed)$")
_MINUTES_OF_A_DAY = 1440


def add_osm_hours(draft: Draft, _context: Context) -> Work:
    """``osm_hours`` where the text of ``opening_hours`` is certain; the text itself stays as it is."""
    if "osm_hours" in draft:
        if valid_osm(draft["osm_hours"]):
            return Work(draft)
        wrong = Remark("orari_osm_errati", "scartato", draft["osm_hours"], field="osm_hours")
        return Work(merged(draft, {"osm_hours": ""}), (wrong,))
    found = read_hours(draft["opening_hours"]) if "opening_hours" in draft else None
    if found is None and "opening_hours" in draft:
        return Work(draft, (Remark("orari_incerti", "dubbio", draft["opening_hours"], field="opening_hours"),))
    return Work(merged(draft, {"osm_hours": found or ""}))


@lru_cache(maxsize=20_000)
def read_hours(text: str) -> str | None:
    """The hours in OpenStreetMap's syntax, from that syntax or from Italian; nothing where they are not certain."""
    if len(text) > _LONGEST:
        return None
    bare = text.strip()
    return valid_osm(bare) if _OSM_WORD.search(bare) else valid_osm(osm_hours_of(bare) or "")


@lru_cache(maxsize=20_000)
def valid_osm(text: str) -> str | None:
    """The text, if it is valid ``opening_hours`` by the parser that renderers of maps use."""
    return text if text and validate(text) else None


@lru_cache(maxsize=20_000)
def openings(osm_hours: str) -> tuple[Opening, ...]:
    """Weekly openings (HSDS schedules) of an OpenStreetMap ``opening_hours`` text that is plain enough, else none.

    Plain: days of the week and times, rules set apart by semicolons (a later one replaces an earlier one on its days),
    and public holidays off. Seasons, holidays with hours of their own and openings over midnight are not told, as
    half of the hours would mislead. Midnight at the end of a day is told as 23:59.

    >>> [(opening.byday, opening.opens_at.hour) for opening in openings("Mo-Fr 09:00-12:00; We off")]
    [('MO,TU,TH,FR', 9)]
    """
    week: dict[int, tuple[str, ...]] = {}
    for rule in re.split(r"\s*;\s*", "Mo-Su 00:00-24:00" if osm_hours.strip() == "24/7" else osm_hours.strip(" ;")):
        found = _RULE.match(rule)
        days = _days(found["days"]) if found else None
        if found is None or days is None:
            return ()
        spans = () if found["times"] in {"off", "closed"} else tuple(re.findall(_SPAN, found["times"]))
        if 7 in days and spans:
            return ()
        week |= dict.fromkeys(days - {7}, spans)
    return _weekly(week)


def _days(text: str) -> set[int] | None:
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS[:7]):
            return None
        start, end = DAYS.index(first), DAYS.index(last or first)
        days |= set(range(start, end + 1)) if start <= end else {*range(start, 7), *range(end + 1)}
    return days


def _weekly(week: dict[int, tuple[str, ...]]) -> tuple[Opening, ...]:
    days_by_span: dict[tuple[time, time], list[str]] = {}
    for day in sorted(week):
        for span in week[day]:
            clocks = tuple(_clock(text) for text in span.split("-"))
            start, end = clocks
            if start is None or end is None or end <= start:
                return ()
            days_by_span.setdefault((start, end), []).append(_ICAL[day])
    return tuple(sorted(Opening(",".join(days), *span) for span, days in days_by_span.items()))


def _clock(text: str) -> time | None:
    hour, minute = (int(part) for part in text.split(":"))
    minutes = min(hour * 60 + minute, _MINUTES_OF_A_DAY - 1) if hour * 60 + minute <= _MINUTES_OF_A_DAY else -1
    return time(minutes // 60, minutes % 60) if minutes >= 0 and minute < 60 else None
