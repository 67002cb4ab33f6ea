"""The layers of an export: the views that the OGC face serves, read whole, in one state of the data.

A sum over areas has one row for each type and area: its geometry is that of the layer of areas, and is not repeated.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, Engine, Select, column, func, select, table

from app.ogc.catalogue import COLLECTIONS
from app.ogc.view import SCHEMA, View

ROWS: Final = 5_000  # of a batch: what memory holds at once
GEOMETRY: Final = "geometry"
_TYPES: Final[dict[str, pa.DataType]] = {
    "text": pa.string(),
    "uuid": pa.string(),
    "float8": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Layer:
    """One layer of an export.

    ``shape`` is its type of geometry (EPSG:4326), None for a table whose rows lie in the areas of the layer ``areas``,
    found by their ``code``.
    """

    view: View
    shape: str | None
    areas: str | None = None

    @property
    def name(self) -> str:
        """Its name: that of the collection."""
        return self.view.id

    @property
    def schema(self) -> pa.Schema:
        """Its columns; ``geometry`` is WKB."""
        told = [(one.name, _TYPES[one.type]) for one in self.view.properties if one.name != "geom"]
        return pa.schema([*told, *([(GEOMETRY, pa.binary())] if self.shape else [])])


def layers() -> Sequence[Layer]:
    """All layers, those that others lie in first."""
    return [_layer(view) for view in COLLECTIONS.values()]


def batches(connection: Connection, layer: Layer, *, rows: int = ROWS) -> Iterator[pa.RecordBatch]:
    """Read a layer in the order of its key, so many rows at a time; one empty batch where it has none."""
    result = connection.execution_options(yield_per=rows).execute(statement(layer))
    found = False
    for part in result.mappings().partitions():
        found = True
        yield _batch(layer.schema, part)
    if not found:
        yield _batch(layer.schema, [])


def statement(layer: Layer) -> Select[Any]:
    """All rows of a layer."""
    names = [one.name for one in layer.view.properties if one.name != "geom"]
    columns: list[ColumnElement[Any]] = [column(name) for name in names]
    shape: ColumnElement[Any] = column("geom")
    if layer.shape == "MultiPolygon":
        shape = func.ST_Multi(shape)
    located = [func.ST_AsBinary(shape).label(GEOMETRY)] if layer.shape else []
    return (
        select(*columns, *located).select_from(table(layer.name, schema=SCHEMA)).order_by(column(layer.view.key.name))
    )


@contextmanager
def one_state(engine: Engine) -> Iterator[Connection]:
    """A reading transaction in which all layers speak of one state of the data."""
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def _layer(view: View) -> Layer:
    shape = view.geometry_column.geometry_type if view.geometry_column else None
    if shape == "MultiPolygon" and view.extent_of != view.id:
        return Layer(view, None, view.extent_of)
    return Layer(view, shape)


def _batch(schema: pa.Schema, rows: Sequence[Any]) -> pa.RecordBatch:
    columns = [_column([row[field.name] for row in rows], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([None if value is None else str(value) for value in values], kind)
    if pa.types.is_binary(kind):
        return pa.array([None if value is None else bytes(value) for value in values], kind)
    return pa.array(values, kind)
