"""The background of a tile server passed on by ourselves, so that a reader's browser asks no other host.

Only the server of the settings, only tiles that touch the territory, only images of a reasonable size: never
an open proxy. What was fetched is kept on disk; a server that does not answer leaves the map without streets,
not without boundaries, settlements and names.
"""

import asyncio
import hashlib
import math
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

import httpx2
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi import Path as InPath
from fastapi.responses import Response
from sqlalchemy import func, select

from app.deps import SettingsDep
from etl.settings import StoreSettings
from etl.store import models as m

SUFFIXES: Mapping[str, str] = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
LARGEST_BYTES = 512 * 1024  # a tile of 256 pixels weighs 5 to 60 kB
LARGEST_ZOOM = 17
KEPT_ZOOM = 14  # some 20,000 tiles of the territory, half a gigabyte; the zooms below it would be a million
SECONDS = 8.0
KEEP_SECONDS = 30 * 24 * 3600
AT_ONCE = 6  # connections to the tile server; their terms of use ask for restraint

Bounds = tuple[float, float, float, float]  # west, south, east, north in degrees


@dataclass(frozen=True)
class Tile:
    """An image and its media type."""

    content: bytes
    media_type: str


class TileFailed(Exception):
    """The tile server gave no usable image."""


def tile_bounds(z: int, x: int, y: int) -> Bounds:
    """West, south, east, north in degrees of a tile of the Web Mercator scheme (OGC TMS, XYZ order).

    >>> tile_bounds(0, 0, 0)
    (-180.0, -85.0511287798066, 180.0, 85.0511287798066)
    """
    across = 2**z

    def latitude(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / across))))

    return x / across * 360 - 180, latitude(y + 1), (x + 1) / across * 360 - 180, latitude(y)


def touches(tile: Bounds, territory: Bounds, *, margin: float = 0.7) -> bool:
    """Whether a tile meets the territory widened by ``margin`` degrees, which is as far as the map moves."""
    west, south, east, north = territory
    return (
        tile[0] <= east + margin
        and tile[2] >= west - margin
        and tile[1] <= north + margin
        and tile[3] >= south - margin
    )


class TileStore:
    """Tiles of one server: from disk while fresh, else from the server, else from disk however old."""

    def __init__(self, url: str, folder: Path, client: httpx2.AsyncClient) -> None:
        self._url = url
        self._folder = folder / hashlib.sha256(url.encode()).hexdigest()[:16]
        self._client = client
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def get(self, z: int, x: int, y: int) -> Tile:
        """The tile; raises :class:`TileFailed` where neither the server nor the disk has it."""
        kept = self._kept(z, x, y)
        if kept is not None and time.time() - kept.stat().st_mtime < KEEP_SECONDS:
            return _read(kept)
        try:
            tile = await self._fetch(z, x, y)
        except TileFailed:
            if kept is None:
                raise
            return _read(kept)
        if z <= KEPT_ZOOM:
            self._keep(z, x, y, tile)
        return tile

    def _kept(self, z: int, x: int, y: int) -> Path | None:
        paths = [self._path(z, x, y, suffix) for suffix in SUFFIXES.values()]
        return next((path for path in paths if path.is_file()), None)

    def _path(self, z: int, x: int, y: int, suffix: str) -> Path:
        return self._folder / str(z) / str(x) / f"{y}{suffix}"

    def _keep(self, z: int, x: int, y: int, tile: Tile) -> None:
        path = self._path(z, x, y, SUFFIXES[tile.media_type])
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed: another process never reads half an image.
        with NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            stream.write(tile.content)
        Path(stream.name).replace(path)

    async def _fetch(self, z: int, x: int, y: int) -> Tile:
        address = self._url.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        try:
            # Who waits for a turn waits no longer than for an answer: a slow server must not pile requests up.
            async with asyncio.timeout(SECONDS), self._gate, self._client.stream("GET", address) as answer:
                return await _image(answer)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
            raise TileFailed from error


def _read(path: Path) -> Tile:
    media_type = next(kind for kind, suffix in SUFFIXES.items() if suffix == path.suffix)
    return Tile(path.read_bytes(), media_type)


async def _image(answer: httpx2.Response) -> Tile:
    """The body of an answer that is an image and not too large; redirects count as failures."""
    media_type = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if answer.status_code != httpx2.codes.OK or media_type not in SUFFIXES:
        raise TileFailed
    content = bytearray()
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > LARGEST_BYTES:
            raise TileFailed
    return Tile(bytes(content), media_type)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
    """One client for as long as the application runs."""
    agent = {"User-Agent": f"Ombra/{version('ombra')}"}
    async with httpx2.AsyncClient(timeout=SECONDS, headers=agent, follow_redirects=False) as client:
        yield {"tile_client": client, "tile_stores": {}}


router = APIRouter(include_in_schema=False, lifespan=_lifespan)


def territory(request: Request) -> Bounds | None:
    """Bounds of the loaded territory, asked of the database once; None before the first load.

    In a session of its own, closed at once: one held while another server is awaited would take the connections
    of every page.
    """
    kept: dict[str, Any] = request.state.tile_stores
    if "bounds" not in kept:
        box = func.Box2D(m.Area.geom)
        edges = [side(box) for side in (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)]
        with request.app.state.sessions() as session:
            found = session.execute(select(*edges).where(m.Area.level == "metropolitan_city")).first()
        if found is None:
            return None
        kept["bounds"] = tuple(float(edge) for edge in found)
    bounds: Bounds = kept["bounds"]
    return bounds


def store(request: Request, settings: SettingsDep) -> TileStore | None:
    """The store of the server of the settings; None where none is set."""
    if not settings.tiles_url:
        return None
    stores: dict[str, Any] = request.state.tile_stores
    if settings.tiles_url not in stores:
        folder = StoreSettings().state / "tiles"
        stores[settings.tiles_url] = TileStore(settings.tiles_url, folder, request.state.tile_client)
    kept: TileStore = stores[settings.tiles_url]
    return kept


@router.get("/tiles/{z}/{x}/{y}.png")
async def tile(
    bounds: Annotated[Bounds | None, Depends(territory)],
    tiles: Annotated[TileStore | None, Depends(store)],
    z: Annotated[int, InPath(ge=0, le=LARGEST_ZOOM)],
    x: Annotated[int, InPath(ge=0)],
    y: Annotated[int, InPath(ge=0)],
) -> Response:
    """One tile of the background; 404 outside the territory, 502 where the server has none."""
    if tiles is None or bounds is None or max(x, y) >= 2**z or not touches(tile_bounds(z, x, y), bounds):
        return Response(status_code=404)
    try:
        found = await tiles.get(z, x, y)
    except TileFailed:
        return Response(status_code=502)
    headers = {"Cache-Control": f"public, max-age={KEEP_SECONDS}", "X-Content-Type-Options": "nosniff"}
    return Response(found.content, media_type=found.media_type, headers=headers)
