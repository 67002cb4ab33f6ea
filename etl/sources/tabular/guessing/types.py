"""Which type of service a file may list, from its name, its headings and the names in it."""

import re
from collections.abc import Sequence
from functools import cache

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
    name = slug(file_name.rpartition(".")[0] or file_name)
    words = [stem(word) for word in re.findall(r"[a-z]{3,}", name)]
    said = [" ".join(words), *words]
    stems = [f" {stem(text)} " for text in texts]
    found = [
        (code, title, max(_likeness(said, stems, word, first=place < 2) for place, word in enumerate(known)))
        for code, title, known in _types()
    ]
    return sorted((one for one in found if one[2] > 0), key=lambda one: (-one[2], one[0]))[:count]


@cache
def _types() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Code, name, and stems of name, code and synonyms of each type."""
    types = tables.service_types()
    rows = zip(types["code"].tolist(), types["name_it"].tolist(), types["synonyms_it"].tolist(), strict=True)
    return tuple(
        (code, name, tuple(stem(word) for word in (name, code.replace("_", " "), *split(told))))
        for code, name, told in rows
    )


def _likeness(said: Sequence[str], stems: Sequence[str], word: str, *, first: bool) -> float:
    """By the file's name, and by how many of the texts hold the word; a type's own name counts more than synonyms."""
    in_name = max((fuzz.ratio(one, word) for one in said), default=0.0)
    in_texts = 100.0 * sum(f" {word} " in text for text in stems) / max(len(stems), 1)
    return (1.0 if first else 0.9) * max(in_name if in_name >= 75 else 0.0, 0.95 * in_texts)


def stem(text: str) -> str:
    """Words without their last vowel, so that plurals are like singulars.

    >>> stem("farmacie") == stem("farmacia"), stem("asilo nido")
    (True, 'asil nid')
    """
    return " ".join(re.sub(r"(?<=...)(ie|ia|[aeiou])$", "", word) for word in slug(text).split("-"))
