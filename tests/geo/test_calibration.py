"""The car curve against the official minutes it was fitted on, recomputed from the publishers' files."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.crs import to_metric
from geo.travel.estimate import CAR

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
TIMES = DATA / "snai-tempi" / "tempi_calibrazione.csv"
TOWN_HALLS = DATA / "istat-municipi-2011" / "ElencoUnitaAmministrative2011.csv"
CENTRES = DATA / "istat-localita-2011" / "Localita_11_WGS84_topo_points.geojson"


def town_halls():
    frame = pd.read_csv(TOWN_HALLS, dtype={"PRO_COM_T": str}).set_index("PRO_COM_T")
    return frame[["X_WGS84_32N", "Y_WGS84_32N"]].astype(float).to_numpy(), frame.index


def centres():
    frame = to_metric(gpd.read_file(CENTRES))
    return frame.geometry.get_coordinates().to_numpy(), pd.Index(frame["PRO_COM_T"])


@pytest.mark.parametrize(("read", "file"), [(town_halls, TOWN_HALLS), (centres, CENTRES)])
def test_car_minutes_stay_near_the_official_ones(read, file):
    for path in (TIMES, file):
        if not path.exists():
            pytest.skip(f"{path.name} is not beside the repository; the real extracts are not distributed with it")
    coordinates, codes = read()
    times = pd.read_csv(TIMES, dtype={"from_code": str, "to_code": str})
    start, end = codes.get_indexer(times["from_code"]), codes.get_indexer(times["to_code"])
    known = (start >= 0) & (end >= 0)
    metres = np.hypot(*(coordinates[start[known]] - coordinates[end[known]]).T)
    official = times.loc[known, "minutes"].to_numpy()
    error = CAR.minutes(metres) - official
    plain = metres / 1000 * 1.3 / 50 * 60 - official
    mean, bias = np.abs(error).mean(), error.mean()
    print(
        f"{len(error)} pairs from {file.name}: MAE {mean:.2f} min, bias {bias:+.2f}; plain {np.abs(plain).mean():.2f}"
    )
    assert len(error) >= 145
    assert mean < 5.5
    assert abs(bias) < 1.0
    assert mean < np.abs(plain).mean() - 1.5
