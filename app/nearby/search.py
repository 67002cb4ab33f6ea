"""The search itself: candidates from the database, ever farther, until nothing beyond can be a better answer."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from app.hot.statements import Statement, prepared
from app.nearby.asked import Asked
from app.nearby.candidates import Candidates, least_minutes
from app.nearby.ranking import Ranked, rank
from app.nearby.territory import Territory
from app.queries import nearby as selects
from app.queries.words import values as words_of

FIRST_ROWS = 8  # of each type at least, before it is known how near they are
ENOUGH = 3  # times as many as are asked for: mostly they prove the first ones
WIDER = 4  # times as many rows the next time
MOST_ROWS = 8_192  # candidates of one search; who asks for what is rarer is told up to where everything was looked at
MOST_COMING = 500  # services without a journey; those of a declared area first

# Along the index of distances, whatever is asked.
_NEAREST = prepared(selects.nearest(), planned_once=True)
_OF_TYPES = prepared(selects.nearest_of_types(), planned_once=True)
_BY_WORDS = prepared(selects.nearest_by_words())
_COMING = {words: prepared(selects.coming(words=words)) for words in (False, True)}
_HIDDEN = {words: prepared(selects.hidden(words=words)) for words in (False, True)}


class Database(Protocol):
    """What runs statements: :class:`app.hot.pool.Hot`."""

    async def rows(self, statement: Statement, **values: object) -> list[Any]:
        """All rows of a statement."""
        ...


@dataclass(frozen=True)
class Found:
    """What a search found.

    ``seen``: how far around everything was looked at. ``proven``: no other service can be among the first ``limit``.
    ``hidden``: services at protected places.
    """

    asked: Asked
    ranked: Ranked
    seen: "Seen"
    proven: bool
    hidden: Sequence[UUID]

    @property
    def matched(self) -> int | None:
        """How many answer; None where not all that may were looked at."""
        return len(self.ranked.order) + len(self.hidden) if self.seen.reaches(self.asked) else None


@dataclass(frozen=True)
class Seen:
    """Everything within so many minutes, and within so many metres in a straight line, was looked at."""

    minutes: float = math.inf
    metres: float = math.inf

    def reaches(self, asked: Asked) -> bool:
        """Whether nothing that is asked for lies farther."""
        return self.minutes > asked.minutes or self.metres > (asked.metres or math.inf)


async def search(database: Database, asked: Asked, territory: Territory, *, today: date) -> Found:
    """The services that answer, the best first; by likeness of letters only where no word of theirs is the same."""
    found = await _search(database, asked, territory, today=today, alike=False)
    if asked.words is None or len(found.ranked.candidates) or found.hidden:
        return found
    return await _search(database, asked, territory, today=today, alike=True)


async def _search(database: Database, asked: Asked, territory: Territory, *, today: date, alike: bool) -> Found:
    told: dict[str, Any] = {"types": list(_known(asked, territory))}
    if asked.words is not None:
        told |= words_of(asked.words, alike=alike)
    comers = await _coming(database, asked, territory, told)
    kinds = max(len(told["types"]), 1)
    rows = max(FIRST_ROWS, ENOUGH * asked.limit // kinds)
    while True:
        near = await _near(database, asked, told, rows)
        ranked = rank(Candidates.of([*near, *comers]), asked, territory, today=today)
        seen = _seen(near, asked, territory, told["types"], rows)
        proven = seen.reaches(asked) or ranked.proven(asked.limit, seen.minutes)
        if proven or rows * kinds >= MOST_ROWS:
            break
        rows *= WIDER
    return Found(asked, ranked, seen, proven, await _hidden(database, asked, territory, told))


def _known(asked: Asked, territory: Territory) -> tuple[str, ...]:
    """The types asked for of which anything is listed; of types that are not asked for, none."""
    return tuple(code for code in asked.types if code in territory.kinds and territory.kinds[code].listed)


async def _near(database: Database, asked: Asked, told: dict[str, Any], rows: int) -> list[Any]:
    if asked.types and not told["types"]:
        return []
    statement = _BY_WORDS if asked.words is not None else _OF_TYPES if told["types"] else _NEAREST
    return await database.rows(statement, x=asked.origin.x, y=asked.origin.y, rows=rows, **told)


def _seen(near: list[Any], asked: Asked, territory: Territory, types: Sequence[str], rows: int) -> Seen:
    """How far around every service that people go to was looked at; without end where the database has no more."""
    ends: dict[str | None, float]
    if asked.words is not None or not types:
        ends = {} if len(near) < rows else {None: _metres(near[-1], asked)}
    else:
        count, last = Counter(row["kind"] for row in near), {row["kind"]: row for row in near}
        ends = {kind: _metres(last[kind], asked) for kind in types if count[kind] >= rows}
    minutes = (least_minutes(asked, territory, metres=far, kind=kind) for kind, far in ends.items())
    return Seen(min(minutes, default=math.inf), min(ends.values(), default=math.inf))


def _metres(row: Any, asked: Asked) -> float:  # noqa: ANN401 - asyncpg's records have no type
    return math.hypot(row["x"] - asked.origin.x, row["y"] - asked.origin.y)


async def _coming(database: Database, asked: Asked, territory: Territory, told: dict[str, Any]) -> list[Any]:
    if not any(territory.kinds[code].comes for code in _of(asked, territory, told)):
        return []
    home = [] if asked.home is None else list(asked.home.within)
    return await database.rows(_COMING[asked.words is not None], home=home, rows=MOST_COMING, **told)


async def _hidden(database: Database, asked: Asked, territory: Territory, told: dict[str, Any]) -> list[UUID]:
    """Services at protected places, which have no minutes: whatever is asked of distance, they come last."""
    if not any(territory.kinds[code].hidden for code in _of(asked, territory, told)):
        return []
    zone = None if asked.origin.municipality is None else asked.origin.municipality.zone_id
    rows = await database.rows(_HIDDEN[asked.words is not None], zone=zone, rows=asked.limit, **told)
    return [row["id"] for row in rows]


def _of(asked: Asked, territory: Territory, told: dict[str, Any]) -> Iterable[str]:
    return told["types"] if asked.types else territory.kinds
