"""Tables of text: comma, semicolon, tab or bar between the cells, quotes around those that need them (RFC 4180)."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from etl.i18n import _
from etl.sources.readers.content import Content, Line, Options, Unreadable, require_file
from etl.sources.readers.decoding import decode
from etl.sources.readers.signatures import refuse_other_format

DELIMITERS = (";", ",", "\t", "|")
SINGLE = "\x1f"  # stands for "no delimiter": no text holds the unit separator
LARGEST_CELL = 8 * 1024**2  # characters that the reader itself takes; a polygon may be long
HEAD = 4 * 1024**2  # bytes read where only the first rows are wanted, and ROW more for each of them
ROW = 4_096


class _Lines(Iterator[str]):
    """Physical lines, of which the reader can be told to take some again."""

    def __init__(self, lines: Sequence[str], start: int) -> None:
        self._lines = lines
        self.position = start

    def __next__(self) -> str:
        if self.position >= len(self._lines):
            raise StopIteration
        self.position += 1
        return self._lines[self.position - 1]

    def text(self, index: int) -> str:
        return self._lines[index].rstrip("\r\n")


def read(path: Path, options: Options) -> Content:
    """Lines of a delimited text file.

    Blanks between a delimiter and an opening quote do not hide the quote; any other blank stays in its cell. A row
    whose quotes are never closed is broken and the rows after it are read all the same.

    Raises
    ------
    Unreadable
        The content is not text, not in the declared encoding, not divided by the declared delimiter, or ends before
        the header.
    """
    data, whole = _beginning(path, options.limit)
    refuse_other_format(data, text=True)
    text = decode(data, declared=options.encoding, whole=whole)
    lines = list(io.StringIO(text.content, newline=""))
    if not whole:
        lines = lines[:-1] or lines
    start = options.header_row - 1
    if start >= len(lines):
        why = _("L'intestazione dovrebbe essere alla riga {riga}, ma il file ne ha {righe}: correggere «header_row».")
        raise Unreadable(why.format(riga=options.header_row, righe=len(lines)))
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST_CELL))
    delimiter = _delimiter(lines, start, options.delimiter)
    records = _records(lines, start, delimiter or SINGLE)
    return Content(lines=records, encoding=text.encoding, delimiter=delimiter)


def _beginning(path: Path, limit: int | None) -> tuple[bytes, bool]:
    """Bytes of the file, or of its beginning where a limit of rows allows, and whether they are all."""
    size = require_file(path)
    wanted = size if limit is None else min(size, HEAD + limit * ROW)
    with path.open("rb") as stream:
        return stream.read(wanted), wanted == size


def _delimiter(lines: Sequence[str], start: int, declared: str | None) -> str | None:
    found = _best_delimiter(lines, start)
    if declared is None:
        return found
    if len(declared) != 1 or declared in '"\r\n':
        why = _("Il separatore dichiarato «{separatore}» non è ammesso: usare uno fra ; , | e tabulazione.")
        raise Unreadable(why.format(separatore=declared))
    if found is not None and declared not in lines[start]:
        why = _("Riga {riga}: il separatore dichiarato «{separatore}» non c'è, sembra «{sembra}»: correggerlo.")
        raise Unreadable(why.format(riga=start + 1, separatore=declared, sembra=found))
    return declared


def _best_delimiter(lines: Sequence[str], start: int) -> str | None:
    """The delimiter that divides the header, and most rows into as many cells as the header; none for one column."""
    possible = [delimiter for delimiter in DELIMITERS if delimiter in lines[start]]
    if len(possible) > 1:
        return max(possible, key=lambda delimiter: _agreement(lines, start, delimiter))
    return possible[0] if possible else None


def _agreement(lines: Sequence[str], start: int, delimiter: str) -> tuple[bool, float, int]:
    widths = [len(line.cells) for line in _records(lines, start, delimiter) if line.cells]
    width = widths[0] if widths else 0
    return width > 1, sum(found == width for found in widths) / max(1, len(widths)), width


def _records(lines: Sequence[str], start: int, delimiter: str) -> Iterator[Line]:
    source = _Lines(lines, start)
    hidden = re.compile(re.escape(delimiter) + ' +"')
    blanks = any(f"{delimiter} " in line and hidden.search(line) for line in lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=blanks)
    width = 0
    while True:
        first = source.position
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            source.position = first + 1
            yield Line(first + 1, (), source.text(first), _fault(error))
            continue
        width = width or len(cells)
        if source.position > first + 1 and len(cells) != width:
            # A quote never closed, or closed by that of a later row: only the row it stands in is lost.
            source.position = first + 1
            yield Line(first + 1, (), source.text(first), _unclosed())
        elif cells:
            yield Line(first + 1, tuple(cells), source.text(first))


def _fault(error: csv.Error) -> str:
    if "field limit" in str(error):
        why = _("una cella supera {massimo} caratteri: accorciarla, o chiudere le virgolette rimaste aperte")
        return why.format(massimo=LARGEST_CELL)
    return _unclosed()


def _unclosed() -> str:
    return _("virgolette non chiuse, o non raddoppiate dentro una cella: chiuderle o scriverle due volte")
