"""Open ZIP archives without being taken in: by what they declare before, and by what comes out while inflating."""

import io
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from etl.i18n import _
from etl.sources.readers.content import LARGEST_FILE, Unreadable

MOST_ENTRIES = 10_000
LARGEST_RATIO = 200  # tables of text shrink to a twentieth, sheets to a fiftieth
FREE = 10 * 1024**2  # bytes that may come of any ratio: a small file does no harm
CHUNK = 1024**2


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive whose declared contents are within limits.

    Raises
    ------
    Unreadable
        It is damaged, protected, compressed in an unusual way, or declares too much content.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_declared(archive)
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise Unreadable(_("L'archivio è interrotto o danneggiato: scaricarlo o crearlo di nuovo.")) from None


def _check_declared(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    faults = []
    if len(entries) > MOST_ENTRIES:
        why = _("L'archivio contiene {file} file, il massimo è {massimo}: estrarre solo quelli che servono.")
        faults.append(why.format(file=len(entries), massimo=MOST_ENTRIES))
    if sum(entry.file_size for entry in entries) > LARGEST_FILE:
        faults.append(_too_much())
    for entry in entries:
        if entry.flag_bits & 0x1:
            faults.append(_("«{file}» è protetto da password: toglierla.").format(file=entry.filename))
        elif entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            why = _("«{file}» è compresso in un modo insolito: creare di nuovo lo ZIP con un programma comune.")
            faults.append(why.format(file=entry.filename))
        if entry.file_size > max(FREE, LARGEST_RATIO * entry.compress_size):
            faults.append(_bomb(entry))
    if faults:
        raise Unreadable(*faults[:20])


def _too_much() -> str:
    why = _("L'archivio decompresso supera {massimo} MB: dividerlo o togliere ciò che non serve.")
    return why.format(massimo=LARGEST_FILE // 1024**2)


def _bomb(entry: zipfile.ZipInfo) -> str:
    why = _("«{file}» si espande in modo anomalo (da {prima} a {dopo} byte): non è stato aperto, crearlo di nuovo.")
    return why.format(file=entry.filename, prima=entry.compress_size, dopo=entry.file_size)


def pour(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, into: IO[bytes], *, room: int = LARGEST_FILE) -> int:
    """Inflate an entry into a stream, at most ``room`` bytes, and say how many came.

    Raises
    ------
    Unreadable
        More comes out than there is room for, or than a compressed entry of this size can honestly hold.
    """
    honest = max(FREE, LARGEST_RATIO * entry.compress_size)
    poured = 0
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            poured += len(chunk)
            if poured > room:
                raise Unreadable(_too_much())
            if poured > honest:
                raise Unreadable(_bomb(entry))
            into.write(chunk)
    return poured


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP archive that is not itself a workbook."""
    if path.is_dir() or not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False
    return not names & {"[Content_Types].xml", "mimetype", "content.xml"}


@contextmanager
def extracted(path: Path, wanted: Callable[[str], bool], kind: str) -> Iterator[Path]:
    """The only file of the wanted kind in an archive, in a folder of its own with the files of the same stem.

    Raises
    ------
    Unreadable
        The archive holds none or several of them, or cannot be opened safely.
    """
    with opened(path) as archive, tempfile.TemporaryDirectory(prefix="ombra-") as folder:
        entries = {entry.filename: entry for entry in archive.infolist() if not _is_hidden(entry)}
        fitting = sorted(name for name in entries if wanted(name.lower()))
        if len(fitting) != 1:
            raise Unreadable(_choice(fitting, kind))
        chosen = PurePosixPath(fitting[0])
        room = LARGEST_FILE
        for name, entry in entries.items():
            other = PurePosixPath(name)
            if other.parent == chosen.parent and other.stem == chosen.stem:
                with (Path(folder) / f"file{other.suffix.lower()}").open("wb") as stream:
                    room -= pour(archive, entry, stream, room=room)
        yield Path(folder) / f"file{chosen.suffix.lower()}"


def _is_hidden(entry: zipfile.ZipInfo) -> bool:
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or PurePosixPath(entry.filename).name[:1] == "."


def _choice(fitting: list[str], kind: str) -> str:
    if not fitting:
        return _("Nell'archivio non c'è nessun file {tipo}: metterlo, o correggere «format».").format(tipo=kind)
    why = _("Nell'archivio ci sono più file {tipo} ({file}): lasciarne uno solo.")
    return why.format(tipo=kind, file=", ".join(fitting[:10]))


def rebuilt(path: Path, wanted: Callable[[str], bool], *, room: int) -> tuple[io.BytesIO, dict[str, bytes]]:
    """The wanted entries of an archive, inflated under guard, as an archive without compression and by name.

    Whoever reads the copy sees the same bytes that were looked at here.

    Raises
    ------
    Unreadable
        An entry comes twice, or the archive cannot be opened safely.
    """
    parts: dict[str, bytes] = {}
    copy = io.BytesIO()
    with opened(path) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for entry in archive.infolist():
            if entry.is_dir() or not wanted(entry.filename):
                continue
            if entry.filename in parts:
                why = _("L'archivio contiene due volte «{file}»: salvarlo di nuovo.")
                raise Unreadable(why.format(file=entry.filename))
            part = io.BytesIO()
            room -= pour(archive, entry, part, room=room)
            parts[entry.filename] = part.getvalue()
            target.writestr(entry.filename, parts[entry.filename])
    copy.seek(0)
    return copy, parts
