"""The web application: assembled here, and nothing else is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from app import errors
from app.api import (
    areas,
    changes,
    completeness,
    contract,
    coverage,
    documentation,
    equity,
    forecast,
    geocode,
    health,
    kpi,
    nearby,
    runs,
    scenarios,
    services,
    siting,
    sources,
    vocabulary,
)
from app.hot import pool as hot_pool
from app.hot.tags import Versions
from app.hsds import routes as hsds
from app.linked import routes as linked
from app.linked import sitemap
from app.middleware import stack
from app.nearby.known import Remembered
from app.ogc import service as ogc
from app.pages import sources as source_pages
from app.pages import views
from app.pages.cache import DocumentCache
from app.pages.errors import error_page
from app.settings import WebSettings
from etl.i18n import _
from etl.store.engine import connect

STATIC = Path(__file__).resolve().parent / "pages" / "static"


def create_app(settings: WebSettings | None = None, *, engine: Engine | None = None) -> FastAPI:
    """The application.

    Parameters
    ----------
    engine
        The database to read; by default the one of the environment, opened when the application starts and
        closed when it stops.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        opened: Engine = await run_in_threadpool(connect) if engine is None else engine
        app.state.sessions = readers(opened)
        await run_in_threadpool(source_pages.readable)
        async with hot_pool.opened(opened.url, app.state.settings) as app.state.hot:
            app.state.versions = Versions(app.state.hot)
            app.state.near = Remembered()
            async with ogc.running(app, opened.url):
                yield
        if engine is None:
            opened.dispose()

    app = FastAPI(
        title="Ombra",
        version="1",
        summary=_("Atlante dei servizi di welfare della Città metropolitana di Torino"),
        description=documentation.DESCRIPTION,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        openapi_url=None,  # ours is sent with a version
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.openapi_url = contract.URL
    app.state.settings = settings or WebSettings()
    app.state.source_pages = DocumentCache()
    stack.install(app, app.state.settings)
    errors.install(app, page=error_page)
    # First, so that a request that is asked for often is not held against every other address.
    app.router.routes.extend(services.hot.routes)
    app.router.routes.extend([*changes.router.routes, *nearby.router.routes, *geocode.router.routes])
    results = (coverage, runs, scenarios, siting, kpi, forecast, equity, completeness)
    for module in (health, areas, services, vocabulary, *results, sources, contract, documentation):
        app.include_router(module.router)
    for router in (hsds.router, linked.router, sitemap.router, *ogc.ROUTERS):
        app.include_router(router)
    app.include_router(views.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def readers(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose transactions can only read."""
    return sessionmaker(engine.execution_options(postgresql_readonly=True))
