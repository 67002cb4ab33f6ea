"""What a table of travel minutes holds and what it lacks, in figures for a person to judge the engine by."""

from typing import Any

import numpy as np

from geo.arrays import Floats, TextSeries
from geo.checks import require, same_labels
from geo.travel.table import TravelTable


def report(table: TravelTable, modes: TextSeries | None = None) -> dict[str, Any]:
    """Counts, unreachable ends, snapping distances and modes of a table, as JSON values.

    `modes`, indexed by the origins of the table, is the mode of each of them.

    `pairs` is all that the table holds; `origins_without_service` and `services_unreached` count the labels without
    any pair whose central minutes are within `cutoff` (None where it is infinite). `origin_snap_m` and
    `service_snap_m` hold `unplaced` (ends that the engine could not place) and `median`, `p95`, `max` in metres over
    the others (None where there are none); they are None where the engine snaps nothing.

    Raises :class:`InvalidInput` where `modes` has another index.

    >>> import pandas as pd
    >>> table = TravelTable.from_pairs(
    ...     pd.Index(["town", "village"]), pd.Index(["desk"]), origin=np.array([0]), service=np.array([0]),
    ...     minutes=np.array([20.0]), cutoff=30, engine="network", estimated=False,
    ...     origin_snap_m=np.array([40.0, np.nan]))
    >>> found = report(table, pd.Series(["foot", "car"], index=table.origins))
    >>> found["origins_without_service"], found["origin_snap_m"], found["origins_by_mode"]
    (1, {'unplaced': 1, 'median': 40.0, 'p95': 40.0, 'max': 40.0}, {'car': 1, 'foot': 1})
    """
    if modes is not None:
        require(same_labels(modes.index, table.origins, where="modes", of="the origins of the table"))
    near = table.within(table.cutoff)
    return {
        "engine": table.engine,
        "estimated": table.estimated,
        "cutoff": table.cutoff if np.isfinite(table.cutoff) else None,
        "origins": len(table.origins),
        "services": len(table.services),
        "pairs": len(table),
        "origins_without_service": len(table.origins) - len(np.unique(near.origin)),
        "services_unreached": len(table.services) - len(np.unique(near.service)),
        "origin_snap_m": _snap(table.origin_snap_m),
        "service_snap_m": _snap(table.service_snap_m),
        "origins_by_mode": None if modes is None else _counted(modes),
    }


def _snap(metres: Floats | None) -> dict[str, Any] | None:
    if metres is None:
        return None
    known = metres[~np.isnan(metres)]
    if not len(known):
        return {"unplaced": len(metres), "median": None, "p95": None, "max": None}
    median, p95, largest = np.quantile(known, [0.5, 0.95, 1.0]).round(1).tolist()
    return {"unplaced": len(metres) - len(known), "median": median, "p95": p95, "max": largest}


def _counted(modes: TextSeries) -> dict[str, int]:
    return {str(mode): int(count) for mode, count in modes.value_counts().sort_index().items()}
