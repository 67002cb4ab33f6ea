"""The rows of a table of indicators: what each says, and everything that is wrong with them at once."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from etl.derive.need import TABLE
from etl.derive.registry import INNER
from etl.errors import SourceError
from etl.i18n import _
from etl.record import IndicatorRecord
from etl.sources.readers.table import Table
from etl.sources.tabular.figures import number, reads_both_ways
from etl.store import models as m
from geo.need import AGE_RATIOS

COLUMNS: Final = ("area", "anno", "nome", "valore", "unita", "fonte")
LEVEL: Final = "livello"
"""Optional column; without it areas are municipalities."""
LEVELS: Final = (
    "municipality",
    "zona_omogenea",
    "distretto",
    "asl",
    "ats",
    "ambito",
    "bacino",
    "metropolitan_city",
    "quarter",
)
RESERVED: Final = frozenset({*AGE_RATIOS, INNER, "composito", "segnalazioni"})
"""Names that are computed here, or that runs of the measures read."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_YEARS = range(1900, 2101)
_SHOWN = 50  # faults told one by one
_CODE_DIGITS = 6  # of a municipality; spreadsheets drop the zeros in front


@dataclass(frozen=True)
class Row:
    """A row that is sound: where it stands in the file, as received, and what it says.

    ``publisher`` is its source as the table names it, ``source`` the identifier that this gives.
    """

    number: int
    raw: Mapping[str, str]
    publisher: str
    source: str
    unit: str
    record: IndicatorRecord


def source_id(publisher: str) -> str:
    """The identifier of a source by the name that a table gives it.

    >>> source_id("MEF, Dipartimento delle finanze")
    'tabella-mef-dipartimento-delle-finanze'
    """
    return TABLE + re.sub(r"[^a-z0-9]+", "-", publisher.casefold()).strip("-")


def sound(connection: Connection, name: str, table: Table, decimal: str | None) -> list[Row]:
    """The rows of a table.

    Raises
    ------
    SourceError
        With every fault: of the columns, of the rows, between rows.
    """
    wrong_columns, broken = list(_column_faults(table)), [_at(row.number, row.message) for row in table.broken]
    faults = [*wrong_columns, *broken]
    rows: list[Row] = []
    if not wrong_columns:
        sign = decimal or _decimal(table)
        areas = _areas(connection)
        for at, raw in table.rows:
            record, wrong = _record(at, raw, areas, sign)
            faults += [_at(at, why) for why in wrong]
            if record is not None:
                rows.append(record)
        faults += _together(rows)
        if not table.rows and not broken:
            faults.append(_("Non c'è alcuna riga: esportare la tabella di nuovo."))
    if faults:
        more = len(faults) - _SHOWN
        told = faults if more <= 0 else [*faults[:_SHOWN], _("… e altri {n} errori").format(n=more)]
        raise SourceError(_("La tabella «{file}» non si può caricare: nulla è cambiato.").format(file=name), told)
    return rows


def _column_faults(table: Table) -> Iterator[str]:
    known = (*COLUMNS, LEVEL)
    for column in (column for column in COLUMNS if column not in table.header):
        why = _("Manca la colonna «{colonna}»: servono {tutte}, e se occorre {livello}.")
        yield why.format(colonna=column, tutte=", ".join(COLUMNS), livello=LEVEL)
    for column in (column for column in table.header if column not in known):
        yield _("La colonna «{colonna}» non è prevista: toglierla o correggerne il nome.").format(colonna=column)


def _at(row: int, why: str) -> str:
    return _("riga {riga}: {perche}").format(riga=row, perche=why)


def _decimal(table: Table) -> str | None:
    """The decimal sign that the figures tell between them; None where some reads both ways and no other tells."""
    told = [raw["valore"].strip() for _number, raw in table.rows]
    if any("," in text for text in told):
        return ","
    # A point is a decimal sign for certain where other than three digits follow it, or zero stands before it.
    sure = any(re.fullmatch(r"[+-]?(0\.\d+|\d+\.(\d{1,2}|\d{4,}))", text) for text in told)
    return "." if sure or not any(reads_both_ways(text) for text in told) else None


