"""Whether neighbouring areas resemble each other, and which of them stand together: Moran's I, global and local.

Computed by esda on weights of libpysal, an extra that may be missing (:func:`available`). Areas count alike, whatever
their people: neighbours are areas that share a border or a corner of it (queen contiguity), each with an equal part of
the weight (row-standardised).

References
----------
P. Moran, Notes on continuous stochastic phenomena, Biometrika 37, 1950. L. Anselin, Local indicators of spatial
association, Geographical Analysis 27, 1995. M. Caldas de Castro and B. Singer, Controlling the false discovery rate,
Geographical Analysis 38, 2006. Y. Benjamini and Y. Hochberg, J. Royal Statistical Society B 57, 1995.
"""

import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from geo.arrays import AnySeries, Floats, floats
from geo.checks import amount, numbers, require, same_labels, unique_labels
from geo.errors import GeoError

PERMUTATIONS: Final = 9_999
"""Enough for p-values that the correction for many areas can still tell apart."""
SEED: Final = 20_231_231
"""So that the same data give the same clusters on every machine."""
ALPHA: Final = 0.05
CLUSTERS: Final = ("high_high", "low_high", "low_low", "high_low")
"""Own value and that of the neighbours, in the order of esda's quadrants 1 to 4."""
FEWEST: Final = 4  # areas; fewer have no distribution to speak of


class MissingLibrary(GeoError):
    """The libraries esda and libpysal are not installed."""


@dataclass(frozen=True)
class Moran:
    """Moran's I of a value over areas.

    Attributes
    ----------
    global_i
        Above `expected` where neighbours are alike, below where they differ; NaN where all values are equal.
    expected
        What it would be on average without any order in space: -1 / (n - 1).
    p
        Two-sided pseudo p-value of `global_i` by permutations.
    local
        By area, in the order of the values given: `value`; `neighbours` (how many have a value); `lag`, the mean of
        the neighbours; `local_i`; `p`, two-sided pseudo p-value by conditional permutations; `q`, `p` corrected
        for the false discovery rate; `quadrant`, one of :data:`CLUSTERS`; `cluster`, the quadrant where `q` is at most
        `alpha`. Missing where the area has no value or no neighbour with one.
    islands
        Areas with a value and no neighbour that has one: they are in no cluster and in no lag.
    missing
        Areas without a value.
    """

    global_i: float
    expected: float
    p: float
    local: pd.DataFrame
    islands: tuple[Any, ...]
    missing: tuple[Any, ...]
    permutations: int
    seed: int
    alpha: float


def available() -> bool:
    """Whether the libraries are installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("esda", "libpysal"))


def moran(
    values: AnySeries,
    areas: gpd.GeoSeries,
    *,
    permutations: int = PERMUTATIONS,
    seed: int = SEED,
    alpha: float = ALPHA,
) -> Moran:
    """Moran's I of `values` (missing where unknown) over `areas`, polygons of one CRS with the same index.

    The p-value of an area counts the permutations of the other areas' values in which its own I is at least as extreme
    as it is; it is doubled, since either tail would be told. Corrected by Benjamini and Hochberg over all areas told.

    Raises
    ------
    MissingLibrary
        esda or libpysal is not installed.
    InvalidInput
        Another index, repeated labels, infinite values, fewer than 4 areas with a value and a neighbour.
    """
    require(
        same_labels(areas.index, values.index, where="areas", of="values"),
        unique_labels(values.index, where="values"),
        numbers(values, where="values", low=-np.inf, missing=True),
        amount(permutations, where="permutations"),
        amount(alpha, where="alpha"),
    )
    if not available():
        raise MissingLibrary("esda and libpysal are not installed; install the extra 'equity'")
    known = values[values.notna()].astype("float64")
    graph, islands = _contiguity(areas[known.index])
    told = known.drop(islands)
    require([f"values: only {len(told)} areas have a value and a neighbour; {FEWEST} at least"] * (len(told) < FEWEST))
    flat = bool(told.max() == told.min())
    global_i, p = (np.nan, np.nan) if flat else _global(told, graph, permutations, seed)
    local = _flat(told) if flat else _local(told, graph, permutations, seed, alpha)
    table = local.assign(neighbours=graph.cardinalities).reindex(values.index)
    table["value"] = values.astype("float64")
    table["neighbours"] = table["neighbours"].fillna(0).astype(int)
    order = ["value", "neighbours", "lag", "local_i", "p", "q", "quadrant", "cluster"]
    missing = tuple(values.index[values.isna()])
    return Moran(global_i, -1.0 / (len(told) - 1), p, table[order], tuple(islands), missing, permutations, seed, alpha)


def _contiguity(areas: AnySeries) -> tuple[Any, list[Any]]:
    """Queen contiguity of the areas that have a neighbour, row-standardised; and those that have none."""
    with _quiet():
        from libpysal.graph import Graph  # noqa: PLC0415  an extra that may be missing

        whole = Graph.build_contiguity(areas, rook=False)
        islands = list(whole.isolates)
        connected = Graph.build_contiguity(areas.drop(islands), rook=False) if islands else whole
        return connected.transform("r"), islands


def _global(values: AnySeries, graph: Any, permutations: int, seed: int) -> tuple[float, float]:  # noqa: ANN401
    with _quiet():
        import esda  # noqa: PLC0415

        found = float(esda.Moran(floats(values), graph, permutations=0).I)
        weights = graph.sparse
    # esda shuffles with numpy's global generator, which other threads use too; here each call has its own.
    centred = floats(values) - floats(values).mean()
    shuffled = np.random.default_rng(seed).permuted(np.tile(centred, (permutations, 1)), axis=1)
    others = np.einsum("pi,pi->p", shuffled, (weights @ shuffled.T).T) / np.sum(centred**2)
    above = int(np.count_nonzero(others >= found))
    return found, min(2.0 * (min(above, permutations - above) + 1.0) / (permutations + 1.0), 1.0)


def _local(values: AnySeries, graph: Any, permutations: int, seed: int, alpha: float) -> pd.DataFrame:  # noqa: ANN401
    with _quiet():
        import esda  # noqa: PLC0415

        found = esda.Moran_Local(floats(values), graph, permutations=permutations, seed=seed)
        # esda's p-value is of the nearer tail; whoever looks for both hot and cold spots looks at two.
        p: Floats = np.minimum(2.0 * np.asarray(found.p_sim, dtype=np.float64), 1.0)
        table = pd.DataFrame({"lag": graph.lag(floats(values)), "local_i": found.Is, "p": p}, index=values.index)
        quadrants = np.array(CLUSTERS, dtype=object)[np.asarray(found.q, dtype=np.intp) - 1]
    table["q"] = false_discovery_control(p)
    table["quadrant"] = pd.Series(quadrants, index=values.index, dtype=object)
    table["cluster"] = table["quadrant"].where(table["q"] <= alpha, None)
    return table


def _flat(values: AnySeries) -> pd.DataFrame:
    """Where all values are equal there is nothing to compare."""
    empty: dict[str, Any] = {"lag": values, **dict.fromkeys(("local_i", "p", "q"), np.nan)}
    return pd.DataFrame({**empty, "quadrant": None, "cluster": None}, index=values.index)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the libraries say of each other: numba that is missing makes them slower and nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
