"""Compression by Brotli or gzip: quick for the many small answers, thorough and in a thread for the large ones."""

from functools import lru_cache

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_cramjam.compression import Compression, compression_backends
from starlette_cramjam.middleware import CompressionResponder, get_compression_backend

SMALLEST = 1_000  # bytes; below, the header costs more than it saves
LARGE = 128 * 1024  # bytes; from here on compressing would keep other requests waiting
# Measured on a page of 20 services: Brotli 1 costs 0.1 ms, Brotli 3 four times as much for a quarter fewer bytes.
QUICK, THOROUGH = {"br": 1, "gzip": 3}, {"br": 5, "gzip": 6}
OFFERED = [Compression.br, Compression.gzip]
BODILESS = frozenset({204, 304})
PARTIAL = 206  # a range is a range of the bytes that the client already holds a part of
# Compressed already, or sent piece by piece as things happen.
AS_THEY_ARE = ("text/event-stream", "image/", "font/", "application/zip", "application/gzip", "application/vnd.apache")


class Compressed:
    """Middleware: an answer of some size is compressed as the client accepts it, Brotli first."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and compress the answer."""
        name = _chosen(Headers(scope=scope).get("accept-encoding", "")) if scope["type"] == "http" else None
        app = self._app if name is None else _Responder(self._app, name)
        await app(scope, receive, send)


@lru_cache(maxsize=256)
def _chosen(accepted: str) -> str | None:
    found = get_compression_backend(accepted, OFFERED)
    return None if found is None else found.name


class _Responder(CompressionResponder):
    """The library's responder, which here makes its compressor only when there is something to compress."""

    def __init__(self, app: ASGIApp, name: str) -> None:
        super().__init__(app, None, name, SMALLEST, set())
        self._as_it_is = False

    async def send_with_compression(self, message: Message) -> None:
        """Compress a body where that is right and worth it."""
        if message["type"] == "http.response.start":
            self._as_it_is = _untouched(message)
        elif self._as_it_is:
            pass
        elif not self.started:
            await self._first(message)
            return
        if self._as_it_is:
            await self.send(message)
        else:
            await super().send_with_compression(message)

    async def _first(self, message: Message) -> None:
        """The first piece of a body, which tells how much there is to come."""
        body, more = message.get("body", b""), message.get("more_body", False)
        if not more and len(body) >= LARGE:
            self.started = True
            packed = await run_in_threadpool(_all_at_once, self.encoding_name, body)
            headers = MutableHeaders(raw=self.initial_message["headers"])
            headers["Content-Encoding"] = self.encoding_name
            headers["Content-Length"] = str(len(packed))
            headers.add_vary_header("Accept-Encoding")
            await self.send(self.initial_message)
            await self.send({**message, "body": packed})
            return
        if more or len(body) >= SMALLEST:
            self.compressor = _compressor(self.encoding_name, QUICK)
        await super().send_with_compression(message)


def _untouched(start: Message) -> bool:
    if start["status"] in BODILESS or start["status"] == PARTIAL:
        return True
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "")
    svg = kind.startswith("image/svg")  # text, unlike the other images
    return "content-encoding" in headers or (kind.startswith(AS_THEY_ARE) and not svg)


def _compressor(name: str, levels: dict[str, int]) -> object:
    return compression_backends[name].Compressor(level=levels[name])


def _all_at_once(name: str, body: bytes) -> bytes:
    compressor = compression_backends[name].Compressor(level=THOROUGH[name])
    compressor.compress(body)
    return bytes(compressor.finish())
