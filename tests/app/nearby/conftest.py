"""Searches on the built-in data, without a server between."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from app.hot.pool import opened
from app.nearby.asked import Asked, Origin
from app.nearby.known import Known, read
from app.nearby.search import Found, Within, search
from app.settings import WebSettings

TODAY = date(2026, 11, 23)

Search = Callable[..., Found]


def known_of(engine: Engine) -> Known:
    async def ask() -> Known:
        async with opened(engine.url, WebSettings()) as hot:
            return await read(hot)

    return asyncio.run(ask())


def searched(engine: Engine, asked: Asked, known: Known) -> Found:
    async def ask() -> Found:
        async with opened(engine.url, WebSettings()) as hot:
            return await search(Within(known.territory, known.listing, hot), asked, today=TODAY)

    return asyncio.run(ask())


@pytest.fixture(scope="session")
def known(loaded: Engine) -> Known:
    return known_of(loaded)


@pytest.fixture(scope="session")
def near(loaded: Engine, known: Known) -> Search:
    """Search from a point in degrees."""

    def run(longitude: float, latitude: float, **asked: Any) -> Found:
        origin = Origin.at(longitude, latitude, known.territory)
        return searched(loaded, Asked(origin=origin, **asked), known)

    return run
