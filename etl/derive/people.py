"""People of an age band at the demand points of each municipality, whose totals are those of ISTAT."""

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd
from sqlalchemy import Connection, collate, select

from etl.derive.registry import Band
from etl.derive.supply import name
from etl.store import models as m
from etl.store.frames import read_frame
from geo.arrays import AnySeries, FloatSeries
from geo.demand import OLDEST, allocate, allocate_parts

# Ages that a census tells of its sections (etl.sources.istat_sezioni), both ends included.
PARTS: Final[Mapping[str, tuple[int, int]]] = {
    "0_14": (0, 14),
    "15_64": (15, 64),
    "65_74": (65, 74),
    "75": (75, OLDEST),
}
_TOLD = ("popolazione", "eta_0_14", "eta_65_oltre", "eta_75_oltre")

Counted = Callable[[Band], FloatSeries]


def place(points: pd.DataFrame, band: Band, counted: Counted) -> FloatSeries:
    """People of a band at each point; ``counted`` tells those of each municipality.

    Old and young live in different sections: each of :data:`PARTS` is shared out by those of its ages where the points
    tell them, so that the people of a municipality add up to ISTAT's for every age.
    """
    plain = points[["municipality", "weight"]].rename(columns={"municipality": "area"})
    weights = points[[f"weight_{part}" for part in PARTS]]
    if weights.isna().all(axis=None):
        return allocate(counted(band), plain)
    inside = {part: _narrowed(band, *ages) for part, ages in PARTS.items()}
    return allocate_parts({part: counted(one) for part, one in inside.items() if one}, plain.join(weights))


def _narrowed(band: Band, first: int, last: int) -> Band | None:
    """The ages of a band from ``first`` to ``last``; None where there are none."""
    low = max(band.age_min or 0, first)
    high = last if band.age_max is None else min(band.age_max, last)
    return Band(low, high, band.sex) if low <= high else None


def read_weights(connection: Connection) -> pd.DataFrame:
    """``weight_<part>`` of the demand points whose ages are told, by identifier; from the latest year of each.

    The four figures must agree with each other, or none of the parts is told.
    """
    figure = m.Indicator
    statement = (
        select(name(figure.area_id, "id"), figure.year, figure.name, figure.value)
        .join(m.DemandPoint, m.DemandPoint.area_id == figure.area_id)
        .where(m.DemandPoint.demand_precision == "census_section", figure.name.in_(_TOLD))
        .order_by(figure.area_id, figure.year, collate(figure.source_id, "C"))  # the last one counts
    )
    rows = read_frame(connection, statement)
    latest = rows[rows["year"] == rows.groupby("id")["year"].transform("max")]
    wide = latest.drop_duplicates(["id", "name"], keep="last").pivot_table(index="id", columns="name", values="value")
    told = wide.reindex(columns=list(_TOLD)).astype("float64")
    parts = pd.DataFrame(
        {
            "0_14": told["eta_0_14"],
            "15_64": told["popolazione"] - told["eta_0_14"] - told["eta_65_oltre"],
            "65_74": told["eta_65_oltre"] - told["eta_75_oltre"],
            "75": told["eta_75_oltre"],
        }
    )
    return parts.where(_sound(parts)).add_prefix("weight_")


def _sound(parts: pd.DataFrame) -> pd.DataFrame:
    whole: AnySeries = (parts >= 0).all(axis=1)
    return pd.DataFrame(dict.fromkeys(parts, whole), index=parts.index)
