"""One load at a time: locks of the database that loads and measures take in turn."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select

from etl.i18n import _
from etl.progress import Progress

LOAD = 541_243  # advisory lock: two loads at once wait for each other


def wait(connection: Connection, progress: Progress) -> None:
    """Take the lock of loading for the rest of the transaction; say so where another load is under way."""
    if not connection.execute(select(func.pg_try_advisory_xact_lock(LOAD))).scalar_one():
        _say(progress)
        connection.execute(select(func.pg_advisory_xact_lock(LOAD)))


@contextmanager
def taken(engine: Engine, progress: Progress) -> Iterator[Connection]:
    """A connection that holds the lock of loading through all its transactions, each of which sees one state."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        if not connection.execute(select(func.pg_try_advisory_lock(LOAD))).scalar_one():
            _say(progress)
            connection.execute(select(func.pg_advisory_lock(LOAD)))
        connection.commit()
        with _given_back(connection, LOAD):
            yield connection


@contextmanager
def also(connection: Connection, lock: int) -> Iterator[None]:
    """Take another lock before a transaction begins: its snapshot must hold what the work that it waits for keeps."""
    connection.execute(select(func.pg_advisory_lock(lock)))
    connection.commit()
    with _given_back(connection, lock):
        yield


@contextmanager
def _given_back(connection: Connection, lock: int) -> Iterator[None]:
    try:
        yield
    finally:
        # A transaction that failed would refuse the statement; a lost connection has given everything back.
        connection.rollback()
        connection.execute(select(func.pg_advisory_unlock(lock)))
        connection.commit()


def _say(progress: Progress) -> None:
    progress(_("Un altro caricamento è in corso: attendo che finisca"))
