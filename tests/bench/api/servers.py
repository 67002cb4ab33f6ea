"""Serve one application from a process of its own: one worker, uvloop and httptools, on a free port of this machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from sqlalchemy import make_url

from etl.settings import CLONE

READY_SECONDS = 120.0


@contextmanager
def served(application: str, url: str, probe: str, *, factory: bool = False, **more: str) -> Iterator[int]:
    """Port of the application while it is served; ``probe`` is a path that it must answer first."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--log-level", "warning"]
    command += ["--no-access-log", "--loop", "uvloop", "--http", "httptools", "--workers", "1"]
    environment = os.environ | {"OMBRA_DATABASE_URL": url, "PYTHONPATH": str(CLONE)} | more
    process = subprocess.Popen([*command, *(["--factory"] if factory else [])], env=environment, cwd=CLONE)
    try:
        _wait(process, f"http://127.0.0.1:{port}{probe}")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def tipg_settings(url: str, schema: str) -> dict[str, str]:
    """The environment that tipg's own application reads; a socket's folder is part of the address, in %XX form."""
    made = make_url(url)
    host, port = quote(made.query["host"], safe=""), made.query.get("port", "5432")
    dsn = f"postgresql://{made.username}@{host}:{port}/{made.database}"
    return {"DATABASE_URL": dsn, "TIPG_DB_SCHEMAS": f'["{schema}"]', "TIPG_DB_SPATIAL_EXTENT": "false"}


def get(port: int, path: str) -> bytes:
    """The body of one answer."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=120) as answer:
        return answer.read()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait(process: subprocess.Popen, url: str) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=60).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > end:
                message = f"{url}: non risponde"
                raise RuntimeError(message) from None
            time.sleep(0.2)
