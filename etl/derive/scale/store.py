"""The whole on files, each table once and by parts, so that whoever computes a part reads that and what is near it.

Four Parquet files, of which each part has one group of rows: ``points``, ``services``, ``within``, ``service_areas``.
Nothing else passes between processes but the numbers of these groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from etl.derive.scale.facts import Territory, TypeFacts
from etl.derive.scale.narrow import Reach, coordinates
from geo.arrays import Positions
from geo.crs import METRIC
from geo.partition import HAIR, distances

PLACES = ("points", "services")
AREAS = ("within", "service_areas")


@dataclass(frozen=True)
class Part:
    """One part: its number and name, and the numbers of the parts whose points and services it has to read."""

    number: int
    name: str
    points: tuple[int, ...]
    services: tuple[int, ...]


@dataclass(frozen=True)
class Store:
    """Where the files are, and what every part needs that is in none of them."""

    folder: Path
    facts: tuple[TypeFacts, ...]
    reach: Reach

    def path(self, table: str) -> Path:
        """The file of a table."""
        return self.folder / f"{table}.parquet"

    def read(self, part: Part) -> Territory:
        """A part with all that its answers depend on; ``own`` marks its own points."""
        points = self._places("points", part.points)
        points = points.assign(own=points["part"] == part.number)
        services = self._places("services", part.services)
        own = distances(coordinates(services), coordinates(points[points["own"]]))
        told = own - services["position_radius_m"].to_numpy() <= self.reach.farthest * HAIR
        near = distances(coordinates(services), coordinates(points)) <= self.reach.widest * HAIR
        services = services[told | near | services["area_wide"].to_numpy(dtype=bool)]
        areas = self._rows("service_areas", part.services)
        areas = areas[areas["service"].isin(services.index)]
        return Territory(points, services, self._rows("within", part.points), areas, self.facts)

    def write(self, whole: Territory, homes: Mapping[str, Positions], count: int) -> None:
        """Write the tables of ``count`` parts; ``homes`` tells the part of each row of each table."""
        for name in PLACES:
            frame: gpd.GeoDataFrame = getattr(whole, name)
            x, y = coordinates(frame).T
            plain = pd.DataFrame(frame.drop(columns=frame.geometry.name)).assign(x=x, y=y, part=homes[name])
            _write(self.path(name), plain.rename_axis("position").reset_index(), homes[name], count)
        for name in AREAS:
            _write(self.path(name), getattr(whole, name), homes[name], count)

    def _places(self, table: str, parts: Sequence[int]) -> gpd.GeoDataFrame:
        """Places of some parts in the order of the whole, by which equal minutes are ranked and sums are made."""
        frame = self._rows(table, parts).set_index("position").sort_index()
        shapes = gpd.points_from_xy(frame.pop("x"), frame.pop("y"), crs=METRIC)
        return gpd.GeoDataFrame(frame, geometry=shapes)

    def _rows(self, table: str, parts: Sequence[int]) -> pd.DataFrame:
        with pq.ParquetFile(self.path(table)) as file:
            found: pd.DataFrame = file.read_row_groups(list(parts)).to_pandas()
        return found


def _write(path: Path, frame: pd.DataFrame, home: Positions, count: int) -> None:
    """A table in as many groups of rows as there are parts, empty ones too."""
    order = np.argsort(home, kind="stable")
    bounds = np.searchsorted(home[order], np.arange(count + 1))
    table = pa.Table.from_pandas(frame.iloc[order], preserve_index=False)
    with pq.ParquetWriter(path, table.schema) as file:
        for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            file.write_table(table.slice(start, end - start), row_group_size=max(end - start, 1))
