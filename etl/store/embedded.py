"""A private PostGIS cluster: made, started and stopped by Ombra, reached through a Unix socket only.

Layout of its home: ``lock`` (held while a process starts or stops the server) and ``cluster/`` (mode 0700, of the
user that runs the server) with ``data/``, ``server.log`` and, where the path is short enough, ``run/`` for the socket.

Security: no TCP port is opened. Whoever connects is named by the kernel (``peer``), and only the cluster's own user
and root are accepted, both as the database user ``ombra``; there is no password to keep. The socket's folder
can be entered by the cluster's user and root alone, and ``requirepeer`` makes the
client refuse a server of any other user.

Safety: fsync and data checksums are on. After ``kill -9`` or a power cut the next start removes what the dead
server left and waits for PostgreSQL's recovery.
"""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from etl.errors import ClusterError
from etl.i18n import _
from etl.progress import Progress, silent
from etl.store.cluster import configuration, faults, places, processes, programs
from etl.store.cluster.owner import Owner, find_owner

DATABASE = "ombra"
USER = "ombra"
SPACE_TO_CREATE = 500 * 2**20  # bytes: an empty cluster takes 45 MB, the loaded one and its write-ahead log some 300 MB
SPACE_TO_START = 50 * 2**20


@dataclass(frozen=True)
class ClusterStatus:
    """What can be said of a cluster without touching it; ``version`` is the major version of its data."""

    home: Path
    exists: bool
    running: bool
    pid: int | None
    version: int | None


