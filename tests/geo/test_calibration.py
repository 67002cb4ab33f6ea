"""The car estimates against the official minutes they were fitted on, recomputed from the publishers' files."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.crs import METRIC, to_metric
from geo.travel.estimate import Estimate
from geo.travel.prediction import prediction_interval

CLONE = Path(__file__).resolve().parents[2]
DATA = CLONE.parent / "shared" / "data"
TIMES = DATA / "snai-tempi" / "tempi_calibrazione.csv"
TOWN_HALLS = DATA / "istat-municipi-2011" / "ElencoUnitaAmministrative2011.csv"
CENTRES = DATA / "istat-localita-2011" / "Localita_11_WGS84_topo_points.geojson"
CLASSES = CLONE / "data" / "reference" / "classi_comuni.csv"


def town_halls():
    frame = pd.read_csv(TOWN_HALLS, dtype={"PRO_COM_T": str})
    points = gpd.points_from_xy(frame["X_WGS84_32N"].astype(float), frame["Y_WGS84_32N"].astype(float), crs=METRIC)
    return gpd.GeoDataFrame(index=frame["PRO_COM_T"], geometry=points)


def centres():
    return to_metric(gpd.read_file(CENTRES)).set_index("PRO_COM_T")[["geometry"]]


def official(read, file):
    """Places by code, with terrain, and the official minutes between those that are known."""
    for path in (TIMES, file):
        if not path.exists():
            pytest.skip(f"{path.name} is not beside the repository; the real extracts are not distributed with it")
    classes = pd.read_csv(CLASSES, dtype={"istat_code": str}).set_index("istat_code")
    places = read().join(classes[["altitude_m", "altimetric_zone"]]).assign(mode="car")
    places = places.assign(municipality=places.index, position_radius_m=0.0, located=True)
    times = pd.read_csv(TIMES, dtype={"from_code": str, "to_code": str})
    return places, times[times["from_code"].isin(places.index) & times["to_code"].isin(places.index)]


def estimated(engine, places, times):
    table = engine.table(
        places[places.index.isin(times["from_code"])], places[places.index.isin(times["to_code"])], cutoff=500.0
    )
    minutes = table.to_frame().set_index(["origin", "service"])["minutes"]
    return minutes.loc[list(zip(times["from_code"], times["to_code"], strict=True))].to_numpy()


@pytest.mark.parametrize(("read", "file"), [(town_halls, TOWN_HALLS), (centres, CENTRES)])
def test_car_minutes_stay_near_the_official_ones(read, file):
    places, times = official(read, file)
    known = times["minutes"].to_numpy()
    metres = places.loc[times["from_code"]].distance(places.loc[times["to_code"]], align=False).to_numpy()
    errors = {
        "terrain": estimated(Estimate(), places, times) - known,
        "three pieces": estimated(Estimate(terrain=None), places, times) - known,
        "plain": metres / 1000 * 1.3 / 50 * 60 - known,
    }
    told = ", ".join(f"{name} {np.abs(e).mean():.2f} ({e.mean():+.2f})" for name, e in errors.items())
    print(f"{len(known)} pairs from {file.name}, mean absolute error (bias) in minutes: {told}")
    mean = {name: np.abs(error).mean() for name, error in errors.items()}
    assert len(known) >= 145
    assert mean["terrain"] < 3.5
    assert mean["three pieces"] < 5.5
    assert mean["terrain"] < mean["three pieces"] - 1.2
    assert mean["three pieces"] < mean["plain"] - 1.5
    for name in ("terrain", "three pieces"):
        assert abs(errors[name].mean()) < 1.0


@pytest.mark.parametrize(("read", "file"), [(town_halls, TOWN_HALLS), (centres, CENTRES)])
def test_four_fifths_of_the_official_minutes_lie_in_the_prediction_interval(read, file):
    places, times = official(read, file)
    low, high = prediction_interval(estimated(Estimate(), places, times))
    inside = ((low <= times["minutes"]) & (times["minutes"] <= high)).mean()
    assert 0.75 < inside < 0.9
