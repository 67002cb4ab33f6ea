"""How a file is read by one layout of a source: whether it is one of its files, what it lacks, its rows."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from etl.errors import SourceError
from etl.i18n import _
from etl.sources.readers.table import Table, read_header, read_table
from etl.sources.tabular.fields import missing, spelt
from etl.sources.tabular.mapping import Mapping


def fits(layout: Mapping, name: str) -> bool:
    """Whether a pattern of the layout fits a file's name, upper and lower case alike."""
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in layout.files)


def needed(layout: Mapping) -> tuple[str, ...]:
    """Columns that a file must have: those declared, else all that are read."""
    if layout.header:
        return layout.header
    read = [name for column in layout.fields.values() for name in column.columns]
    weights = [figure.weight for figure in layout.figures if figure.weight is not None]
    own = [*layout.key, *read, *(figure.column for figure in layout.figures), *weights]
    return tuple(dict.fromkeys(name for name in own if name != "geometry"))


def _options(layout: Mapping) -> dict[str, Any]:
    return {
        "format": layout.format,
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "sheet": layout.sheet,
        "header_row": layout.header_row,
    }


def faults(layout: Mapping, file: Path) -> list[str]:
    """What a file lacks of the layout, or why it cannot be read; empty where it fits."""
    try:
        header = read_header(file, **_options(layout))
    except SourceError as error:
        return list(error.faults)
    lacking = missing(header, needed(layout))
    if not lacking:
        return []
    why = _("{name}: mancano le colonne {columns}; il file ha {header}")
    told = {name: ", ".join(f"«{one}»" for one in every) for name, every in (("c", lacking), ("h", header[:40]))}
    return [why.format(name=file.name, columns=told["c"], header=told["h"])]


def table(layout: Mapping, file: Path) -> Table:
    """The rows of a file, without the ignored columns.

    Raises
    ------
    SourceError
        The file is unusable.
    """
    ignored = spelt(read_header(file, **_options(layout)), layout.ignored)
    return read_table(file, ignored=ignored, **_options(layout))
