"""What people say they need, as the types of service that answer it: synonyms, inflections and slips of the pen.

Nothing here asks the database: the words are those of ``service_types.csv`` and ``synonyms.csv``.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from etl.link.words import PARTICLES
from etl.locate.address import fold
from etl.reference import tables
from etl.reference.vocabulary import split
from etl.store.frames import records

LONGEST = 100  # characters of a question; longer ones say more than one thing
SHORTEST_INFLECTED, SHORTEST_SLIP, SHORTEST_TWO_SLIPS = 5, 5, 9
_ENDING = 2  # letters by which two forms of one word may differ at the end: anziano, anziani
LEAST = 0.3  # of the weight of question and phrase together that must agree
FAR_BEHIND = 0.6  # of the best type's score; what is further behind answers another question
# How much a phrase proves of a type: its own name, a row written for the purpose, one of its many synonyms.
_NAME, _ROW, _SYNONYM = 1.0, 0.98, 0.9
_ORDER = 0.01  # what a later place in a list costs

_WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class _Phrase:
    """Words that stand for types, each with how surely."""

    words: frozenset[str]
    types: Mapping[str, float]


def words_of(text: str) -> tuple[str, ...]:
    """The telling words of a text: lower case, without accents and particles.

    >>> words_of("Centro per l'impiego, a Leinì")
    ('centro', 'impiego', 'leini')
    """
    return tuple(word for word in _WORD.findall(fold(text)) if word not in PARTICLES)


@lru_cache(maxsize=5_000)
def types_of(text: str, *, least: float = LEAST) -> tuple[str, ...]:
    """Codes of the service types that a question in plain words is about, the best first; none where unclear.

    A word that nobody uses for a service ("vicino", "urgente") does not count. ``least``, from 0 to 1, is how much of
    question and phrase together must agree.

    >>> types_of("dove posso mangiare")[0], types_of("zxqw")
    ('mensa_solidale', ())
    """
    scores = _scores(words_of(text[:LONGEST]))
    best = max(scores.values(), default=0.0)
    near = {code: score for code, score in scores.items() if score >= max(least, best * FAR_BEHIND)}
    order = _positions()
    return tuple(sorted(near, key=lambda code: (-round(near[code], 6), order[code])))


def mended(text: str) -> str:
    """The telling words of a text, those with a slip as they are written for services; the others as they are.

    >>> mended("famigliare consultorio, Pinerolo")
    'familiare consultorio pinerolo'
    """
    return " ".join((_slips(word) or (word,))[0] for word in words_of(text[:LONGEST]))


def _scores(asked: Iterable[str]) -> dict[str, float]:
    """The best agreement of the question with a phrase of each type, 0 to 1: shared weight over all weight."""
    weights, phrases = _weights(), _phrases()
    means = {word: forms for word in dict.fromkeys(asked) if (forms := _forms(word))}
    if not means:
        return {}
    scores: dict[str, float] = defaultdict(float)
    whole = sum(max(weights[form] * sure for form, sure in forms.items()) for forms in means.values())
    for place in {place for forms in means.values() for form in forms for place in _by_word()[form]}:
        phrase = phrases[place]
        common = sum(
            max((weights[form] * sure for form, sure in forms.items() if form in phrase.words), default=0.0)
            for forms in means.values()
        )
        agreement = common / (whole + sum(weights[word] for word in phrase.words) - common)
        for code, sure in phrase.types.items():
            scores[code] = max(scores[code], agreement * sure)
    return scores


@lru_cache(maxsize=20_000)
def _forms(word: str) -> dict[str, float]:
    """The known words that a word may be, with how surely: itself, another form of it, a slip."""
    known = _weights()
    if word in known:
        return {word: 1.0} | {other: 0.9 for other in known if other != word and _inflected(word, other)}
    inflected = {other: 0.9 for other in known if _inflected(word, other)}
    return inflected or dict.fromkeys(_slips(word), 0.8)


@lru_cache(maxsize=20_000)
def _slips(word: str) -> tuple[str, ...]:
    """The known words that a word which nobody uses may be with a slip, the likeliest first."""
    known = _weights()
    if word in known:
        return ()
    near = [other for other in known if _slip(word, other)]
    return tuple(sorted(near, key=lambda other: (DamerauLevenshtein.distance(word, other), -known[other], other)))


def _inflected(word: str, other: str) -> bool:
    shorter, longer = sorted((len(word), len(other)))
    same = max(longer - _ENDING, SHORTEST_INFLECTED - 1)
    return shorter >= SHORTEST_INFLECTED and shorter >= same and word[:same] == other[:same]


def _slip(word: str, other: str) -> bool:
    length = min(len(word), len(other))
    if length < SHORTEST_SLIP or word[0] != other[0]:
        return False
    allowed = 2 if length >= SHORTEST_TWO_SLIPS else 1
    return DamerauLevenshtein.distance(word, other, score_cutoff=allowed) <= allowed


@cache
def _phrases() -> tuple[_Phrase, ...]:
    found: list[_Phrase] = []
    for row in records(tables.service_types()):
        found.append(_Phrase(frozenset(words_of(row["name_it"])), {row["code"]: _NAME}))
        for place, text in enumerate(split(row["synonyms_it"])):
            found.append(_Phrase(frozenset(words_of(text)), {row["code"]: _SYNONYM - place * _ORDER}))
    for row in records(tables.synonyms()):
        types = {code: _ROW - place * _ORDER for place, code in enumerate(split(row["service_types"]))}
        found.append(_Phrase(frozenset(words_of(row["words"])), types))
    return tuple(phrase for phrase in found if phrase.words)


@cache
def _by_word() -> Mapping[str, tuple[int, ...]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, phrase in enumerate(_phrases()):
        for word in phrase.words:
            places[word].append(place)
    return {word: tuple(found) for word, found in places.items()}


@cache
def _weights() -> Mapping[str, float]:
    """How much a word tells: the rarer, the more."""
    counts = Counter(word for phrase in _phrases() for word in phrase.words)
    return {word: math.log(1 + len(_phrases()) / count) for word, count in counts.items()}


@cache
def _positions() -> Mapping[str, int]:
    return {str(code): place for place, code in enumerate(tables.service_types()["code"])}
