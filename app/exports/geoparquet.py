"""One GeoParquet file for each layer, in an archive: for DuckDB, pandas, R."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from sqlalchemy import Connection

from app.exports import about
from app.exports.archives import put
from app.exports.layers import GEOMETRY, Layer, batches, layers
from etl.i18n import _
from etl.progress import Progress

# Longitude first, as the default of the format has it: https://geoparquet.org/releases/v1.1.0/ (OGC:CRS84).
_GEO: Final[dict[str, Any]] = {"version": "1.1.0", "primary_column": GEOMETRY}


def write(connection: Connection, out: Path, *, progress: Progress) -> dict[str, int]:
    """Write all layers to a new archive; rows by layer.

    Parameters
    ----------
    connection
        A transaction that sees one state of the data (:func:`app.exports.layers.one_state`).
    out
        A file with the suffix ``.zip``.
    """
    every = layers()
    counts = {}
    with zipfile.ZipFile(out, "w") as archive:  # not packed: the files are so already
        for number, layer in enumerate(every, 1):
            progress(_("{number}/{all} {title}").format(number=number, all=len(every), title=layer.view.title))
            content, counts[layer.name] = _file(connection, layer)
            put(archive, f"{layer.name}.parquet", content)
        for name, facts in (("informazioni", about.information(connection)), ("fonti", about.sources(connection))):
            put(archive, f"{name}.json", json.dumps(list(facts), ensure_ascii=False, indent=1).encode())
    return counts


def _file(connection: Connection, layer: Layer) -> tuple[bytes, int]:
    """The file of a layer, and its rows; row groups are the batches that it is read in."""
    stream, count = io.BytesIO(), 0
    kinds: set[str] = set()
    with pq.ParquetWriter(stream, layer.schema, compression="zstd") as file:
        for batch in batches(connection, layer):
            file.write_batch(batch)
            count += batch.num_rows
            if layer.shape:
                kinds |= _kinds(batch)
        told = {"description": layer.view.description or ""} | ({"areas": layer.areas} if layer.areas else {})
        metadata = {"ombra": json.dumps(told, ensure_ascii=False)}
        if layer.shape:
            metadata["geo"] = json.dumps(
                _GEO | {"columns": {GEOMETRY: {"encoding": "WKB", "geometry_types": sorted(kinds)}}}
            )
        file.add_key_value_metadata(metadata)
    return stream.getvalue(), count


def _kinds(batch: pa.RecordBatch) -> set[str]:
    shapes = shapely.from_wkb(batch.column(GEOMETRY).to_pylist())
    return {shape.geom_type for shape in shapes if shape is not None}
