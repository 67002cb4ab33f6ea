"""Where fetched files lie: bytes as received, and beside them what is needed to ask for them again.

``<folder>/<source id>/<name>`` is the file; ``<folder>/<source id>/.fetch/<name>.json`` tells where it came from.
"""

import fcntl
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from etl.errors import OmbraError
from etl.i18n import _

BESIDE = ".fetch"
PLAIN = re.compile(r"[A-Za-z0-9_][\w .()+-]{0,150}", re.ASCII)


class FetchFailed(OmbraError):
    """A file could not be fetched; the one that was there before stays."""


@dataclass(frozen=True)
class Sidecar:
    """What is known of a fetched file: its address, validators of the server, SHA-256, time of receipt (UTC)."""

    address: str
    sha256: str
    bytes: int
    received_at: str
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None


def digest(path: Path) -> str | None:
    """SHA-256 of a file, none where there is no such file."""
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True)
class Shelf:
    """The folder of one source."""

    root: Path

    @property
    def beside(self) -> Path:
        """Folder of what belongs to the fetching alone."""
        return self.root / BESIDE

    def part(self, name: str) -> Path:
        """Where a file is received before it takes its place."""
        return self.beside / f"{name}.part"

    def file(self, name: str) -> Path:
        """Where a file stands once it is whole."""
        return self.root / name

    def sidecar(self, name: str) -> Sidecar | None:
        """What is known of a file, none where the file is missing or has been changed since."""
        try:
            told = Sidecar(**json.loads(self._sidecar_path(name).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return told if digest(self.file(name)) == told.sha256 else None

    def _sidecar_path(self, name: str) -> Path:
        return self.beside / f"{name}.json"

    def keep(self, name: str, sidecar: Sidecar) -> bool:
        """Put a received file in its place, whole at once; false where the same bytes stood there already.

        The file comes first: a crash in between leaves a sidecar that does not fit, and so asks for the whole again.
        """
        same = digest(self.file(name)) == sidecar.sha256
        if same:
            self.part(name).unlink()
        else:
            self.part(name).replace(self.file(name))
        written = self.beside / f"{name}.json.part"
        written.write_text(json.dumps(asdict(sidecar), indent=1, ensure_ascii=False), encoding="utf-8")
        written.replace(self._sidecar_path(name))
        return not same

    def drop(self, name: str) -> None:
        """Remove a file and what is known of it."""
        self.file(name).unlink(missing_ok=True)
        self._sidecar_path(name).unlink(missing_ok=True)


@contextmanager
def shelf(folder: Path, source_id: str) -> Iterator[Shelf]:
    """The folder of a source, made where it is missing, for one fetch at a time.

    Raises
    ------
    FetchFailed
        The folder is a link to another, cannot be made, or another fetch is at work in it.
    """
    require_plain_name(source_id)
    root = folder / source_id
    if root.is_symlink():
        raise FetchFailed(_("La cartella «{nome}» è un collegamento a un'altra: toglierlo.").format(nome=source_id))
    try:
        (root / BESIDE).mkdir(parents=True, exist_ok=True)
        lock = (root / BESIDE / "lock").open("w")
    except OSError as error:
        why = _("Non si può scrivere nella cartella «{nome}» ({motivo}): controllare i permessi.")
        raise FetchFailed(why.format(nome=source_id, motivo=error.strerror)) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            why = _("Un altro «fetch» sta già scaricando «{nome}»: attendere che finisca.")
            raise FetchFailed(why.format(nome=source_id)) from None
        yield Shelf(root)


def require_plain_name(name: str) -> None:
    """Refuse a name that could lead out of its folder or hide in it.

    Raises
    ------
    FetchFailed
        It holds more than letters, digits and a few marks, or begins with a point.
    """
    if not PLAIN.fullmatch(name):
        why = _("Il nome «{nome}» non è ammesso per un file scaricato: solo lettere, cifre, spazi e . _ - ( ) +.")
        raise FetchFailed(why.format(nome=name[:100]))
