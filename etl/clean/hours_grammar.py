"""A small grammar of Italian opening hours: days and times, told apart with certainty or not at all.

text    = [season] clause {[stop] clause} {[stop] season clause ...}
season  = month ("dash" | "to") month [colon]
clause  = days [closed | times] | closed days
days    = day {and | comma | nothing, day} | day to day | day dash day (four days or more)
times   = time (dash | to) time {and | comma | dash | nothing, time (dash | to) time}
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from etl.clean.hours_words import DAYS, MONTHS, Token, tokens

Span = tuple[int, int]  # minutes since midnight
_MIDDAY = 14 * 60
_FEWEST_OF_A_RANGE = 4  # days: "lun-ven" is a range, "mar-gio" may be two days


class Uncertain(Exception):
    """The text cannot be told for certain."""


@dataclass
class Season:
    """Weekly openings of one part of the year; ``months`` is empty where it is the whole year."""

    months: tuple[int, int] | None
    spans: dict[int, set[Span]] = field(default_factory=lambda: defaultdict(set))
    closed: set[int] = field(default_factory=set)


def osm_hours_of(text: str) -> str | None:
    """OpenStreetMap's ``opening_hours`` of an Italian text; nothing where any of it is uncertain.

    >>> osm_hours_of("lunedì 15.00-19.55; dal martedì al venerdì 8.15-19.55; sabato 10.30-18.00")
    'Mo 15:00-19:55; Tu-Fr 08:15-19:55; Sa 10:30-18:00'
    """
    found = tokens(text)
    if not found:
        return None
    try:
        return "; ".join(_written(season) for season in _Parser(found).seasons())
    except Uncertain:
        return None


class _Parser:
    """Reads tokens from left to right; raises ``Uncertain`` at the first that does not fit."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0

    def seasons(self) -> list[Season]:
        if "always" in {self._next(), self._next(1)}:
            return self._always()
        seasons: list[Season] = []
        while self._skip("stop", "comma", "colon", "dash") or self._at < len(self._tokens):
            if self._at == len(self._tokens):
                break
            if self._next() == "month":
                seasons.append(Season(self._months()))
            elif not seasons:
                seasons.append(Season(None))
            else:
                self._clause(seasons[-1])
        return [_checked(season) for season in seasons]

    def _always(self) -> list[Season]:
        if [token.kind for token in self._tokens if token.kind != "everyday"] != ["always"]:
            raise Uncertain
        return [Season(None, {day: {(0, 1440)} for day in range(7)})]

    def _clause(self, season: Season) -> None:
        if self._take("closed"):
            season.closed |= self._days()
        elif self._take("except"):
            self._take("and")
            days = self._days()
            if days != {7}:
                raise Uncertain
            season.closed |= days
        else:
            self._open(season)

    def _open(self, season: Season) -> None:
        days = self._days()
        self._skip("comma", "colon", "dash")
        if self._take("closed"):
            season.closed |= days
            return
        half = self._tokens[self._at].value if self._next() == "half" else None
        self._skip("half", "colon", "comma")
        for span in self._times():
            if (half == 0 and span[1] > _MIDDAY) or (half == 1 and span[0] < _MIDDAY - 180):
                raise Uncertain
            for day in days:
                season.spans[day].add(span)

    def _months(self) -> tuple[int, int]:
        first = self._expect("month")
        if not (self._take("dash") or self._take("to")):
            raise Uncertain
        last = self._expect("month")
        self._skip("colon", "comma")
        return first, last

    def _days(self) -> set[int]:
        if self._take("everyday"):
            return set(range(7))
        chain, dashes, days = [self._range_start()], 0, set[int]()
        bare = self._next() == "day" and self._next(1) != "day"
        while True:
            if self._take("to"):
                days |= _between(chain.pop(), self._expect("day"))
                chain.append(-1)
            elif self._next() == "dash" and self._next(1) == "day":
                self._take("dash")
                dashes += 1
                chain.append(self._expect("day"))
            elif self._joined():
                chain.append(self._range_start())
            else:
                break
        if bare and chain[-1] - chain[0] > 1:  # "lun ven" may be a range
            raise Uncertain
        return days | _chained([day for day in chain if day >= 0], dashes)

    def _joined(self) -> bool:
        """Whether another day follows in the list; words between are taken."""
        ahead = 0
        while self._next(ahead) in {"comma", "and"}:
            ahead += 1
        if self._next(ahead) == "from" and self._next(ahead + 1) == "day":
            pass
        elif self._next(ahead) != "day":
            return False
        self._at += ahead
        return True

    def _range_start(self) -> int:
        self._take("from")
        return self._expect("day")

    def _times(self) -> list[Span]:
        spans = [self._span()]
        while True:
            ahead = 0
            while self._next(ahead) in {"comma", "and", "dash"}:
                ahead += 1
            if self._next(ahead) == "from" and self._next(ahead + 1) == "time":
                ahead += 1
            if self._next(ahead) != "time":
                return spans
            self._at += ahead
            spans.append(self._span())

    def _span(self) -> Span:
        self._take("from")
        start = self._expect("time")
        if not (self._take("dash") or self._take("to")):
            raise Uncertain
        end = self._expect("time")
        if end <= start:
            raise Uncertain
        return start, end

    def _next(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at].kind if at < len(self._tokens) else ""

    def _take(self, kind: str) -> bool:
        taken = self._next() == kind
        self._at += taken
        return taken

    def _skip(self, *kinds: str) -> bool:
        start = self._at
        while self._next() in kinds:
            self._at += 1
        return self._at > start

    def _expect(self, kind: str) -> int:
        if self._next() != kind:
            raise Uncertain
        self._at += 1
        return self._tokens[self._at - 1].value


