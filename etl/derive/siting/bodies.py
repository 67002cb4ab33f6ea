"""Which bodies are public, as far as their register or their name tells."""

import re
from collections.abc import Collection

from etl.link.words import kinds_of_body
from etl.locate.address import fold

REGISTER = "ipa"
"""Scheme of the numbers of the index of public administrations: who has one is public, whatever the name says."""

_KINDS = frozenset({"comune", "unione", "consorzio", "asl", "citta_metropolitana", "universita"})
_NAMED = re.compile(
    r"^(?:regione|ministero|prefettura|tribunale|agenzia piemonte lavoro|inps|inail|istituto comprensivo"
    r"|direzione didattica|azienda pubblica)\b"
)


def is_public(name: str, schemes: Collection[str] = ()) -> bool:
    """Whether a body is public, by its register or else by its name.

    It is in the index of public administrations, or every body that the name holds is of a kind that is public:
    municipality and union of them, consortium of social services, health authority, region… A consortium of private
    bodies would be taken for one of them unless its name says what it is.

    >>> is_public("ASL TO3"), is_public("C.I.S.S. Chivasso"), is_public("Agenzia Piemonte Lavoro")
    (True, True, True)
    >>> is_public("Arci Valle Susa / Comune di Moncalieri"), is_public("ASL TO3 (coop. in convenzione)")
    (False, False)
    >>> is_public("Biblioteca civica", ["ipa"])
    True
    """
    if REGISTER in schemes:
        return True
    parts = [part.strip() for part in name.split("/") if part.strip()]
    return bool(parts) and all(_is_public(part) for part in parts)


def _is_public(part: str) -> bool:
    kinds = kinds_of_body(part)
    return kinds <= _KINDS if kinds else bool(_NAMED.match(fold(part)))
