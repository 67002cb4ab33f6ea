"""What every format gives to the table: numbered lines of cells, and what the file tells of itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from etl.i18n import _

LARGEST_FILE = 512 * 1024**2  # bytes, also of what an archive holds
GEOMETRY = "geometry"  # the column in which the geometry of a layer stands, as WKT


class Unreadable(Exception):
    """A file cannot be read as a table; carries every fault found, each an Italian sentence.

    Parameters
    ----------
    faults
        What is wrong, where, and how to mend it.
    """

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in a file: its number as a person counts it there, its cells, perhaps why it is broken.

    ``text`` is the row as received where that is more than its cells; ``spoilt`` are cells that cannot be used, by
    place, with the reason. ``merged`` are the places of the cells whose text stands in a merged cell above.
    """

    number: int
    cells: tuple[str, ...]
    text: str = ""
    fault: str | None = None
    spoilt: Mapping[int, str] = field(default_factory=dict)
    merged: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Content:
    """A table before its header is looked at: the first line is the header.

    ``geometry`` tells that the format itself gives a column :data:`GEOMETRY`, whose cells may be long.
    """

    lines: Iterable[Line]
    crs: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    geometry: bool = False


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is to be read; ``None`` where it is to be found out. ``limit`` is the number of rows wanted."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1
    limit: int | None = None


def require_file(path: Path) -> int:
    """Size in bytes of a file that can be read at all.

    Raises
    ------
    Unreadable
        It is missing, empty, too large, no ordinary file, a link that leads nowhere, or may not be read.
    """
    try:
        size = _size(path)
        with path.open("rb") as stream:
            stream.read(1)
    except FileNotFoundError:
        raise Unreadable(_("Il file non esiste: controllare il nome e la cartella.")) from None
    except PermissionError:
        raise Unreadable(_("Il file non si può leggere: dare il permesso di lettura a chi avvia Ombra.")) from None
    except OSError as error:
        why = _("Il file non si può leggere ({motivo}): copiarlo di nuovo nella cartella.")
        raise Unreadable(why.format(motivo=error.strerror or error)) from None
    return size


def _size(path: Path) -> int:
    if path.is_dir():
        raise Unreadable(_("È una cartella e non un file: indicare il file che contiene."))
    status = path.stat()
    if not path.is_file():
        raise Unreadable(_("Non è un file ordinario: indicare un file di dati."))
    if status.st_size == 0:
        raise Unreadable(_("Il file è vuoto (0 byte): scaricarlo o esportarlo di nuovo."))
    if status.st_size > LARGEST_FILE:
        why = _(
            "Il file è di {megabyte} MB e il massimo è {massimo} MB: dividerlo o togliere le righe di altri territori."
        )
        raise Unreadable(why.format(megabyte=status.st_size // 1024**2, massimo=LARGEST_FILE // 1024**2))
    return status.st_size
