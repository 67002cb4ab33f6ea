"""Streets of an OpenStreetMap extract, batch by batch, cut at the edge of the territory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.raw import open_arrow
from shapely.geometry.base import BaseGeometry

from etl.i18n import _
from etl.sources import osm_gdal
from etl.sources.base import Declaration
from etl.sources.osm_file import unusable
from etl.store.models import STREET_KINDS

DECLARATION = Declaration(
    id="strade-osm",
    title="Strade (sfondo della mappa)",
    publisher="OpenStreetMap contributors",
    licence="ODbL-1.0",
    address="https://www.openstreetmap.org/copyright",
    note="Da un estratto caricato da chi gestisce Ombra, fino a 2 km oltre il confine.",
)

# Values of the tag highway by the kind under which they are kept; slip roads, tracks and paths are left out.
_LOCAL = ("residential", "unclassified", "living_street", "pedestrian")
KIND_OF: Mapping[str, str] = {kind: kind for kind in STREET_KINDS} | dict.fromkeys(_LOCAL, "residential")

BATCH = 20_000  # ways held at once, about 20 MB


@dataclass(frozen=True)
class Street:
    """A piece of a street; ``geom`` is a LineString in EPSG:4326, longitude first."""

    osm_id: int
    kind: str
    name: str | None
    geom: BaseGeometry


def streets(path: Path, territory: BaseGeometry, *, nodes_sorted: bool) -> Iterator[list[Street]]:
    """The streets of an extract inside a territory, a batch at a time.

    Parameters
    ----------
    territory
        Polygon in EPSG:4326; a street that leaves it is cut, and may become several pieces.
    nodes_sorted
        What :func:`etl.sources.osm_file.check` says of the file.

    Raises
    ------
    SourceError
        GDAL cannot open the file.
    """
    shapely.prepare(territory)
    values = ", ".join(f"'{value}'" for value in KIND_OF)
    with osm_gdal.settings(own_index=nodes_sorted):
        try:
            with open_arrow(
                path,
                layer="lines",
                columns=["osm_id", "name", "highway"],
                where=f"highway in ({values})",
                bbox=territory.bounds,
                batch_size=BATCH,
                use_pyarrow=True,
            ) as (about, reader):
                for batch in reader:
                    yield _cut(batch, about["geometry_name"] or "wkb_geometry", territory)
        except pyogrio.errors.DataSourceError as error:
            raise unusable(path, _("GDAL non lo apre: {motivo}").format(motivo=error)) from error


def _cut(batch: Any, geometry: str, territory: BaseGeometry) -> list[Street]:  # noqa: ANN401  pyarrow has no annotations
    lines = shapely.from_wkb(np.array(batch.column(geometry).to_pylist(), dtype=object))
    crossing = ~shapely.covers(territory, lines)
    lines[crossing] = shapely.intersection(lines[crossing], territory)
    columns = (batch.column(name).to_pylist() for name in ("osm_id", "highway", "name"))
    return [
        Street(int(osm_id), KIND_OF[highway], name, piece)
        for osm_id, highway, name, line in zip(*columns, lines, strict=True)
        for piece in shapely.get_parts(line)
        if piece.geom_type == "LineString"
    ]
