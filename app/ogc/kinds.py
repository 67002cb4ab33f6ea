"""Which values a column holds, and how a word of a request is read as one of them."""

import math
import uuid
from contextlib import suppress
from datetime import date, datetime
from typing import Literal, TypeAlias

from tipg.collections import Column

from etl.i18n import _

Kind: TypeAlias = Literal["text", "number", "boolean", "date", "moment", "uuid", "geometry"]
Value: TypeAlias = str | float | bool | dict[str, str]

_KINDS: dict[str, Kind] = {
    "text": "text",
    "integer": "number",
    "float8": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamptz": "moment",
    "uuid": "uuid",
    "geometry": "geometry",
}


def kind_of(column: Column) -> Kind:
    """The kind of a column's values."""
    return _KINDS[column.type]


def in_words(kind: Kind) -> str:
    """What a value of this kind is, for who has to write one."""
    return {
        "text": _("un testo tra apici"),
        "number": _("un numero"),
        "boolean": _("true o false"),
        "date": _("un giorno, DATE('2026-01-31')"),
        "moment": _("un momento, TIMESTAMP('2026-01-31T00:00:00Z')"),
        "uuid": _("un identificativo UUID tra apici"),
        "geometry": _("una geometria"),
    }[kind]


def literal(value: object, kind: Kind) -> Value | None:
    """A literal of CQL2 JSON as one of this kind; None where it is none, or has no value of its own."""
    match kind, value:
        case ("boolean", bool(found)) | ("text", str(found)):
            return found
        case "number", int() | float() if not isinstance(value, bool) and math.isfinite(value):
            return value
        case "uuid", str(found) if _is_uuid(found):
            return found
        case "date" | "moment", {"date": str(day)} | str(day) if _is_day(day):
            return {"date": day}
        case "date" | "moment", {"timestamp": str(moment)} | str(moment) if is_moment(moment):
            return {"timestamp": moment}
    return None


def word(value: str, kind: Kind) -> Value | None:
    """A word of the address (``name=value``) as a literal of this kind; None where it is none."""
    if kind == "number":
        with suppress(ValueError):
            return literal(float(value), kind)
        return None
    if kind == "boolean":
        return {"true": True, "false": False}.get(value)
    return literal(value, kind)


def is_moment(text: str) -> bool:
    """Whether a text is a moment of RFC 3339, with its offset."""
    with suppress(ValueError):
        return datetime.fromisoformat(text).tzinfo is not None and "T" in text.upper()
    return False


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


def _is_uuid(text: str) -> bool:
    with suppress(ValueError):
        return str(uuid.UUID(text)) == text.lower()
    return False
