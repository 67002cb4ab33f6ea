"""A copy of the data folder that a test may spoil; databases with files of the tests loaded."""

import shutil
from pathlib import Path

import pytest

from etl.reference import tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(tables.DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture(scope="session")
def first_edition(databases, filled, tmp_path_factory) -> str:
    """Name of a template with the first edition of the pharmacies."""

    from tests.etl.files import go, rows, write

    def fill(engine):
        folder = tmp_path_factory.mktemp("prima")
        write(folder, "farmacie-2024.csv", rows())
        go(engine, folder)

    return databases.template("pharmacies", fill, base=filled)


@pytest.fixture
def stocked(databases, first_edition):
    """A database of the test's own, with the first edition loaded."""
    with databases.clone(first_edition, "stocked") as engine:
        yield engine
