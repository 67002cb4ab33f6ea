"""Italian names of services and bodies: the words that tell them apart, their numbers, their floor."""

import re
from dataclasses import dataclass
from functools import lru_cache

from etl.link.words import CARDINALS, COUNTED, COUNTED_AFTER, FLOOR, GENERIC, NOISE, ORDINALS, PARTICLES
from etl.locate.address import fold, parse, split_kind
from etl.locate.words import MONTHS, SOVEREIGNS

LONGEST = 300  # characters; what is longer is a text
_ELIDED = re.compile(r"\b(l|d|dell|all|dall|nell|sull|degl|quell)'\s*")
_SAINT = re.compile(r"\b(?:ss|s(?:an|ant|anto|anta|anti|ante|antissim[oa])?)(?:'|\.|\b)\s*(?=[a-z])")
_INITIAL = re.compile(r"\b[a-z]\.")
_PIECE = re.compile(r"[a-z]+|\d+")
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_FLOOR_HINT = re.compile(r"pian|rialz|interr|p\.\s?t\.", re.IGNORECASE)
_NUMBERED = re.compile(r"\bn(?:r|um|umero)?\.?\s*(?=\d)")
_ADDRESS = re.compile(r",\s*[^,]*?\b\d{1,4}\b[^,]*")
_FIRST_YEAR = 1700
# Letters that count after a word such as "sezione", and those that count at the end of any name.
_LETTERS, _LAST_LETTERS = frozenset("abcdefgh"), frozenset("abcd")


@dataclass(frozen=True)
class Name:
    """What a name says, apart from its kind.

    ``words`` are what tells it from others, sorted, and ``first`` that of them which comes first, mostly the trade name
    before those of the owners; ``numbers`` its own numbers as text (``Nido 2``, ``n. 3``, ``II sezione``), letters that
    count among them (``sezione B``), never years, saints or kings; ``floor`` as figure (``0`` ground floor) where it
    names one and no other; ``aside`` are the words that say of what kind it is.
    """

    words: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    floor: str | None = None
    aside: frozenset[str] = frozenset()
    first: str | None = None


@lru_cache(maxsize=100_000)
def parse_name(text: str, *, street: str = "", aside: frozenset[str] = frozenset()) -> Name:
    """Take a name apart. ``street`` is the key of its own street and ``aside`` are words of its town: both are known.

    >>> parse_name("Zibaldone SAS del Dott. Verdi Carlo e C.").words
    ('carlo', 'verdi', 'zibaldone')
    >>> parse_name("Comunale 05"), parse_name("Nido II")
    (Name(words=(), numbers=frozenset({'5'}), floor=None, aside=frozenset({'comunale'}), first=None),
     Name(words=(), numbers=frozenset({'2'}), floor=None, aside=frozenset({'nido'}), first=None))
    >>> parse_name("Biblioteca civica Primo Levi").words, parse_name("I Piccoli di San Pio X").numbers
    (('levi', 'primo'), frozenset())
    """
    line = fold(text[:LONGEST])
    floors = floors_in(line) if names_floor(line) else frozenset()
    line = FLOOR.sub(" ", line) if floors else line
    line = _without_address(line, street)
    line = _SAINT.sub("san ", _ELIDED.sub(" ", _NUMBERED.sub(" ", NOISE.sub(" ", line))))
    line = _INITIAL.sub(" ", line)
    words, numbers = _split(_PIECE.findall(line))
    kept = {word for word in words if word not in GENERIC and word not in aside}
    telling = {word for word in kept if word != "san" or len(kept) == 1}
    first = next((word for word in words if word in telling), None)
    return Name(tuple(sorted(telling)), frozenset(numbers), only(floors), frozenset(words) - kept, first)


def floors_in(line: str) -> frozenset[str]:
    """The floors that a folded text names, as figures; the ground floor is ``0``.

    >>> sorted(floors_in("entrata al piano terra, aule al 1 piano")), floors_in("piano di sotto")
    (['0', '1'], frozenset())
    """
    return frozenset(floor for found in FLOOR.finditer(line) if (floor := _floor(found)) is not None)


def names_floor(text: str) -> bool:
    """Whether a text, folded or not, may name a floor; few do, and to look for one costs more."""
    return _FLOOR_HINT.search(text) is not None


def only(floors: frozenset[str]) -> str | None:
    """The floor, where there is one: a place on two floors is on neither of them rather than on the other."""
    return next(iter(floors)) if len(floors) == 1 else None


def _floor(found: re.Match[str]) -> str | None:
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


def _split(pieces: list[str]) -> tuple[list[str], list[str]]:
    """Words and numbers; particles and letters that stand alone are left out."""
    words: list[str] = []
    numbers: list[str] = []
    for index, piece in enumerate(pieces):
        before = pieces[index - 1] if index else ""
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        figure = _figure(piece, before, following)
        if _is_letter(piece, before, following):
            numbers.append(piece)
        elif figure is None:
            if len(piece) > 1 and piece not in PARTICLES:
                words.append(piece)
        elif following in MONTHS or before in SOVEREIGNS or before in MONTHS:
            words.append(str(figure))
        elif figure < _FIRST_YEAR:
            numbers.append(str(figure))
    return words, numbers


def _figure(piece: str, before: str, following: str) -> int | None:
    if piece.isdigit():
        return int(piece)
    if piece in ORDINALS:
        counted = following in COUNTED_AFTER or (before in COUNTED and (not following or following in GENERIC))
        return ORDINALS[piece] if counted and before != "san" else None
    if piece in CARDINALS:
        return CARDINALS[piece] if before and not following else None
    # A single letter is an initial, a single "i" at the beginning an article.
    alone = len(piece) == 1 and (piece != "i" or not before or bool(following))
    last = not following or following in GENERIC
    if (
        alone
        and not (piece != "i" and before in COUNTED and last)
        and before not in SOVEREIGNS
        and following not in MONTHS
    ):
        return None
    return _roman(piece) or None


def _is_letter(piece: str, before: str, following: str) -> bool:
    """Whether a letter tells one of several apart ("sezione B", "Zibaldone B") and is no initial."""
    if piece not in _LETTERS or not before:
        return False
    if following:  # "materna e primaria", "asilo c/o la parrocchia"
        return before in COUNTED and piece not in PARTICLES
    return before in COUNTED or piece in _LAST_LETTERS


def _roman(word: str) -> int:
    """Value of a Roman numeral up to 39; 0 where the word is none."""
    if not _ROMAN.fullmatch(word):
        return 0
    worth = [{"i": 1, "v": 5, "x": 10}[letter] for letter in word]
    return sum(-one if one < next_one else one for one, next_one in zip(worth, [*worth[1:], 0], strict=True))
