"""Fixtures on a real PostGIS.

``session``         empty migrated database, one savepoint per test, rolled back
``engine``          the same database; for a test that needs an engine and writes nothing that stays
``scratch``         an empty migrated database of the test's own, dropped after it
``loaded``          engine of a database with the built-in data and the derived results; only to be read
``loaded_session``  session on it with one savepoint per test: may write, all is rolled back
``loaded_scratch``  a copy of it of the test's own, dropped after it
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from etl.store.embedded import Cluster
from tests.databases import OPTIONS, Databases, make_home, remove_home

_HOME = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of the run's cluster once, in the controlling process, and keep tests away from any other."""
    worker = getattr(config, "workerinput", None)
    config.stash[_HOME] = make_home() if worker is None else Path(worker["ombra_home"])
    os.environ.pop("OMBRA_DATABASE_URL", None)
    os.environ["OMBRA_HOME"] = str(config.stash[_HOME])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """Tell a worker of pytest-xdist where the cluster of the run is."""
    node.workerinput["ombra_home"] = str(node.config.stash[_HOME])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop and delete the cluster at the end of the run."""
    if not hasattr(config, "workerinput"):
        remove_home(config.stash[_HOME])


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return Cluster(request.config.stash[_HOME], options=OPTIONS)


@pytest.fixture(scope="session")
def databases(cluster: Cluster) -> Databases:
    return Databases(cluster, os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    """Name of the template at Alembic's head."""
    from etl.store.engine import prepare
    from etl.store.migrate import upgrade

    def fill(engine: Engine) -> None:
        prepare(engine)
        upgrade(engine)

    return databases.template("migrated", fill)


@pytest.fixture(scope="session")
def filled(databases: Databases, migrated: str) -> str:
    """Name of the template with the built-in data and the results derived from them."""
    from etl.derive import refresh
    from etl.pipeline import load_everything

    def fill(engine: Engine) -> None:
        load_everything(engine, progress=print)
        refresh(engine, progress=print)
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))  # autovacuum, which would do it, is off

    return databases.template("filled", fill, base=migrated)


@pytest.fixture(scope="session")
def engine(databases: Databases, migrated: str) -> Iterator[Engine]:
    with databases.clone(migrated, "empty") as engine:
        yield engine


@pytest.fixture(scope="session")
def loaded(databases: Databases, filled: str) -> Iterator[Engine]:
    with databases.clone(filled, "loaded") as engine:
        yield engine


@pytest.fixture
def scratch(databases: Databases, migrated: str) -> Iterator[Engine]:
    with databases.clone(migrated, "scratch") as engine:
        yield engine


@pytest.fixture
def loaded_scratch(databases: Databases, filled: str) -> Iterator[Engine]:
    with databases.clone(filled, "loaded_scratch") as engine:
        yield engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with _rolled_back(engine) as session:
        yield session


@pytest.fixture
def loaded_session(loaded: Engine) -> Iterator[Session]:
    with _rolled_back(loaded) as session:
        yield session


@contextmanager
def _rolled_back(engine: Engine) -> Iterator[Session]:
    """A session whose commits end at a savepoint of a transaction that is never committed."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
