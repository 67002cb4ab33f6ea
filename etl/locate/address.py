"""Italian addresses as keys that are equal for the same street and number, however they were written.

A key holds words in lower case without accents, the kind of street first: ``corso vittorio emanuele 2`` for "C.so
Vittorio Emanuele II". A word cut short keeps its dot (``s.``, ``v.``): it stands for any word that begins so.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from etl.locate.words import (
    CARDINALS,
    ELIDED,
    KIND_BY_SPELLING,
    KINDS,
    MONTHS,
    NUMBERED,
    ORDINALS,
    PARTICLES,
    SOVEREIGNS,
    TITLES,
)

LONGEST = 300  # an address is a line; what is longer is a text, and its end says nothing about the street
_ROMAN = re.compile(r"x{0,3}(ix|iv|v?i{0,3})")
_GLUED = re.compile(r"(?<=[a-z]{2})(\d{1,4}(?!\d))")
_BROTHERS = re.compile(r"\bf(?:r)?\.?\s?lli\b\.?")
_ELIDED = re.compile(rf"\b({ELIDED})'\s*")
_SAINT = re.compile(r"\bsant'\s*")
_NUMBER_SIGN = re.compile(r"\b(?:n|nr|nro|num|numero|civ|civico)\b[.\s]*(?=\d)")
_WORD = re.compile(r"[a-z]+\.?|\d+")
_PART = re.compile(
    r"\s*/\s*(?P<slashed>bis|ter|quater|[a-z](?![a-z])|\d{1,3}(?!\d))"
    r"|\s*-?\s*(?P<plain>bis|ter|quater)\b"
    # "36 int. 9" is what others write as 36/9.
    r"|\s*,?\s*int(?:erno)?\b\.?\s*(?P<inner>\d{1,3}(?!\d))"
    # A letter that stands alone, but not the "e" of "12 e 14" or the "p." of a floor.
    r"|\s?(?P<letter>[a-z](?![a-z.'])(?!\s+\d))"
)
_KIND = re.compile(r"(?P<first>[a-z]+)(?P<dot>\.?)(?P<space>\s*)(?P<second>[a-z]+)?(?P<dot2>\.?)")


@dataclass(frozen=True)
class Address:
    """Street and number as keys; ``number`` is empty where there is none (``12``, ``12/a``, ``182/bis/c``)."""

    street: str
    number: str = ""

    @property
    def house(self) -> int | None:
        """The number without what is added to it."""
        return house(self.number)


def house(number: str) -> int | None:
    """The figure that a number's key begins with.

    >>> house("12/a"), house("")
    (12, None)
    """
    return int(number.partition("/")[0]) if number else None


@lru_cache(maxsize=200_000)
def parse(text: str) -> Address | None:
    """Keys of an address; nothing where the text names no street.

    >>> parse("C.so Vittorio Emanuele II 12/a")
    Address(street='corso vittorio emanuele 2', number='12/a')
    >>> parse("VIA DEGLI ARTISTI4") == parse("Via degli Artisti, 4")
    True
    """
    line = _from_kind(fold(text[:LONGEST]))
    kind, rest = _split_kind(line)
    name, number = _split_number(rest)
    words = list(_words(name))
    if not any(word[0].isalpha() for word in words) and not kind:
        return None
    return Address(" ".join([kind, *words] if kind else words), number) if words else None


def street_key(street: str) -> str | None:
    """Key of a street that stands alone, as in a register: figures at its end belong to the name.

    >>> street_key("PIAZZA XII MAGGIO 1944")
    'piazza 12 maggio 1944'
    """
    kind, rest = _split_kind(_from_kind(fold(street[:LONGEST])))
    words = list(_words(rest))
    return " ".join([kind, *words] if kind else words) or None


def number_key(number: str) -> str:
    """Key of a number that stands alone (``12``, ``12 bis``, ``12/A``); empty where there is none.

    >>> number_key("12 A"), number_key("snc"), number_key("7Bis")
    ('12/a', '', '7/bis')
    """
    found = re.search(r"\d{1,4}(?!\d)", line := fold(number[:LONGEST]))
    return _number_from(line, found) if found else ""


def split_kind(key: str) -> tuple[str, tuple[str, ...]]:
    """Kind of street and words of the name of a street's key; the kind may be empty.

    >>> split_kind("via roma"), split_kind("matteotti")
    (('via', ('roma',)), ('', ('matteotti',)))
    """
    first, *others = key.split()
    return (first, tuple(others)) if first in KINDS and others else ("", (first, *others))


def fold(text: str) -> str:
    """Lower case, without accents, ordinal signs and typographic apostrophes.

    >>> fold("Via Rosario di Santa Fé, 1º")
    'via rosario di santa fe, 1'
    """
    plain = re.sub("[°ºª]", "", text)
    plain = re.sub("[’‘`´]", "'", plain)
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower().strip()


def _from_kind(line: str) -> str:
    """The line from its street on: "c/o Presidio CTO - Via Zuretti 29" begins with the presidio."""
    line = re.sub(r"\([^)]*\)?", " ", line).strip()
    if _split_kind(line)[0]:
        return line
    for found in re.finditer(r"\s-\s*|-\s|[,;:]\s*", line):
        rest = line[found.end() :]
        if _split_kind(rest)[0] and len(rest.split()[0]) > 2:
            return rest
    return line


def _split_kind(line: str) -> tuple[str, str]:
    """Kind of street, and the rest; the kind is empty where the line does not begin with one."""
    found = _KIND.match(line)
    if found is None:
        return "", line
    first, second = found["first"], found["second"]
    if second is not None:
        glue = "." if found["dot"] or first in {"strada", "str", "via"} else None
        spaced_letter = len(first) == 1 and found["space"]  # "V. Le Chiuse" is not "V.le Chiuse"
        if glue and not spaced_letter and (kind := KIND_BY_SPELLING.get(f"{first}.{second}")):
            return kind, _after(kind, line[found.end() :])
    known = KIND_BY_SPELLING.get(first)
    if known is None and first.startswith("lungo") and len(first) > 5:
        return "lungo", first.removeprefix("lungo") + line[found.end("first") :]
    if known is None or (len(first) == 1 and not found["dot"] and not found["space"]):
        return "", line
    return known, _after(known, line[found.end("dot") :])


def _after(kind: str, rest: str) -> str:
    """The rest without a kind that is said twice ("piazza PIAZZA CAVOUR")."""
    rest = rest.lstrip(" .,")
    again = re.match(rf"{kind}\s+(?=[a-z])", rest)
    return rest[again.end() :] if again else rest


def _split_number(rest: str) -> tuple[str, str]:
    """Name of the street and key of the number: the first figures that are not part of the name."""
    line = _NUMBER_SIGN.sub(", ", _GLUED.sub(r" \1", rest))
    before: list[str] = []
    for found in re.finditer(r"[a-z]+|\d+", line):
        word = found.group()
        if word.isdigit() and not _of_name(word, before, line[found.end() :]):
            return line[: found.start()], _number_from(line, found) if len(word) <= 4 else ""
        before.append(word)
    return re.split(r"[,;]|\bs\.?\s?n\.?\s?c\b|\bs\.\s?n\.", line)[0], ""


def _of_name(figures: str, before: list[str], after: str) -> bool:
    """Whether figures belong to the name of the street: "20 Settembre", "Martiri 23 Aprile 1945", "Statale 24"."""
    following = re.match(r"\s*([a-z]+)", after)
    if following and following[1] in MONTHS:
        return True
    if not before:
        return True
    return before[-1] in NUMBERED or (before[-1] in MONTHS and len(figures) == 4)


def _number_from(line: str, found: re.Match[str]) -> str:
    parts, at = [str(int(found.group()))], found.end()
    while part := _PART.match(line, at):
        parts.append(next(filter(None, part.groups())))
        at = part.end()
    return "/".join(parts)


def _words(name: str) -> Iterator[str]:
    """Words of the key of a name, particles left out."""
    plain = _SAINT.sub("san ", _ELIDED.sub(" ", _BROTHERS.sub("fratelli ", name)))
    found = _WORD.findall(plain)
    words = [_word(word, index, found) for index, word in enumerate(found)]
    # A particle at the end is a surname ("Giacomo Nel").
    yield from (word for word in words[:-1] if word not in PARTICLES)
    yield from words[-1:]


def _word(word: str, index: int, words: list[str]) -> str:
    bare, dotted = word.rstrip("."), word.endswith(".")
    before = words[index - 1].rstrip(".") if index else ""
    last = index == len(words) - 1
    following = "" if last else words[index + 1].rstrip(".")
    if bare.isdigit():
        return str(int(bare))
    if following in MONTHS and bare in CARDINALS:
        return str(CARDINALS[bare])
    if before in SOVEREIGNS and bare in ORDINALS:
        return str(ORDINALS[bare])
    if not dotted and (len(bare) > 1 or last or following in MONTHS) and (figure := _roman(bare)):
        return str(figure)
    if bare in TITLES:
        return TITLES[bare]
    cut = (dotted and not last) or (len(bare) == 1 and not last and bare not in PARTICLES)
    return f"{bare}." if cut else bare


def _roman(word: str) -> int:
    """Value of a Roman numeral up to 39; 0 where the word is none."""
    if not _ROMAN.fullmatch(word):
        return 0
    worth = [{"i": 1, "v": 5, "x": 10}[letter] for letter in word]
    return sum(-one if one < following else one for one, following in zip(worth, [*worth[1:], 0], strict=True))
