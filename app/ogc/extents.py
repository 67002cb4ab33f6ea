"""Where the features of each collection lie, measured anew when the data have changed."""

import asyncio

from fastapi import Request

from app.ogc.catalogue import COLLECTIONS
from app.ogc.pool import connection
from app.ogc.view import SCHEMA, View

Box = list[float]
_MEASURE = " union all ".join(
    f"select '{name}' as name, ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"  # noqa: S608 - names of our own
    f" from (select ST_Extent(geom) as e from {SCHEMA}.{name}) measured where e is not null"
    for name in sorted({view.extent_of for view in COLLECTIONS.values()})
)


class Extents:
    """The boxes of all collections, for ``app.state.ogc_extents``: west, south, east, north in degrees."""

    def __init__(self) -> None:
        self._version: str | None = None
        self._boxes: dict[str, Box] = {}
        self._turn = asyncio.Lock()

    async def of(self, request: Request, view: View) -> Box | None:
        """The box of a collection; None where it has no geometry."""
        version = await request.app.state.versions.current()
        async with self._turn:
            if version != self._version:
                async with connection(request) as reading:
                    rows = await reading.fetch(_MEASURE)
                self._boxes, self._version = {row[0]: list(row)[1:] for row in rows}, version
        return self._boxes.get(view.extent_of)
