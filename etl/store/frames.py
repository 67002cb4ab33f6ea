"""Frames in and out of the database: a merge that changes only what differs, and typed reads."""

import math
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geoalchemy2 import Geometry
from psycopg import Cursor, sql
from psycopg.types.json import Jsonb
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects.postgresql import JSONB

from etl.store.models.base import Base
from geo.crs import WGS84

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = list[dict[str, Any]]


@dataclass(frozen=True)
class Merged:
    """What a merge did to a table; ``told`` holds the values of the column that was asked for, in changed rows."""

    inserted: int
    updated: int
    deleted: int
    told: frozenset[Any] = frozenset()

    @property
    def changed(self) -> int:
        """Rows that are not as they were."""
        return self.inserted + self.updated + self.deleted


@dataclass(frozen=True)
class Missing:
    """Which rows of a table are deleted where they are not among those merged.

    ``condition`` is SQL over the table (alias ``t``), ``parameters`` the values of its ``%(name)s`` placeholders.
    """

    condition: str = "true"
    parameters: Row | None = None


def merge(
    connection: Connection,
    model: type[Base],
    rows: Sequence[Row],
    *,
    missing: Missing | None = None,
    touch: str | None = None,
    tell: str | None = None,
) -> Merged:
    """Make a table agree with ``rows``: insert the new, update what differs, leave equal rows untouched.

    Parameters
    ----------
    rows
        Mappings with the same keys, which name columns and include the primary key, each key once. Shapely
        geometries are taken as EPSG:4326, longitude first. NaN, NaT and ``pandas.NA`` become NULL.
    missing
        Which rows that are not among ``rows`` are deleted; without it nothing is.
    touch
        Column that is set to the present time in rows that differ.
    tell
        Column whose values in the rows that were inserted, updated or deleted are given back.

    Notes
    -----
    Rows go through ``COPY`` into a temporary table, because 30,000 results by single statements take
    half a minute and by ``COPY`` less than a second.
    """
    table = cast(Table, model.__table__)
    cursor = cast("Cursor[tuple[Any, ...]]", connection.connection.cursor())
    told = sql.SQL("null") if tell is None else sql.Identifier("t", tell)
    done = _upsert(cursor, table, rows, touch, told) if rows else []
    gone = [] if missing is None else _delete_missing(cursor, table, rows, missing, told)
    fresh = sum(1 for is_fresh, _value in done if is_fresh)
    values = {value for _fresh, value in done} | set(gone)
    return Merged(fresh, len(done) - fresh, len(gone), frozenset(values - {None}))


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(*([table.schema] if table.schema else []), table.name)


def _stage(cursor: Cursor[tuple[Any, ...]], table: Table, rows: Sequence[Row], columns: Sequence[str]) -> None:
    listed = _listed(columns)
    cursor.execute("drop table if exists pg_temp.staged")
    cursor.execute(
        sql.SQL("create temporary table staged on commit drop as select {} from {} limit 0").format(
            listed, _name(table)
        )
    )
    adapt = [_adapter(table, column) for column in columns]
    with cursor.copy(sql.SQL("copy staged ({}) from stdin").format(listed)) as copy:
        for row in rows:
            copy.write_row([fit(row[column]) for fit, column in zip(adapt, columns, strict=True)])


def _adapter(table: Table, column: str) -> Callable[[Any], object]:
    kind = table.c[column].type
    if isinstance(kind, JSONB):
        return lambda value: None if value is None else Jsonb(value)
    if isinstance(kind, Geometry):
        return _ewkb
    return plain


def _ewkb(value: BaseGeometry | None) -> str | None:
    return None if value is None else shapely.to_wkb(shapely.set_srid(value, 4326), hex=True, include_srid=True)


_PLAIN = frozenset({str, int, bool, uuid.UUID, date, type(None)})


