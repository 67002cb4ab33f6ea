"""A collection over one view of the schema ``ogc``: tipg's, with pages that continue after a key."""

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import asyncpg
import tipg.collections
from cql2 import Expr
from morecantile import Tile, TileMatrixSet
from tipg.collections import Column, Feature, PgCollection

SCHEMA = "ogc"

# tipg calls the layer of every tile «default» unless its environment says otherwise: two collections on one map need
# two names.
tipg.collections.mvt_settings.set_mvt_layername = True


@dataclass(frozen=True)
class Question:
    """What a request wants of a view.

    ``bbox`` is west, south, east, north in degrees; ``moment`` one or two ends as in the address; ``after`` the key of
    the last row of the page before.
    """

    bbox: list[float] | None = None
    moment: list[str] | None = None
    condition: Expr | None = None
    properties: list[str] | None = None
    sortby: str | None = None
    limit: int = 10
    offset: int = 0
    after: str | None = None


@dataclass(frozen=True)
class Found:
    """Features of one page; ``matched`` is counted on the first page only, ``more`` tells whether others follow."""

    features: list[Feature]
    matched: int | None
    more: bool


class View(PgCollection):
    """One view, its columns in words, and how it is asked.

    ``extent_of`` is the view whose extent it has: a sum over areas lies where the areas lie.
    """

    extent_of: str

    @property
    def key(self) -> Column:
        """The column that tells the rows apart."""
        if self.id_column is None:
            raise LookupError(self.id)
        return self.id_column

    async def page(self, connection: asyncpg.Connection, asked: Question) -> Found:
        """One page, in the order of the key or of ``sortby``."""
        where = self._where(asked)
        rest = where if asked.after is None else _both(where, _beyond(self.key.name, asked.after))
        matched = None
        if asked.after is None:
            matched = await self._features_count_query(connection, where=where, function_parameters=None)
        rows = self._features_query(
            connection,
            where=rest,
            sortby=asked.sortby,
            properties=asked.properties,
            limit=asked.limit + 1,
            offset=asked.offset,
            function_parameters=None,
        )
        features = [row async for row in rows]
        return Found(features[: asked.limit], matched, len(features) > asked.limit)

    async def one(self, connection: asyncpg.Connection, key: str, properties: list[str] | None) -> Feature | None:
        """The row with this key."""
        condition = Expr({"op": "=", "args": [{"property": self.key.name}, key]})
        found = await self.page(connection, Question(condition=condition, properties=properties, limit=1))
        return found.features[0] if found.features else None

    async def tile(self, connection: asyncpg.Connection, asked: Question, matrices: TileMatrixSet, tile: Tile) -> bytes:
        """A tile in the format of Mapbox (MVT 2.1); empty where nothing lies."""
        condition = self._where(Question(moment=asked.moment, condition=asked.condition))
        drawn: bytes = await self.get_tile(
            connection, tms=matrices, tile=tile, cql_filter=condition, properties=asked.properties
        )
        return drawn

    def _where(self, asked: Question) -> Expr | None:
        return self.cql_where(bbox=asked.bbox, datetime=asked.moment, cql=asked.condition)


def _beyond(key: str, value: str) -> Expr:
    return Expr({"op": ">", "args": [{"property": key}, value]})


def _both(*conditions: Expr | None) -> Any:  # noqa: ANN401 - the library's sum of expressions
    return reduce(add, (condition for condition in conditions if condition is not None))
