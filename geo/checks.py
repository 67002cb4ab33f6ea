"""Checks at the border of the public functions.

Each check returns the list of faults it found, empty when the value is sound, so that a function collects those of
all its arguments and raises once::

    require(columns(points, ["area", "weight"], where="points"), numbers(points.get("weight"), where="points.weight"))

A check given None (a column already reported as missing) finds nothing. A message says what is wrong, where, and how
to mend it.
"""

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Bools, Labels
from geo.crs import METRIC
from geo.errors import InvalidInput

SHOWN = 5


def require(*faults: Iterable[str]) -> None:
    """Raise :class:`InvalidInput` with every fault, or return quietly when there is none.

    >>> require([], ["points: column 'weight' is missing; add it"])
    Traceback (most recent call last):
    geo.errors.InvalidInput: points: column 'weight' is missing; add it
    """
    found = tuple(chain.from_iterable(faults))
    if found:
        raise InvalidInput(found)


def examples(labels: Iterable[Any]) -> str:
    """The first few labels, for a message.

    >>> examples(range(8))
    '0, 1, 2, 3, 4 and 3 more'
    """
    items = [str(label) for label in labels]
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more


def columns(frame: pd.DataFrame, names: Collection[str], *, where: str) -> list[str]:
    """Columns of `names` that `frame` lacks."""
    return [f"{where}: column {name!r} is missing; add it" for name in names if name not in frame]


def unique_labels(index: Labels, *, where: str) -> list[str]:
    """Repeated or missing labels of an index."""
    faults = []
    if index.hasnans:
        faults.append(f"{where}: {int(np.count_nonzero(index.isna()))} labels are missing; give every row a label")
    if not index.is_unique:
        repeated = index[index.duplicated()].unique()
        faults.append(f"{where}: labels appear more than once ({examples(repeated)}); make them unique")
    return faults


def same_labels(index: Labels, expected: Labels, *, where: str, of: str) -> list[str]:
    """An index that is not exactly `expected`, in the same order."""
    if index.equals(expected):
        return []
    absent = expected.difference(index, sort=False)
    extra = index.difference(expected, sort=False)
    detail = "the order differs"
    if len(absent) or len(extra):
        detail = f"{len(absent)} labels absent ({examples(absent)}), {len(extra)} unknown ({examples(extra)})"
    return [f"{where}: the index is not that of {of}: {detail}; reindex it to {of}"]


def known_labels(values: AnySeries | None, known: Labels, *, where: str, of: str) -> list[str]:
    """Values of a column that are not labels of `known`."""
    if values is None:
        return []
    unknown = pd.unique(values[~values.isin(known)])
    return [f"{where}: not among {of} ({examples(unknown)}); correct or drop these rows"] if len(unknown) else []


def numbers(
    values: AnySeries | None, *, where: str, low: float = 0.0, missing: bool = False, infinite: bool = False
) -> list[str]:
    """Values that are not numbers, missing (unless `missing`), infinite (unless `infinite`) or below `low`."""
    if values is None:
        return []
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return [f"{where}: not numeric (dtype {values.dtype}); convert it to numbers"]
    array = values.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = [
        ("missing", np.isnan(array) & (not missing), "fill them or drop the rows"),
        ("infinite", np.isinf(array) & (not infinite), "give finite numbers"),
        (f"below {low:g}", array < low, f"the least allowed is {low:g}"),
    ]
    return [_located(where, name, mask, values.index, mend) for name, mask, mend in bad if mask.any()]


def flags(values: AnySeries | None, *, where: str) -> list[str]:
    """Values that are not plain true or false."""
    if values is None:
        return []
    if values.isna().any():
        return [_located(where, "missing", values.isna().to_numpy(), values.index, "use true or false")]
    if not pd.api.types.is_bool_dtype(values):
        return [f"{where}: not true or false (dtype {values.dtype}); convert it to bool"]
    return []


def choices(values: AnySeries | None, allowed: Collection[str], *, where: str) -> list[str]:
    """Values outside `allowed`."""
    if values is None:
        return []
    mask = ~values.isin(list(allowed)).to_numpy()
    mend = f"use one of {', '.join(allowed)}"
    return [_located(where, "not allowed", mask, values.index, mend)] if mask.any() else []


def amount(value: float, *, where: str, low: float = 0.0, strict: bool = True, infinite: bool = False) -> list[str]:
    """A number that is NaN, infinite (unless `infinite`), or not above `low` (below it, when not `strict`)."""
    beyond = value > low if strict else value >= low
    if beyond and (infinite or np.isfinite(value)):
        return []
    return [f"{where}: {value!r} is not usable; give a number {'above' if strict else 'of at least'} {low:g}"]


def metric_points(frame: pd.DataFrame, *, where: str) -> list[str]:
    """A frame whose geometry is not made of points in EPSG:32632."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return [f"{where}: not a GeoDataFrame; give points in {METRIC}"]
    faults = []
    if frame.crs is None or frame.crs != METRIC:
        faults.append(f"{where}: coordinate reference system {frame.crs}; convert with geo.crs.to_metric ({METRIC})")
    # The bounds of a missing or an empty geometry are NaN too.
    finite = np.isfinite(frame.geometry.bounds.to_numpy(dtype=np.float64)).all(axis=1)
    wrong = ~finite | (frame.geom_type != "Point").to_numpy()
    if wrong.any():
        faults.append(_located(f"{where}.geometry", "not points", wrong, frame.index, "give one point per row"))
    return faults


def _located(where: str, what: str, mask: Bools, index: Labels, mend: str) -> str:
    return f"{where}: {int(mask.sum())} values {what} (at {examples(index[mask])}); {mend}"
