"""Moran against esda on its own weights, stripes, islands and areas without a value."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import moran as module
from geo.errors import InvalidInput
from geo.moran import CLUSTERS, MissingLibrary, moran

SIDE = 8


@pytest.fixture(scope="module")
def board() -> gpd.GeoSeries:
    """64 squares, row by row."""
    squares = [shapely.box(x, y, x + 1, y + 1) for y in range(SIDE) for x in range(SIDE)]
    return gpd.GeoSeries(squares, index=[f"q{n:02d}" for n in range(SIDE * SIDE)], crs=32632)


def _values(board: gpd.GeoSeries, seed: int = 3) -> pd.Series:
    """Noise on a slope, so that there are clusters of both kinds."""
    rng = np.random.default_rng(seed)
    slope = shapely.get_x(shapely.centroid(board.to_numpy()))
    return pd.Series(slope + rng.normal(size=len(board)), index=board.index)


@pytest.mark.filterwarnings("ignore")  # what esda says of libraries that are not there
def test_it_is_that_of_esda_on_weights_of_another_making(board: gpd.GeoSeries) -> None:
    esda = pytest.importorskip("esda")
    lat2w = pytest.importorskip("libpysal.weights").lat2W
    values = _values(board)
    weights = lat2w(SIDE, SIDE, rook=False)  # from row and column numbers, not from geometry
    found = moran(values, board, permutations=999)
    local = esda.Moran_Local(values.to_numpy(), weights, permutations=999, seed=module.SEED)
    whole = esda.Moran(values.to_numpy(), weights, permutations=999)
    assert found.global_i == pytest.approx(whole.I, rel=1e-12)
    assert found.expected == pytest.approx(whole.EI)
    assert found.p == pytest.approx(2 * whole.p_sim) == 0.002
    assert found.local["local_i"].to_numpy() == pytest.approx(local.Is, rel=1e-12)
    assert found.local["quadrant"].tolist() == [CLUSTERS[q - 1] for q in local.q]
    assert found.local["p"].to_numpy() == pytest.approx(np.minimum(2 * local.p_sim, 1.0))


def test_clusters_are_where_the_corrected_p_is_small(board: gpd.GeoSeries) -> None:
    found = moran(_values(board), board)
    assert {"high_high", "low_low"} <= set(found.local["cluster"].dropna())
    in_one = found.local["q"] <= found.alpha
    assert found.local["cluster"].notna().tolist() == in_one.tolist()
    assert (found.local["q"] >= found.local["p"]).all()
    # Benjamini and Hochberg, written out: the greatest rank k with p(k) <= alpha k / n, and all below it.
    ordered = np.sort(found.local["p"].to_numpy())
    passed = np.flatnonzero(ordered <= found.alpha * np.arange(1, len(ordered) + 1) / len(ordered))
    assert in_one.sum() == (passed[-1] + 1 if len(passed) else 0)


def test_noise_has_no_clusters_that_the_correction_lets_through(board: gpd.GeoSeries) -> None:
    rng = np.random.default_rng(11)
    found = moran(pd.Series(rng.normal(size=len(board)), index=board.index), board)
    assert found.local["p"].min() < 0.05  # by chance, as one of twenty is
    assert found.local["cluster"].isna().all()


def test_stripes_repel(board: gpd.GeoSeries) -> None:
    rows = np.arange(SIDE * SIDE) // SIDE
    found = moran(pd.Series(rows % 2 * 1.0, index=board.index), board)
    assert found.global_i < found.expected


def test_the_same_data_give_the_same_clusters_in_any_order_of_calls(board: gpd.GeoSeries) -> None:
    values = _values(board)
    first = moran(values, board)
    np.random.default_rng().normal(size=10)
    second = moran(values, board)
    pd.testing.assert_frame_equal(first.local, second.local)
    assert first.p == second.p


def test_islands_and_areas_without_a_value_are_told_and_change_nothing(board: gpd.GeoSeries) -> None:
    far = gpd.GeoSeries([shapely.box(50, 50, 51, 51)], index=["isola"], crs=board.crs)
    values = pd.concat([_values(board), pd.Series([99.0], index=["isola"])])
    more = pd.concat([board, far])
    found = moran(values, more)
    alone = moran(_values(board), board)
    assert found.islands == ("isola",)
    assert found.global_i == alone.global_i
    assert found.local.loc["isola", ["lag", "local_i", "p", "q"]].isna().all()
    assert pd.isna(found.local.loc["isola", "cluster"])
    assert found.local.loc["isola", "neighbours"] == 0
    values["q00"] = np.nan
    holed = moran(values, more)
    assert holed.missing == ("q00",)
    assert holed.local.loc["q01", "neighbours"] == alone.local.loc["q01", "neighbours"] - 1
    assert pd.isna(holed.local.loc["q00", "lag"])


def test_where_all_are_equal_there_is_no_cluster(board: gpd.GeoSeries) -> None:
    found = moran(pd.Series(5.0, index=board.index), board)
    assert np.isnan(found.global_i)
    assert np.isnan(found.p)
    assert found.local["cluster"].isna().all()


def test_every_fault_is_told_at_once(board: gpd.GeoSeries) -> None:
    with pytest.raises(InvalidInput) as caught:
        moran(pd.Series([np.inf, 1.0], index=["q00", "q00"]), board.iloc[:2], permutations=0)
    assert [fault.split(":")[0] for fault in caught.value.faults] == ["areas", "values", "values", "permutations"]
    with pytest.raises(InvalidInput, match="only 2 areas"):
        moran(pd.Series([1.0, 2.0, np.nan], index=board.index[:3]), board.iloc[:3])


def test_without_the_libraries_it_says_so(board: gpd.GeoSeries, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)
    assert not module.available()
    with pytest.raises(MissingLibrary, match="equity"):
        moran(_values(board), board)
