"""The description of the API against the application, by schemathesis: nothing undocumented, nothing of another shape.

Bounded and the same each time: examples are derived from the description and not drawn by chance.
"""

import copy
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi import checks
from sqlalchemy import Engine, select

from app.main import create_app
from app.settings import WebSettings
from etl.store import models as m

EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 3}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
BOUNDED = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Values with which a route has something to say; without them an invented code is all that it is ever asked for.
SOUND = {
    "type": "centro_impiego",
    "source_id": "servizi-ombra",
    "run_id": "corrente",
    "former": "corrente",
    "later": "corrente",
    "municipality": "001272",
    "q": "mensa",
    "collection_id": "services",
    "tile_matrix_set_id": "WebMercatorQuad",
    "z": "8",
    "y": "92",
    "x": "133",
}

DESCRIPTION = create_app(WebSettings()).openapi()["paths"]
READ = {path: methods["get"] for path, methods in sorted(DESCRIPTION.items()) if "get" in methods}


def modes() -> list[tuple[str, GenerationMode]]:
    """Of a route without parameters nothing can be asked wrongly."""
    asked = [(path, mode) for path in READ for mode in EXAMPLES]
    return [(path, mode) for path, mode in asked if READ[path].get("parameters") or mode is GenerationMode.POSITIVE]


def formats() -> list[tuple[str, str | None]]:
    """Every route with each of its formats."""
    found: list[tuple[str, str | None]] = []
    for path, operation in READ.items():
        offered = [p["schema"].get("enum", []) for p in operation.get("parameters", []) if p["name"] == "format"]
        found += [(path, output) for output in (offered[0] if offered else [None])]
    return found


@pytest.fixture(scope="module")
def application(loaded: Engine) -> FastAPI:
    return create_app(WebSettings(rate_readings=10**9, rate_computations=10**9), engine=loaded)


@pytest.fixture(scope="module")
def described(application: FastAPI) -> BaseSchema:
    return openapi.from_dict(application.openapi())


@pytest.fixture(scope="module")
def session(application: FastAPI) -> Iterator[TestClient]:
    """One for all requests: the application starts once, and stops before its database does."""
    with TestClient(application, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def asked(case: Case, session: TestClient) -> int:
    told = case.as_transport_kwargs(base_url=str(session.base_url))
    answer = session.request(told["method"], told["url"], params=told["params"], headers=told["headers"])
    case.validate_response(answer, checks=CHECKS)
    return answer.status_code


@pytest.mark.parametrize(("path", "mode"), modes(), ids=lambda part: getattr(part, "value", part))
def test_whatever_is_asked_is_answered_as_described(described, session, path: str, mode: GenerationMode) -> None:
    cases = described[path]["GET"].as_strategy(generation_mode=mode)

    @settings(BOUNDED, max_examples=EXAMPLES[mode])
    @given(case=cases)
    def ask(case: Case) -> None:
        asked(case, session)

    ask()


@pytest.mark.parametrize(("path", "output"), formats())
def test_a_sound_question_has_an_answer_of_the_described_shape(
    described, session, loaded: Engine, path: str, output: str | None
) -> None:
    operation = described[path]["GET"]
    values = SOUND | {"service_id": a_service(loaded), "format": output}
    in_path = {parameter.name: values.get(parameter.name, "x") for parameter in operation.path_parameters}
    query = {name.name: value for name in operation.query if (value := values.get(name.name)) is not None}
    status = asked(operation.Case(path_parameters=in_path, query=query), session)
    needed = {parameter["name"] for parameter in READ[path].get("parameters", []) if parameter.get("required")}
    # What this table knows nothing of (a scenario: the built-in data have none) may be unknown to the route too.
    assert status == 200 or (status in (404, 422) and not needed <= set(values))


def a_service(engine: Engine) -> str:
    with engine.connect() as connection:
        first = select(m.Service.id).where(m.Service.service_type_code == "csm").order_by(m.Service.id).limit(1)
        return str(connection.execute(first).scalar_one())


def test_what_is_not_documented_would_be_found(application: FastAPI, session) -> None:
    poorer = copy.deepcopy(application.openapi())
    del poorer["paths"]["/api/v1/areas"]["get"]["responses"]["404"]
    case = openapi.from_dict(poorer)["/api/v1/areas"]["GET"].Case(query={"area": "nessuna"})
    with pytest.raises(FailureGroup, match="Undocumented status code"):
        asked(case, session)
