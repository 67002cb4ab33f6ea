"""Abbreviated kinds of street and saints, spelt out: ``C.so`` → ``Corso``, ``S.GIUSEPPE`` → ``San GIUSEPPE``."""

import re
from functools import lru_cache

from etl.clean.words import SAN, SANT, SANTA

# Longest first within a letter: "P.zza" before "P.".
_KINDS = (
    (r"c\.?\s?so\.?|c\.o(?=\s)|cs\.", "Corso"),
    (r"p\.?\s?z?z?l?e\.?(?=\W)(?<!pe)", "Piazzale"),
    (r"p\.?\s?(?:z?z|zz)?tta\.?|pzz?tta\.?", "Piazzetta"),
    (r"p\.\s?z?za\.?|pz?za\.?(?=\s)|pz\.|p\.zz\.", "Piazza"),
    (r"v\.?le\.?(?=[\s.])", "Viale"),
    (r"v\.?lo\.?(?=[\s.])|vic\.(?:lo)?|v\.co(?=[\s.])", "Vicolo"),
    (r"l\.?go\.?(?=[\s.])", "Largo"),
    (r"str\.|s\.da|strad\.", "Strada"),
    (r"fraz?\.|f\.ne|fr\.ne", "Frazione"),
    (r"reg\.(?:ne)?", "Regione"),
    (r"b\.?ta(?=[\s.])\.?|borg\.", "Borgata"),
    (r"b\.go", "Borgo"),
    (r"loc\.(?:t[aà]'?)?", "Località"),
    (r"circ\.ne", "Circonvallazione"),
    (r"c\.na|casc\.", "Cascina"),
    (r"c\.da", "Contrada"),
    (r"gall\.", "Galleria"),
    (r"sal\.", "Salita"),
    (r"v\.|v(?=\s)|va(?=\s)", "Via"),
    (r"p\.|p(?=\s)", "Piazza"),
    (r"c\.(?=\s?[a-zà-ù]{2})", "Corso"),
)
_START = re.compile("|".join(f"(?P<k{i}>{pattern})" for i, (pattern, _) in enumerate(_KINDS)), re.IGNORECASE)
# Streets whose name begins like the rest of an abbreviation: V.LE CHIUSE is Via Le Chiuse, in Torino.
_NOT_VIALE = re.compile(r"^v\.\s?le (?=chiuse\b)", re.IGNORECASE)
# A register that puts "via" before everything.
_TWICE = re.compile(
    r"^(?:via (?=(?:corso|piazza|piazzale|piazzetta|viale|vicolo|largo|strada)\s)|(\w+) (?=\1\b))", re.IGNORECASE
)
# An initial or an abbreviation that the next word is glued to: S.G.BOSCO, VITT.BOLOGNA.
_GLUED = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_]{2})")

_TITLE = (
    dict.fromkeys(SAN, "San ")
    | dict.fromkeys(SANT, "Sant'")
    | dict.fromkeys(SANTA, "Santa ")
    | {"stefano": "Santo ", "spirito": "Santo "}
)
_SAINT = re.compile(r"(?<![\w.])s\.\s?(?=([^\W\d_]{3,})(?![^\W\d_.]))", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def spell_out_kind(text: str) -> str:
    """An address whose kind of street is a word: ``C.SO FRANCIA 1`` → ``Corso FRANCIA 1``."""
    if _NOT_VIALE.match(text):
        return _NOT_VIALE.sub("Via Le ", text)
    found = _START.match(text)
    if found is None or not re.search(r"[^\W\d_]{2}", text[found.end() :]):
        return _GLUED.sub(". ", _TWICE.sub("", text))
    kind = _KINDS[int((found.lastgroup or "k0")[1:])][1]
    return f"{kind} {_GLUED.sub('. ', text[found.end() :].lstrip(' .,'))}"


@lru_cache(maxsize=20_000)
def spell_out_saints(text: str) -> str:
    """``S.`` before the name of a saint, spelt out; before any other name it may be an initial and stays."""

    def saint(found: re.Match[str]) -> str:
        title = _TITLE.get(found[1].casefold())
        return found[0] if title is None else title.upper() if found[1].isupper() else title

    return _SAINT.sub(saint, text)
