"""What every search needs of the database and no search changes: read once for each version of the data."""

import asyncio
from dataclasses import dataclass

from app.hot.statements import prepared
from app.nearby.places import Gazetteer
from app.nearby.search import Database
from app.nearby.territory import Territory
from app.queries import geocode, nearby

_TERRITORY = [prepared(one) for one in (nearby.municipalities(), nearby.kinds(), nearby.boxes())]
_AREAS = prepared(geocode.areas())


@dataclass(frozen=True, eq=False)
class Known:
    """The territory and its places by name."""

    territory: Territory
    gazetteer: Gazetteer


async def read(database: Database) -> Known:
    """As the database has it now."""
    territory = Territory.of(*[await database.rows(statement) for statement in _TERRITORY])
    return Known(territory, Gazetteer.of(await database.rows(_AREAS), territory.by_code))


class Remembered:
    """:class:`Known` of the version that was asked for last."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._version: str | None = None
        self._known: Known | None = None

    async def of(self, database: Database, version: str) -> Known:
        """What is known at a version of the data."""
        if self._known is not None and self._version == version:
            return self._known
        async with self._turn:
            if self._known is None or self._version != version:
                self._known, self._version = await read(database), version
        return self._known
