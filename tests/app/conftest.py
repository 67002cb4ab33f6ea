"""The application on the database with the built-in data."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings
from tests.databases import Databases


@pytest.fixture(scope="session")
def application(loaded: Engine) -> FastAPI:
    return create_app(WebSettings(), engine=loaded)


@pytest.fixture(scope="session")
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application) as client:
        yield client


@pytest.fixture(scope="session")
def guarded(databases: Databases, filled: str) -> Iterator[Engine]:
    """The built-in data and one protected place; only to be read."""
    from etl.derive import refresh
    from etl.derive.scenario import book, written
    from etl.derive.scenario.compute import compute
    from etl.pipeline import load_everything
    from etl.sources.builtin import BuiltinServices
    from tests.app.test_protected import Refuge

    def fill(engine: Engine) -> None:
        load_everything(engine, sources=[BuiltinServices(), Refuge()])
        refresh(engine)
        # Of a scenario too nothing may tell where the refuge is.
        with engine.begin() as connection:
            book.save(connection, "prova", written.read(connection, [written.option("add", "casa_comunita@Susa")]))
        compute(engine, ["prova"])

    with databases.clone(databases.template("with_refuge", fill, base=filled), "guarded_app") as engine:
        yield engine
