"""The application in a process of its own, on a real port, for programs that only speak HTTP.

Not in a thread: GDAL waits for its answers without letting Python go on.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from sqlalchemy import Engine

SECONDS = 30


@pytest.fixture(scope="session")
def served(loaded: Engine) -> Iterator[str]:
    """Address of the landing page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create_app", "--port", str(port)]
    environment = os.environ | {"OMBRA_DATABASE_URL": loaded.url.render_as_string(hide_password=False)}
    server = subprocess.Popen([*command, "--log-level", "error"], env=environment)
    address = f"http://127.0.0.1:{port}/ogc"
    try:
        _wait(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=SECONDS)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        try:
            urlopen(address).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer in time")
