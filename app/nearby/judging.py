"""What each filter says of each candidate: yes, no, or not known; what is not known is put after, and never out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from app.nearby.asked import Asked
from app.nearby.candidates import AT_PLACE, Candidates, Ways
from app.nearby.opening import is_open
from app.nearby.territory import EVERYBODY, Kind, Municipality, Territory
from etl.derive.supply import PLANNED

YES, NO, UNKNOWN = 1, 0, -1
ALWAYS = frozenset({"programmato", "lontano", "residenza"})  # filters that hold whatever is asked
Verdicts: TypeAlias = npt.NDArray[np.int8]
Answer = bool | None


def verdicts(
    candidates: Candidates, ways: Ways, asked: Asked, territory: Territory, *, today: date
) -> dict[str, Verdicts]:
    """The verdicts of the filters that are asked for, by name; those on distance and on opening always."""
    told: dict[str, Iterable[Answer]] = {
        "programmato": (one != PLANNED for one in candidates.certainties(today)),
        "lontano": ~(ways.minutes > asked.minutes) & ~(ways.metres > (asked.metres or np.inf)),
    }
    told |= {name: judge(candidates, asked) for name, judge in _SIMPLE.items() if _wanted(asked, name)}
    kinds = [territory.kinds[kind] for kind in candidates["kind"]]
    if asked.group is not None:
        told["gruppo"] = _of_group(candidates, asked.group, kinds)
    if asked.age is not None:
        told["eta"] = _of_age(candidates, asked.age, kinds)
    told["residenza"] = (
        answer if asked.residence or comes else True
        for answer, comes in zip(eligible(candidates, asked, territory), candidates.comes(), strict=True)
    )
    return {name: _codes(answers, len(candidates)) for name, answers in told.items()}


def _wanted(asked: Asked, name: str) -> bool:
    return bool(
        {"lingua": asked.language, "accessibile": asked.accessible, "gratuito": asked.free, "aperto": asked.open_at}[
            name
        ]
    )


def eligible(candidates: Candidates, asked: Asked, territory: Territory) -> list[Answer]:
    """Whether each serves who lives at a place: the residence, or for what comes to people else where they are.

    A declared area binds. Where residence decides and none is declared, a desk serves its own municipality; whether it
    serves others too is not known. Whom a service comes to that declares no area is not known either.
    """
    rows = zip(*(candidates[name] for name in ("areas", "kind", "municipality", "delivery")), strict=True)
    return [_may_use(areas, town, delivery, territory.kinds[kind], asked) for areas, kind, town, delivery in rows]


def _may_use(areas: Sequence[Any] | None, town: Any, delivery: str, kind: Kind, asked: Asked) -> Answer:  # noqa: ANN401
    comes = delivery != AT_PLACE
    if not areas and not comes and not kind.residence_bound:
        return True
    home: Municipality | None = asked.home if comes else asked.residence
    if home is None:
        return False if comes and areas else None
    if areas:
        return not home.within.isdisjoint(areas)
    return True if not comes and town == home.id else None


def _of_group(candidates: Candidates, group: str, kinds: Sequence[Kind]) -> list[Answer]:
    wanted = {group, EVERYBODY}
    told = zip(candidates["groups"], kinds, strict=True)
    return [not wanted.isdisjoint(groups or kind.users) for groups, kind in told]


def _of_age(candidates: Candidates, age: int, kinds: Sequence[Kind]) -> list[Answer]:
    """Own limits where a service has any, else those of its type; a type without limits is for all ages."""
    told = zip(candidates["age_min"], candidates["age_max"], kinds, strict=True)
    return [
        _between(age, *((low, high) if (low, high) != (None, None) else (kind.age_min, kind.age_max)))
        for low, high, kind in told
    ]


def _between(age: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= age) and (high is None or age <= high)


def _speaks(candidates: Candidates, asked: Asked) -> list[Answer]:
    return [None if told is None else asked.language in told for told in candidates["languages"]]


def openings(candidates: Candidates, asked: Asked) -> list[Answer]:
    """Whether each is open at the moment asked for; not known of all where none is."""
    if asked.open_at is None:
        return [None] * len(candidates)
    return [is_open(hours, asked.open_at) for hours in candidates["hours"]]


_SIMPLE: dict[str, Callable[[Candidates, Asked], Iterable[Answer]]] = {
    "lingua": _speaks,
    "accessibile": lambda candidates, _asked: candidates["step_free"],
    "gratuito": lambda candidates, _asked: candidates["free"],
    "aperto": openings,
}


def _codes(answers: Iterable[Answer], count: int) -> Verdicts:
    return np.fromiter((UNKNOWN if one is None else int(one) for one in answers), dtype=np.int8, count=count)
