"""A database of these tests' own, to which proposals are written."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from etl.derive import archive, book
from etl.derive.compare import read_run
from etl.derive.inputs import Inputs
from tests.databases import Databases


@pytest.fixture(scope="module")
def atlas(databases: Databases, filled: str) -> Iterator[Engine]:
    with databases.clone(filled, "siting") as engine:
        yield engine


@pytest.fixture(scope="module")
def inputs(atlas: Engine) -> Inputs:
    with atlas.begin() as connection:
        run = read_run(connection, book.find(connection, book.CURRENT))
        return archive.restore(connection, run.tables)
