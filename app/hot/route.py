"""Routes that FastAPI documents and checks like any other, and that cost little more than a bare one."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.api.conditional import headers, held, refuse_unknown
from app.hot.tags import tag

Answer = Callable[..., Awaitable[Response]]


class HotRoute(APIRoute):
    """A reading route whose endpoint is ``async def (request, …) -> Response`` with parameters of path and query only.

    What FastAPI does for any request (stacks for dependencies, threads for sessions, a search for a body, the answer
    taken apart and put together again) has nothing to do here and is left out; parameters are read by FastAPI's own
    function, so that documentation, faults and texts are those of the other routes. Tag and 304 as in
    :class:`app.api.conditional.VersionedRoute`, with a version that is remembered for a moment.

    Raises
    ------
    TypeError
        When it is registered: the endpoint asks for something else.
    """

    def __init__(self, path: str, endpoint: Answer, **options: Any) -> None:  # noqa: ANN401 - those of APIRoute
        super().__init__(path, endpoint, **options)
        own = self.dependant
        others = own.dependencies or own.header_params or own.cookie_params or own.body_params
        if others or len(own.query_params) > 1 or own.request_param_name != "request":
            message = f"{endpoint.__name__}: only the request, parameters of the path, and one model of the query"
            raise TypeError(message)
        self._answer = endpoint
        self._query = next((Asked(field.name, field.field_info.annotation) for field in own.query_params), None)
        self.app = self._serve

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        arguments = self._arguments(request)
        told = headers(tag(request, await request.app.state.versions.current()))
        if told["ETag"] in held(request):
            return Response(status_code=304, headers=told)
        response = await self._answer(request=request, **arguments)
        for name, value in told.items():
            response.headers[name] = value
        return response

    def _arguments(self, request: Request) -> dict[str, Any]:
        """The arguments of the endpoint but the request; all the faults of path and query at once."""
        told = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        refuse_unknown((name for name, _ in told), self._query.names if self._query else ())
        arguments, faults = request_params_to_args(self.dependant.path_params, request.path_params)
        if self._query:
            try:
                arguments[self._query.name] = self._query.read(told)
            except ValidationError as error:
                faults += [fault | {"loc": ("query", *fault["loc"])} for fault in error.errors()]
        if faults:
            raise RequestValidationError(faults)
        return arguments


class Asked:
    """The one model of a route's query: FastAPI documents it field by field, pydantic alone reads it."""

    def __init__(self, name: str, model: object) -> None:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            message = f"{name}: not a model"
            raise TypeError(message)
        self.name, self._model = name, model
        self.names = frozenset(model.model_fields)
        self._several = {name for name, told in model.model_fields.items() if "list[" in str(told.annotation)}

    def read(self, told: Iterable[tuple[str, str]]) -> BaseModel:
        """The query as the model; a name told twice counts with its last value, as FastAPI has it.

        Raises
        ------
        pydantic.ValidationError
            With all the faults.
        """
        values: dict[str, Any] = {}
        for name, value in told:
            if name in self._several:
                values.setdefault(name, []).append(value)
            else:
                values[name] = value
        return self._model.model_validate(values)
