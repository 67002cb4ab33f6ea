"""What the contents of a column look like, whatever its heading says."""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from stdnum.it import codicefiscale, iva

Look: TypeAlias = Callable[[str], bool]
MOST_TEXTS = 300  # texts looked at: enough to tell nine in ten from eight in ten
LONGEST = 200  # characters looked at: geometries run to thousands, and searching them takes minutes
NOTHING = frozenset({"", "-", "--", "null", "none", "nan", "n.d.", "nd", "non disponibile", "n/d"})

_STREET = re.compile(
    r"(?i)^(via|viale|v\.?le|v\.|corso|c\.?so|c\.o|piazza|piazzale|p\.?z{1,2}a|largo|l\.go|strada|str\.|vicolo|vic\.|lungo"
    r"|borgata|b\.ta|frazione|fraz\.?|regione|reg\.|localit[aà]|loc\.|salita|rione|contrada|galleria|rotonda)\s*\S"
)
_DATE = re.compile(r"^(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$")
_HOURS = re.compile(
    r"(?i)(luned|marted|mercoled|gioved|venerd|sabato|domenica|\d{1,2}[.:,]\d{2}\s*[-/]\s*\d{1,2}[.:,]\d{2})"
)
_WKT = re.compile(r"(?i)^(srid=\d+;)?\s*(multi)?(point|polygon|linestring)\b")
_URL = re.compile(r"(?i)^(https?:?//|www\.)\S+$")


def decimal(text: str) -> float | None:
    """A number with point or comma as decimal sign; none for other texts.

    >>> decimal("45,07"), decimal("a")
    (45.07, None)
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def between(low: float, high: float) -> Look:
    """Whether a text is a number in a range, ends included."""

    def look(text: str) -> bool:
        value = decimal(text)
        return value is not None and low <= value <= high

    return look


def tax_code(text: str) -> bool:
    """Whether a text is the tax code or VAT number of a body, perhaps without its leading zeros."""
    number = text.strip().upper().removeprefix("IT")
    return number.isdigit() and 8 <= len(number) <= 11 and bool(iva.is_valid(number.zfill(11)))


def personal_code(text: str) -> bool:
    """Whether a text is the tax code of a person."""
    return len(text.strip()) == 16 and bool(codicefiscale.is_valid(text))


def phone(text: str) -> bool:
    """Whether a text is mostly a phone number."""
    digits = re.sub(r"\D", "", text)
    return 6 <= len(digits) <= 40 and text.strip()[:1] in "+0(3" and len(re.sub(r"[\d\s/+().;,-]", "", text)) <= 12


LOOKS: dict[str, Look] = {
    "postal_code": lambda text: bool(re.fullmatch(r"\d{5}", text)) and text.startswith("1"),
    "email": lambda text: bool(re.search(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}", text)),
    "url": lambda text: bool(_URL.match(text)),
    "phone": phone,
    "tax_id": tax_code,
    "cadastral_code": lambda text: bool(re.fullmatch(r"[A-Z]\d{3}", text)),
    "address": lambda text: bool(_STREET.match(text)),
    "street_number": lambda text: bool(
        re.fullmatch(r"(?i)\d{1,4}\s*(/?\s*[a-z]|bis|ter)?(/\d+)?|snc|s\.n\.c?\.?", text)
    ),
    "latitude": between(44.0, 46.7),
    "longitude": between(6.5, 9.3),
    "wkt": lambda text: bool(_WKT.match(text)),
    "opening_hours": lambda text: bool(_HOURS.search(text)),
    "capacity": lambda text: bool(re.fullmatch(r"\d{1,4}([.,]0+)?(\s*posti)?", text)),
    "valid_from": lambda text: bool(_DATE.match(text)),
    "valid_to": lambda text: bool(_DATE.match(text)),
    "x": lambda text: (decimal(text) or 0.0) > 10_000,
    "y": lambda text: (decimal(text) or 0.0) > 1_000_000,
}


def filled(values: Sequence[str]) -> list[str]:
    """The texts that say something."""
    return [value.strip() for value in values if value.strip().casefold() not in NOTHING]


def share(values: Sequence[str], look: Look) -> float:
    """How many of the texts that say something look so, 0-1; of many texts some are looked at, spread evenly."""
    told = filled(values)
    told = [value[:LONGEST] for value in told[:: len(told) // MOST_TEXTS + 1]]
    return sum(look(value) for value in told) / len(told) if told else 0.0
