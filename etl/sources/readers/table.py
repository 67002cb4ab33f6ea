"""Read any file of the formats that Ombra knows as one table of raw text.

Raw means raw: no cell is stripped, translated or guessed at. Rows that cannot be read are told apart, each with its
number and reason, so that every row of a file is accounted for.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from etl.errors import SourceError
from etl.i18n import _
from etl.sources.readers import delimited, layers, objects, sheets
from etl.sources.readers.archive import extracted, is_archive
from etl.sources.readers.assembly import BrokenRow, assemble
from etl.sources.readers.content import Content, Options, Unreadable, require_file
from etl.sources.tabular.mapping import Format

__all__ = ["BrokenRow", "Table", "read_header", "read_table"]


@dataclass(frozen=True)
class Table:
    """A file as a table of text.

    ``header``: names of the columns, stripped and unique, without the ignored ones. ``rows``: number of the row as a
    person counts it in the file, and text by column, ``""`` for empty. ``broken``: rows that cannot be read.
    ``merged``: columns whose text a row has from a merged cell above it, by number of the row.
    ``crs``: ``EPSG:4326`` or another text that PROJ understands, where the format tells it; geometry stands as WKT,
    x before y, in the column ``geometry``.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    broken: tuple[BrokenRow, ...] = ()
    crs: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    merged: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def read_table(
    path: Path,
    *,
    format: Format,  # noqa: A002 - the name of the same thing in a mapping
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int = 1,
    ignored: Collection[str] = (),
    limit: int | None = None,
) -> Table:
    """The table in a file, or in the only file of that format in a ZIP archive.

    Columns of ``ignored`` never enter a row. With ``limit`` only that many rows are read, from the beginning.

    Raises
    ------
    SourceError
        The file is unusable as a whole: every fault found, in Italian.
    """
    options = Options(encoding=encoding, delimiter=delimiter, sheet=sheet, header_row=header_row, limit=limit)
    try:
        with _unpacked(path, format) as file:
            content = READERS[format](file, options)
            header, rows = assemble(content, ignored=ignored, limit=limit)
    except Unreadable as error:
        summary = _("Il file «{file}» non si può leggere: nulla ne è stato caricato.").format(file=path.name)
        raise SourceError(summary, error.faults) from None
    return Table(
        header=header.names,
        rows=tuple(rows.whole),
        broken=tuple(rows.broken),
        crs=content.crs,
        encoding=content.encoding,
        delimiter=content.delimiter,
        sheet=content.sheet,
        merged=rows.merged,
    )


def read_header(
    path: Path,
    *,
    format: Format,  # noqa: A002
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int = 1,
    ignored: Collection[str] = (),
) -> tuple[str, ...]:
    """Names of the columns of a file; raises as :func:`read_table`."""
    return read_table(
        path,
        format=format,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        header_row=header_row,
        ignored=ignored,
        limit=0,
    ).header


READERS: Mapping[Format, Callable[[Path, Options], Content]] = {
    "csv": delimited.read,
    "xlsx": sheets.read,
    "ods": sheets.read,
    "json": objects.read,
    "geojson": objects.read_features,
    "gpkg": layers.read,
    "shp": layers.read,
}
# Endings of the files of a format inside of an archive.
ENDINGS: Mapping[Format, tuple[str, ...]] = {
    "csv": (".csv", ".tsv", ".txt"),
    "json": (".json",),
    "geojson": (".geojson", ".json"),
}


@contextmanager
def _unpacked(path: Path, format: Format) -> Iterator[Path]:  # noqa: A002
    """The file itself, or the only one of its format in the archive that it is."""
    require_file(path)
    if not is_archive(path):
        yield path
        return
    endings = ENDINGS.get(format, (f".{format}",))
    with extracted(path, lambda name: name.endswith(endings), "/".join(endings)) as inner:
        yield inner
