"""What waits for a person: pairs with both their sides, why they may be one, and where they are."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from pyproj import Geod
from sqlalchemy import Connection

from etl.link import judgements
from etl.link.claim import Question
from etl.link.clusters import telling
from etl.link.pair import Pair, Reason
from etl.link.sides import Side, sides
from etl.link.verdicts import COMPARED, FOLLOWS
from etl.load import pairs

_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True)
class Case:
    """A pair with what its two sides say; ``metres`` lie between their points where both are known."""

    pair: Pair
    left: Side
    right: Side
    metres: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields that either side fills."""
        return tuple(dict.fromkeys([*self.left.fields, *self.right.fields]))

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The evidence, without what the comparison said as a whole."""
        return tuple(one for one in self.pair.reasons if one.evidence != COMPARED)


def waiting(connection: Connection, question: Question | None = None) -> list[Case]:
    """What nobody has judged yet, the most telling first."""
    asked = get_args(Question) if question is None else (question,)
    answered = {(one.question, one.left, one.right) for one in judgements.in_force(connection, question)}
    found = [
        pair
        for one in asked
        for pair in pairs.read(connection, one)
        if _waits(pair) and (pair.question, pair.left, pair.right) not in answered
    ]
    return cases(connection, sorted(found, key=telling))


def _waits(pair: Pair) -> bool:
    return pair.verdict == "incerto" and pair.decided_by != "giudizio" and pair.rule != FOLLOWS


def cases(connection: Connection, shown: Sequence[Pair]) -> list[Case]:
    """Pairs with what their sides say, in the order in which they are given."""
    found: dict[tuple[Question, uuid.UUID], Side] = {}
    for question in sorted({pair.question for pair in shown}):
        ids = {end for pair in shown if pair.question == question for end in (pair.left, pair.right)}
        found |= {(question, member): side for member, side in sides(connection, question, ids).items()}
    return [_case(pair, found[pair.question, pair.left], found[pair.question, pair.right]) for pair in shown]


def _case(pair: Pair, left: Side, right: Side) -> Case:
    if left.point is None or right.point is None:
        return Case(pair, left, right)
    _there, _back, metres = _GEOD.inv(*left.point, *right.point)
    return Case(pair, left, right, float(metres))


def map_link(case: Case) -> str | None:
    """Address of a map of OpenStreetMap with both points, or with the one that is known; for a person to open."""
    points = [f"{side.point[1]:.6f},{side.point[0]:.6f}" for side in (case.left, case.right) if side.point is not None]
    if not points:
        return None
    if len(points) == 2 and points[0] != points[1]:
        return f"https://www.openstreetmap.org/directions?engine=fossgis_osrm_foot&route={points[0]};{points[1]}"
    latitude, _comma, longitude = points[0].partition(",")
    return f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=19/{latitude}/{longitude}"
