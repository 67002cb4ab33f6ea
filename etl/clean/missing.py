"""Words that stand for a missing value."""

import re

_WORDS = frozenset(
    {
        *(
            "null",
            "nil",
            "nan",
            "nd",
            "n.d",
            "n.d.",
            "n/d",
            "n/a",
            "n.a",
            "n.a.",
            "n.p.",
            "n.r.",
            "s.d.",
            "#n/d",
            "#n/a",
        ),
        *("#rif!", "#ref!", "#valore!", "#value!", "#div/0!", "#nome?", "#name?", "#null!", "#num!"),
        *("non disponibile", "non disponibili", "non presente", "non pervenuto", "non definito", "non specificato"),
        *("non indicato", "non rilevato", "non comunicato", "non dichiarato", "non applicabile", "non noto"),
        *("dato mancante", "dato non disponibile", "mancante", "assente", "sconosciuto", "sconosciuta", "undefined"),
        *("vuoto", "nessuno", "nessuna", "da definire", "(vuoto)", "(null)", "not available", "unknown"),
    }
)
_STROKES = re.compile(r"^[\s\-–—_./\\*?#~]*$")
# A municipality near Torino is called None, and its name stands in addresses and names.
_WORDS_OF_CODES = frozenset({"none", "no", "na", "x", "xx", "xxx", "0"})
_ZEROS = re.compile(r"^0+(?:[.,]0+)?$")


def drop_missing(text: str) -> str | None:
    """Nothing for a text that says there is nothing: ``-``, ``null``, ``Non Disponibile``."""
    folded = text.casefold().strip()
    return None if folded in _WORDS or _STROKES.match(folded) else text


def drop_missing_code(text: str) -> str | None:
    """Nothing for zeros, ``none`` or ``x`` in a field that holds a code, a number or an address of a network."""
    folded = text.casefold().strip()
    return None if folded in _WORDS_OF_CODES or _ZEROS.match(folded) else text
