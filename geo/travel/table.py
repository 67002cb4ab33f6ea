"""The sparse table of travel minutes that feeds every measure, and what an engine must offer to produce it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from geo.arrays import AnySeries, Bools, Floats, FloatSeries, IntSeries, Labels, Positions, bools
from geo.checks import amount, require, unique_labels


@dataclass(frozen=True, eq=False, kw_only=True)
class TravelTable:
    """Pairs of a demand point and a service, with minutes between them.

    `origins` and `services` are unique labels; `origin` and `service` are positions in them, one per pair; `minutes`
    is the central estimate and [`low`, `high`] its interval, all finite, 0 <= low <= minutes <= high. The table holds
    every pair whose `low` is at most `cutoff` (minutes; infinite for services delivered at home). A pair that is
    absent takes longer than the cutoff in any case; there is no row with an infinite time. Since a pair with
    `minutes` beyond the cutoff may be absent, :meth:`nearest` and :meth:`nearest_minutes` look only at pairs with
    `minutes <= cutoff`.

    Pairs are sorted by (origin, minutes, service) and none is repeated. `engine` names the method; `estimated` is
    False for official or measured times. Arrays are shared, not copied: do not write into them. Build a table with
    :meth:`from_pairs`, which sorts and reports repeated pairs.

    `origin_snap_m` and `service_snap_m`, one value per label, are the metres (>= 0) from the point to where the engine
    starts or ends, NaN where the point could not be placed; None where the engine works on the points themselves.
    """

    origins: Labels
    services: Labels
    origin: Positions
    service: Positions
    minutes: Floats
    low: Floats
    high: Floats
    cutoff: float
    engine: str
    estimated: bool
    origin_snap_m: Floats | None = None
    service_snap_m: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse a table that would break a measure later, with all faults."""
        require(_label_faults(self), _pair_faults(self), _snap_faults(self))

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.minutes)

    @classmethod
    def from_pairs(  # noqa: PLR0913 - one argument per column of the table
        cls,
        origins: Labels,
        services: Labels,
        *,
        origin: Positions,
        service: Positions,
        minutes: Floats,
        low: Floats | None = None,
        high: Floats | None = None,
        cutoff: float,
        engine: str,
        estimated: bool,
        origin_snap_m: Floats | None = None,
        service_snap_m: Floats | None = None,
    ) -> Self:
        """A table from pairs in any order; where `low` or `high` is not given the time is taken as certain.

        Raises :class:`InvalidInput` for positions outside the labels, times that are not ordered or finite, a pair
        given twice, `low` beyond the cutoff.

        >>> table = TravelTable.from_pairs(
        ...     pd.Index(["town", "village"]), pd.Index(["desk"]), origin=np.array([1, 0]), service=np.array([0, 0]),
        ...     minutes=np.array([20.0, 5.0]), cutoff=30, engine="official", estimated=False)
        >>> table.nearest_minutes().to_dict()
        {'town': 5.0, 'village': 20.0}
        """
        order = np.lexsort((service, minutes, origin))
        key = origin[order].astype(np.int64) * max(len(services), 1) + service[order]
        if len(np.unique(key)) < len(key):
            require(["travel: a pair of origin and service is given more than once; keep one row for each"])
        return cls(
            origins=origins,
            services=services,
            origin=origin[order].astype(np.intp),
            service=service[order].astype(np.intp),
            minutes=minutes[order],
            low=minutes[order] if low is None else low[order],
            high=minutes[order] if high is None else high[order],
            cutoff=float(cutoff),
            engine=engine,
            estimated=estimated,
            origin_snap_m=origin_snap_m,
            service_snap_m=service_snap_m,
        )

    @classmethod
    def concat(cls, tables: Sequence["TravelTable"]) -> "TravelTable":
        """The union of several tables: other services, other origins, or both; labels in order of first appearance.

        A pair present in several tables keeps its shortest time. The result is complete only up to the smallest of
        their cutoffs, which becomes its cutoff; it is estimated when any of them is. A label has the first snapping
        distance that is known of it, 0 where only tables that snap nothing hold it.
        """
        require([] if tables else ["tables: none given; pass at least one"])
        origins, services = tables[0].origins, tables[0].services
        for table in tables[1:]:
            origins, services = origins.union(table.origins, sort=False), services.union(table.services, sort=False)
        pairs = pd.DataFrame(
            {
                "origin": np.concatenate([origins.get_indexer(t.origins)[t.origin] for t in tables]),
                "service": np.concatenate([services.get_indexer(t.services)[t.service] for t in tables]),
                "minutes": np.concatenate([t.minutes for t in tables]),
                "low": np.concatenate([t.low for t in tables]),
                "high": np.concatenate([t.high for t in tables]),
            }
        )
        cutoff = min(table.cutoff for table in tables)
        pairs = pairs[pairs["low"] <= cutoff].sort_values(["origin", "service", "minutes"], kind="stable")
        pairs = pairs.drop_duplicates(["origin", "service"])
        return cls.from_pairs(
            origins,
            services,
            origin=pairs["origin"].to_numpy(),
            service=pairs["service"].to_numpy(),
            minutes=pairs["minutes"].to_numpy(),
            low=pairs["low"].to_numpy(),
            high=pairs["high"].to_numpy(),
            cutoff=cutoff,
            engine="+".join(dict.fromkeys(table.engine for table in tables)),
            estimated=any(table.estimated for table in tables),
            origin_snap_m=_united(origins, ((table.origins, table.origin_snap_m) for table in tables)),
            service_snap_m=_united(services, ((table.services, table.service_snap_m) for table in tables)),
        )

    def within(self, minutes: float) -> "TravelTable":
        """The pairs whose central time is at most `minutes`, which becomes the cutoff where it is the smaller."""
        return _subset(self, self.minutes <= minutes, cutoff=min(self.cutoff, float(minutes)))

    def select_services(self, mask: Bools | AnySeries) -> "TravelTable":
        """The table of the services where `mask` (one flag each, in order) is true; the others leave the labels."""
        chosen = bools(mask)
        if chosen.shape != self.services.shape:
            require(["mask: one true or false per service of the table is needed"])
        position = np.cumsum(chosen) - 1
        kept = chosen[self.service]
        narrowed = _subset(self, kept)
        snap = None if self.service_snap_m is None else self.service_snap_m[chosen]
        return replace(
            narrowed, services=self.services[chosen], service=position[narrowed.service], service_snap_m=snap
        )

    def select_pairs(self, mask: Bools) -> "TravelTable":
        """The pairs where `mask` (one flag per pair, in order) is true; labels stay."""
        if mask.shape != self.minutes.shape:
            require(["mask: one true or false per pair of the table is needed"])
        return _subset(self, mask)

    def nearest(self, k: int = 1) -> pd.DataFrame:
        """The `k` nearest services of each origin: columns origin, rank (1 = nearest), service, minutes, low, high.

        Ordered by origin and rank; equal times are ranked in the order of `services`. An origin with fewer than `k`
        services within the cutoff has fewer rows.
        """
        near = _subset(self, self.minutes <= self.cutoff)
        rank = np.arange(len(near)) - _row_starts(near)[near.origin]
        frame = _subset(near, rank < k).to_frame()
        frame.insert(1, "rank", rank[rank < k] + 1)
        return frame

    def nearest_minutes(self) -> FloatSeries:
        """Minutes to the nearest service by origin; NaN (not infinity) where none is within the cutoff."""
        near = self.nearest()
        return pd.Series(near["minutes"].to_numpy(), index=near["origin"], name="minutes").reindex(self.origins)

    def counts(self) -> IntSeries:
        """Number of services in the table by origin (0 where none); ``table.within(t).counts()`` within `t` minutes."""
        return pd.Series(np.bincount(self.origin, minlength=len(self.origins)), index=self.origins, name="services")

    def matrix(self, values: Floats | None = None) -> csr_array[Any, tuple[int, int]]:
        """Origins by services with one value per pair (1.0 where `values` is None); absent pairs are implicit zeros."""
        data = np.ones(len(self)) if values is None else values
        shape = (len(self.origins), len(self.services))
        return csr_array((data, self.service, _row_starts(self)), shape=shape)

    def to_frame(self) -> pd.DataFrame:
        """One row per pair: origin and service labels, minutes, low, high."""
        return pd.DataFrame(
            {
                "origin": self.origins.take(self.origin),
                "service": self.services.take(self.service),
                "minutes": self.minutes,
                "low": self.low,
                "high": self.high,
            }
        )


