"""The order of the answers: what fits for certain, then what may; by minutes, then by how well it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.nearby.asked import Asked, Filter
from app.nearby.candidates import Candidates, Ways, ways
from app.nearby.judging import NO, UNKNOWN, Verdicts, verdicts
from app.nearby.territory import Territory
from geo.arrays import Bools, Floats, Positions

_LATER_TYPE = 0.05  # what each place costs that a type comes after the one that answers best
_CONFIRMED = 0.1  # what it is worth that a service is known to be there


@dataclass(frozen=True, eq=False)
class Ranked:
    """Candidates with their ways and verdicts; ``order`` the positions of those that fit, the best first."""

    candidates: Candidates
    ways: Ways
    verdicts: Mapping[str, Verdicts]
    certain: Bools
    order: Positions

    def filters(self) -> list[Filter]:
        """What each filter did; who fails several counts with each of them."""
        fits = np.zeros(len(self.candidates), dtype=np.bool_)
        fits[self.order] = True
        count = np.count_nonzero
        return [
            Filter(name, int(count(told == NO)), int(count((told == UNKNOWN) & fits)))
            for name, told in self.verdicts.items()
        ]

    def proven(self, limit: int, sure: float) -> bool:
        """Whether the first ``limit`` stay the first, whatever is at ``sure`` minutes and more and was not seen."""
        if np.isinf(sure):
            return True
        page = self.order[:limit]
        return len(page) == limit and bool(
            self.certain[page].all() and steps(self.ways.minutes[page[-1:]])[0] < steps(sure)
        )


def rank(candidates: Candidates, asked: Asked, territory: Territory, *, today: date) -> Ranked:
    """Judge and order candidates."""
    found = ways(candidates, asked, territory)
    told = verdicts(candidates, found, asked, territory, today=today)
    every = np.array(list(told.values())).reshape(len(told), len(candidates))
    certain = np.asarray((every > 0).all(axis=0))
    kept = np.flatnonzero((every != NO).all(axis=0))
    ids = candidates.listing.ids[candidates.rows[kept]]
    relevance = _relevance(candidates, asked, today=today)[kept]
    minutes = found.minutes[kept]
    order = kept[np.lexsort((ids, minutes, -relevance, steps(minutes), ~certain[kept]))]
    return Ranked(candidates, found, told, certain, order)


def steps(minutes: Floats | float) -> Floats:
    """Whole minutes: an estimate tells no finer difference, and within one the better answer comes first."""
    return np.rint(minutes)


def _relevance(candidates: Candidates, asked: Asked, *, today: date) -> Floats:
    later = {code: place * _LATER_TYPE for place, code in enumerate(asked.types)} if asked.needed else {}
    profiles = zip(candidates.told("kind"), candidates.certainties(today), strict=True)
    worth = [(_CONFIRMED if sure == "confermata" else 0.0) - later.get(kind, 0.0) for kind, sure in profiles]
    return np.asarray(candidates.rank + np.array(worth, dtype=np.float64)[candidates.which])