def plain(value: Any) -> object:  # noqa: ANN401  whatever a frame's cell may hold
    """Pandas' many words for nothing become None, numpy scalars become Python's, sequences become lists.

    >>> [plain(value) for value in (float("nan"), pd.NA, pd.NaT, np.float64(1.5), (1, 2))]
    [None, None, None, 1.5, [1, 2]]
    """
    # A million cells a run: the common types leave first.
    if type(value) in _PLAIN:
        return value
    if type(value) is float:
        return None if math.isnan(value) else value
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _listed(names: Collection[str], *qualifier: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(*qualifier, name) for name in names)


def _on_conflict(rest: Sequence[str], touch: str | None) -> sql.Composable:
    """What to do with a row that exists: nothing where it is equal, so that a re-run changes nothing."""
    if not rest:
        return sql.SQL("nothing")
    stamp = sql.SQL("") if touch is None else sql.SQL(", {} = now()").format(sql.Identifier(touch))
    return sql.SQL("update set ({}) = row({}){} where ({}) is distinct from ({})").format(
        _listed(rest), _listed(rest, "excluded"), stamp, _listed(rest, "t"), _listed(rest, "excluded")
    )


def _upsert(
    cursor: Cursor[tuple[Any, ...]], table: Table, rows: Sequence[Row], touch: str | None, told: sql.Composable
) -> list[tuple[Any, ...]]:
    """Whether each changed row is new, and its value of the column to tell."""
    columns = list(rows[0])
    _stage(cursor, table, rows, columns)
    keys = [column.name for column in table.primary_key.columns]
    statement = sql.SQL(
        "insert into {table} as t ({columns}) select {columns} from staged"
        " on conflict ({keys}) do {action} returning (xmax = 0), {told}"
    ).format(
        table=_name(table),
        columns=_listed(columns),
        keys=_listed(keys),
        action=_on_conflict([column for column in columns if column not in keys], touch),
        told=told,
    )
    return cursor.execute(statement).fetchall()


def _delete_missing(
    cursor: Cursor[tuple[Any, ...]], table: Table, rows: Sequence[Row], missing: Missing, told: sql.Composable
) -> list[object]:
    condition: sql.Composable = sql.SQL(missing.condition)
    if not rows:
        statement = sql.SQL("delete from {} as t where ({})").format(_name(table), condition)
    else:
        keys = [column.name for column in table.primary_key.columns]
        # The difference of two sets is hashed whatever the planner believes: of a source that had no rows when the
        # table was last analysed it expects none, and an anti-join then compares every row with every other.
        statement = sql.SQL(
            "delete from {table} as t using"
            " (select {own} from {table} as t where ({condition}) except select {keys} from staged) as gone"
            " where {same}"
        ).format(
            table=_name(table),
            own=_listed(keys, "t"),
            condition=condition,
            keys=_listed(keys),
            same=sql.SQL(" and ").join(sql.SQL("gone.{k} = t.{k}").format(k=sql.Identifier(key)) for key in keys),
        )
    returning = sql.Composed([statement, sql.SQL(" returning "), told])
    return [value for (value,) in cursor.execute(returning, dict(missing.parameters or {})).fetchall()]


def records(frame: pd.DataFrame) -> Rows:
    """The rows of a frame as mappings by column name, with Python's own numbers; the index is left out."""
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def read_frame(connection: Connection, statement: Executable, *, index: str | None = None) -> pd.DataFrame:
    """Run a Select and give its rows as a frame, with ``index`` as the index."""
    result = connection.execute(statement)
    frame = pd.DataFrame(list(map(tuple, result.all())), columns=list(result.keys()))
    return frame if index is None else frame.set_index(index)


def read_geoframe(
    connection: Connection, statement: Executable, *, index: str | None = None, geometry: str = "geometry"
) -> gpd.GeoDataFrame:
    """Like :func:`read_frame` for a Select with a WKB column ``geometry`` (``ST_AsBinary``, EPSG:4326)."""
    frame = read_frame(connection, statement, index=index)
    shapes = shapely.from_wkb([None if value is None else bytes(value) for value in frame[geometry]])
    return gpd.GeoDataFrame(frame.drop(columns=geometry), geometry=gpd.GeoSeries(shapes, frame.index, crs=WGS84))
