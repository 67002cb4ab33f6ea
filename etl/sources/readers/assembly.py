"""From lines to rows: the header is checked, every row is either whole or told broken, ignored columns are left out."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from etl.i18n import _
from etl.sources.readers.content import GEOMETRY, Content, Line, Unreadable

MOST_COLUMNS = 2_000
LONGEST_CELL = 20_000  # characters; no name, address or opening hours come near
SHOWN = 500  # characters of a broken row that are kept
SHAPE = re.compile(r"\s*(SRID=\d+;)?(MULTI)?(POLYGON|LINESTRING|POINT)|\s*GEOMETRYCOLLECTION", re.IGNORECASE)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class BrokenRow:
    """A row that cannot be read: number in the file, text (at most 500 characters), what is wrong in Italian.

    Where the file has ignored columns the text is not shown, only its fingerprint: which cell belongs to which
    column is not certain in a broken row.
    """

    number: int
    text: str
    message: str


@dataclass(frozen=True)
class Header:
    """Names of the columns with their places; ``unnamed`` are places without a name, ``ignored`` are never read."""

    places: dict[str, int]
    width: int
    unnamed: tuple[int, ...]
    hides: bool

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that are read."""
        return tuple(self.places)


@dataclass
class Rows:
    """Rows as they are gathered."""

    whole: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    broken: list[BrokenRow] = field(default_factory=list)
    # Columns whose text a row has from a merged cell above it, by number of the row.
    merged: dict[int, tuple[str, ...]] = field(default_factory=dict)
    # Rows with one empty cell more than the header, by which a program ends each line with a delimiter.
    ended: list[Line] = field(default_factory=list)
    # First row with something in a column without a name, by place.
    stray: dict[int, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.whole) + len(self.broken) + len(self.ended)


def assemble(content: Content, *, ignored: Collection[str] = (), limit: int | None = None) -> tuple[Header, Rows]:
    """Header and rows of a table; rows without any text are none.

    Raises
    ------
    Unreadable
        With every fault of the header: names repeated or missing, too many columns, no header at all.
    """
    lines = iter(content.lines)
    header = _header(next(lines, None), ignored)
    rows = Rows()
    for line in lines:
        if limit is not None and len(rows) >= limit:
            break
        if line.fault or line.spoilt or any(cell and not cell.isspace() for cell in line.cells):
            _add(rows, line, header, content)
    _settle_ended(rows, header, content)
    if rows.stray:
        raise Unreadable(*_stray_faults(rows.stray))
    return header, rows


def _header(line: Line | None, ignored: Collection[str]) -> Header:
    if line is None:
        raise Unreadable(_("Non c'è nessuna riga: serve almeno l'intestazione con i nomi delle colonne."))
    if line.fault:
        raise Unreadable(_("Riga {riga}, intestazione: {motivo}.").format(riga=line.number, motivo=line.fault))
    names = [clean_name(cell) for cell in line.cells]
    _check_names(names, line.number)
    places = {name: place for place, name in enumerate(names) if name and name not in ignored}
    unnamed = tuple(place for place, name in enumerate(names) if not name)
    return Header(places, len(names), unnamed, hides=not set(ignored).isdisjoint(names))


def clean_name(cell: str) -> str:
    """Name of a column without byte order mark, blanks around it or line breaks in it."""
    return " ".join(cell.replace("\ufeff", "").split())


