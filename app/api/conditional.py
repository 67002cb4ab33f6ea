"""Answers that say which version they are, so that nobody fetches the same one twice."""

import hashlib
from collections.abc import Callable, Collection, Coroutine, Iterator
from datetime import date
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from app.errors import InvalidParameter
from app.queries.runs import version
from etl.i18n import _, language
from etl.identity import code_version

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class VersionedRoute(APIRoute):
    """A reading route with an ETag; a request that holds the current one gets 304 and costs one look-up.

    The tag covers the data version, the current run, the code and the address with its query: everything that an
    answer depends on. It is weak, because compression changes the bytes.
    """

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, preceded by the question whether the answer has changed."""
        answer = super().get_route_handler()
        known = set(_names(self.dependant))

        async def handler(request: Request) -> Response:
            _refuse_unknown(request, known)
            tag = await run_in_threadpool(_tag, request)
            headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding, Accept-Language"}
            if tag in _held(request):
                return Response(status_code=304, headers=headers)
            response = await answer(request)
            response.headers.update(headers)
            return response

        return handler


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from _names(inner)


def _refuse_unknown(request: Request, known: Collection[str]) -> None:
    """A misspelt filter that is passed over in silence gives the whole list for a part of it."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise InvalidParameter(
            _("Parametri sconosciuti: {unknown}. Qui si possono usare: {known}.").format(
                unknown=", ".join(unknown), known=", ".join(sorted(known)) or _("nessuno")
            )
        )


def _held(request: Request) -> set[str]:
    return {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}


def _tag(request: Request) -> str:
    with request.app.state.sessions() as session:
        data = session.execute(version()).scalar_one()
    # The day counts too: an awaited opening becomes uncertain supply when its date has passed.
    today = date.today().isoformat()  # noqa: DTZ011  the day where Ombra runs, as in the queries
    parts = (data, code_version(), today, str(request.url), request.headers.get("accept", ""), language.get())
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return f'W/"{digest[:24]}"'
