"""Random instances shared by the tests of the measures: small enough for a naive loop, rich enough to go wrong."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from geo.travel.table import TravelTable

# A busy machine must not fail a test that is right.
settings.register_profile("ombra", deadline=None)
settings.load_profile("ombra")


@dataclass(frozen=True)
class Instance:
    travel: TravelTable
    persons: pd.Series
    complete: pd.Series
    services: pd.DataFrame


def table_of(minutes, *, low=None, high=None, cutoff=60.0, origins=None, services=None, estimated=True):
    """A table from a dense matrix of minutes; inf or NaN where there is no pair."""
    minutes = np.asarray(minutes, dtype=float)
    low = minutes if low is None else np.asarray(low, dtype=float)
    high = minutes if high is None else np.asarray(high, dtype=float)
    origin, service = np.nonzero(np.isfinite(minutes) & (low <= cutoff))
    return TravelTable.from_pairs(
        pd.Index([f"o{i}" for i in range(minutes.shape[0])] if origins is None else origins),
        pd.Index([f"s{j}" for j in range(minutes.shape[1])] if services is None else services),
        origin=origin,
        service=service,
        minutes=minutes[origin, service],
        low=low[origin, service],
        high=high[origin, service],
        cutoff=cutoff,
        engine="test",
        estimated=estimated,
    )


def instance_of(seed: int, *, certain: bool = False, points: int = 12, count: int = 6) -> Instance:
    rng = np.random.default_rng(seed)
    # Whole minutes on purpose: ties and values exactly at the threshold are where comparisons go wrong.
    minutes = rng.integers(0, 70, (points, count)).astype(float)
    doubt = np.zeros_like(minutes) if certain else rng.integers(0, 8, (points, count)) * rng.integers(0, 2, (1, count))
    travel = table_of(minutes, low=np.maximum(minutes - doubt, 0), high=minutes + doubt)
    persons = pd.Series(rng.integers(0, 500, points).astype(float), index=travel.origins)
    complete = pd.Series(rng.random(points) < rng.choice([0.5, 0.9, 1.0]), index=travel.origins)
    services = pd.DataFrame(
        {
            "confirmed": rng.random(count) < 0.6,
            "provider": rng.choice(["comune", "asl", "coop", None], count),
            "capacity": rng.integers(0, 30, count).astype(float),
            "capacity_known": rng.random(count) < rng.choice([0.7, 1.0]),
            # Some services are at several places: in half of the instances none is.
            "owner": rng.integers(0, count, count) if rng.random() < 0.5 else np.arange(count),
        },
        index=travel.services,
    )
    return Instance(travel, persons, complete, services)


@pytest.fixture(scope="session")
def table() -> Callable[..., TravelTable]:
    return table_of


@pytest.fixture(scope="session")
def instance() -> Callable[..., Instance]:
    return instance_of


def plane_of(seed: int, *, points: int, count: int) -> Instance:
    """Points and services strewn over a plane: minutes by distance, everything within an hour; people in hundreds."""
    rng = np.random.default_rng(seed)
    places, sites = rng.random((points, 2)), rng.random((count, 2))
    minutes = 90.0 * np.hypot(*(places[:, None, :] - sites[None, :, :]).transpose(2, 0, 1))
    travel = table_of(np.where(minutes <= 60, minutes, np.inf))
    persons = pd.Series(rng.integers(200, 5_000, points).astype(float), index=travel.origins)
    services = pd.DataFrame({"capacity": rng.integers(1, 60, count).astype(float)}, index=travel.services)
    return Instance(travel, persons, pd.Series(data=True, index=travel.origins), services)


@pytest.fixture(scope="session")
def plane() -> Callable[..., Instance]:
    return plane_of
