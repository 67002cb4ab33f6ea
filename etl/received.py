"""Files as received: found in a folder, named by their bytes, kept so that a rollback can read them again."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from etl.errors import SourceError
from etl.i18n import _
from etl.sources.base import Received
from etl.store import models as m

LARGEST = 64 * 2**20  # bytes; a larger file is known by name and hash only
_CHUNK = 2**20


@dataclass(frozen=True)
class Parcel:
    """A file on its way into the database; ``content`` is compressed by zlib, none where it is too large."""

    sha256: str
    name: str
    size: int
    content: bytes | None


def find(folder: Path) -> list[Path]:
    """Files below a folder in the order of their paths; hidden ones left out, and so what fetching knows of its files.

    A link that leads out of the folder is not followed.

    Raises
    ------
    SourceError
        The folder does not exist.
    """
    if not folder.is_dir():
        raise SourceError(
            _("La cartella «{folder}» non esiste o non è una cartella.").format(folder=folder),
            [_("Indicare con --dir la cartella in cui stanno i file delle fonti.")],
        )
    root = folder.resolve()
    return sorted(path for path in folder.rglob("*") if _counts(path, folder, root))


def _counts(path: Path, folder: Path, root: Path) -> bool:
    parts = path.relative_to(folder).parts
    if any(part.startswith(".") for part in parts):
        return False
    return path.is_file() and path.resolve().is_relative_to(root)


def receive(path: Path, folder: Path) -> Received:
    """A file by the SHA-256 of its bytes, named by its path below the folder.

    Raises
    ------
    SourceError
        The file cannot be read.
    """
    name = path.relative_to(folder).as_posix()
    try:
        with path.open("rb") as stream:
            return Received(path, name, hashlib.file_digest(stream, "sha256").hexdigest())
    except OSError as error:
        raise _unreadable(name, error.strerror or str(error)) from error


def pack(file: Received) -> Parcel:
    """The file as it is kept.

    Raises
    ------
    SourceError
        The file is not the one that was received any more.
    """
    try:
        size = file.path.stat().st_size
        if size > LARGEST:
            return Parcel(file.sha256, file.name, size, None)
        content = file.path.read_bytes()
    except OSError as error:
        raise _unreadable(file.name, error.strerror or str(error)) from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise _unreadable(file.name, _("è cambiato mentre veniva letto: riprovare quando è fermo"))
    return Parcel(file.sha256, file.name, len(content), zlib.compress(content))


def _unreadable(name: str, why: str) -> SourceError:
    return SourceError(_("Il file «{name}» non si legge.").format(name=name), [why])


def keep(connection: Connection, parcels: Sequence[Parcel]) -> None:
    """Keep files that are not kept yet."""
    known = set(connection.execute(select(m.ReceivedFile.sha256)).scalars())
    fresh = {parcel.sha256: parcel for parcel in parcels if parcel.sha256 not in known}
    if fresh:
        connection.execute(insert(m.ReceivedFile), [vars(parcel) for parcel in fresh.values()])


def described(parcels: Sequence[Parcel]) -> list[dict[str, Any]]:
    """What a run says of its files."""
    return [{"name": parcel.name, "sha256": parcel.sha256, "size": parcel.size} for parcel in parcels]


def restore(connection: Connection, files: Sequence[Mapping[str, Any]], folder: Path) -> list[Received]:
    """Write the files of a run into an empty folder, under the names that they had.

    Raises
    ------
    SourceError
        The bytes of some of them are not kept; every one is named.
    """
    hashes = [file["sha256"] for file in files]
    statement = select(m.ReceivedFile.sha256, m.ReceivedFile.content).where(m.ReceivedFile.sha256.in_(hashes))
    kept = {row.sha256: row.content for row in connection.execute(statement)}
    missing = [file for file in files if kept.get(file["sha256"]) is None]
    if missing:
        why = _("«{name}» (SHA-256 {sha256}): caricarlo di nuovo con «./ombra etl run».")
        raise SourceError(
            _("Servono file che Ombra non ha conservato perché troppo grandi."),
            [why.format(name=file["name"], sha256=file["sha256"]) for file in missing],
        )
    return [_write(folder, file, kept[file["sha256"]] or b"") for file in files]


def _write(folder: Path, file: Mapping[str, Any], content: bytes) -> Received:
    path = folder / file["name"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zlib.decompress(content))
    return Received(path, file["name"], file["sha256"])
