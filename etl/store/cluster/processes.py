"""Tell our server's processes from others, through /proc.

Every process of a PostgreSQL server works in its data folder, so the working folder names the server. A number in
a file does not: after ``kill -9`` or a reboot it may belong to any program. Where there is no /proc (not Linux)
nothing is known here and PostgreSQL's own checks stand alone.
"""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def postmaster(data: Path) -> int | None:
    """Process number of the live server of this data folder, or None."""
    number = _recorded(data / "postmaster.pid")
    if number is None:
        return None
    if PROC.is_dir():
        return number if _works_in(number, data) else None
    return number if _exists(number) else None


def remains(data: Path) -> list[int]:
    """Processes of a server whose main process is gone: they still hold its shared memory."""
    if not PROC.is_dir():
        return []
    numbers = (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())
    return [number for number in numbers if _works_in(number, data)]


def end_remains(data: Path, *, patience: float = 10.0) -> None:
    """Wait for the remains to end by themselves, then end them: their server is dead, the log of changes is kept.

    Half of ``patience`` (seconds) goes to waiting, the rest to SIGQUIT; what is left then gets SIGKILL.
    """
    for sign in (None, signal.SIGQUIT, signal.SIGKILL):
        limit = time.monotonic() + patience / 2
        for number in remains(data) if sign is not None else []:
            with suppress(ProcessLookupError):
                os.kill(number, sign or signal.SIGQUIT)
        while time.monotonic() < limit:
            if not remains(data):
                return
            time.sleep(0.05)


def forget_stranger(pid_file: Path, data: Path) -> None:
    """Remove a file that names a process which is not of this server.

    Only to be called when no process of the server is left. PostgreSQL discards such a file by itself when the
    number is free, but takes any living process of the same user for a server.
    """
    number = _recorded(pid_file)
    if number is not None and PROC.is_dir() and not _works_in(number, data):
        pid_file.unlink(missing_ok=True)


def _recorded(pid_file: Path) -> int | None:
    try:
        return abs(int(pid_file.read_text(encoding="ascii", errors="replace").split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


def _works_in(number: int, data: Path) -> bool:
    try:
        folder = str((PROC / str(number) / "cwd").readlink())
        name = (PROC / str(number) / "comm").read_text().strip()
    except OSError:  # gone, a zombie, or another user's
        return False
    return name in ("postgres", "postmaster") and folder.removesuffix(" (deleted)") == str(data.resolve())


def _exists(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
