"""The application on the database with the built-in data."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.main import create_app
from app.settings import WebSettings


@pytest.fixture(scope="session")
def application(loaded: Engine) -> FastAPI:
    return create_app(WebSettings(), engine=loaded)


@pytest.fixture(scope="session")
def client(application: FastAPI) -> Iterator[TestClient]:
    with TestClient(application) as client:
        yield client
