"""All the faults of a request, whoever found the first one: a route stops there, the person who asks must not.

When a request fails, what its route asks for is solved once more, each part on its own. That costs a refused request
some look-ups by key, and an accepted one nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_dependant, request_params_to_args, solve_dependencies
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from etl.errors import DatabaseUnreachable, NotFound, OmbraError, StoreError
from etl.i18n import _

STATUS: Mapping[type[OmbraError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    DatabaseUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
    OmbraError: HTTPStatus.BAD_REQUEST,
}
NUL = "\0"


class InvalidParameter(OmbraError):
    """A parameter of a request cannot be used; a text that begins with ``name:`` says which."""


class UnknownParameters(InvalidParameter):
    """Parameters that a route does not have."""

    def __init__(self, unknown: Sequence[str], known: Iterable[str]) -> None:
        self.unknown = unknown
        self.usable = ", ".join(sorted(known)) or _("nessuno")
        told = _("Parametri sconosciuti: {unknown}. Qui si possono usare: {known}.")
        super().__init__(told.format(unknown=", ".join(unknown), known=self.usable))


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a request.

    ``parameter`` is empty where none can be named; ``of_path`` where the address itself is at fault; ``told`` is the
    whole sentence, for an answer with this fault alone.
    """

    parameter: str
    problem: str
    status: HTTPStatus
    of_path: bool = field(default=False, compare=False)
    told: str = field(default="", compare=False)


