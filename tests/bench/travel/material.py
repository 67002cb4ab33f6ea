"""The official minutes beside what the estimate knows of both ends: straight metres, altimetric zones, heights.

Where people of a municipality live is its main demand point, as Ombra loads it; nothing of the publishers' table goes
into the repository.
"""

from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from etl.reference import boundaries, settlements, tables
from etl.settings import CLONE
from geo.crs import to_metric
from geo.travel.terrain import Ends

DATA = CLONE.parent / "shared" / "data"
TIMES = DATA / "snai-tempi" / "tempi_calibrazione.csv"
_CLASSES = CLONE / "data" / "reference" / "classi_comuni.csv"
_ZONES = CLONE / "data" / "reference" / "zone_omogenee.csv"


@cache
def centres() -> gpd.GeoDataFrame:
    """Main demand point of each municipality, by ISTAT code: EPSG:32632, ``altitude_m``, ``altimetric_zone``."""
    points = to_metric(settlements.settlements(boundaries.municipalities(), tables.quarters()))
    main = points.sort_values("weight", ascending=False, kind="stable").drop_duplicates("municipality")
    main = main.set_index("municipality")[["geometry"]]
    return main.join(_reference(_CLASSES)[["altitude_m", "altimetric_zone"]].astype({"altitude_m": float}))


def pairs(times: Path = TIMES, places: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """The official ways between two municipalities of the territory.

    Parameters
    ----------
    places
        As :func:`centres`, which they are where none are given.

    Returns
    -------
    DataFrame
        ``origin``, ``destination`` (ISTAT codes), ``minutes`` (official), ``metres`` (straight), ``rugged`` (ends in
        hills or mountains: 0 to 2), ``climb`` (difference of heights, in hundreds of metres), ``altimetric_zone`` of
        the origin, ``zone`` (zona omogenea of the origin).
    """
    known = centres() if places is None else places
    told = pd.read_csv(times, dtype={"from_code": str, "to_code": str})
    told = told[told["from_code"].isin(known.index) & told["to_code"].isin(known.index)]
    start, end = known.loc[told["from_code"]], known.loc[told["to_code"]]
    here, there = Ends.of(start), Ends.of(end)
    return pd.DataFrame(
        {
            "origin": told["from_code"].to_numpy(),
            "destination": told["to_code"].to_numpy(),
            "minutes": told["minutes"].to_numpy(dtype=float),
            "metres": np.hypot(*(_coordinates(start) - _coordinates(end)).T),
            "rugged": here.rugged + there.rugged,
            "climb": np.abs(here.altitude - there.altitude) / 100.0,
            "altimetric_zone": start["altimetric_zone"].to_numpy(),
            "zone": _reference(_ZONES)["zone_name"].reindex(told["from_code"]).to_numpy(),
        }
    )


def _coordinates(points: gpd.GeoDataFrame) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.column_stack([points.geometry.x, points.geometry.y])


def _reference(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str).set_index("istat_code")
