"""Know whether the web server of this clone runs.

A small file in the state folder names the process together with the moment it started: after a crash or a reboot the
same number may belong to another program, which must be neither trusted nor stopped.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Running:
    """A web server: its process, the moment it started (as the kernel counts) and the address it listens on."""

    pid: int
    started: str
    host: str
    port: int

    @property
    def url(self) -> str:
        """Address to open in a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def running(state: Path) -> Running | None:
    """The live server of this state folder, or None."""
    try:
        found = Running(**json.loads(_file(state).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return found if found.started == started(found.pid) else None


@contextmanager
def announced(state: Path, host: str, port: int) -> Iterator[None]:
    """Record this process as the server of ``state`` for as long as the block lasts."""
    own = Running(os.getpid(), started(os.getpid()) or "", host, port)
    aside = _file(state).with_suffix(f".{own.pid}")
    aside.write_text(json.dumps(asdict(own)), encoding="utf-8")
    aside.replace(_file(state))
    try:
        yield
    finally:
        forget(state, own)


def forget(state: Path, gone: Running) -> None:
    """Remove the record of a server that has ended; another server's record stays."""
    try:
        if Running(**json.loads(_file(state).read_text(encoding="utf-8"))) == gone:
            _file(state).unlink()
    except (OSError, ValueError, TypeError):
        return


def started(pid: int) -> str | None:
    """Moment a live process started, in a form that only serves to be compared; None if it is gone or a zombie."""
    if not Path("/proc/self/stat").exists():
        ps = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(ps, capture_output=True, text=True, check=False).stdout.strip() or None
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # Field 2 is the program's name in brackets and may hold blanks; field 3 is the state, field 22 the start.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _file(state: Path) -> Path:
    return state / "server.json"
