"""The search itself: candidates from the database, ever farther, until nothing beyond can be a better answer."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import numpy as np

from app.hot.statements import Statement, prepared
from app.nearby.asked import Asked
from app.nearby.candidates import Candidates, least_minutes
from app.nearby.listing import Listing
from app.nearby.ranking import Ranked, rank
from app.nearby.territory import Territory
from app.queries import nearby as selects
from app.queries.words import values as words_of
from geo.arrays import Floats, Positions

FIRST_ROWS = 8  # of each type at least, before it is known how near they are
ENOUGH = 3  # times as many as are asked for: mostly they prove the first ones
WIDER = 4  # times as many rows the next time
MOST_ROWS = 8_192  # candidates of one search; who asks for what is rarer is told up to where everything was looked at
MOST_COMING = 500  # services without a journey; those of a declared area first

_BY_WORDS = prepared(selects.by_words())
_COMING = prepared(selects.coming())
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


@dataclass(frozen=True)
class Within:
    """What a search looks through: the territory, the services, and the database for the words and what is hidden."""

    territory: Territory
    listing: Listing
    database: Database


async def search(within: Within, asked: Asked, *, today: date) -> Found:
    """The services that answer, the best first; by likeness of letters only where no word of theirs is the same."""
    found = await _search(within, asked, today=today, alike=False)
    if asked.words is None or len(found.ranked.candidates) or found.hidden:
        return found
    return await _search(within, asked, today=today, alike=True)


async def _search(within: Within, asked: Asked, *, today: date, alike: bool) -> Found:
    territory = within.territory
    told: dict[str, Any] = {"types": list(_known(asked, territory))}
    if asked.words is not None:
        told |= words_of(asked.words, alike=alike)
    comers = await _coming(within, asked, told)
    parts = _parts(asked, told)
    while True:
        for part in parts:
            if part.open:
                part.found = await _nearest(within, asked, told, part)
        ranked = rank(_joined([*(part.found for part in parts), comers], within), asked, territory, today=today)
        bounds = {part.kind: part.seen(asked, within) for part in parts}
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
    return Found(asked, ranked, seen, proven, await _hidden(within, asked, told))


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of the listing with how well they answer; ``last`` where there are no more of them."""

    rows: Positions
    rank: Floats
    last: bool = True


_NO_ROWS = Rows(np.zeros(0, dtype=np.intp), np.zeros(0))


def _joined(found: Sequence[Rows], within: Within) -> Candidates:
    if len(found) == 2 and not len(found[1].rows):  # the usual search, of one type
        return Candidates(within.listing, found[0].rows, found[0].rank)
    rows, ranks = (np.concatenate([getattr(one, name) for one in found]) for name in ("rows", "rank"))
    return Candidates(within.listing, rows, ranks)


@dataclass
class Part:
    """The nearest services of one type (None: of all): how many are asked for, and those that came."""

    kind: str | None
    rows: int
    open: bool = True
    found: Rows = field(default=_NO_ROWS)

    def widen(self, *, needed: bool) -> None:
        """Ask for more the next time, where more are needed."""
        self.open = needed
        self.rows *= WIDER if needed else 1

    def seen(self, asked: Asked, within: Within) -> "Seen":
        """How far around every one of these services was looked at; without end where there are no more."""
        if self.found.last:
            return Seen()
        listing, last = within.listing, self.found.rows[-1]
        metres = math.hypot(listing.x[last] - asked.origin.x, listing.y[last] - asked.origin.y)
        return Seen(least_minutes(asked, within.territory, metres=metres, kind=self.kind), metres)


def _parts(asked: Asked, told: dict[str, Any]) -> list[Part]:
    """What is looked for by itself: each type, or everything; nothing, where no type asked for has a service."""
    if asked.types and not told["types"]:
        return []
    by_itself = told["types"] if asked.words is None else []
    rows = max(FIRST_ROWS, ENOUGH * asked.limit // max(len(by_itself), 1))
    return [Part(kind, rows) for kind in by_itself or [None]]


async def _nearest(within: Within, asked: Asked, told: dict[str, Any], part: Part) -> Rows:
    """The nearest rows of a part, the nearest first."""
    where = {"x": asked.origin.x, "y": asked.origin.y}
    if asked.words is not None:
        return _listed(await within.database.rows(_BY_WORDS, rows=part.rows, **where, **told), within, part.rows)
    near = within.listing.near.get(part.kind)
    if near is None:
        return _NO_ROWS
    rows = near.nearest(count=part.rows, **where)
    return Rows(rows, np.zeros(len(rows)), len(near.rows) <= part.rows)


def _listed(found: Sequence[Any], within: Within, most: int) -> Rows:
    """Rows of the database as rows of the listing; what came with a load after it was read is not among them."""
    rows, known = within.listing.rows([row["id"] for row in found])
    ranks = np.array([row["rank"] for row in found], dtype=np.float64)
    return Rows(rows[known], ranks[known], len(found) < most or not known.any())


def _known(asked: Asked, territory: Territory) -> tuple[str, ...]:
    """The types asked for of which anything is listed; of types that are not asked for, none."""
    return tuple(code for code in asked.types if code in territory.kinds and territory.kinds[code].listed)


async def _coming(within: Within, asked: Asked, told: dict[str, Any]) -> Rows:
    """Services without a journey; of those that answer words the first :data:`MOST_COMING`."""
    of = _of(asked, within.territory, told)
    if asked.words is None:
        rows = [within.listing.coming[code] for code in of if code in within.listing.coming]
        return Rows(np.concatenate(rows), np.zeros(sum(map(len, rows)))) if rows else _NO_ROWS
    if not any(within.territory.kinds[code].comes for code in of):
        return _NO_ROWS
    home = [] if asked.home is None else list(asked.home.within)
    found = await within.database.rows(_COMING, home=home, rows=MOST_COMING, **told)
    return _listed(found, within, MOST_COMING)


async def _hidden(within: Within, asked: Asked, told: dict[str, Any]) -> list[UUID]:
    """Services at protected places, which have no minutes: whatever is asked of distance, they come last."""
    if not any(within.territory.kinds[code].hidden for code in _of(asked, within.territory, told)):
        return []
    zone = None if asked.origin.municipality is None else asked.origin.municipality.zone_id
    rows = await within.database.rows(_HIDDEN[asked.words is not None], zone=zone, rows=asked.limit, **told)
    return [row["id"] for row in rows]


def _of(asked: Asked, territory: Territory, told: dict[str, Any]) -> Iterable[str]:
    return told["types"] if asked.types else territory.kinds
