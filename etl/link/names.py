"""Italian names of services and bodies: the words that tell them apart, their numbers, their floor."""

import re
from dataclasses import dataclass
from functools import lru_cache

from etl.link.words import COUNTED, COUNTED_AFTER, FLOOR, GENERIC, NOISE, ORDINALS, PARTICLES
from etl.locate.address import fold, parse, split_kind
from etl.locate.words import MONTHS, SOVEREIGNS

LONGEST = 300
_ELIDED = re.compile(r"\b(l|d|dell|all|dall|nell|sull|degl|quell)'\s*")
_SAINT = re.compile(r"\bs(?:an|ant|anto|anta)?(?:'|\.|\b)\s*(?=[a-z])")
_INITIAL = re.compile(r"\b[a-z]\.")
_PIECE = re.compile(r"[a-z]+|\d+")
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_NUMBERED = re.compile(r"\bn(?:r|um|umero)?\.?\s*(?=\d)")
_ADDRESS = re.compile(r",\s*[^,]*?\b\d{1,4}\b[^,]*")
_FIRST_YEAR = 1700


@dataclass(frozen=True)
class Name:
    """What a name says, apart from its kind.

    ``words`` are what tells it from others, sorted, and ``first`` that of them which comes first, mostly the trade name
    before those of the owners; ``numbers`` its own numbers (``Nido 2``, ``n. 3``, ``II sezione``),
    never years, saints or kings; ``floor`` as figure (``0`` ground floor) where it names one; ``aside`` are the words
    that say of what kind it is.
    """

    words: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()
    floor: str | None = None
    aside: frozenset[str] = frozenset()
    first: str | None = None


@lru_cache(maxsize=100_000)
def parse_name(text: str, *, street: str = "", aside: frozenset[str] = frozenset()) -> Name:
    """Take a name apart. ``street`` is the key of its own street and ``aside`` are words of its town: both are known.

    >>> parse_name("Alchemica SAS del Dott. Bellardone Alberto e C.").words
    ('alberto', 'alchemica', 'bellardone')
    >>> parse_name("Comunale 05"), parse_name("Nido II")
    (Name(words=(), numbers=frozenset({5}), floor=None, aside=frozenset({'comunale'}), first=None),
     Name(words=(), numbers=frozenset({2}), floor=None, aside=frozenset({'nido'}), first=None))
    >>> parse_name("Biblioteca civica Primo Levi").words, parse_name("I Piccoli di San Pio X").numbers
    (('levi', 'primo'), frozenset())
    """
    line = fold(text[:LONGEST])
    floor = floor_in(line)
    line = FLOOR.sub(" ", line) if floor is not None else line
    line = _without_address(line, street)
    line = _SAINT.sub("san ", _ELIDED.sub(" ", _NUMBERED.sub(" ", NOISE.sub(" ", line))))
    line = _INITIAL.sub(" ", line)
    words, numbers = _split(_PIECE.findall(line))
    kept = {word for word in words if word not in GENERIC and word not in aside}
    telling = {word for word in kept if word != "san" or len(kept) == 1}
    first = next((word for word in words if word in telling), None)
    return Name(tuple(sorted(telling)), frozenset(numbers), floor, frozenset(words) - kept, first)


def floor_in(line: str) -> str | None:
    """The floor that a folded text names, as a figure; the ground floor is ``0``.

    >>> floor_in("piano terra"), floor_in("1 piano"), floor_in("secondo piano"), floor_in("piano di sotto")
    ('0', '1', '2', None)
    """
    found = FLOOR.search(line)
    if found is None:
        return None
    if found["ground"]:
        return "0"
    if found["raised"]:
        return "rialzato"
    if found["below"]:
        return "-1"
    told = (found["after"] or found["before"] or "").strip()
    figure = ORDINALS.get(told, int(told) if told.isdigit() else None)
    return None if figure is None else str(figure)


def _without_address(line: str, street: str) -> str:
    """The name without its own address, which is compared as such ("Scuola Materna, Via Assisi 45")."""
    if not street:
        return line
    last = split_kind(street)[1][-1]

    def own(found: re.Match[str]) -> str:
        told = parse(found.group().lstrip(", "))
        return " " if told is not None and last in told.street.split() else found.group()

    return _ADDRESS.sub(own, line)


def _split(pieces: list[str]) -> tuple[list[str], list[int]]:
    """Words and numbers; particles and letters that stand alone are left out."""
    words: list[str] = []
    numbers: list[int] = []
    for index, piece in enumerate(pieces):
        before = pieces[index - 1] if index else ""
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        figure = _figure(piece, before, following)
        if figure is None:
            if len(piece) > 1 and piece not in PARTICLES:
                words.append(piece)
        elif following in MONTHS or before in SOVEREIGNS or before in MONTHS:
            words.append(str(figure))
        elif figure < _FIRST_YEAR:
            numbers.append(figure)
    return words, numbers


def _figure(piece: str, before: str, following: str) -> int | None:
    if piece.isdigit():
        return int(piece)
    if piece in ORDINALS:
        counted = following in COUNTED_AFTER or (before in COUNTED and (not following or following in GENERIC))
        return ORDINALS[piece] if counted and before != "san" else None
    # A single letter is an initial, a single "i" at the beginning an article.
    alone = len(piece) == 1 and (piece != "i" or not before or bool(following))
    if alone and before not in SOVEREIGNS and following not in MONTHS:
        return None
    return _roman(piece) or None


def _roman(word: str) -> int:
    """Value of a Roman numeral up to 39; 0 where the word is none."""
    if not _ROMAN.fullmatch(word):
        return 0
    worth = [{"i": 1, "v": 5, "x": 10}[letter] for letter in word]
    return sum(-one if one < next_one else one for one, next_one in zip(worth, [*worth[1:], 0], strict=True))
