"""The applications that are held beside ours; each is served by a process of its own, from ``OMBRA_DATABASE_URL``."""

import os
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import FastAPI, Query, Request, Response
from sqlalchemy import func, literal_column, select
from sqlalchemy.ext.asyncio import create_async_engine

from app.hot.pool import address
from etl.store.engine import database_url

# Not && alone, whose boxes are rounded to single precision and let in what lies just outside.
WHERE = "ST_Intersects(geom, ST_MakeEnvelope($1, $2, $3, $4, 4326))"


def bare() -> FastAPI:
    """The barest route: the rectangle to asyncpg, back the text that the database wrote; no checks, no links."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> Any:
        async with asyncpg.create_pool(address(_url()), min_size=1, max_size=8) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)
    sql = f"""
        select '{{"type":"FeatureCollection","features":[' || coalesce(string_agg(feature, ','), '') || ']}}'
        from (select feature || 'x"}}}}' as feature from service_listing where {WHERE} order by id limit $5) page
    """

    @app.get("/services")
    async def services(request: Request, bbox: str, limit: int = 20) -> Response:
        body = await request.app.state.pool.fetchval(sql, *map(float, bbox.split(",")), limit)
        return Response(body, media_type="application/geo+json")

    return app


def plain() -> FastAPI:
    """What one writes in an hour: an async Select of SQLAlchemy for each request, rows as dictionaries."""
    from app.queries import listing

    engine = create_async_engine(_url().set(drivername="postgresql+asyncpg", query=_query()), pool_size=8)
    app = FastAPI()

    @app.get("/services")
    async def services(bbox: str, limit: Annotated[int, Query(ge=1)] = 20) -> dict[str, Any]:
        box = func.ST_MakeEnvelope(*map(float, bbox.split(",")), 4326)
        geometry = func.ST_AsGeoJSON(literal_column("geom"), 6).label("geometry")
        statement = select(*listing.properties(), geometry).where(func.ST_Intersects(literal_column("geom"), box))
        async with engine.connect() as connection:
            rows = (await connection.execute(statement.order_by(listing.ID).limit(limit))).all()
        features = [{"type": "Feature", "id": row.id, "properties": row._asdict()} for row in rows]
        return {"type": "FeatureCollection", "features": features}

    return app


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    """An answer of 20 kB without any work: what the server and whoever asks it can do at most."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    headers = [(b"content-length", b"20000"), (b"content-type", b"application/geo+json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * 20_000})


def _url() -> Any:
    return database_url(os.environ["OMBRA_DATABASE_URL"])


def _query() -> dict[str, Any]:
    return {name: value for name, value in _url().query.items() if name in ("host", "port")}
