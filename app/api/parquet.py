"""A list as GeoParquet 1.1: typed columns that DuckDB, pandas, R and QGIS read without guessing.

Source: https://geoparquet.org/releases/v1.1.0/.
"""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin
from uuid import UUID

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pydantic import BaseModel

PARQUET: Final = "application/vnd.apache.parquet"
_VERSION: Final = "1.1.0"

# What Python's types are in a column; whatever else there is, is text.
_TYPES: Final[dict[type, pa.DataType]] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    datetime: pa.timestamp("us", tz="UTC"),
    date: pa.date32(),
}

Rows = Sequence[Mapping[str, Any]]


def parquet(rows: Rows, columns: pa.Schema, *, told: Mapping[str, str] | None = None) -> bytes:
    """Write rows as one GeoParquet file.

    Parameters
    ----------
    rows
        Mappings with a value for each column, and ``geojson``: the geometry as GeoJSON text in EPSG:4326, longitude
        first, or None. Rows that hold no ``geojson`` make a plain Parquet file.
    columns
        Name and type of each column (:func:`columns_of`, :func:`columns_in`).
    told
        What the file says of itself, under the key ``ombra`` of its metadata, as JSON.

    Returns
    -------
    bytes
        The file; its column ``geometry`` is WKB in OGC:CRS84, and ``bbox`` covers each row.
    """
    arrays = [_array([row[field.name] for row in rows], field.type) for field in columns]
    table = pa.Table.from_arrays(arrays, schema=columns.remove_metadata())
    if not rows or "geojson" in rows[0]:
        table = _located(table, [row["geojson"] for row in rows])
    about = {b"ombra": json.dumps(dict(told or {}), ensure_ascii=False).encode()}
    stream = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **about}), stream)
    return stream.getvalue()


def columns_of(model: type[BaseModel]) -> pa.Schema:
    """The columns that the fields of a model make; what has no type of its own there is JSON text."""
    return pa.schema([(name, _type(field.annotation)) for name, field in model.model_fields.items()])


def columns_in(rows: Rows, names: Sequence[str]) -> pa.Schema:
    """The columns that the values of rows make; one without any value is text."""
    return pa.schema([(name, _seen([row[name] for row in rows])) for name in names])


def _located(table: pa.Table, shapes: Sequence[str | None]) -> pa.Table:
    """The table with the geometries of its rows, and the metadata that say so, as GeoPandas writes them."""
    frame = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapely.from_geojson(list(shapes)), crs="OGC:CRS84"))
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False, schema_version=_VERSION, write_covering_bbox=True)
    places = pq.read_table(stream)
    for name in places.column_names:
        table = table.append_column(places.schema.field(name), places.column(name))
    return table.replace_schema_metadata({b"geo": places.schema.metadata[b"geo"]})


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([_text(value) for value in values], kind)
    if pa.types.is_list(kind):
        return pa.array([None if value is None else [_text(one) for one in value] for value in values], kind)
    return pa.array(values, kind)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump_json()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def _type(annotation: Any) -> pa.DataType:  # noqa: ANN401 - any annotation of a field
    """The column of a field: lists of text stay lists, identifiers and choices are text, the rest is JSON text."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin in (Union, UnionType):
        kinds = {_type(one) for one in arguments if one is not NoneType}
        return kinds.pop() if len(kinds) == 1 else pa.string()
    if origin is list:
        return pa.list_(pa.string())
    if origin is Literal or annotation in (str, UUID):
        return pa.string()
    return _TYPES.get(annotation, pa.string())


def _seen(values: Sequence[Any]) -> pa.DataType:
    found = {type(value) for value in values if value is not None}
    if found == {int, float}:
        return pa.float64()
    if len(found) != 1:
        return pa.string()
    (one,) = found
    return pa.list_(pa.string()) if one is list else _TYPES.get(one, pa.string())
