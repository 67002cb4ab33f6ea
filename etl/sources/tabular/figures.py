"""Figures about municipalities, out of the columns of a table; merged municipalities become one when all are read."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.i18n import _
from etl.record import IndicatorRecord, Record
from etl.sources.base import Raw
from etl.sources.tabular.fields import cell
from etl.sources.tabular.mapping import Figure
from etl.sources.tabular.row import Row

MISSING = frozenset({"", "-", "n.d.", "nd", "null", "nan", "..", "...", "non disponibile"})


@dataclass(frozen=True, slots=True)
class Part(IndicatorRecord):
    """A figure of what may be only a part of today's municipality, with what it takes to put the parts together."""

    aggregate: str = "sum"
    weight: float | None = None


def number(told: str) -> float | None:
    """A number as Italian tables write it; none where it is no finite number.

    A comma is the decimal sign, and then points part the thousands; without a comma one point is the decimal sign and
    several part the thousands.

    >>> number("1.234,5"), number("1234.5"), number("1.234.567"), number("12 345"), number("n.d.")
    (1234.5, 1234.5, 1234567.0, 12345.0, None)
    """
    text = re.sub(r"[\s\u00a0']", "", told)
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    elif text.count(".") > 1:
        text = text.replace(".", "")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def figures(row: Row, raw: Raw) -> list[Record]:
    """The figures of a row; none, with the reasons, where it has no municipality or not one figure."""
    code = row.get("istat_code")
    if code is None:
        if not row.log.entries or all(entry.severity != "scartato" for entry in row.log.entries):
            row.log.rejected(row.key, "comune_mancante", _("Non si sa di quale comune parla."), field="istat_code")
        return []
    found = [part for figure in row.mapping.figures if (part := _part(row, raw, figure, code)) is not None]
    if not found:
        row.log.rejected(row.key, "riga_senza_cifre", _("Nessuna delle colonne con le cifre ha un numero."))
    return list(found)


def _part(row: Row, raw: Raw, figure: Figure, code: str) -> Part | None:
    at = figure.year or row.year()
    if at is None:
        why = _("Non si sa di quale anno è la cifra: scriverlo in «year» o nell'edizione della mappatura.")
        row.log.rejected(row.key, "anno_mancante", why, field=figure.name)
        return None
    value = _number(row, raw, figure.column)
    weight = None if figure.weight is None else _number(row, raw, figure.weight)
    if value is None or (figure.aggregate == "mean" and weight is None):
        return None
    key = f"{code}/{figure.name}/{at}"
    return Part(key, "municipality", code, at, figure.name, value, figure.aggregate, weight)


def _number(row: Row, raw: Raw, column: str) -> float | None:
    told = cell(raw, column)
    value = number(told)
    if value is None and told.casefold() not in MISSING:
        row.log.rejected(row.key, "numero_illeggibile", _("Non è un numero."), field=column, value=told)
    return value


def together(records: Sequence[Record]) -> list[Record]:
    """The parts of each municipality of today as one figure; other records as they are."""
    parts: dict[str, list[Part]] = {}
    for record in records:
        if isinstance(record, Part):
            parts.setdefault(record.key, []).append(record)
    others = [record for record in records if not isinstance(record, Part)]
    return others + [_one(found) for _key, found in sorted(parts.items())]


def _one(parts: Sequence[Part]) -> IndicatorRecord:
    first = min(parts, key=lambda part: (part.value, part.weight or 0.0))
    value = _aggregated(parts, first)
    return IndicatorRecord(first.key, first.level, first.code, first.year, first.name, value)


def _aggregated(parts: Sequence[Part], first: Part) -> float:
    if first.aggregate == "sum":
        return math.fsum(part.value for part in parts)
    if first.aggregate == "first":
        return first.value
    weights = [part.weight or 0.0 for part in parts]
    total = math.fsum(weights)
    if total == 0:
        return math.fsum(part.value for part in parts) / len(parts)
    return math.fsum(part.value * weight for part, weight in zip(parts, weights, strict=True)) / total