class TravelEngine(Protocol):
    """Anything that can tell how long it takes from demand points to services."""

    @property
    def name(self) -> str:
        """'estimate', 'network' or 'matrix'; the `engine` of its tables."""
        ...

    def table(self, origins: gpd.GeoDataFrame, services: gpd.GeoDataFrame, *, cutoff: float) -> TravelTable:
        """The pairs that may take `cutoff` minutes or less; labels are the indexes of the two frames.

        `origins`: points in EPSG:32632 with `municipality`, `mode` ('car', 'foot' or 'bike') and perhaps `altitude_m`
        (metres above the sea) and `altimetric_zone` (ISTAT's, :data:`geo.travel.terrain.ZONES`). `services`: points in
        EPSG:32632 with `municipality`, `position_radius_m` (metres, >= 0), `located` and perhaps the same two columns.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """All that the times depend on, as JSON values: coefficients, speeds, hashes, windows, percentiles."""
        ...


def _label_faults(table: TravelTable) -> list[str]:
    faults = unique_labels(table.origins, where="travel.origins")
    faults += unique_labels(table.services, where="travel.services")
    return faults + amount(table.cutoff, where="travel.cutoff", strict=False, infinite=True)


def _pair_faults(table: TravelTable) -> list[str]:
    arrays = (table.origin, table.service, table.minutes, table.low, table.high)
    if len({array.shape for array in arrays}) != 1 or table.minutes.ndim != 1:
        return ["travel: origin, service, minutes, low and high must be arrays of one length, one value per pair"]
    faults = _position_faults(table.origin, len(table.origins), "origin")
    faults += _position_faults(table.service, len(table.services), "service")
    ordered = (table.low >= 0) & (table.low <= table.minutes) & (table.minutes <= table.high) & np.isfinite(table.high)
    if not ordered.all():
        count = int((~ordered).sum())
        faults.append(f"travel: {count} pairs without 0 <= low <= minutes <= high, all finite; correct or drop them")
    if (table.low > table.cutoff).any():
        faults.append(f"travel: pairs whose low exceeds the cutoff of {table.cutoff:g} minutes; drop them")
    if not _is_sorted(table):
        faults.append("travel: pairs not sorted by origin, minutes, service; build the table with from_pairs")
    return faults


def _snap_faults(table: TravelTable) -> list[str]:
    faults = []
    for name, snap, labels in (
        ("origin_snap_m", table.origin_snap_m, table.origins),
        ("service_snap_m", table.service_snap_m, table.services),
    ):
        if snap is not None and snap.shape != labels.shape:
            faults.append(f"travel.{name}: {len(snap)} values for {len(labels)} labels; give one for each")
        elif snap is not None and ((snap < 0) | np.isinf(snap)).any():
            faults.append(f"travel.{name}: negative or infinite metres; give metres, or NaN where a point has no place")
    return faults


def _united(labels: Labels, parts: Iterable[tuple[Labels, Floats | None]]) -> Floats | None:
    """Snapping distances of several tables by the labels of their union."""
    known = [(own, snap) for own, snap in parts if snap is not None]
    if not known:
        return None
    result, snapped = np.full(len(labels), np.nan), np.zeros(len(labels), dtype=np.bool_)
    for own, snap in known:
        position = labels.get_indexer(own)
        snapped[position] = True
        result[position] = np.where(np.isnan(result[position]), snap, result[position])
    result[~snapped] = 0.0
    return result


def _position_faults(positions: Positions, size: int, name: str) -> list[str]:
    if not np.issubdtype(positions.dtype, np.integer):
        return [f"travel.{name}: positions must be whole numbers, not {positions.dtype}"]
    if len(positions) and (positions.min() < 0 or positions.max() >= size):
        return [f"travel.{name}: positions outside 0-{size - 1}; they index the labels"]
    return []


def _is_sorted(table: TravelTable) -> bool:
    origin, minutes, service = np.diff(table.origin), np.diff(table.minutes), np.diff(table.service)
    return bool(((origin > 0) | ((origin == 0) & ((minutes > 0) | ((minutes == 0) & (service > 0))))).all())


def _row_starts(table: TravelTable) -> Positions:
    """Where the pairs of each origin start in the arrays, then where the last ones end (length: origins + 1)."""
    ends = np.cumsum(np.bincount(table.origin, minlength=len(table.origins)))
    return np.concatenate([np.zeros(1, dtype=np.intp), ends])


def _subset(table: TravelTable, mask: Bools, *, cutoff: float | None = None) -> TravelTable:
    return replace(
        table,
        origin=table.origin[mask],
        service=table.service[mask],
        minutes=table.minutes[mask],
        low=table.low[mask],
        high=table.high[mask],
        cutoff=table.cutoff if cutoff is None else cutoff,
    )
