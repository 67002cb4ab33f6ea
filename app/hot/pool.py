"""The pool of connections of the hot reads: asyncpg, transactions that can only read, each with its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.hot.statements import Statement
from app.settings import WebSettings
from etl.store.driver_errors import CONNECT_SECONDS
from etl.store.roles import MAY_BECOME, READER

Record: TypeAlias = Any  # asyncpg.Record, which has no annotations: columns by name or position, never by attribute

MOST_CONNECTIONS = 8  # more would wait for the processors of the database instead of waiting here
STATEMENTS_KEPT = 1_000  # prepared on a connection; a list has one for each set of filters in use
# What both libpq and asyncpg understand in an address; the rest of libpq's words are no settings of a server.
_SHARED = {"host", "port", "options", "sslmode", "sslcert", "sslkey", "sslrootcert", "target_session_attrs", "passfile"}
# What waiting or mending the server helps; anything else but a refused value is a fault of the program.
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # statement_timeout, a server that stops or starts
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InterfaceError,
    OSError,
)


class Hot:
    """Runs prepared statements; one for the whole application, in ``app.state.hot``.

    Raises
    ------
    sqlalchemy.exc.DataError, OperationalError, TimeoutError
        As the other reads do, so that the same handlers answer.
    """

    def __init__(self, pool: asyncpg.Pool, planned_once: asyncpg.Pool, seconds: float) -> None:
        self._pool, self._planned_once, self._seconds = pool, planned_once, seconds

    async def rows(self, statement: Statement, **values: object) -> list[Record]:
        """All rows of a statement; ``values`` by the names of its parameters."""
        arguments = statement.arguments(values)
        pool = self._planned_once if statement.planned_once else self._pool
        try:
            async with asyncio.timeout(self._seconds):
                found: list[Record] = await pool.fetch(statement.sql, *arguments)
                return found
        except TimeoutError as error:
            raise PoolTimeout from error
        except asyncpg.DataError as error:
            raise DataError(statement.sql, None, error) from error
        except GONE as error:
            raise OperationalError(statement.sql, None, error) from error

    async def value(self, statement: Statement, **values: object) -> Any:  # noqa: ANN401 - whatever the column holds
        """The first column of the first row; None where there is no row."""
        found = await self.rows(statement, **values)
        return found[0][0] if found else None


@asynccontextmanager
async def opened(url: URL, web: WebSettings) -> AsyncIterator[Hot]:
    """The pool of a database, from SQLAlchemy's address of it; connections are made when they are needed."""
    async with _pool(url, web) as usual, _pool(url, web, plan_cache_mode="force_generic_plan") as planned_once:
        yield Hot(usual, planned_once, web.statement_seconds)


def _pool(url: URL, web: WebSettings, **more: str) -> asyncpg.Pool:
    return asyncpg.create_pool(
        address(url),
        min_size=0,
        max_size=MOST_CONNECTIONS,
        timeout=CONNECT_SECONDS,
        statement_cache_size=STATEMENTS_KEPT,
        server_settings=session_settings(web) | more,
        init=as_reader,
        reset=_unchanged,
    )


def address(url: URL) -> str:
    """The address as asyncpg reads it: without the words that only libpq knows, which it would send to the server."""
    kept = {name: value for name, value in url.query.items() if name in _SHARED}
    return url.set(drivername="postgresql", query=kept).render_as_string(hide_password=False)


def session_settings(web: WebSettings) -> dict[str, str]:
    """What the server is told of every connection: who asks, that it only reads, and for how long at most."""
    return {
        "application_name": "ombra",
        "default_transaction_read_only": "on",
        "statement_timeout": str(int(web.statement_seconds * 1000)),
        "jit": "off",  # compiling a plan takes longer than any of these reads
    }


async def as_reader(connection: asyncpg.Connection) -> None:
    """Give up every right but reading what is public, where the role for it exists and this user may become it."""
    if await connection.fetchval(MAY_BECOME):
        await connection.execute(f"set role {READER}")


async def _unchanged(_connection: asyncpg.Connection) -> None:
    """Nothing to set back: the reads leave no state, and asking the server to forget costs a journey per request."""
