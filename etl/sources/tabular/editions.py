"""When a file speaks: the label of an edition, from its name, a column or a date of ours."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from etl.errors import SourceError
from etl.i18n import _
from etl.sources.base import Raw
from etl.sources.tabular.fields import cell
from etl.sources.tabular.mapping import EditionRule


def label(rule: EditionRule, name: str, rows: Iterable[Raw]) -> str:
    """An ISO date or the start of one (``2023-09-01``, ``2018``); empty where nothing tells.

    Parameters
    ----------
    name
        The last part of the file's path.
    rows
        Raw rows, read only where the rule names a column.

    Raises
    ------
    SourceError
        The rows of one file tell several dates.
    """
    told = _of_column(rule, name, rows) if rule.column is not None else _dated(rule, name)
    return told or rule.date or ""


def _of_column(rule: EditionRule, name: str, rows: Iterable[Raw]) -> str | None:
    texts = {cell(row, rule.column or "") for row in rows} - {""}
    found = sorted({told for told in (_dated(rule, text) for text in texts) if told is not None})
    if len(found) > 1:
        why = _("{name}: la colonna {column} dice più edizioni ({found}); dividere il file, uno per edizione")
        fault = why.format(name=name, column=rule.column, found=", ".join(found))
        raise SourceError(_("Il file contiene più di una edizione."), [fault])
    return found[0] if found else None


def _dated(rule: EditionRule, text: str) -> str | None:
    match = re.search(rule.pattern or r"(?P<year>\d{4})(-(?P<month>\d{2})(-(?P<day>\d{2}))?)?", text)
    if match is None or (rule.pattern is None and rule.column is None):
        return None
    parts = match.groupdict()
    if rule.starts is not None:
        return f"{parts['year']}-{rule.starts}"
    told = [parts["year"], *(part for part in (parts.get("month"), parts.get("day")) if part)]
    return "-".join(told) if last_day("-".join(told)) is not None else None


def year(label: str) -> int | None:
    """The year of an edition.

    >>> year("2023-09-01"), year("")
    (2023, None)
    """
    return int(label[:4]) if label[:4].isdigit() else None


def last_day(label: str) -> date | None:
    """The last day that a label may mean; none where it means no day.

    >>> last_day("2018"), last_day("2024-02"), last_day("2023-13-01")
    (datetime.date(2018, 12, 31), datetime.date(2024, 2, 29), None)
    """
    try:
        match [int(part) for part in label.split("-")]:
            case [y]:
                return date(y, 12, 31)
            case [y, m]:
                return (date(y, m, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
            case [y, m, d]:
                return date(y, m, d)
    except ValueError:
        pass
    return None
