"""How large a request may be, and how long its answer may take to begin."""

import math
from http import HTTPStatus

from anyio import move_on_after
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import problem
from etl.i18n import _

LONGEST_ADDRESS = 8_000  # bytes of path and query; RFC 9110 asks every server for at least this much
MOST_HEADERS = 100
LONGEST_HEADERS = 32_768  # bytes of names and values together
LARGEST_BODY = 256 * 1024  # bytes; a filter is the only thing that anybody sends


class RequestSize:
    """Middleware: addresses, headers and bodies beyond reason are refused before anything reads them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request with 413, 414 or 431, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = _refusal(scope)
        if refusal is not None:
            await problem(*refusal)(scope, receive, send)
        elif any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            await self._measured(scope, receive, send)
        else:  # no body, or one whose length is known: the server reads no more than was announced
            await self._app(scope, receive, send)

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = 0

        async def receiving() -> Message:
            nonlocal length
            message = await receive()
            length += len(message.get("body", b""))
            if length > LARGEST_BODY:
                status, detail = _too_large()
                raise HTTPException(status, detail)
            return message

        await self._app(scope, receiving, send)


def _refusal(scope: Scope) -> tuple[HTTPStatus, str] | None:
    path = scope.get("raw_path") or scope["path"].encode()
    if len(path) + len(scope["query_string"]) > LONGEST_ADDRESS:
        told = _("L'indirizzo è troppo lungo: al massimo {most} byte. Dividere la richiesta in più d'una.")
        return HTTPStatus.REQUEST_URI_TOO_LONG, told.format(most=LONGEST_ADDRESS)
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        told = _("Le intestazioni sono troppe o troppo lunghe: al massimo {most}, e {bytes} byte in tutto.")
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, told.format(most=MOST_HEADERS, bytes=LONGEST_HEADERS)
    announced = next((value for name, value in headers if name == b"content-length"), b"0")
    return _too_large() if announced.isdigit() and int(announced[:20]) > LARGEST_BODY else None


def _too_large() -> tuple[HTTPStatus, str]:
    told = _("Il corpo della richiesta è troppo lungo: al massimo {most} byte.")
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told.format(most=LARGEST_BODY)


class RequestTime:
    """Middleware: an answer that has not begun after ``seconds`` becomes a 503; one that has may take its time.

    What a thread has begun it also ends; the statements that it runs have their own time limit.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer in the place of who does not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with move_on_after(self._seconds) as time:

            async def sending(message: Message) -> None:
                if not time.cancel_called:  # an answer that comes after its time would come beside the refusal
                    time.deadline = math.inf
                    await send(message)

            await self._app(scope, receive, sending)
        if time.cancel_called:
            told = _("La risposta non è arrivata entro {seconds} secondi. Restringere la richiesta, o riprovare.")
            answer = problem(HTTPStatus.SERVICE_UNAVAILABLE, told.format(seconds=round(self._seconds)))
            await answer(scope, receive, send)
