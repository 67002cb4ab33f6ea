"""How far the estimated minutes by car are from the official ones: for display beside them, never a measure."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import Floats, floats
from geo.checks import numbers, require

COVERAGE = 0.8

CAR_BANDS: tuple[tuple[float, float, float], ...] = (
    (15.0, 0.85, 1.33),
    (25.0, 0.83, 1.22),
    (40.0, 0.83, 1.24),
    (np.inf, 0.78, 1.28),
)
"""Estimated minutes up to which a band goes, and the shares of them between which 80 % of official times lie.

Of :data:`geo.travel.terrain.TERRAIN`: the 10th and the 90th percentile of official over estimated minutes, on pairs
that the fit had not seen (``python -m tests.bench.travel.fit``: ten times tenfold cross-validation of 149 pairs, so 20
to 60 pairs a band). Below 7 official minutes there is no pair: the first band is an assumption there.
"""


def prediction_interval(minutes: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Between which minutes 80 % of the official times by car lie that are estimated as `minutes` (>= 0).

    It is the error of the model, and apart from `low` and `high` of a table, which say where a service may lie. Only
    for ways by car with known terrain: nothing of the kind is known on foot or by bike.

    >>> low, high = prediction_interval([10.0, 30.0])
    >>> low.round(1).tolist(), high.round(1).tolist()
    ([8.5, 24.9], [13.3, 37.2])
    """
    told = np.atleast_1d(floats(minutes))
    require(numbers(pd.Series(told.ravel()), where="minutes", missing=True))
    low, high = shares(told)
    return told * low, told * high


def shares(minutes: Floats) -> tuple[Floats, Floats]:
    """The shares of single times between which :func:`prediction_interval` lies; nothing is checked.

    >>> [ends.tolist() for ends in shares(np.array([10.0, 30.0]))]
    [[0.85, 0.83], [1.33, 1.24]]
    """
    lasts, low, high = np.array(CAR_BANDS).T
    # A missing time is sorted behind all bands; its interval is missing whatever the share.
    band = np.minimum(np.searchsorted(lasts, minutes), len(lasts) - 1)
    return low[band], high[band]


def describe() -> dict[str, Any]:
    """Coverage and bands, as JSON values; the last band has no end."""
    bands = [
        {"up_to_minutes": last if np.isfinite(last) else None, "low": low, "high": high}
        for last, low, high in CAR_BANDS
    ]
    return {"mode": "car", "coverage": COVERAGE, "bands": bands}
