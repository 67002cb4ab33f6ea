"""The search itself: candidates from the database, ever farther, until nothing beyond can be a better answer."""

import math
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
    parts = _parts(asked, told)
    while True:
        await _fetch(database, asked, told, [part for part in parts if part.open])
        near = [row for part in parts for row in part.found]
        ranked = rank(Candidates.of([*near, *comers]), asked, territory, today=today)
        bounds = {part.kind: part.seen(asked, territory) for part in parts}
        seen = Seen(
            min((one.minutes for one in bounds.values()), default=math.inf),
            min((one.metres for one in bounds.values()), default=math.inf),
        )
        proven = seen.reaches(asked) or ranked.proven(asked.limit, seen.minutes)
        if proven or sum(part.rows for part in parts) >= MOST_ROWS:
            break
        for part in parts:
            bound = bounds[part.kind]
            part.widen(needed=not (bound.reaches(asked) or ranked.proven(asked.limit, bound.minutes)))
    return Found(asked, ranked, seen, proven, await _hidden(database, asked, territory, told))


@dataclass
class Part:
    """The nearest services of one type (None: of all): how many are asked for, and those that came."""

    kind: str | None
    rows: int
    open: bool = True
    found: Sequence[Any] = ()

    def widen(self, *, needed: bool) -> None:
        """Ask for more the next time, where more are needed."""
        self.open = needed
        self.rows *= WIDER if needed else 1

    def seen(self, asked: Asked, territory: Territory) -> "Seen":
        """How far around every one of these services was looked at; without end where the database has no more."""
        if len(self.found) < self.rows:
            return Seen()
        last = self.found[-1]
        metres = math.hypot(last["x"] - asked.origin.x, last["y"] - asked.origin.y)
        return Seen(least_minutes(asked, territory, metres=metres, kind=self.kind), metres)


def _parts(asked: Asked, told: dict[str, Any]) -> list[Part]:
    """What is looked for by itself: each type, or everything; nothing, where no type asked for has a service."""
    if asked.types and not told["types"]:
        return []
    by_itself = told["types"] if asked.words is None else []
    rows = max(FIRST_ROWS, ENOUGH * asked.limit // max(len(by_itself), 1))
    return [Part(kind, rows) for kind in by_itself or [None]]


async def _fetch(database: Database, asked: Asked, told: dict[str, Any], parts: Sequence[Part]) -> None:
    """Fill the parts, in one statement for all types."""
    where = {"x": asked.origin.x, "y": asked.origin.y}
    if parts and parts[0].kind is not None:
        types, most = [part.kind for part in parts], [part.rows for part in parts]
        rows = await database.rows(_OF_TYPES, types=types, most=most, **where)
        for part in parts:
            part.found = [row for row in rows if row["kind"] == part.kind]
    for part in parts:
        if part.kind is None:
            statement = _NEAREST if asked.words is None else _BY_WORDS
            part.found = await database.rows(statement, rows=part.rows, **where, **told)


def _known(asked: Asked, territory: Territory) -> tuple[str, ...]:
    """The types asked for of which anything is listed; of types that are not asked for, none."""
    return tuple(code for code in asked.types if code in territory.kinds and territory.kinds[code].listed)


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
