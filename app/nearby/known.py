"""What every search needs of the database and no search changes: read once for each version of the data."""

import asyncio
import gc
from dataclasses import dataclass
from typing import Any

from app.hot.statements import prepared
from app.nearby.listing import Listing, spans
from app.nearby.places import Gazetteer
from app.nearby.search import Database
from app.nearby.territory import Territory
from app.queries import geocode, nearby

_TERRITORY = [prepared(one) for one in (nearby.municipalities(), nearby.kinds(), nearby.boxes())]
_AREAS = prepared(geocode.areas())
_LISTED, _PROFILES = prepared(nearby.listed()), prepared(nearby.profiles())
PATIENCE = 0.5  # seconds that a search waits for new data before it is answered from those that were known before


@dataclass(frozen=True, eq=False)
class Known:
    """The territory, its places by name, and the services to search through, as of a version of the data."""

    territory: Territory
    gazetteer: Gazetteer
    listing: Listing
    version: str = ""


async def read(database: Database, version: str = "") -> Known:
    """As the database has it now."""
    told = [await database.rows(statement) for statement in _TERRITORY]
    areas, profiles = await database.rows(_AREAS), await database.rows(_PROFILES)
    chunks = [(await database.rows(_LISTED, **span))[0][0] for span in spans()]
    # In a thread: of a million services it takes seconds, and other requests are answered meanwhile.
    return await asyncio.to_thread(_made, told, areas, profiles, chunks, version)


def _made(told: list[Any], areas: list[Any], profiles: list[Any], chunks: list[bytes | None], version: str) -> Known:
    territory = Territory.of(*told)
    gazetteer = Gazetteer.of(areas, territory.by_code)
    return Known(territory, gazetteer, Listing.of(chunks, profiles, territory), version)


class Remembered:
    """:class:`Known` of the newest version that was read; it is read beside the searches, not by one of them."""

    def __init__(self) -> None:
        self._known: Known | None = None
        self._reading: asyncio.Task[None] | None = None
        self._patient_until = 0.0

    async def of(self, database: Database, version: str) -> Known:
        """What is known at a version of the data, or shortly after a load still at the one before."""
        if self._known is not None and self._known.version == version:
            return self._known
        now = asyncio.get_running_loop().time()
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(database, version))
            self._patient_until = now + PATIENCE
        patience = None if self._known is None else max(0.0, self._patient_until - now)
        done, _pending = await asyncio.wait({self._reading}, timeout=patience)
        for reading in done:
            reading.result()  # why it could not be read, if it could not
        return self._known if self._known is not None else await self.of(database, version)

    async def _read(self, database: Database, version: str) -> None:
        self._known = await read(database, version)
        gc.freeze()  # it stays: to look through it for rubbish again and again would keep requests waiting
