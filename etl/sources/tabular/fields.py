"""A raw row becomes a draft: the texts of its columns under the names of the fields, as the mapping says."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache

from etl.clean.draft import Draft
from etl.i18n import _
from etl.issues import IssueLog
from etl.sources.base import Raw
from etl.sources.tabular.mapping import Column, Mapping


class Refused(Exception):
    """A text that the mapping does not provide for: the row is rejected."""

    def __init__(self, column: Column, text: str) -> None:
        self.column = column
        self.text = text
        super().__init__(text)


@cache
def folded(name: str) -> str:
    """A column's name as names are compared: ``Cf`` and ``cf`` are the same column to a publisher."""
    return " ".join(name.split()).casefold()


@cache
def _spellings(header: tuple[str, ...]) -> dict[str, str]:
    return {folded(name): name for name in header}


@cache
def _called(header: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Columns of a header that a name of the mapping means: itself, else those that it fits as a pattern (``*``)."""
    there, wanted = _spellings(header), folded(name)
    if wanted in there:
        return (there[wanted],)
    return tuple(spelling for key, spelling in there.items() if "*" in wanted and fnmatchcase(key, wanted))


def missing(header: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The columns of ``wanted`` that a header lacks."""
    return [name for name in wanted if not _called(tuple(header), name)]


def spelt(header: Sequence[str], wanted: Iterable[str]) -> list[str]:
    """The columns of ``wanted`` as the header spells them, in the order of the header."""
    found = {spelling for name in wanted for spelling in _called(tuple(header), name)}
    return [name for name in header if name in found]


def cell(raw: Raw, name: str) -> str:
    """The text of a column, without outer blanks; empty where there is none."""
    spelling = next(iter(_called(tuple(raw), name)), None)
    value = raw.get(spelling) if spelling is not None else None
    return "" if value is None else str(value).strip()


def text(column: Column, raw: Raw) -> str:
    """The text that a column of the mapping stands for; empty where there is none.

    Raises
    ------
    Refused
        The text is none of those that the mapping lists.
    """
    if column.constant is not None:
        return column.constant
    told = column.join.join(part for part in (cell(raw, name) for name in column.columns) if part)
    if column.pattern is not None:
        told = _found(column.pattern, told)
    if column.values is None:
        return told
    chosen = _values(column).get(folded(told), column.otherwise)
    if chosen is None:
        raise Refused(column, told)
    return chosen


def _values(column: Column) -> dict[str, str]:
    return {folded(told): meant for told, meant in (column.values or {}).items()}


def _found(pattern: str, told: str) -> str:
    match = re.search(pattern, told)
    if match is None:
        return ""
    return (match.group(1) if match.re.groups else match.group(0)) or ""


def draft(key: str, raw: Raw, mapping: Mapping, log: IssueLog) -> Draft | None:
    """The draft of a row, or none where a text rejects it; every such text is told."""
    found: Draft = {}
    fine = True
    for name, column in mapping.fields.items():
        try:
            told = text(column, raw)
        except Refused as refused:
            fine = False
            _refuse(key, name, refused, log)
            continue
        if told:
            found[name] = told
    return found if fine else None


def _refuse(key: str, name: str, refused: Refused, log: IssueLog) -> None:
    columns = ", ".join(refused.column.columns)
    why = _("Il testo della colonna {columns} non è fra quelli previsti dalla mappatura: aggiungerlo a «values».")
    message = refused.column.reason or why.format(columns=columns)
    log.rejected(key, refused.column.refusal, message, field=name, value=refused.text)
