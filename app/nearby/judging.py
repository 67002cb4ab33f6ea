"""What each filter says of each candidate: yes, no, or not known; what is not known is put after, and never out."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from app.nearby.asked import Asked
from app.nearby.candidates import Candidates, Ways
from app.nearby.listing import AT_PLACE
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
    far = (ways.minutes > asked.minutes) | (ways.metres > (asked.metres or np.inf))
    kinds = [territory.kinds[kind] for kind in candidates.told("kind")]
    by_profile: dict[str, Iterable[Answer]] = {
        "programmato": (one != PLANNED for one in candidates.certainties(today)),
        "lontano": (),
    }
    by_profile |= {name: judge(candidates, asked) for name, judge in _SIMPLE.items() if _wanted(asked, name)}
    if asked.group is not None:
        by_profile["gruppo"] = _of_group(candidates, asked.group, kinds)
    if asked.age is not None:
        by_profile["eta"] = _of_age(candidates, asked.age, kinds)
    told = {
        name: codes(answers)[candidates.which] if name != "lontano" else (~far).astype(np.int8)
        for name, answers in by_profile.items()
    }
    return told | {"residenza": _residence(candidates, asked, territory)}


def _residence(candidates: Candidates, asked: Asked, territory: Territory) -> Verdicts:
    """Where nobody says where he lives, only what comes to people is held against where they are."""
    if asked.residence is None and not candidates.comes.any():
        return np.full(len(candidates), YES, dtype=np.int8)
    asking = np.ones(len(candidates), dtype=np.bool_) if asked.residence else candidates.comes
    return np.where(asking, eligible(candidates, asked, territory), np.int8(YES))


def _wanted(asked: Asked, name: str) -> bool:
    return bool(
        {"lingua": asked.language, "accessibile": asked.accessible, "gratuito": asked.free, "aperto": asked.open_at}[
            name
        ]
    )


def eligible(candidates: Candidates, asked: Asked, territory: Territory) -> Verdicts:
    """Whether each serves who lives at a place: the residence, or for what comes to people else where they are.

    A declared area binds. Where residence decides and none is declared, a desk serves its own municipality; whether it
    serves others too is not known. Whom a service comes to that declares no area is not known either.
    """
    told = [candidates.told(name) for name in ("areas", "delivery", "kind")]
    rows = [(areas, delivery, territory.kinds[kind]) for areas, delivery, kind in zip(*told, strict=True)]
    answers = codes(_may_use(*row, asked) for row in rows)[candidates.which]
    if asked.residence is None:
        return answers
    own = np.array([not areas and delivery == AT_PLACE for areas, delivery, _kind in rows], dtype=np.bool_)
    at_home = candidates.towns == territory.place(asked.residence.id)
    return np.where(own[candidates.which] & at_home, np.int8(YES), answers)


def _may_use(areas: Sequence[Any] | None, delivery: str, kind: Kind, asked: Asked) -> Answer:
    """The same of a profile, which does not tell of the municipality."""
    comes = delivery != AT_PLACE
    if not areas and not comes and not kind.residence_bound:
        return True
    home: Municipality | None = asked.home if comes else asked.residence
    if home is None:
        return False if comes and areas else None
    return not home.within.isdisjoint(areas) if areas else None


def _of_group(candidates: Candidates, group: str, kinds: Sequence[Kind]) -> list[Answer]:
    wanted = {group, EVERYBODY}
    told = zip(candidates.told("groups"), kinds, strict=True)
    return [not wanted.isdisjoint(groups or kind.users) for groups, kind in told]


def _of_age(candidates: Candidates, age: int, kinds: Sequence[Kind]) -> list[Answer]:
    """Own limits where a service has any, else those of its type; a type without limits is for all ages."""
    told = zip(candidates.told("age_min"), candidates.told("age_max"), kinds, strict=True)
    return [
        _between(age, *((low, high) if (low, high) != (None, None) else (kind.age_min, kind.age_max)))
        for low, high, kind in told
    ]


def _between(age: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= age) and (high is None or age <= high)


def _speaks(candidates: Candidates, asked: Asked) -> list[Answer]:
    return [None if told is None else asked.language in told for told in candidates.told("languages")]


def openings(candidates: Candidates, asked: Asked) -> list[Answer]:
    """Whether each profile is open at the moment asked for; not known of any where none is."""
    if asked.open_at is None:
        return [None] * len(candidates.told("hours"))
    return [is_open(hours, asked.open_at) for hours in candidates.told("hours")]


_SIMPLE: dict[str, Callable[[Candidates, Asked], Iterable[Answer]]] = {
    "lingua": _speaks,
    "accessibile": lambda candidates, _asked: candidates.told("step_free"),
    "gratuito": lambda candidates, _asked: candidates.told("free"),
    "aperto": openings,
}


def codes(answers: Iterable[Answer]) -> Verdicts:
    """Answers as numbers."""
    return np.array([UNKNOWN if one is None else int(one) for one in answers], dtype=np.int8)


def answer(code: int) -> Answer:
    """A number as an answer."""
    return None if code == UNKNOWN else code == YES