def _check_names(names: list[str], number: int) -> None:
    faults = []
    if len(names) > MOST_COLUMNS:
        why = _("Riga {riga}: {colonne} colonne, il massimo è {massimo}: controllare il separatore.")
        faults.append(why.format(riga=number, colonne=len(names), massimo=MOST_COLUMNS))
    if not any(names):
        why = _("Riga {riga}: l'intestazione è vuota: scrivere i nomi delle colonne o correggere «header_row».")
        faults.append(why.format(riga=number))
    for name in dict.fromkeys(name for name in names if name and names.count(name) > 1):
        at = ", ".join(str(place + 1) for place, other in enumerate(names) if other == name)
        why = _("Riga {riga}: il nome di colonna «{nome}» è ripetuto (colonne {posti}): dare nomi diversi.")
        faults.append(why.format(riga=number, nome=name[:100], posti=at))
    if any(UNSTORABLE.search(name) for name in names):
        why = _("Riga {riga}: l'intestazione ha caratteri illeggibili: salvare di nuovo il file come UTF-8.")
        faults.append(why.format(riga=number))
    if faults:
        raise Unreadable(*faults)


def _add(rows: Rows, line: Line, header: Header, content: Content) -> None:
    if not line.fault and len(line.cells) == header.width + 1 and not line.cells[-1]:
        rows.ended.append(line)
        return
    fault = line.fault or _fault(line, header, content)
    if fault:
        rows.broken.append(BrokenRow(line.number, _shown(line, header), fault))
        return
    rows.whole.append((line.number, {name: line.cells[place] for name, place in header.places.items()}))
    if columns := tuple(name for name, place in header.places.items() if place in line.merged):
        rows.merged[line.number] = columns
    for place in header.unnamed:
        if line.cells[place].strip():
            rows.stray.setdefault(place, line.number)


def _settle_ended(rows: Rows, header: Header, content: Content) -> None:
    """Where every row ends with a delimiter it is a habit of the file; where some do, those have a cell too many."""
    ended, habit = rows.ended, not rows.whole
    rows.ended = []
    for line in ended:
        if habit:
            _add(rows, Line(line.number, line.cells[:-1], line.text), header, content)
        else:
            rows.broken.append(BrokenRow(line.number, _shown(line, header), _width_fault(line, header)))
    rows.broken.sort(key=lambda row: row.number)


def _fault(line: Line, header: Header, content: Content) -> str | None:
    if len(line.cells) != header.width:
        return _width_fault(line, header)
    together = "".join(line.cells)
    # A row that is short as a whole has no long cell: most rows need no closer look.
    if not line.spoilt and len(together) <= LONGEST_CELL and not UNSTORABLE.search(together):
        return None
    return next(_cell_faults(line, header, content), None)


def _width_fault(line: Line, header: Header) -> str:
    why = _("{celle} celle invece di {attese}: controllare separatori e virgolette")
    return why.format(celle=len(line.cells), attese=header.width)


def _cell_faults(line: Line, header: Header, content: Content) -> Iterator[str]:
    for name, place in header.places.items():
        cell = line.cells[place]
        if place in line.spoilt:
            yield _("colonna «{colonna}»: {motivo}").format(colonna=name, motivo=line.spoilt[place])
        elif len(cell) > LONGEST_CELL and not (content.geometry and name == GEOMETRY) and not SHAPE.match(cell):
            why = _("colonna «{colonna}»: {caratteri} caratteri, il massimo è {massimo}: accorciare la cella")
            yield why.format(colonna=name, caratteri=len(cell), massimo=LONGEST_CELL)
        elif UNSTORABLE.search(cell):
            why = _("colonna «{colonna}»: byte illeggibili o caratteri nulli: correggere la cella e salvare come UTF-8")
            yield why.format(colonna=name)


def _shown(line: Line, header: Header) -> str:
    text = line.text or " | ".join(line.cells)
    if header.hides:
        mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        return _("(non mostrata: il file ha colonne da non leggere; impronta {impronta})").format(impronta=mark)
    return text[:SHOWN].replace("\x00", "␀").encode("utf-8", "replace").decode()


def _stray_faults(stray: dict[int, int]) -> Iterable[str]:
    why = _("La colonna {posto} non ha nome ma contiene dati (riga {riga}): darle un nome o svuotarla.")
    return [why.format(posto=place + 1, riga=row) for place, row in sorted(stray.items())]