class Cluster:
    """The private cluster in one folder.

    Parameters
    ----------
    home
        Folder that holds everything of the cluster. Where the caller is root, the user ``postgres`` must be able to
        walk to it (see ``etl.store.cluster.places.cluster_home``).
    options
        Server settings that replace the defaults of ``etl.store.cluster.configuration``.
    progress
        Receives one Italian line per lengthy step.
    """

    def __init__(self, home: Path, *, options: Mapping[str, str] | None = None, progress: Progress = silent) -> None:
        self.home = home.absolute()
        self.folder = self.home / "cluster"
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self._options = options or {}
        self._progress = progress

    @property
    def url(self) -> URL:
        """Address of the database ``ombra`` for SQLAlchemy; holds no secret."""
        return self._url(DATABASE, find_owner(self.folder))

    def ensure_running(self) -> URL:
        """Make the cluster where there is none, start it where it is down, and return its address.

        Safe to call from several processes at once and while the server runs.

        Raises
        ------
        ClusterError
            The cluster cannot be made or started; the message says why and how to mend it.
        """
        owner = find_owner(self.folder)
        if not self._answers(owner):
            with self._locked():
                self._bring_up(owner)
        return self._url(DATABASE, owner)

    def stop(self) -> bool:
        """Stop the server after it has written everything; true if it was running."""
        if processes.postmaster(self.data) is None:
            return False
        with self._locked():
            owner = find_owner(self.folder)
            for mode in ("fast", "immediate"):  # immediate loses nothing committed, the next start recovers
                command = [self._programs().path("pg_ctl"), "stop", "-D", "data", "-m", mode, "-w", "-t", "60"]
                code, output = owner.run(command, cwd=self.folder)
                if code == 0 or processes.postmaster(self.data) is None:
                    places.forget(places.socket_folder(self.folder, owner), self.folder)
                    return True
        raise ClusterError(_("Il database non si ferma: {motivo}").format(motivo=output.strip()))

    def status(self) -> ClusterStatus:
        """What is there and whether it runs; changes nothing.

        Raises
        ------
        ClusterError
            The cluster belongs to another user, who alone can look into it.
        """
        find_owner(self.folder)
        pid = processes.postmaster(self.data)
        return ClusterStatus(self.home, self.data.is_dir(), pid is not None, pid, self._data_version())

    # -- steps of a start, all under the lock ---------------------------------------------------------------------

    def _bring_up(self, owner: Owner) -> None:
        if processes.postmaster(self.data) is None:
            self._create(owner)
            self._start(owner)
        self._make_database(owner)

    def _create(self, owner: Owner) -> None:
        places.make_private([self.folder, places.socket_folder(self.folder, owner)], owner)
        if self.data.is_dir():
            self._need_space(SPACE_TO_START)
            return
        self._need_space(SPACE_TO_CREATE)
        self._progress(_("Preparo il database PostGIS privato in {cartella}").format(cartella=self.folder))
        # made under another name and renamed at the end: a cut-off initdb leaves no half cluster behind
        owner.run(["rm", "-rf", "data.new"], cwd=self.folder)
        initdb = programs.choose(programs.installed(), None).path("initdb")
        code, output = owner.run([initdb, "-D", "data.new", *configuration.INITDB, "-U", USER], cwd=self.folder)
        if code == 0:
            # initdb's own file stays: it has tried which kind of shared memory works on this machine
            finish = f"echo \"include '{configuration.OURS}'\" >>data.new/postgresql.conf && mv data.new data"
            code, output = owner.run(["/bin/sh", "-c", finish], cwd=self.folder)
        if code:
            raise ClusterError(faults.explain(output, self.folder))

    def _start(self, owner: Owner) -> None:
        folder = places.socket_folder(self.folder, owner)
        server = self._programs()
        self._clean(folder)
        for name, text in configuration.files(owner.name, folder, places.PORT, self._options).items():
            owner.write(self.data / name, text)
        command = [server.path("pg_ctl"), "start", "-D", "data", "-l", "server.log", "-s", "-w", "-t", "600"]
        with owner.start(command, cwd=self.folder) as process:
            output = self._wait(process)
        if process.returncode:
            raise ClusterError(faults.explain(output + self._end_of_log(), self.folder))

    def _clean(self, socket_folder: Path) -> None:
        processes.end_remains(self.data)
        socket = places.socket_file(socket_folder)
        processes.forget_stranger(self.data / "postmaster.pid", self.data)
        processes.forget_stranger(socket.with_name(socket.name + ".lock"), self.data)
        if self.log.exists() and self.log.stat().st_size > configuration.LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.old"))

    def _wait(self, process: "subprocess.Popen[str]") -> str:
        began = time.monotonic()
        while True:
            try:
                return process.communicate(timeout=3)[0]
            except subprocess.TimeoutExpired:
                seconds = round(time.monotonic() - began)
                self._progress(_("Il database si riprende dall'ultimo arresto: {n} secondi").format(n=seconds))

    def _make_database(self, owner: Owner) -> None:
        url = self._url("postgres", owner)
        try:
            with psycopg.connect(_conninfo(url), autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.Error as error:
            raise ClusterError(faults.explain(f"{error}\n{self._end_of_log()}", self.folder)) from error

    # -- small facts -----------------------------------------------------------------------------------------------

    def _answers(self, owner: Owner) -> bool:
        if not places.is_private(places.socket_folder(self.folder, owner), owner):
            return False
        try:
            psycopg.connect(_conninfo(self._url(DATABASE, owner))).close()
        except psycopg.Error:
            return False
        return True

    def _url(self, database: str, owner: Owner) -> URL:
        query = {
            "host": str(places.socket_folder(self.folder, owner)),
            "port": str(places.PORT),
            "requirepeer": owner.name,
            "connect_timeout": "30",
        }
        return URL.create("postgresql+psycopg", username=USER, database=database, query=query)

    def _programs(self) -> programs.Programs:
        return programs.choose(programs.installed(), self._data_version())

    def _data_version(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def _need_space(self, needed: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < needed:
            raise ClusterError(faults.no_space(self.folder, free=free, needed=needed))

    def _end_of_log(self, lines: int = 12) -> str:
        try:
            with os.fdopen(os.open(self.log, os.O_RDONLY | os.O_NOFOLLOW), errors="replace") as log:
                return "\n".join(log.read()[-8000:].splitlines()[-lines:])
        except OSError:
            return ""

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            places.make_walkable(self.home)
            handle = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ClusterError(faults.not_writable(self.home, error)) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)  # the kernel lets go of it when the holder dies
            yield
        finally:
            os.close(handle)


def _conninfo(url: URL) -> str:
    return psycopg.conninfo.make_conninfo(user=url.username or "", dbname=url.database or "", **_plain(url))


def _plain(url: URL) -> dict[str, str]:
    return {key: str(value) for key, value in url.query.items()}
