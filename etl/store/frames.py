"""Frames in and out of the database: a merge that changes only what differs, and typed reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import geopandas as gpd
import pandas as pd
import shapely
from geoalchemy2 import Geometry
from psycopg import sql
from psycopg.types.json import Jsonb
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects.postgresql import JSONB

from etl.store.models.base import Base

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Merged:
    """What a merge did to a table."""

    inserted: int
    updated: int
    deleted: int

    @property
    def changed(self) -> int:
        """Rows that are not as they were."""
        return self.inserted + self.updated + self.deleted


def merge(
    connection: Connection,
    model: type[Base],
    rows: Sequence[Row],
    *,
    within: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    touch: str | None = None,
) -> Merged:
    """Make a table agree with ``rows``: insert the new, update what differs, leave equal rows untouched.

    Parameters
    ----------
    rows
        Mappings with the same keys, which name columns and include the primary key. Shapely geometries
        are taken as EPSG:4326, longitude first.
    within
        SQL condition over the table (alias ``t``): rows of the table that meet it and are not among
        ``rows`` are deleted. Without it nothing is deleted.
    parameters
        Values of the ``%(name)s`` placeholders of ``within``.
    touch
        Column that is set to the present time in rows that differ.

    Notes
    -----
    Rows go through ``COPY`` into a temporary table, because 30,000 results by single statements take
    half a minute and by ``COPY`` less than a second.
    """
    table = cast(Table, model.__table__)
    inserted, updated = (0, 0) if not rows else _upsert(connection, table, rows, touch)
    deleted = 0 if within is None else _delete_missing(connection, table, rows, within, parameters or {})
    return Merged(inserted, updated, deleted)


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(*([table.schema] if table.schema else []), table.name)


def _stage(connection: Connection, table: Table, rows: Sequence[Row], columns: Sequence[str]) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(sql.SQL("drop table if exists pg_temp.staged"))
    listed = _listed(columns)
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
    return _plain


def _ewkb(value: BaseGeometry | None) -> str | None:
    return None if value is None else shapely.to_wkb(shapely.set_srid(value, 4326), hex=True, include_srid=True)


def _plain(value: Any) -> object:  # noqa: ANN401  whatever a frame's cell may hold
    """Pandas' many words for nothing become NULL, numpy scalars become Python's."""
    if value is None or isinstance(value, list | tuple):
        return value if value is None else list(value)
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _listed(names: Sequence[str], *qualifier: str) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(*qualifier, name) for name in names)


def _on_conflict(rest: Sequence[str], touch: str | None) -> sql.Composable:
    """What to do with a row that exists: nothing where it is equal, so that a re-run changes nothing."""
    if not rest:
        return sql.SQL("nothing")
    stamp = sql.SQL("") if touch is None else sql.SQL(", {} = now()").format(sql.Identifier(touch))
    return sql.SQL("update set ({}) = row({}){} where ({}) is distinct from ({})").format(
        _listed(rest), _listed(rest, "excluded"), stamp, _listed(rest, "t"), _listed(rest, "excluded")
    )


def _upsert(connection: Connection, table: Table, rows: Sequence[Row], touch: str | None) -> tuple[int, int]:
    columns = list(rows[0])
    _stage(connection, table, rows, columns)
    keys = [column.name for column in table.primary_key.columns]
    rest = [column for column in columns if column not in keys]
    statement = sql.SQL(
        "with done as (insert into {table} as t ({columns}) select {columns} from staged"
        " on conflict ({keys}) do {action} returning (xmax = 0) as fresh)"
        " select count(*) filter (where fresh), count(*) filter (where not fresh) from done"
    ).format(
        table=_name(table),
        columns=_listed(columns),
        keys=_listed(keys),
        action=_on_conflict(rest, touch),
    )
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    fresh, changed = cursor.fetchone()
    return int(fresh), int(changed)


def _delete_missing(
    connection: Connection, table: Table, rows: Sequence[Row], within: str, parameters: Mapping[str, Any]
) -> int:
    cursor = connection.connection.cursor()
    statement = sql.SQL("delete from {} as t where ({})").format(_name(table), sql.SQL(within))  # type: ignore[arg-type]
    if rows:
        keys = [column.name for column in table.primary_key.columns]
        same = sql.SQL(" and ").join(sql.SQL("s.{k} = t.{k}").format(k=sql.Identifier(key)) for key in keys)
        statement += sql.SQL(" and not exists (select from staged s where {})").format(same)
    cursor.execute(statement, dict(parameters))
    return int(cursor.rowcount)


def read_frame(connection: Connection, statement: Executable, *, index: str | None = None) -> pd.DataFrame:
    """Run a Select and give its rows as a frame, with ``index`` as the index."""
    result = connection.execute(statement)
    frame = pd.DataFrame(result.fetchall(), columns=list(result.keys()))
    return frame if index is None else frame.set_index(index)


def read_geoframe(
    connection: Connection, statement: Executable, *, index: str | None = None, geometry: str = "geometry"
) -> gpd.GeoDataFrame:
    """Like :func:`read_frame` for a Select with a WKB column ``geometry`` (``ST_AsBinary``, EPSG:4326)."""
    frame = read_frame(connection, statement, index=index)
    shapes = shapely.from_wkb([None if value is None else bytes(value) for value in frame[geometry]])
    return gpd.GeoDataFrame(frame.drop(columns=geometry), geometry=gpd.GeoSeries(shapes, frame.index, crs="EPSG:4326"))
