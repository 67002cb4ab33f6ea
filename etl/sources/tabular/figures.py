"""Figures about municipalities, out of the columns of a table; merged municipalities become one when all are read."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from etl.i18n import _
from etl.record import IndicatorRecord, Record
from etl.reference.recode import How, combine
from etl.sources.base import Raw
from etl.sources.tabular.fields import cell
from etl.sources.tabular.mapping import Figure, Mapping
from etl.sources.tabular.row import Row

MISSING = frozenset({"", "-", "n.d.", "nd", "null", "nan", "..", "...", "non disponibile"})


@dataclass(frozen=True, slots=True)
class Part(IndicatorRecord):
    """A figure of what may be only a part of today's municipality, with what it takes to put the parts together."""

    aggregate: How = "sum"
    weight: float | None = None


# One point with three digits behind: one and a bit, or a thousand and something.
_BOTH_WAYS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
TYPED = frozenset({"json", "geojson", "gpkg", "shp"})


def number(told: str, *, decimal: str | None = None) -> float | None:
    """A number as tables write it; none where it is no finite number.

    ``decimal`` is the decimal sign. Where it is not told a comma is, and then points part the thousands; without a
    comma one point is the decimal sign and several part the thousands.

    >>> number("1.234,5"), number("1234.5"), number("1.234.567"), number("12 345"), number("n.d.")
    (1234.5, 1234.5, 1234567.0, 12345.0, None)
    >>> number("1.234", decimal=","), number("1,234", decimal=".")
    (1234.0, 1234.0)
    """
    text = re.sub(r"[\s\u00a0']", "", told)
    if decimal == "," or (decimal is None and ("," in text or text.count(".") > 1)):
        text = text.replace(".", "").replace(",", ".")
    elif decimal == ".":
        text = text.replace(",", "")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def reads_both_ways(told: str) -> bool:
    """Whether a figure means one thing with a decimal point and another with points for thousands.

    >>> reads_both_ways("1.234"), reads_both_ways("0.234"), reads_both_ways("1.2345"), reads_both_ways("1.234,5")
    (True, False, False, False)
    """
    return _BOTH_WAYS.fullmatch(told.strip()) is not None


def unsure(mapping: Mapping, rows: Iterable[Raw]) -> list[str]:
    """Columns of figures in which a value reads both ways while the mapping tells no decimal sign.

    Small figures of such a column would enter and large ones would not: what is left would be wrong without a word.
    """
    if mapping.decimal is not None or mapping.format in TYPED or not mapping.figures:
        return []
    names = dict.fromkeys(name for figure in mapping.figures for name in (figure.column, figure.weight) if name)
    found = {name for raw in rows for name in names if reads_both_ways(cell(raw, name))}
    return [name for name in names if name in found]


def explain_unsure(columns: Sequence[str]) -> str:
    """What an officer has to say of columns that read both ways."""
    why = _(
        "nelle colonne {columns} un valore come 1.234 può avere i decimali o le migliaia: "
        'scrivere nella mappatura «decimal: ","» (1.234 è milleduecentotrentaquattro) oppure «decimal: "."»'
    )
    return why.format(columns=", ".join(f"«{name}»" for name in columns))


def figures(row: Row, raw: Raw) -> list[Record]:
    """The figures of a row; none, with the reasons, where it has no municipality or not one figure."""
    code = row.get("istat_code")
    if code is None:
        if not row.log.entries or all(entry.severity != "scartato" for entry in row.log.entries):
            row.log.rejected(row.key, "comune_mancante", _("Non si sa di quale comune parla."), field="istat_code")
        return []
    found = [part for figure in row.mapping.figures if (part := _part(row, raw, figure, code)) is not None]
    if all(math.isnan(part.value) for part in found) and not (found and _a_part(row)):
        row.log.rejected(row.key, "riga_senza_cifre", _("Nessuna delle colonne con le cifre ha un numero."))
        return []
    return list(found)


def _a_part(row: Row) -> bool:
    """Whether the row is about a municipality that has become part of another."""
    return any(entry.kind == "comune_soppresso" for entry in row.log.entries)


def _part(row: Row, raw: Raw, figure: Figure, code: str) -> Part | None:
    at = figure.year or row.year()
    if at is None:
        why = _("Non si sa di quale anno è la cifra: scriverlo in «year» o nell'edizione della mappatura.")
        row.log.rejected(row.key, "anno_mancante", why, field=figure.name)
        return None
    value = _number(row, raw, figure.column)
    weight = None if figure.weight is None else _number(row, raw, figure.weight)
    if value is None or (figure.aggregate == "mean" and weight is None):
        value = math.nan
        _tell_gap(row, figure)
    key = f"{code}/{figure.name}/{at}"
    return Part(key, "municipality", code, at, figure.name, value, figure.aggregate, weight)


def _tell_gap(row: Row, figure: Figure) -> None:
    """A gap in a part of today's municipality leaves the whole without the figure, never with a part of it."""
    if _a_part(row):
        why = _("Il comune di oggi resta senza questa cifra: di una sua parte manca.")
        row.log.doubtful(row.key, "comune_incompleto", why, field=figure.name)


def _number(row: Row, raw: Raw, column: str) -> float | None:
    told = cell(raw, column)
    decimal = "." if row.mapping.format in TYPED else row.mapping.decimal
    if decimal is None and reads_both_ways(told):
        why = _(
            'Può essere un numero con i decimali o con le migliaia: scrivere nella mappatura «decimal: ","» o «"."».'
        )
        row.log.rejected(row.key, "numero_ambiguo", why, field=column, value=told)
        return None
    value = number(told, decimal=decimal)
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
    whole = (_one(found) for _key, found in sorted(parts.items()))
    return others + [figure for figure in whole if not math.isnan(figure.value)]


def _one(parts: Sequence[Part]) -> IndicatorRecord:
    parts = sorted(parts, key=lambda part: (part.value, part.weight or 0.0))
    first = parts[0]
    value = combine([part.value for part in parts], first.aggregate, [part.weight or 0.0 for part in parts])
    return IndicatorRecord(first.key, first.level, first.code, first.year, first.name, value)
