"""Answers that say which version they are, so that nobody fetches the same one twice."""

from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator
from typing import Any

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from app.faults import UnknownParameters
from app.hot.tags import tag
from app.queries.runs import version

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class VersionedRoute(APIRoute):
    """A reading route with an ETag; a request that holds the current one gets 304 and costs one look-up.

    The tag covers the data version, the current run, the code and the address with its query: everything that an
    answer depends on. It is weak, because compression changes the bytes.
    """

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, preceded by the question whether the answer has changed."""
        answer = super().get_route_handler()
        known = set(names(self.dependant))

        async def handler(request: Request) -> Response:
            refuse_unknown(request.query_params, known)
            told = headers(await run_in_threadpool(_current, request))
            if told["ETag"] in held(request):
                return Response(status_code=304, headers=told)
            response = await answer(request)
            response.headers.update(told)
            return response

        return handler


def names(dependant: Dependant) -> Iterator[str]:
    """The parameters of the query that a route understands, those of its dependencies too."""
    yield from (field.alias for field in dependant.query_params)
    for inner in dependant.dependencies:
        yield from names(inner)


def headers(current: str) -> dict[str, str]:
    """What an answer with this tag says of itself."""
    return {"ETag": current, "Cache-Control": "no-cache", "Vary": "Accept-Encoding, Accept-Language"}


def refuse_unknown(asked: Iterable[str], known: Collection[str]) -> None:
    """A misspelt filter that is passed over in silence gives the whole list for a part of it."""
    unknown = sorted(set(asked).difference(known))
    if unknown:
        raise UnknownParameters(unknown, known)


def held(request: Request) -> set[str]:
    """The tags that the reader holds answers of."""
    return {tag.strip() for tag in request.headers.get("if-none-match", "").split(",")}


def _current(request: Request) -> str:
    with request.app.state.sessions() as session:
        return tag(request, session.execute(version()).scalar_one())
