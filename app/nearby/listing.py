"""The services that a search may find, as arrays: read once for each version of the data, searched without a query.

A row is some 60 bytes with its place in the trees, so a million services are 100 MB; those of a province are nothing.
What many services share (type, users, hours…) is told once, as a profile. Services at protected places are not here.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from asyncpg.pgproto.pgproto import UUID  # as the driver itself makes them: in C, several times faster
from scipy.spatial import cKDTree

from app.nearby.territory import Territory
from geo.arrays import Bools, Floats, Positions

AT_PLACE = "sede"  # the delivery of services that people go to
# What a profile tells, in the order of its statement, which gives the number of the profile before.
PROFILE = (
    *("kind", "delivery", "supply", "expected", "groups", "age_min", "age_max", "languages", "free", "step_free"),
    *("areas", "hours"),
)
# What the database sends of each service, byte by byte; numbers as PostgreSQL sends them.
ROW = np.dtype(
    [
        *(("id", "S16"), ("profile", ">i8"), ("town", "S16"), ("located", "?")),
        *(("x", ">f8"), ("y", ">f8"), ("radius", ">f8")),
    ]
)
CHUNKS = 16  # statements that the listing is read in, each a sixteenth of the identifiers

Ids = npt.NDArray[np.bytes_]


def spans() -> list[dict[str, uuid.UUID]]:
    """The first and the last identifier of each chunk."""
    size = (1 << 128) // CHUNKS
    ends = [(first * size, (first + 1) * size - 1) for first in range(CHUNKS)]
    return [{"low": uuid.UUID(int=low), "high": uuid.UUID(int=high)} for low, high in ends]


@dataclass(frozen=True, eq=False)
class Near:
    """The rows of some services that people go to, and the tree of their places; None of none."""

    rows: Positions
    tree: "cKDTree | None"

    def nearest(self, x: float, y: float, count: int) -> Positions:
        """The rows of the nearest ``count``, the nearest first."""
        if self.tree is None:
            return self.rows
        _metres, places = self.tree.query((x, y), k=min(count, len(self.rows)))
        return np.asarray(self.rows[np.atleast_1d(places)])


@dataclass(frozen=True, eq=False)
class Listing:
    """Services ordered by identifier, column by column, one value a service.

    ``ids``: the 16 bytes of each. ``profile``: the place in ``profiles``, whose values are lists by the names of
    :data:`PROFILE`. ``town``: the place in :class:`Territory`, -1 beyond. ``x``, ``y``: metres (EPSG:32632), NaN where
    there is no point; ``radius``: metres that the true position lies within. ``near``: by type, None for all types.
    """

    ids: Ids
    profile: Positions
    town: Positions
    located: Bools
    x: Floats
    y: Floats
    radius: Floats
    profiles: Mapping[str, Sequence[Any]]
    near: Mapping[str | None, Near]

    @classmethod
    def of(cls, chunks: Sequence[bytes | None], profiles: Sequence[Any], territory: Territory) -> "Listing":
        """From the rows of ``listed`` and ``profiles`` of :mod:`app.queries.nearby`."""
        rows = np.frombuffer(b"".join(chunk or b"" for chunk in chunks), dtype=ROW)
        numbers = np.array([one[0] for one in profiles], dtype=np.int64)
        order = np.argsort(numbers)
        told = {name: [profiles[place][at] for place in order] for at, name in enumerate(PROFILE, start=1)}
        # What is read while a load changes it may have a profile that nobody told of; it comes with the next reading.
        known = np.isin(rows["profile"], numbers)
        rows = rows[known]
        profile = np.searchsorted(numbers[order], rows["profile"].astype(np.int64))
        x, y, radius = (rows[name].astype(np.float64) for name in ("x", "y", "radius"))
        town, located = territory.places(rows["town"]), rows["located"].copy()
        near = _near(told, profile, x, y)
        return cls(rows["id"].copy(), profile, town, located, x, y, radius, told, near)

    @cached_property
    def comes(self) -> Bools:
        """Of each profile, whether it comes to people or is reached from afar."""
        return np.array([one != AT_PLACE for one in self.profiles["delivery"]], dtype=np.bool_)

    @cached_property
    def coming(self) -> Mapping[str, Positions]:
        """The rows of services that come to people or are reached from afar, by type."""
        rows = np.flatnonzero(self.comes[self.profile]) if len(self.profile) else np.zeros(0, dtype=np.intp)
        kinds = np.array(self.profiles["kind"], dtype=object)[self.profile[rows]]
        return {kind: rows[kinds == kind] for kind in dict.fromkeys(kinds.tolist())}

    def rows(self, ids: Sequence[uuid.UUID]) -> tuple[Positions, Bools]:
        """The rows of services, and which of these identifiers have one."""
        asked = np.array([one.bytes for one in ids], dtype="S16")
        places = np.searchsorted(self.ids, asked)
        found = places < len(self.ids)
        found[found] = self.ids[places[found]] == asked[found]
        return places[found], found

    def id(self, row: int) -> uuid.UUID:
        """The identifier of a row."""
        told: uuid.UUID = UUID(self.ids[row].ljust(16, b"\0"))
        return told


def _near(profiles: Mapping[str, Sequence[Any]], profile: Positions, x: Floats, y: Floats) -> dict[str | None, Near]:
    kinds = np.array(profiles["kind"], dtype=object)
    gone_to = np.array([one == AT_PLACE for one in profiles["delivery"]], dtype=np.bool_)
    here = np.flatnonzero(gone_to[profile] & ~np.isnan(x)) if len(profile) else np.zeros(0, dtype=np.intp)
    told = {kind: np.isin(profile[here], np.flatnonzero(kinds == kind)) for kind in dict.fromkeys(profiles["kind"])}
    chosen: dict[str | None, Positions] = {None: here} | {kind: here[mask] for kind, mask in told.items()}
    # Halves at the middle of the box, not at the middle of the points: made several times faster, searched as fast.
    return {
        kind: Near(rows, cKDTree(np.column_stack([x[rows], y[rows]]), balanced_tree=False) if len(rows) else None)
        for kind, rows in chosen.items()
    }
