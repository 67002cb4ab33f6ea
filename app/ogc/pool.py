"""Connections for the collections: as those of the hot reads, with geometries passed on as the database writes them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import orjson
from fastapi import Request
from sqlalchemy import URL
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import InvalidParameter
from app.hot.pool import GONE, address, as_reader, session_settings
from app.settings import WebSettings
from etl.i18n import _
from etl.store.driver_errors import CONNECT_SECONDS

MOST_CONNECTIONS = 4
# What a filter may still bring about that was read without a fault: values and operators that do not fit.
_REFUSED = (
    asyncpg.DataError,
    asyncpg.SyntaxOrAccessError,
    asyncpg.InternalServerError,
    asyncpg.ProgramLimitExceededError,
)


@asynccontextmanager
async def opened(url: URL, web: WebSettings) -> AsyncIterator[asyncpg.Pool]:
    """The pool of a database, for ``app.state.ogc``; connections are made when they are needed."""
    async with asyncpg.create_pool(
        address(url),
        min_size=0,
        max_size=MOST_CONNECTIONS,
        timeout=CONNECT_SECONDS,
        statement_cache_size=0,  # tipg writes the values into the text: no statement comes twice
        server_settings=session_settings(web),
        init=_ready,
    ) as pool:
        yield pool


async def _ready(connection: asyncpg.Connection) -> None:
    await as_reader(connection)
    # A geometry leaves as the text that the database wrote: nobody here looks into it.
    await connection.set_type_codec("json", schema="pg_catalog", encoder=str, decoder=orjson.Fragment)


@asynccontextmanager
async def connection(request: Request, *, filtered: bool = False) -> AsyncIterator[asyncpg.Connection]:
    """A connection for one answer.

    Parameters
    ----------
    filtered
        The question holds a filter of the reader's, who is told where the database does not take it.

    Raises
    ------
    InvalidParameter
        The database does not take the filter.
    sqlalchemy.exc.DataError, OperationalError, TimeoutError
        As the other reads do, so that the same handlers answer.
    """
    try:
        async with (
            asyncio.timeout(request.app.state.settings.statement_seconds),
            request.app.state.ogc.acquire() as found,
        ):
            yield found
    except TimeoutError as error:
        raise PoolTimeout from error
    except GONE as error:
        raise OperationalError("", None, error) from error
    except _REFUSED as error:
        if filtered and not isinstance(error, asyncpg.InsufficientPrivilegeError):
            raise InvalidParameter(_("filter: la banca dati non può calcolarlo sui valori che ci sono.")) from error
        if isinstance(error, asyncpg.DataError):
            raise DataError("", None, error) from error
        raise