def _chained(days: list[int], dashes: int) -> set[int]:
    """Days of a list; two with a dash between are a range where they are far enough apart."""
    if dashes == 1 and len(days) == 2:
        whole = _between(*days)
        if len(whole) < _FEWEST_OF_A_RANGE:
            raise Uncertain
        return whole
    if dashes and dashes != len(days) - 1:
        raise Uncertain
    return set(days)


def _between(first: int, last: int) -> set[int]:
    if not 0 <= first < last < 7:
        raise Uncertain
    return set(range(first, last + 1))


def _checked(season: Season) -> Season:
    """The season, if it opens at all, no two openings of a day overlap and no day is both open and closed."""
    if not season.spans or season.closed & set(season.spans):
        raise Uncertain
    for spans in season.spans.values():
        ordered = sorted(spans)
        if any(one[1] > other[0] for one, other in pairwise(ordered)):
            raise Uncertain
    return season


def _written(season: Season) -> str:
    prefix = "" if season.months is None else "-".join(MONTHS[month] for month in season.months) + " "
    days_by_times: dict[str, list[int]] = {}
    for day in sorted(season.spans):
        times = ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in sorted(season.spans[day]))
        days_by_times.setdefault(times, []).append(day)
    if prefix == "" and days_by_times == {"00:00-24:00": list(range(7))}:
        return "24/7"
    rules = [f"{prefix}{day_list(days)} {times}" for times, days in days_by_times.items()]
    return "; ".join([*rules, f"{prefix}PH off"] if 7 in season.closed else rules)


def day_list(days: list[int]) -> str:
    """``Mo-We,Fr`` for the days 0, 1, 2 and 4.

    >>> day_list([0, 1, 2, 4]), day_list([5, 6])
    ('Mo-We,Fr', 'Sa,Su')
    """
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1 and day < 7:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [f"{DAYS[run[0]]}-{DAYS[run[-1]]}" if len(run) > 2 else ",".join(DAYS[day] for day in run) for run in runs]
    return ",".join(names)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
