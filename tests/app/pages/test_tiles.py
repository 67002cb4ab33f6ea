"""The tile proxy passes on tiles of the territory and nothing else."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app import tiles
from app.main import create_app
from app.settings import WebSettings
from app.tiles import TileFailed, TileStore, tile_bounds, touches

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
TORINO = (9, 266, 184)


class Server(ThreadingHTTPServer):
    """A tile server on this machine that counts what it is asked and answers as told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.answer: tuple[int, str, bytes] = (200, "image/png", PNG)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{{z}}/{{x}}/{{y}}.png?chiave=segreta"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        status, kind, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/altrove.png")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetch(server: Server, folder: Path, times: int = 1, before: Callable[[], None] = lambda: None) -> tiles.Tile:
    async def run() -> tiles.Tile:
        async with httpx2.AsyncClient() as client:
            store = TileStore(server.address, folder, client)
            for _ in range(times - 1):
                await store.get(*TORINO)
                before()
            return await store.get(*TORINO)

    return asyncio.run(run())


def test_a_tile_is_asked_once_and_kept(server: Server, tmp_path: Path) -> None:
    found = fetch(server, tmp_path, times=3)
    assert (found.content, found.media_type) == (PNG, "image/png")
    assert server.asked == ["/9/266/184.png?chiave=segreta"]


@pytest.mark.parametrize(
    "answer",
    [
        (404, "image/png", PNG),
        (500, "image/png", PNG),
        (302, "image/png", PNG),
        (200, "text/html", b"<script>alert(1)</script>"),
        (200, "image/svg+xml", b"<svg/>"),
        (200, "image/png", b"0" * (tiles.LARGEST_BYTES + 1)),
    ],
    ids=["missing", "failing", "redirect", "page", "drawing with scripts", "too large"],
)
def test_what_is_no_image_is_not_passed_on(server: Server, tmp_path: Path, answer: tuple[int, str, bytes]) -> None:
    server.answer = answer
    with pytest.raises(TileFailed):
        fetch(server, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_old_tile_is_asked_again_and_serves_where_the_server_fails(server: Server, tmp_path: Path) -> None:
    def age() -> None:
        for path in tmp_path.rglob("*.png"):
            past = time.time() - tiles.KEEP_SECONDS - 60
            os.utime(path, (past, past))
        server.answer = (503, "text/plain", b"")

    assert fetch(server, tmp_path, times=2, before=age).content == PNG
    assert len(server.asked) == 2


def test_a_server_that_is_not_there(tmp_path: Path, server: Server) -> None:
    server.server_close()
    with pytest.raises(TileFailed):
        fetch(server, tmp_path)


def test_tile_bounds_agree_with_the_scheme() -> None:
    west, south, east, north = tile_bounds(*TORINO)
    assert west < 7.6862 < east
    assert south < 45.0704 < north
    assert touches((west, south, east, north), (6.6, 44.7, 8.2, 45.6))
    assert not touches(tile_bounds(9, 0, 0), (6.6, 44.7, 8.2, 45.6))


@pytest.fixture
def proxied(loaded: Engine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("OMBRA_HOME", str(tmp_path))
    settings = WebSettings(tiles_url=server.address, tiles_attribution="© <b>chi fa le mappe</b>")
    with TestClient(create_app(settings, engine=loaded)) as client:
        yield client


def test_the_route_serves_the_territory_only(proxied: TestClient, server: Server) -> None:
    answer = proxied.get("/tiles/9/266/184.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert proxied.get("/tiles/9/0/0.png").status_code == 404
    assert proxied.get("/tiles/3/9/0.png").status_code == 404
    for strange in ("/tiles/30/1/1.png", "/tiles/9/-1/1.png", "/tiles/9/266/..%2f.png", "/tiles/9/x/1.png"):
        assert proxied.get(strange).status_code in (404, 422), strange
    assert len(server.asked) == 1
    server.answer = (500, "text/plain", b"")
    assert proxied.get("/tiles/9/266/183.png").status_code == 502


def test_the_map_names_the_proxy_and_never_the_server(proxied: TestClient, server: Server) -> None:
    html = proxied.get("/mappa/documento").text
    assert "/tiles/{z}/{x}/{y}.png" in html
    assert str(server.server_port) not in html
    assert "segreta" not in html
    assert "<b>chi fa" not in html


def test_without_a_server_there_are_no_tiles(client: TestClient) -> None:
    assert client.get("/tiles/9/266/184.png").status_code == 404
    assert "/tiles/" not in client.get("/mappa/documento").text
