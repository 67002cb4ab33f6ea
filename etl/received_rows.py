"""What of a row as received may stand in tables that everybody reads: no codes of persons, no key without end.

The file itself, in the restricted schema, stays as it was received.
"""

from collections.abc import Mapping
from typing import Any

from etl.clean.hostile import PERSON
from etl.identity import content_hash

LONGEST_KEY = 200  # characters; an index of the database takes some 2,700 bytes
_MASK = "[codice di persona]"


def masked_text(text: str) -> str:
    """A text without tax codes of persons; those of bodies have eleven digits and stay.

    >>> masked_text("Ditta RSSMRA80A01L219M, 00514490010")
    'Ditta [codice di persona], 00514490010'
    """
    return PERSON.sub(_MASK, text) if len(text) >= 16 else text


def masked(value: Any) -> Any:  # noqa: ANN401  whatever a raw row may hold
    """A raw row, or any part of it, without tax codes of persons."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, Mapping):
        return {name: masked(part) for name, part in value.items()}
    return [masked(part) for part in value] if isinstance(value, list | tuple) else value


def kept_key(key: str) -> str:
    """The key by which a row is kept: hashes stand for codes of persons and for what is too long for an index.

    >>> kept_key("12/A"), len(kept_key("x" * 300))
    ('12/A', 29)
    """
    if len(key) > LONGEST_KEY:
        return f"chiave-lunga-{content_hash(key)[:16]}"
    return PERSON.sub(lambda found: f"persona-{content_hash(found.group().upper())[:16]}", key)
