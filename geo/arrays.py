"""Names for the array and series types used throughout the package."""

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Positions: TypeAlias = npt.NDArray[np.intp]

# pandas' classes take type parameters only in its stubs, not when the program runs.
if TYPE_CHECKING:
    FloatSeries: TypeAlias = "pd.Series[float]"
    IntSeries: TypeAlias = "pd.Series[int]"
    BoolSeries: TypeAlias = "pd.Series[bool]"
    TextSeries: TypeAlias = "pd.Series[str]"
    AnySeries: TypeAlias = "pd.Series[Any]"
    Labels: TypeAlias = "pd.Index[Any]"
else:
    FloatSeries = IntSeries = BoolSeries = TextSeries = AnySeries = pd.Series
    Labels = pd.Index


def floats(values: AnySeries | npt.ArrayLike) -> Floats:
    """`values` as a float64 array; a missing value becomes NaN.

    >>> floats([1, 2.5])
    array([1. , 2.5])
    """
    if isinstance(values, pd.Series):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(values, dtype=np.float64)


def bools(values: AnySeries | npt.ArrayLike) -> Bools:
    """`values` as a boolean array; there must be no missing value (see :func:`geo.checks.flags`)."""
    return np.asarray(values, dtype=np.bool_)
