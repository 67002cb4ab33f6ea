"""Addresses as they are compared: the street in parts, the number with what is added to it, an interval of numbers."""

import re
from dataclasses import dataclass
from functools import lru_cache

from etl.locate.address import fold, parse, split_kind
from etl.locate.words import TELLING

# "9/11" is two doors of one house, "12-14" a row of them; "10/A" is none of both.
_INTERVAL = re.compile(r"\b(\d{1,4})\s*[-/]\s*(\d{1,4})\b")
LARGEST_INTERVAL = 12


@dataclass(frozen=True)
class Place:
    """An address in parts, each empty or None where it is not told.

    ``street`` is its key (:mod:`etl.locate.address`); ``kind`` its kind; ``last`` the word that a street is known by,
    ``rest`` the other whole words, ``telling`` those that tell two streets of one name apart, ``cut`` the first
    letters of words that are cut short; ``number`` the key of the number, ``house`` its figure, ``house_to`` the end of
    an interval.
    """

    street: str = ""
    kind: str = ""
    last: str = ""
    rest: tuple[str, ...] = ()
    telling: str = ""
    cut: tuple[str, ...] = ()
    number: str = ""
    house: int | None = None
    house_to: int | None = None


NOWHERE = Place()


@lru_cache(maxsize=100_000)
def place(address: str | None) -> Place:
    """The parts of an address as a source writes it.

    >>> found = place("C.so G. Agnelli 117/B")
    >>> found.kind, found.last, found.rest, found.cut, found.number, found.house
    ('corso', 'agnelli', (), ('g',), '117/b', 117)
    >>> place("Via Vandalino, 9/11").house_to, place("c/o Stazione"), place(None) == NOWHERE
    (11, Place(street='', kind='', last='', rest=(), telling='', cut=(), number='', house=None, house_to=None), True)
    """
    told = parse(address) if address else None
    if told is None or not address:
        return NOWHERE
    kind, words = split_kind(told.street)
    if not kind and not told.number:
        return NOWHERE
    whole = [word for word in words if not word.endswith(".")]
    if not whole:
        return NOWHERE
    last = next((word for word in reversed(whole) if not word.isdigit()), whole[-1])
    rest = tuple(sorted(set(whole) - {last}))
    telling = " ".join(word for word in rest if word in TELLING or word.isdigit())
    return Place(
        told.street,
        kind,
        last,
        rest,
        telling,
        tuple(sorted({word[0] for word in words if word.endswith(".")})),
        told.number,
        told.house,
        _end(address, told.house),
    )


def _end(address: str, house: int | None) -> int | None:
    if house is None:
        return None
    for first, second in _INTERVAL.findall(fold(address)):
        if int(first) == house and 0 < int(second) - house <= LARGEST_INTERVAL:
            return int(second)
    return None
