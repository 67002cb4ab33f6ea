"""Accents written as apostrophes: ``lunedi'`` → ``lunedì``, ``LIBERTA'`` → ``LIBERTÀ``, ``E'`` → ``È``."""

import re
from functools import lru_cache

_GRAVE = {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}
# Truncated words and imperatives, which keep their apostrophe: un po' di, de' Medici, fra' Dolcino.
_TRUNCATED = frozenset(
    {*("po", "mo", "de", "di", "da", "fa", "sta", "va", "be", "ca", "co", "fra", "pe", "to", "vo", "que", "fe", "pie")}
    | {*("a", "i", "o", "u", "tre", "re", "su", "no", "ma", "ve")}
)
# Words in -e with the acute accent, besides those in -ché.
_ACUTE = frozenset({"ne", "se", "ventitre", "trentatre", "vicere", "jose", "rene", "andre", "cafe", "purche"})
# Words whose accent is certain even where the next word is glued to them: LIBERTA'DI, UNITA'D'ITALIA.
_GLUED = re.compile(
    r"\b(citt|libert|universit|societ|unit|trinit|carit|comunit|localit|attivit)a'(?=[a-z])", re.IGNORECASE
)
# Words that exist only with the accent.
_BARE = re.compile(r"\b(?:citta|liberta|universita|societa|localita|trinita)\b(?!')", re.IGNORECASE)
_CANDIDATE = re.compile(r"([^\W\d_]*[aeiouAEIOU])'(?![^\W\d_])")
_OPENING = re.compile(r"(?:(?<=[\s(\"«])|^)'(?=\w)")


@lru_cache(maxsize=20_000)
def restore_accents(text: str) -> str:
    """Accented letters for the apostrophes that stand for them at the end of a word.

    Kept: elisions (``dell'Opera``), truncations (``po'``, ``de'``) and the sign that closes a quotation
    (``'E. Marioni'``).
    """
    text = _BARE.sub(lambda found: found[0][:-1] + _like(found[0][-1], "à"), text)
    if "'" not in text:
        return text
    quotes = [match.start() for match in _OPENING.finditer(text)]
    separated = _GLUED.sub(lambda found: f"{found[1]}{_like(found[0][-2], 'à')} ", text)
    if separated != text:
        return restore_accents(separated)

    def mend(found: re.Match[str]) -> str:
        closes = any(start < found.start() and "'" not in text[start + 1 : found.end() - 1] for start in quotes)
        return found[0] if closes else _accented(found[1], text[: found.start()])

    return _CANDIDATE.sub(mend, text)


def _accented(word: str, before: str) -> str:
    folded = word.casefold()
    if folded == "fe" and re.search(r"\bsanta\s$", before, re.IGNORECASE):
        return word[:-1] + _like(word[-1], "é")
    if folded in _TRUNCATED:
        return f"{word}'"
    acute = folded in _ACUTE or (folded.endswith("che") and len(folded) > 3)
    return word[:-1] + _like(word[-1], "é" if acute else _GRAVE[folded[-1]])


def _like(model: str, letter: str) -> str:
    return letter.upper() if model.isupper() else letter
