"""What of a row as received may stand in tables that everybody reads: no codes of persons, no key without end.

The file itself, in the restricted schema, stays as it was received.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from etl.clean.hostile import PERSON, PERSON_BEGUN
from etl.identity import content_hash

LONGEST_KEY = 200  # characters; an index of the database takes some 2,700 bytes
_MASK = "[codice di persona]"
_CUTS = frozenset({200, 500})  # characters at which remarks and unreadable rows cut what they show


def masked_text(text: str) -> str:
    """A text without tax codes of persons; those of bodies have eleven digits and stay.

    A code may have blanks in it, or be begun only where the text was cut.

    >>> masked_text("Ditta RSSMRA 80A01 L219M, 00514490010")
    'Ditta [codice di persona], 00514490010'
    """
    if len(text) < 16:
        return text
    whole = PERSON.sub(_MASK, text)
    shown = text.removesuffix("…")
    if len(shown) not in _CUTS:
        return whole
    return PERSON_BEGUN.sub(_MASK, whole.removesuffix("…")) + text[len(shown) :]


def masked(value: Any) -> Any:  # noqa: ANN401  whatever a raw row may hold
    """A raw row, or any part of it, without tax codes of persons."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {name: masked(part) for name, part in value.items()}
    return [masked(part) for part in value] if isinstance(value, list | tuple) else value


def kept_key(key: str, secret: bytes) -> str:
    """The key by which a row is kept: hashes stand for codes of persons and for what is too long for an index.

    Parameters
    ----------
    secret
        Of this installation (:func:`etl.secret.persons`). A plain hash of a tax code is guessed from a name and a date
        of birth; an HMAC is not. So of these rows alone the keys, and the identifiers made from them (UUIDv5), are
        the same in every run of one installation and differ on another.

    >>> kept_key("12/A", b""), len(kept_key("x" * 300, b""))
    ('12/A', 29)
    """
    if len(key) > LONGEST_KEY:
        return f"chiave-lunga-{_keyed(key, secret) if PERSON.search(key) else content_hash(key)[:16]}"
    return PERSON.sub(lambda found: f"persona-{_keyed(''.join(found.group().split()).upper(), secret)}", key)


def _keyed(text: str, secret: bytes) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:16]
