"""Invented points and services on a plane, the same in every run; each party's own form of the same pairs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from geo.arrays import Floats, FloatSeries
from geo.decay import Decay
from geo.travel.table import TravelTable

SEED = 5
POINTS, SERVICES = 10_000, 2_000
CUTOFF = 60.0  # minutes; also the threshold of every measure, so that no pair weighs nothing
REACH = 0.194  # of the side of the square within the cutoff: about two million pairs


@dataclass(frozen=True)
class Instance:
    """People (hundreds to thousands a point), capacity (1-59 a service), and minutes between them."""

    demand: FloatSeries
    capacity: FloatSeries
    travel: TravelTable

    @cached_property
    def cost(self) -> pd.DataFrame:
        """The pairs as PySAL takes them."""
        frame = self.travel.to_frame()[["origin", "service", "minutes"]]
        return frame.rename(columns={"service": "dest", "minutes": "cost"})

    @cached_property
    def demand_frame(self) -> pd.DataFrame:
        """People as PySAL takes them."""
        return self.demand.rename_axis("geoid").rename("demand").reset_index()

    @cached_property
    def supply_frame(self) -> pd.DataFrame:
        """Capacity as PySAL takes it."""
        return self.capacity.rename_axis("geoid").rename("supply").to_frame()

    def weights(self, decay: Decay) -> "csr_array[Any, tuple[int, int]]":
        """One weight per pair, ready for a product; in the narrowest positions that scipy takes, which are fastest."""
        starts = np.searchsorted(self.travel.origin, np.arange(len(self.demand) + 1)).astype(np.int32)
        shape = (len(self.demand), len(self.capacity))
        return csr_array((decay(self.travel.minutes), self.travel.service.astype(np.int32), starts), shape=shape)

    def part(self, points: int, services: int) -> "Instance":
        """The first points and services."""
        kept = (self.travel.origin < points) & (self.travel.service < services)
        return _of(
            self.demand.iloc[:points],
            self.capacity.iloc[:services],
            self.travel.origin[kept],
            self.travel.service[kept],
            self.travel.minutes[kept],
        )


def strewn(*, points: int = POINTS, services: int = SERVICES) -> Instance:
    """The instance; labels are whole numbers, which every party looks up fastest."""
    rng = np.random.default_rng(SEED)
    places, sites = cKDTree(rng.random((points, 2))), cKDTree(rng.random((services, 2)))
    pairs = places.sparse_distance_matrix(sites, REACH, output_type="coo_matrix")
    demand = pd.Series(rng.integers(200, 5_000, points).astype(float))
    capacity = pd.Series(rng.integers(1, 60, services).astype(float))
    return _of(demand, capacity, pairs.row, pairs.col, pairs.data / REACH * CUTOFF)


def _of(
    demand: FloatSeries, capacity: FloatSeries, origin: np.ndarray, service: np.ndarray, minutes: Floats
) -> Instance:
    travel = TravelTable.from_pairs(
        demand.index,
        capacity.index,
        origin=origin.astype(np.intp),
        service=service.astype(np.intp),
        minutes=minutes,
        cutoff=CUTOFF,
        engine="invented",
        estimated=True,
    )
    return Instance(demand, capacity, travel)
