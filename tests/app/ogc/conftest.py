"""The application on a real port, for programs that only speak HTTP."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings


@pytest.fixture(scope="session")
def served(loaded: Engine) -> Iterator[str]:
    """Address of the landing page."""
    yield from serving(create_app(WebSettings(), engine=loaded))


def serving(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/ogc"
    server.should_exit = True
    thread.join(timeout=20)
