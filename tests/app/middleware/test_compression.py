"""Answers are compressed where that is right, and come out as they went in."""

import zlib

import cramjam
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from app.main import STATIC
from app.middleware.compression import LARGE, SMALLEST, Compressed

SHORT, LONG, HUGE = b"a" * (SMALLEST - 1), b"ombra " * 1_000, b"ombra e luce " * (LARGE // 10)


def whole(request: Request) -> Response:
    told = request.query_params
    body = {"short": SHORT, "long": LONG, "huge": HUGE}[told.get("body", "long")]
    headers = {"Content-Encoding": "identity"} if "encoded" in told else None
    return Response(body, int(told.get("status", 200)), headers, told.get("kind", "application/json"))


def streamed(request: Request) -> Response:
    pieces = iter([LONG, b"", SHORT, LONG])
    return StreamingResponse(pieces, media_type=request.query_params.get("kind", "text/csv"))


@pytest.fixture(scope="module")
def client() -> TestClient:
    files = Mount("/static", StaticFiles(directory=STATIC))
    app = Starlette(routes=[Route("/whole", whole), Route("/streamed", streamed), files])
    return TestClient(Compressed(app))


def raw(client: TestClient, path: str, accepted: str, **headers: str) -> tuple[bytes, dict[str, str]]:
    """The bytes as they were sent, which the client must not decompress."""
    with client.stream("GET", path, headers={"Accept-Encoding": accepted, **headers}) as answer:
        return b"".join(answer.iter_raw()), dict(answer.headers)


def plain(body: bytes, encoding: str | None) -> bytes:
    """Decompressed by libraries that did not compress it where there is one."""
    if encoding == "br":
        return bytes(cramjam.brotli.decompress(body))
    return zlib.decompress(body, 31) if encoding == "gzip" else body


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br;q=0.5", "gzip"),
        ("gzip", "gzip"),
        ("*", "br"),
        ("br;q=0, gzip;q=0", None),
        ("compress", None),
        ("gzip;q=lots", None),
        (";;,=", None),
        ("", None),
    ],
)
@pytest.mark.parametrize(("path", "body"), [("/whole", LONG), ("/whole?body=huge", HUGE)])
def test_the_best_that_is_accepted(client: TestClient, accepted, encoding, path, body) -> None:
    sent, headers = raw(client, path, accepted)
    assert headers.get("content-encoding") == encoding
    assert plain(sent, encoding) == body
    assert int(headers["content-length"]) == len(sent)
    if encoding:
        assert len(sent) < len(body) / 2
        assert headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_streams_come_out_whole(client: TestClient, encoding: str) -> None:
    sent, headers = raw(client, "/streamed", encoding)
    assert headers["content-encoding"] == encoding
    assert plain(sent, encoding) == LONG + SHORT + LONG


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/whole?body=short", SHORT),
        ("/whole?kind=image/png", LONG),
        ("/whole?kind=application/zip", LONG),
        ("/whole?encoded=1", LONG),
        ("/whole?status=206", LONG),
        ("/streamed?kind=text/event-stream", LONG + SHORT + LONG),
    ],
)
def test_what_is_small_compressed_partial_or_as_it_happens_stays(client: TestClient, path: str, body: bytes) -> None:
    sent, headers = raw(client, path, "br, gzip")
    assert headers.get("content-encoding") in (None, "identity")
    assert sent == body


def test_a_part_of_a_file_is_a_part_of_its_bytes(client: TestClient) -> None:
    path = "/static/js/api.js"
    whole = client.get(path).content
    sent, headers = raw(client, path, "br", Range="bytes=0-9")
    assert (headers["content-range"], sent) == (f"bytes 0-9/{len(whole)}", whole[:10])


def test_a_drawing_is_text(client: TestClient) -> None:
    assert raw(client, "/whole?kind=image/svg%2Bxml", "br")[1]["content-encoding"] == "br"
