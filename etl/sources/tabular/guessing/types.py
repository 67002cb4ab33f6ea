"""Which type of service a file may list, from its name, its headings and the names in it."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from etl.identity import slug
from etl.reference import tables
from etl.reference.vocabulary import split


def likely(file_name: str, texts: Sequence[str], *, count: int = 3) -> list[tuple[str, str, float]]:
    """The likeliest types: code, Italian name, likeness 0-100; the likeliest first.

    Parameters
    ----------
    file_name
        Without folders; its words count most.
    texts
        Names of services and what describes them.
    """
    types = tables.service_types()
    said = " ".join(re.findall(r"[a-z]{3,}", slug(file_name).replace("-", " ")))
    found = []
    for code, name, synonyms in zip(types["code"], types["name_it"], types["synonyms_it"], strict=True):
        words = [_words(name), _words(str(code)), *map(_words, split(synonyms))]
        found.append(
            (str(code), str(name), max(_likeness(said, texts, word, first=n < 2) for n, word in enumerate(words)))
        )
    return sorted((one for one in found if one[2] > 0), key=lambda one: (-one[2], one[0]))[:count]


def _words(text: str) -> str:
    return slug(text).replace("-", " ").replace("_", " ")


def _likeness(said: str, texts: Sequence[str], word: str, *, first: bool) -> float:
    """By the file's name, and by how many of the texts hold the word; a type's own name counts more than synonyms."""
    in_name = max((fuzz.ratio(stem(one), stem(word)) for one in [said, *said.split()]), default=0.0)
    in_texts = 100.0 * sum(f" {stem(word)} " in f" {stem(text)} " for text in texts) / max(len(texts), 1)
    return (1.0 if first else 0.9) * max(in_name if in_name >= 75 else 0.0, 0.95 * in_texts)


def stem(text: str) -> str:
    """Words without their last vowel, so that plurals are like singulars.

    >>> stem("farmacie") == stem("farmacia"), stem("asilo nido")
    (True, 'asil nid')
    """
    return " ".join(re.sub(r"(?<=...)(ie|ia|[aeiou])$", "", word) for word in slug(text).split("-"))
