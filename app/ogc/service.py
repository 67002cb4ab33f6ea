"""All of ``/ogc`` in one: its routes, and what they need while the application runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import URL

from app.ogc import pool
from app.ogc.description import ROUTERS
from app.ogc.extents import Extents

__all__ = ["ROUTERS", "running"]


@asynccontextmanager
async def running(app: FastAPI, url: URL) -> AsyncIterator[None]:
    """The connections and the extents, for the time of the application."""
    app.state.ogc_extents = Extents()
    async with pool.opened(url, app.state.settings) as app.state.ogc:
        yield
