"""Where a cluster lives: its folder and the folder of its socket."""

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from etl.errors import ClusterError
from etl.i18n import _
from etl.store.cluster.owner import Owner, find_owner

PORT = 5432
SOCKET_LIMIT = 107  # sun_path of Linux is 108 bytes, the last one is the end mark
SYSTEM_FOLDER = Path("/var/lib/ombra")


def digest(path: Path) -> str:
    """Twelve hexadecimal digits that stand for a path."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def cluster_home(clone: Path, *, system_folder: Path = SYSTEM_FOLDER) -> Path:
    """Folder of the cluster of one clone: ``.ombra`` inside it, or one below ``system_folder``.

    Root's cluster runs as another user. Where that user cannot walk to the clone (a clone under /root or in a
    private temporary folder) the data go to ``/var/lib/ombra/<digest of the clone's path>``: modes of the user's
    folders are never changed. Data that exist already win over the rule, so that a change of modes never
    makes a full database look empty.

    Raises
    ------
    ClusterError
        Data exist in the clone but their owner can no longer walk to them.
    """
    inside, outside = clone / ".ombra", system_folder / digest(clone)
    owner = find_owner(inside / "cluster")
    if not owner.switch:
        return inside
    reachable = owner.can_enter(inside if inside.is_dir() else clone)
    if (inside / "cluster" / "data").is_dir() and not reachable:
        raise ClusterError(
            _(
                "L'utente «{utente}», con cui gira il database, non può più entrare in «{cartella}»: "
                "ridare il permesso "
                "di attraversamento alle cartelle che la contengono, oppure spostarla in «{altra}»."
            ).format(utente=owner.name, cartella=inside, altra=outside)
        )
    if not (inside / "cluster").is_dir() and (outside / "cluster").is_dir():
        return outside
    return inside if reachable else outside


def socket_folder(cluster: Path, owner: Owner) -> Path:
    """Folder of the Unix socket: ``run`` inside the cluster where the path is short and plain.

    Otherwise a folder named by a digest: below /run for root, where nobody else can make one, and below /tmp
    for a normal user. A path with unusual characters is avoided because PostgreSQL splits this setting at commas.
    """
    inside = cluster / "run"
    if re.fullmatch(r"[\w./-]+", str(inside), re.ASCII) and len(os.fsencode(socket_file(inside))) <= SOCKET_LIMIT:
        return inside
    if owner.switch:
        return Path("/run") / f"ombra-{digest(cluster)}"
    return Path("/tmp") / f"ombra-{owner.uid}-{digest(cluster)}"  # noqa: S108 - owner and mode are checked before use


def socket_file(folder: Path) -> Path:
    """The socket itself; PostgreSQL fixes its name."""
    return folder / f".s.PGSQL.{PORT}"


def make_walkable(folder: Path) -> None:
    """Make a folder and its missing parents so that other users can walk through them, whatever the caller's umask."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(exist_ok=True)
        step.chmod(0o755)


def is_private(folder: Path, owner: Owner) -> bool:
    """Whether ``folder`` is a real folder of ``owner`` that nobody else can enter."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == owner.uid and not found.st_mode & 0o077


def make_private(folders: Iterable[Path], owner: Owner) -> None:
    """Make folders that only ``owner`` can enter, and their parents as ordinary folders of the caller.

    Raises
    ------
    ClusterError
        A folder cannot be made, or exists and belongs to somebody else (it may be a trap: a socket in a folder
        of another user would hand the data to that user's server).
    """
    for folder in folders:
        try:
            _make_one(folder, owner)
        except OSError as error:
            raise ClusterError(
                _("Non posso creare la cartella «{cartella}»: {motivo}. Indicarne un'altra con OMBRA_HOME.").format(
                    cartella=folder, motivo=error.strerror or error
                )
            ) from error
        if not is_private(folder, owner):
            raise ClusterError(
                _(
                    "La cartella «{cartella}» non appartiene soltanto all'utente «{utente}»: controllare "
                    "chi l'ha creata, "
                    "poi rimuoverla o darle il proprietario giusto e il modo 0700."
                ).format(cartella=folder, utente=owner.name)
            )


def forget(folder: Path, cluster: Path) -> None:
    """Remove the empty socket folder of a stopped server where it lies outside the cluster."""
    if not folder.is_relative_to(cluster):
        with suppress(OSError):
            folder.rmdir()


def _make_one(folder: Path, owner: Owner) -> None:
    if folder.exists() or folder.is_symlink():
        if owner.switch and not folder.is_symlink() and folder.lstat().st_uid == 0:  # a first start cut off half-way
            os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
        return
    make_walkable(folder.parent)
    if not owner.switch or not _belongs_to(folder.parent, owner):
        folder.mkdir(mode=0o700)
        if owner.switch:
            os.chown(folder, owner.uid, owner.gid, follow_symlinks=False)
        return
    code, output = owner.run(["mkdir", "-m", "0700", "--", str(folder)], cwd=Path("/"))
    if code:
        raise OSError(output.strip())


def _belongs_to(folder: Path, owner: Owner) -> bool:
    return folder.lstat().st_uid == owner.uid
