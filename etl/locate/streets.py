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
        for likeness in LIKENESSES:
            found = self._meant_by(key, likeness)
            if len(found) == 1 and self._near(key, found[0]):
                others.add(found[0])
        return tuple(sorted(others))

    def _meant(self, key: str) -> tuple[tuple[str, ...], bool]:
        """Known keys of the street that a name means, and whether a slip had to be mended; none where unsure."""
        if key in self._keys:
            return self.same(key), False
        for likeness in LIKENESSES:
            found = self._one_street(self._meant_by(key, likeness))
            if found is None or found:
                return found or (), False
        mended = {key for other in self._mended(key) for key in self._meant_or_known(other)}
        return self._one_street(sorted(mended)) or (), True

    def _meant_or_known(self, key: str) -> list[str]:
        if key in self._keys:
            return [key]
        return next((found for likeness in LIKENESSES if (found := self._meant_by(key, likeness))), [])

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
    """The same words, some of them cut short.

    >>> initials(("c.", "felice"), ("carlo", "felice")), initials(("s.", "paolo"), ("paolo", "sacchi"))
    (True, False)
    """
    return len(one) == len(other) and _alike_in_order(one, other)


def turned(one: Words, other: Words) -> bool:
    """The same words in another order.

    >>> turned(("falco", "felice"), ("felice", "falco"))
    True
    """
    return sorted(one) == sorted(other)


def shortened(one: Words, other: Words) -> bool:
    """The same surname, and the words of the shorter are all in the longer: a given name or a title is missing.

    >>> shortened(("capelli",), ("carlo", "capelli")), shortened(("umberto",), ("umberto", "1"))
    (True, True)
    >>> shortened(("paolo",), ("san", "paolo")), shortened(("carlo",), ("carlo", "capelli"))
    (False, False)
    """
    short, long = sorted((one, other), key=len)
    if len(short) == len(long) or not _alike_in_order(short, long):
        return False
    missing = [word for word in long if not any(_alike(word, known) for known in short)]
    if any(word in TELLING or word == "s." for word in missing):
        return False
    surname = next((word for word in reversed(long) if not word.isdigit()), "")
    # A number may only be missing where it ends the name: "Vittorio Emanuele", not "Settembre" for "20 Settembre".
    figures_end = all(word == long[-1] for word in missing if word.isdigit())
    return figures_end and any(_alike(surname, word) for word in short)


LIKENESSES = (initials, turned, shortened)


def _alike_in_order(short: Words, long: Words) -> bool:
    """Whether the words of the shorter come in the longer in the same order, one of them in full."""
    at = 0
    for word in short:
        found = next((index for index in range(at, len(long)) if _alike(word, long[index])), None)
        if found is None:
            return False
        at = found + 1
    return any(word in long and not word.isdigit() for word in short)


def _alike(word: str, known: str) -> bool:
    if word == known:
        return True
    if word.isdigit() or known.isdigit():
        return False
    return _cut_from(word, known) or _cut_from(known, word)


def _cut_from(word: str, known: str) -> bool:
    return word.endswith(".") and known.startswith(word[:-1])
