"""One GeoPackage (OGC 12-128r19) with all layers, as QGIS opens it.

Sums over areas are tables; a view beside each joins them with the geometry of their areas, so that each can be put on a
map without repeating 312 polygons for every type of service.
"""

import sqlite3
import warnings
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyogrio
from sqlalchemy import Connection

from app.exports import about
from app.exports.layers import GEOMETRY, Layer, batches, layers
from etl.i18n import _
from etl.progress import Progress

MAP = "{name}_mappa"
INFORMATION, SOURCES = "informazioni", "fonti"
_PLACE = "geom"  # the column of the geometry


def write(connection: Connection, out: Path, *, progress: Progress) -> dict[str, int]:
    """Write all layers to a new file; rows by layer.

    Parameters
    ----------
    connection
        A transaction that sees one state of the data (:func:`app.exports.layers.one_state`).
    out
        A file that does not exist yet, with the suffix ``.gpkg``.
    """
    every = layers()
    counts = {}
    for number, layer in enumerate(every, 1):
        progress(_("{number}/{all} {title}").format(number=number, all=len(every), title=layer.view.title))
        counts[layer.name] = _layer(connection, layer, out)
    tables = ((INFORMATION, about.information(connection)), (SOURCES, about.sources(connection)))
    for name, facts in tables:
        _write(pa.Table.from_pylist([dict(row) for row in facts]), out, name, title=name.capitalize())
    with closing(sqlite3.connect(out)) as file, file:
        for layer in every:
            if layer.areas is not None:
                _join(file, layer)
    return counts


def _layer(connection: Connection, layer: Layer, out: Path) -> int:
    count = 0
    for number, batch in enumerate(batches(connection, layer)):
        told = pa.Table.from_batches([batch])
        title, description = layer.view.title or layer.name, layer.view.description or ""
        _write(told, out, layer.name, title=title, description=description, shape=layer.shape, append=number > 0)
        count += batch.num_rows
    return count


def _write(
    told: pa.Table,
    out: Path,
    name: str,
    *,
    title: str,
    description: str = "",
    shape: str | None = None,
    append: bool = False,
) -> None:
    places = {"geometry_name": GEOMETRY, "crs": "EPSG:4326"} if shape else {}
    about_it = {"IDENTIFIER": title, "DESCRIPTION": description, "FID": "fid", "GEOMETRY_NAME": _PLACE}
    options = {} if append else {"layer_options": about_it}
    kind = "Unknown" if shape == "Geometry" else shape
    with warnings.catch_warnings():
        # A table without geometry has no reference system, and needs none.
        warnings.filterwarnings("ignore", message="'crs' was not provided", category=UserWarning)
        pyogrio.write_arrow(
            told, out, layer=name, driver="GPKG", geometry_type=kind, append=append, **places, **options
        )


def _join(file: sqlite3.Connection, layer: Layer) -> None:
    """A view of a table with the geometry of its areas, registered as a layer of its own (annex on views)."""
    view = MAP.format(name=layer.name)
    columns = ", ".join(f'd."{name}"' for name in _names(layer))
    joined = f'"{layer.name}" d join "{layer.areas}" a on a.code = d.code'
    file.execute(f'create view "{view}" as select d.fid as OGC_FID, a.{_PLACE}, {columns} from {joined}')  # noqa: S608
    title = _("{title} (mappa)").format(title=layer.view.title)
    file.execute(
        "insert into gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)"
        " select ?, 'features', ?, ?, min_x, min_y, max_x, max_y, srs_id from gpkg_contents where table_name = ?",
        (view, title, layer.view.description, layer.areas),
    )
    file.execute("insert into gpkg_geometry_columns values (?, ?, 'MULTIPOLYGON', 4326, 0, 0)", (view, _PLACE))


def _names(layer: Layer) -> Sequence[str]:
    return [str(name) for name in layer.schema.names]
