"""The system user that owns the cluster, and how its programs are run as that user.

PostgreSQL refuses to run as root. Where the caller is root the programs run as ``postgres`` (made by the
distribution's package); otherwise as the caller. The switch is done by the operating system between fork and
exec (``subprocess`` with ``user``, ``group``, ``extra_groups``): no shell, no sudo, no Python code runs in the
child. Files below the cluster's folder are also written by a child that runs as the owner, so that root never
follows a link which that user may have laid there.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.errors import ClusterError
from etl.i18n import _

SYSTEM_USER = "postgres"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Owner:
    """A system user; ``switch`` is true where the caller is root and has to become this user."""

    name: str
    uid: int
    gid: int
    home: str
    switch: bool

    def start(
        self, command: Sequence[str], *, cwd: Path, output: int | None = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Start a program as this user in ``cwd``, in a session of its own, without the caller's ``PG*`` variables.

        A session of its own keeps Ctrl-C at the caller's terminal away from the server.

        Raises
        ------
        ClusterError
            The program is missing or the operating system refuses to change user.
        """
        try:
            return subprocess.Popen(
                list(command),
                cwd=cwd,
                env={"PATH": PATH, "HOME": self.home, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
                umask=0o077,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=[] if self.switch else None,
            )
        except OSError as error:
            raise ClusterError(
                _("Non posso eseguire «{programma}» come utente «{utente}»: {motivo}.").format(
                    programma=command[0], utente=self.name, motivo=error.strerror or error
                )
            ) from error

    def run(self, command: Sequence[str], *, cwd: Path, text: str = "") -> tuple[int, str]:
        """Run a program to its end with ``text`` on its input; exit code and output (both streams)."""
        with self.start(command, cwd=cwd) as process:
            output, _errors = process.communicate(text)
            return process.returncode, output

    def write(self, path: Path, text: str) -> None:
        """Write one small file, only readable by this user; the file is whole or absent after a crash.

        Raises
        ------
        ClusterError
            The file cannot be written (disk full, read-only file system).
        """
        script = 'cat >"$1.new" && mv -f "$1.new" "$1"'
        code, output = self.run(["/bin/sh", "-c", script, "sh", str(path)], cwd=Path("/"), text=text)
        if code:
            raise ClusterError(_("Non posso scrivere «{file}»: {motivo}.").format(file=path, motivo=output.strip()))

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may walk through every folder down to ``folder`` (modes and ACLs, asked of the kernel)."""
        if not self.switch:
            return os.access(folder, os.X_OK)
        return self.run(["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", str(folder)], cwd=Path("/"))[0] == 0


def find_owner(cluster_folder: Path) -> Owner:
    """The user that a cluster in ``cluster_folder`` belongs to, for this caller.

    Root works on an existing cluster as the user that owns it; a new one goes to ``postgres``.

    Raises
    ------
    ClusterError
        The folder belongs to somebody else, or root finds no ``postgres`` user.
    """
    caller = os.geteuid()
    existing = cluster_folder.lstat().st_uid if os.path.lexists(cluster_folder) else None
    if caller == 0:
        return _owner(existing or _system_uid(), switch=True)
    if existing not in (None, caller):
        raise ClusterError(
            _(
                "Il database in «{cartella}» appartiene all'utente «{utente}»: ripetere il comando con quell'utente "
                "o come root, oppure scegliere un'altra cartella con OMBRA_HOME."
            ).format(cartella=cluster_folder, utente=_name(existing or 0))
        )
    return _owner(caller, switch=False)


def _system_uid() -> int:
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        raise ClusterError(
            _(
                "PostgreSQL non può girare come root e manca l'utente di sistema «{utente}»: installare "
                "PostgreSQL con i "
                "pacchetti della distribuzione, oppure lanciare ./ombra con un utente normale."
            ).format(utente=SYSTEM_USER)
        ) from None


def _owner(uid: int, *, switch: bool) -> Owner:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise ClusterError(
            _("L'utente numero {uid} non ha un nome in questo sistema, e PostgreSQL lo richiede.").format(uid=uid)
        ) from None
    return Owner(entry.pw_name, uid, entry.pw_gid, entry.pw_dir, switch)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