def _areas(connection: Connection) -> dict[tuple[str, str], str]:
    """Code of each area as the database has it, by level and code."""
    found = connection.execute(select(m.Area.level, m.Area.code).where(m.Area.level.in_(LEVELS)))
    return {(level, code): code for level, code in found}


def _record(
    at: int, raw: Mapping[str, str], areas: Mapping[tuple[str, str], str], decimal: str | None
) -> tuple[Row | None, list[str]]:
    """What a row says, or what is wrong with it."""
    text = {column: raw.get(column, "").strip() for column in (*COLUMNS, LEVEL)}
    level = text[LEVEL] or LEVELS[0]
    code, year, value = _area(text["area"], level, areas), _year(text["anno"]), _value(text["valore"], decimal)
    faults = [*_word_faults(text), *(found for found in (code, year, value) if isinstance(found, _Fault))]
    if faults or isinstance(code, _Fault) or isinstance(year, _Fault) or isinstance(value, _Fault):
        return None, [str(fault) for fault in faults]
    key = f"{level}/{code}/{text['nome']}/{year}"
    record = IndicatorRecord(key, level, code, year, text["nome"], value)
    return Row(at, raw, text["fonte"], source_id(text["fonte"]), text["unita"], record), []


class _Fault(str):
    """What is wrong with a cell."""

    __slots__ = ()


def _word_faults(text: Mapping[str, str]) -> Iterator[str]:
    for column in ("unita", "fonte"):
        if not text[column]:
            yield _("«{colonna}» è vuota: scriverla, perché accompagna ogni cifra.").format(colonna=column)
    if _NAME.fullmatch(text["nome"]) is None:
        why = _("«nome» «{testo}» non va: lettere minuscole senza accenti, cifre e trattino basso (reddito_medio).")
        yield why.format(testo=text["nome"])
    elif text["nome"] in RESERVED:
        yield _("«nome» «{testo}» è già di un indicatore calcolato: sceglierne un altro.").format(testo=text["nome"])
    if text["fonte"] and source_id(text["fonte"]) == TABLE:
        yield _("«fonte» «{testo}» non ha lettere né cifre: scrivere chi pubblica la tabella.").format(
            testo=text["fonte"]
        )


def _area(told: str, level: str, areas: Mapping[tuple[str, str], str]) -> "str | _Fault":
    if level not in LEVELS:
        return _Fault(_("«livello» «{testo}» non c'è: {noti}.").format(testo=level, noti=", ".join(LEVELS)))
    padded = told.zfill(_CODE_DIGITS) if told.isdecimal() else told
    code = areas.get((level, told)) or areas.get((level, padded))
    if code is not None:
        return code
    why = _("«area» «{testo}» non è il codice di un'area di livello {livello}; per i comuni è quello ISTAT di oggi.")
    return _Fault(why.format(testo=told, livello=level))


def _year(told: str) -> "int | _Fault":
    if told.isdecimal() and int(told) in _YEARS:
        return int(told)
    return _Fault(_("«anno» «{testo}» non è un anno, per esempio 2023.").format(testo=told))


def _value(told: str, decimal: str | None) -> "float | _Fault":
    if decimal is None and reads_both_ways(told):
        why = _("«valore» «{testo}» può avere i decimali o le migliaia: dirlo con --decimal , oppure --decimal .")
        return _Fault(why.format(testo=told))
    value = number(told, decimal=decimal)
    if value is None or not math.isfinite(value):
        return _Fault(
            _("«valore» «{testo}» non è un numero; dove non si conosce, togliere la riga.").format(testo=told)
        )
    return value


def _together(rows: Sequence[Row]) -> Iterator[str]:
    """Faults between rows: a figure told twice, an indicator in two units."""
    first: dict[tuple[str, str], int] = {}
    units: dict[tuple[str, str], tuple[str, int]] = {}
    for row in rows:
        before = first.setdefault((row.source, row.record.key), row.number)
        if before != row.number:
            yield _at(row.number, _("la stessa cifra è già alla riga {riga}: tenerne una.").format(riga=before))
        unit, where = units.setdefault((row.source, row.record.name), (row.unit, row.number))
        if unit != row.unit:
            why = _("«unita» «{una}» per un indicatore che alla riga {riga} ha «{altra}»: usare la stessa.")
            yield _at(row.number, why.format(una=row.unit, riga=where, altra=unit))
