"""Headers that every answer carries, reading by scripts of other sites, and HEAD wherever there is GET."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.middleware.faces import machine

Pairs = tuple[tuple[bytes, bytes], ...]

METHODS = "GET, HEAD, OPTIONS"
EXPOSED = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy"
PREFLIGHT_SECONDS = "86400"

# The map is a frame of our own pages; nobody else may put a page of Ombra in theirs.
SAFE: Pairs = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"SAMEORIGIN"),
)
# The same for every origin and without credentials: one answer in a cache serves everybody.
READABLE: Pairs = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED.encode()),
)
PREFLIGHT: Pairs = (
    (b"access-control-allow-methods", METHODS.encode()),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", PREFLIGHT_SECONDS.encode()),
    (b"cache-control", b"no-store"),
)
KEPT, FORGOTTEN = (b"cache-control", b"no-cache"), (b"cache-control", b"no-store")
FIRST_FAULT = 400


def completed(path: str, status: int, told: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that it lacks; what a route has said itself stays.

    An answer that says nothing about caches must be asked for again each time (``no-cache``); a fault is never kept.
    """
    own = list(told)
    names = {name.lower() for name, _ in own}
    wanted = (*SAFE, KEPT if status < FIRST_FAULT else FORGOTTEN, *(READABLE if machine(path) else ()))
    return own + [pair for pair in wanted if pair[0] not in names]


class AnswerHeaders:
    """Middleware: completes the headers, answers preflights, and makes HEAD of GET.

    A preflight (Fetch standard, CORS) is answered here, whatever the address: it asks about methods, which are the same
    everywhere, and the true request then gets the true answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, method = scope["path"], scope["method"]
        if method == "OPTIONS" and machine(path) and _asks_methods(scope):
            await send({"type": "http.response.start", "status": 204, "headers": completed(path, 204, PREFLIGHT)})
            await send({"type": "http.response.body"})
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = completed(path, message["status"], message.get("headers", ()))
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"} if method == "HEAD" else scope, receive, sending)


def _asks_methods(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])