def status_of(error: OmbraError) -> HTTPStatus:
    """The status of an error of ours, that of its nearest kind."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def common_status(faults: Sequence[Fault]) -> HTTPStatus:
    """The status of an answer that tells several faults.

    404 where the path names nothing; otherwise the one that all of them have, and 422 where they differ.
    """
    if any(fault.of_path and fault.status is HTTPStatus.NOT_FOUND for fault in faults):
        return HTTPStatus.NOT_FOUND
    found = {fault.status for fault in faults}
    return found.pop() if len(found) == 1 else HTTPStatus.UNPROCESSABLE_ENTITY


async def faults(request: Request, error: Exception) -> list[Fault]:
    """What is wrong with a request that ended with this error, in the order of the route; none named twice."""
    route = request.scope.get("route")
    search = _Search(request)
    if isinstance(route, APIRoute):
        try:
            await search.visit(route.dependant)
            for part in _checks(route):
                await search.visit(part, is_route=False)
        except (OperationalError, PoolTimeout):  # then what is known already must do
            search.found.clear()
    own = _own(request, error)
    told = {fault.told for fault in search.found}
    # What a part of the route has said by its name need not be said again without one.
    everything = [*search.found, *(fault for fault in own if not fault.told or fault.told not in told)]
    return list(dict.fromkeys(everything))


def _checks(route: APIRoute) -> list[Dependant]:
    """What a route that reads its query as one model checks by itself, told by the model's ``CHECKS``.

    They are the dependencies of the other routes, which such a route calls when it needs them.
    """
    models = [param.field_info.annotation for param in route.dependant.query_params]
    calls = [call for model in models for call in getattr(model, "CHECKS", ())]
    return [get_dependant(path=route.path, call=call) for call in calls]


class _Search:
    """Walks what a route asks for, from the leaves up."""

    def __init__(self, request: Request) -> None:
        self.found: list[Fault] = []
        self._request = request
        self._sound: dict[object, bool] = {}

    async def visit(self, node: Dependant, *, is_route: bool = True) -> bool:
        """Whether a part of the route, and all that it rests on, is without fault."""
        if node.call in self._sound:
            return self._sound[node.call]
        sound = [await self.visit(inner, is_route=False) for inner in node.dependencies]
        own = self._values(node)
        self.found += own
        # A part without parameters of its own (a session, the settings) has nothing to refuse.
        if not own and all(sound) and not is_route and (node.query_params or node.path_params):
            own = await self._called(node)
            self.found += own
        self._sound[node.call] = not own and all(sound)
        return self._sound[node.call]

    def _values(self, node: Dependant) -> list[Fault]:
        """Faults that FastAPI finds in the values by themselves."""
        _path, in_path = request_params_to_args(node.path_params, self._request.path_params)
        _query, in_query = request_params_to_args(node.query_params, self._request.query_params)
        return _invalid(RequestValidationError([*in_path, *in_query]))

    async def _called(self, node: Dependant) -> list[Fault]:
        """Faults that a part itself finds, in a transaction of its own: a refused value ends one."""
        async with AsyncExitStack() as stack:
            stacks = {"fastapi_inner_astack": stack, "fastapi_function_astack": stack}
            request = Request({**self._request.scope, **stacks})
            try:
                await solve_dependencies(
                    request=request,
                    dependant=Dependant(dependencies=[node]),
                    async_exit_stack=stack,
                    embed_body_fields=False,
                )
            except (OmbraError, DataError) as error:
                names = [param.alias for param in (*node.path_params, *node.query_params)]
                found = _own(request, error)
                return [_named(fault, names, of_path=bool(node.path_params)) for fault in found]
        return []


def _named(fault: Fault, names: Sequence[str], *, of_path: bool) -> Fault:
    parameter = fault.parameter or (names[0] if len(names) == 1 else "")
    return Fault(parameter, fault.problem, fault.status, of_path=of_path, told=fault.told)


def _own(request: Request, error: Exception) -> list[Fault]:
    """What the error says by itself."""
    if isinstance(error, RequestValidationError):
        return _invalid(error)
    if isinstance(error, DataError):
        return _unprintable(request)
    if isinstance(error, UnknownParameters):
        problem = _("parametro sconosciuto; qui si possono usare: {known}").format(known=error.usable)
        return [Fault(name, problem, HTTPStatus.BAD_REQUEST, told=str(error)) for name in error.unknown]
    if isinstance(error, OmbraError):
        name, _colon, rest = str(error).partition(": ")
        known = name in request.query_params or name in request.path_params
        parameter, problem = (name, rest) if known else ("", str(error))
        return [Fault(parameter, problem, status_of(error), told=str(error))]
    return []


def _unprintable(request: Request) -> list[Fault]:
    """A value that the database does not take; almost always one with the character NUL."""
    problem = _("contiene un valore che la banca dati non accetta: togliere caratteri non stampabili")
    values = [*request.path_params.items(), *request.query_params.multi_items()]
    names = dict.fromkeys(name for name, value in values if NUL in str(value))
    told = _("Un parametro contiene un valore che la banca dati non accetta: togliere caratteri non stampabili.")
    return [Fault(name, problem, HTTPStatus.BAD_REQUEST, told=told) for name in names or ("",)]


def _invalid(error: RequestValidationError) -> list[Fault]:
    of_path = [str(fault["loc"][0]) == "path" for fault in error.errors()]
    return [
        Fault(fault["parameter"], fault["problem"], HTTPStatus.UNPROCESSABLE_ENTITY, of_path=path)
        for fault, path in zip(faults_of(error), of_path, strict=True)
    ]


def faults_of(error: RequestValidationError) -> list[dict[str, str]]:
    """``parameter`` and ``problem``, in Italian, of every fault that FastAPI found."""
    return [{"parameter": _where(fault), "problem": _why(fault)} for fault in error.errors()]


def _where(fault: Mapping[str, Any]) -> str:
    # The position in a list says nothing: the address names the parameter, not its turn.
    return ".".join(part for part in fault["loc"] if isinstance(part, str) and part not in ("query", "path", "body"))


def _why(fault: Mapping[str, Any]) -> str:
    """Pydantic's faults in Italian; where the kind is new, only that the value cannot be used."""
    context = fault.get("ctx", {})
    texts = {
        "missing": _("manca"),
        "int_parsing": _("serve un numero intero"),
        "float_parsing": _("serve un numero"),
        "finite_number": _("serve un numero finito"),
        "uuid_parsing": _("serve un identificativo UUID"),
        "bool_parsing": _("serve true o false"),
        "date_from_datetime_parsing": _("serve una data, come 2025-11-23"),
        "datetime_from_date_parsing": _("serve una data con l'ora, come 2025-11-23T10:00:00Z"),
        "greater_than": _("deve essere più di {gt}"),
        "less_than": _("deve essere meno di {lt}"),
        "greater_than_equal": _("deve essere almeno {ge}"),
        "less_than_equal": _("deve essere al massimo {le}"),
        "literal_error": _("valori ammessi: {expected}"),
        "enum": _("valori ammessi: {expected}"),
        "string_too_short": _("servono almeno {min_length} caratteri"),
        "string_too_long": _("al massimo {max_length} caratteri"),
    }
    values = context | {"expected": str(context.get("expected", "")).replace(" or ", _(" o "))}
    if fault["type"] == "told":  # a check of ours, with a sentence of its own
        return str(context["told"])
    return texts.get(str(fault["type"]), _("valore non ammesso")).format(**values)
