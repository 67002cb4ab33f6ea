"""Which of the known streets of a municipality a name means: initials, missing given names, order of words, slips.

A street is only taken for another where exactly one can be meant.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from etl.locate.address import split_kind
from etl.locate.words import TELLING

Words = tuple[str, ...]
# A slip of the pen drops, doubles or swaps a letter of a long word. Another letter in its place is mostly another
# name (Carrera, Carrara), and is taken for a slip in long words only.
SHORTEST_WITH_SLIP, SHORTEST_WITH_ANOTHER_LETTER = 6, 9
ALIKE = 80.0


class Streets:
    """The streets of one municipality by key; ``near`` tells whether two of them lie close to each other."""

    def __init__(self, keys: Iterable[str], *, near: Callable[[str, str], bool] = lambda _one, _other: True) -> None:
        self._keys = {key: split_kind(key) for key in sorted(set(keys))}
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for key, (_kind, words) in self._keys.items():
            for word in set(words):
                self._by_word[word].append(key)
        self._cut = [key for key, (_kind, words) in self._keys.items() if any(word.endswith(".") for word in words)]
        self._words = sorted(self._by_word)
        self._near = near
        self.same = cache(self._same)
        self.meant = cache(self._meant)

    def _same(self, key: str) -> tuple[str, ...]:
        """Known keys of the street that is known by ``key``: itself, and other spellings of it close by."""
        others = {key}
        for found in (self._meant_by(key, initials), self._meant_by(key, shortened)):
            if len(found) == 1 and self._near(key, found[0]):
                others.add(found[0])
        return tuple(sorted(others))

    def _meant(self, key: str) -> tuple[tuple[str, ...], bool]:
        """Known keys of the street that a name means, and whether a slip had to be mended; none where unsure."""
        if key in self._keys:
            return self.same(key), False
        for likeness in (initials, shortened):
            found = self._one_street(self._meant_by(key, likeness))
            if found is None or found:
                return found or (), False
        mended = {key for other in self._mended(key) for key in self._meant_or_known(other)}
        return self._one_street(sorted(mended)) or (), True

    def _meant_or_known(self, key: str) -> list[str]:
        known = [key] if key in self._keys else []
        return known or self._meant_by(key, initials) or self._meant_by(key, shortened)

    def _one_street(self, keys: Sequence[str]) -> tuple[str, ...] | None:
        """Keys that are all spellings of one street; None where they are of several."""
        if not keys:
            return ()
        spellings = set(self.same(keys[0]))
        return tuple(sorted(spellings)) if set(keys) <= spellings else None

    def _meant_by(self, key: str, likeness: Callable[[Words, Words], bool]) -> list[str]:
        kind, words = split_kind(key)
        known = {found for word in words for found in self._by_word.get(word, ())} | set(self._cut)
        return sorted(
            found
            for found in known
            if found != key and kind in ("", self._keys[found][0]) and likeness(words, self._keys[found][1])
        )

    def _mended(self, key: str) -> list[str]:
        """The key with one word replaced by a known word that differs by a slip."""
        kind, words = split_kind(key)
        mended = []
        for index, word in enumerate(words):
            if len(word) < SHORTEST_WITH_SLIP or word in self._by_word:
                continue
            alike = process.extract(word, self._words, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=10)
            mended += [
                " ".join(filter(None, (kind, *words[:index], known, *words[index + 1 :])))
                for known, _score, _at in alike
                if slip(word, known)
            ]
        return mended


def slip(word: str, known: str) -> bool:
    """Whether a word is another with one slip of the pen.

    >>> slip("slaaper", "slataper"), slip("franceso", "francesco"), slip("carrera", "carrara")
    (True, True, False)
    """
    if word[0] != known[0] or DamerauLevenshtein.distance(word, known) != 1:
        return False
    another_letter = len(word) == len(known) and sorted(word) != sorted(known)
    return len(known) >= (SHORTEST_WITH_ANOTHER_LETTER if another_letter else SHORTEST_WITH_SLIP)


def initials(one: Words, other: Words) -> bool:
    """The same words in any order, some of them cut short.

    >>> initials(("c.", "felice"), ("carlo", "felice")), initials(("falco", "felice"), ("felice", "falco"))
    (True, True)
    """
    return len(one) == len(other) and _covered(one, other)


def shortened(one: Words, other: Words) -> bool:
    """The same surname, and the words of the shorter are all in the longer: a given name or a title is missing.

    >>> shortened(("capelli",), ("carlo", "capelli")), shortened(("umberto",), ("umberto", "1"))
    (True, True)
    >>> shortened(("paolo",), ("san", "paolo")), shortened(("carlo",), ("carlo", "capelli"))
    (False, False)
    """
    short, long = sorted((one, other), key=len)
    if len(short) == len(long) or not _covered(short, long):
        return False
    missing = [word for word in long if not any(_alike(word, known) for known in short)]
    if any(word in TELLING or word == "s." for word in missing):
        return False
    figures = [word for word in missing if word.isdigit()]
    surname = next((word for word in reversed(long) if not word.isdigit()), "")
    # A number may only be missing where it ends the name: "Vittorio Emanuele", not "Settembre" for "20 Settembre".
    return any(_alike(surname, word) for word in short) and all(word == long[-1] for word in figures)


def _covered(short: Words, long: Words) -> bool:
    """Whether each word of the shorter has a word of its own in the longer."""
    free = list(long)
    for word in sorted(short, key=len, reverse=True):
        partner = next((known for known in free if known == word), None)
        partner = partner or next((known for known in free if _alike(word, known)), None)
        if partner is None:
            return False
        free.remove(partner)
    return any(word == known and not word.isdigit() for word in short for known in long)


def _alike(word: str, known: str) -> bool:
    if word == known:
        return True
    if word.isdigit() or known.isdigit():
        return False
    return _cut_from(word, known) or _cut_from(known, word)


def _cut_from(word: str, known: str) -> bool:
    return word.endswith(".") and known.startswith(word[:-1])
