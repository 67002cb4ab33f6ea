"""When services are open in a week, so that two of them can be compared."""

import re
from collections.abc import Iterable
from datetime import date, time

import numpy as np
import pandas as pd
from sqlalchemy import Connection, and_, or_, select

from etl.derive.supply import name
from etl.store import models as m
from etl.store.frames import read_frame, records
from geo.arrays import AnySeries

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = 1440  # minutes
_WEEK = 7 * _DAY
_PLAIN = re.compile(r"(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*")
_SPAN = re.compile(r"([A-Z]{2}) (\d\d):(\d\d)-(\d\d):(\d\d)")


def read_hours(connection: Connection, *, today: date) -> AnySeries:
    """Weekly openings, as text, by presence at a place: those of the service, else those of the place.

    Presences without any are absent: their hours are not known, or known as free text only. A schedule that is not
    plainly weekly (each first Monday) makes the hours of all it belongs to unknown: half of them would mislead.
    Seasons count where ``today`` is in them.
    """
    plan = m.Schedule
    statement = (
        select(
            name(m.ServiceAtLocation.id, "presence"),
            plan.service_id.is_not(None).label("own"),
            *(plan.freq, plan.byday, plan.opens_at, plan.closes_at),
        )
        .join(
            plan,
            or_(
                plan.service_id == m.ServiceAtLocation.service_id,
                and_(plan.service_id.is_(None), plan.location_id == m.ServiceAtLocation.location_id),
            ),
        )
        .where(
            or_(plan.byday.is_not(None), plan.opens_at.is_not(None)),  # the publisher's own words have neither
            or_(plan.valid_from.is_(None), plan.valid_from <= today),
            or_(plan.valid_to.is_(None), plan.valid_to >= today),
        )
    )
    return weekly(read_frame(connection, statement))


def weekly(schedules: pd.DataFrame) -> AnySeries:
    """``MO 09:00-12:00|MO 14:00-18:00`` by presence, from rows of ``schedule`` with ``presence`` and ``own``."""
    found: dict[str, list[str] | None] = {}
    own = set(schedules.loc[schedules["own"].astype(bool), "presence"])
    for row in records(schedules):
        presence = row["presence"]
        if presence in own and not row["own"]:
            continue
        spans = _spans(row["freq"], row["byday"], row["opens_at"], row["closes_at"])
        sofar = found.setdefault(presence, [])
        found[presence] = None if spans is None or sofar is None else [*sofar, *spans]
    told = {presence: "|".join(sorted(set(spans), key=_order)) for presence, spans in found.items() if spans}
    return pd.Series(told, dtype=object, name="hours")


def _spans(freq: str | None, byday: str | None, opens_at: time | None, closes_at: time | None) -> list[str] | None:
    plain = freq in (None, "WEEKLY") and byday is not None and _PLAIN.fullmatch(byday)
    if not plain or byday is None or opens_at is None or closes_at is None:
        return None
    return [f"{day} {opens_at:%H:%M}-{closes_at:%H:%M}" for day in byday.split(",")]


def _order(span: str) -> tuple[int, str]:
    return DAYS.index(span[:2]), span


def slots(hours: AnySeries) -> AnySeries:
    """The hours of several services as sets that share an element exactly where two are open at one moment.

    ``hours`` as :func:`weekly` gives them, missing where unknown: the set is then empty. The week is cut wherever one
    of the services opens or closes, so that no slot is open in part.

    >>> slots(pd.Series(["MO 09:00-12:00", "MO 11:00-13:00|TU 08:00-09:00", None])).tolist()
    [frozenset({0, 1}), frozenset({1, 2, 3}), frozenset()]
    """
    spans = [_minutes(text) if isinstance(text, str) else [] for text in hours]
    cuts = np.unique([moment for one in spans for span in one for moment in span])
    # Between two openings nobody is open: only the pieces that somebody is open in are counted.
    pieces = sorted({int(piece) for one in spans for span in one for piece in _pieces(cuts, span)})
    number = {piece: place for place, piece in enumerate(pieces)}
    sets = [frozenset(number[int(piece)] for span in one for piece in _pieces(cuts, span)) for one in spans]
    return pd.Series(sets, index=hours.index, dtype=object)


def _pieces(cuts: "np.ndarray[tuple[int], np.dtype[np.int64]]", span: tuple[int, int]) -> Iterable[int]:
    first, last = np.searchsorted(cuts, span)
    return range(int(first), int(last))


def _minutes(text: str) -> list[tuple[int, int]]:
    """Spans in minutes of the week; over midnight they go on the next day, after Sunday on Monday."""
    found: list[tuple[int, int]] = []
    for day, *clock in _SPAN.findall(text):
        from_hour, from_minute, to_hour, to_minute = (int(figure) for figure in clock)
        start = DAYS.index(day) * _DAY + from_hour * 60 + from_minute
        length = (to_hour * 60 + to_minute - from_hour * 60 - from_minute) % _DAY
        # The end of a day is told as 23:59.
        end = start + length + ((to_hour, to_minute) == (23, 59))
        found += [(start, end)] if end <= _WEEK else [(start, _WEEK), (0, end - _WEEK)]
    return found
