"""How GDAL reads an OpenStreetMap extract: its settings for one reading, and the tagged features that it gives.

GDAL's driver: https://gdal.org/en/stable/drivers/vector/osm.html.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.raw import open_arrow

from etl.i18n import _
from etl.sources.osm_file import unusable

BATCH = 20_000  # features held at once
EPOCH = 1970  # the year that GDAL gives where the extract tells none

# The features with all their tags as JSON: points, and areas where a closed way or a relation is one.
_FEATURES = """
closed_ways_are_polygons=addr:housenumber,amenity,building,healthcare,landuse,leisure,office,shop,social_facility,tourism
attribute_name_laundering=no
tags_format=json
"""
_LAYER = """
[{name}]
osm_id=yes
osm_version=no
osm_timestamp=yes
osm_uid=no
osm_user=no
osm_changeset=no
attributes=amenity
ignore=created_by,converted_by,note,todo,fixme,FIXME
other_tags=no
all_tags=yes
"""


@contextmanager
def settings(*, own_index: bool, features: bool = False) -> Iterator[None]:
    """GDAL's settings for one reading: a folder for the nodes of a large extract, and which index of them.

    GDAL's own index is four times as quick but wants the nodes sorted: otherwise it leaves ways out without a word.
    With ``features`` the layers have all tags, as :func:`features` wants them.
    """
    with tempfile.TemporaryDirectory(prefix="ombra-osm-") as folder:
        options = {"CPL_TMPDIR": folder, "OSM_USE_CUSTOM_INDEXING": "YES" if own_index else "NO"}
        if features:
            layers = ("points", "lines", "multipolygons", "multilinestrings", "other_relations")
            written = Path(folder) / "osmconf.ini"
            written.write_text("[general]" + _FEATURES + "".join(_LAYER.format(name=name) for name in layers))
            options["OSM_CONFIG_FILE"] = str(written)
        pyogrio.set_gdal_config_options(options)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(dict.fromkeys(options))


def features(
    path: Path, bounds: tuple[float, float, float, float], keys: Sequence[str], *, nodes_sorted: bool
) -> Iterator[list[dict[str, Any]]]:
    """Nodes and areas that have one of the tags, a batch at a time.

    Each is ``type`` (``node``, ``way``, ``relation``), ``id``, ``lat`` and ``lon`` (EPSG:4326; of an area a point
    inside it), perhaps ``timestamp``, and ``tags``.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; features elsewhere are left out.
    keys
        Keys of tags; a feature needs one of them.
    nodes_sorted
        What :func:`etl.sources.osm_file.check` says of the file.

    Raises
    ------
    SourceError
        GDAL cannot open the file.
    """
    where = " OR ".join(f"all_tags LIKE '%\"{key}\"%'" for key in keys)
    with settings(own_index=nodes_sorted, features=True):
        for layer in ("points", "multipolygons"):
            yield from _layer(path, layer, bounds, where)


def _layer(
    path: Path, layer: str, bounds: tuple[float, float, float, float], where: str
) -> Iterator[list[dict[str, Any]]]:
    try:
        with open_arrow(path, layer=layer, where=where, bbox=bounds, batch_size=BATCH, use_pyarrow=True) as found:
            about, reader = found
            for batch in reader:
                yield _plain(batch, about["geometry_name"] or "wkb_geometry", layer)
    except pyogrio.errors.DataSourceError as error:
        raise unusable(path, _("GDAL non lo apre: {motivo}").format(motivo=error)) from error


def _plain(batch: Any, geometry: str, layer: str) -> list[dict[str, Any]]:  # noqa: ANN401  pyarrow has no annotations
    shapes = shapely.from_wkb(np.array(batch.column(geometry).to_pylist(), dtype=object))
    points = shapes if layer == "points" else shapely.point_on_surface(shapes)
    columns = {name: batch.column(name).to_pylist() for name in batch.schema.names if name != geometry}
    ways = columns.get("osm_way_id", [None] * len(points))
    found = []
    for at, (x, y) in enumerate(shapely.get_coordinates(points).tolist()):
        kind, number = _identity(layer, columns["osm_id"][at], ways[at])
        stamp = columns["osm_timestamp"][at]
        feature = {"type": kind, "id": int(number), "lat": round(y, 7), "lon": round(x, 7)}
        told = {} if stamp is None or stamp.year <= EPOCH else {"timestamp": stamp.isoformat()}
        found.append(feature | told | {"tags": json.loads(columns["all_tags"][at])})
    return found


def _identity(layer: str, osm_id: str | None, way: str | None) -> tuple[str, str]:
    """What an area was made of: a relation has its own number, a way that of the way."""
    if layer == "points":
        return "node", osm_id or "0"
    return ("way", way) if way is not None else ("relation", osm_id or "0")
