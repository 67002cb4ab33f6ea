"""Classes of municipality that candidates may be limited to, the minor centres of the plan among them."""

from collections.abc import Collection
from typing import Final

import pandas as pd
from sqlalchemy import Connection, String, cast, select

from etl.derive.inputs import Inputs
from etl.derive.registry import INNER
from etl.store import models as m
from etl.store.frames import read_frame
from geo.arrays import BoolSeries, IntSeries, Labels
from geo.conditions import CLASSES as INNER_CLASSES
from geo.conditions import DEGREES

MINOR: Final = "minori"
"""Minor centres, in which the plan wants Case della Comunità (actions 5.3.2 and 6.1.1): municipalities that are no city
by their degree of urbanisation (Eurostat's densely populated areas) and no pole."""

CLASSES: Final = (MINOR, *DEGREES)
_POLES: Final = tuple(range(1, 1 + INNER_CLASSES.index("polo_intercomunale") + 1))
_ZONE: Final = "zona_omogenea"


def members(connection: Connection, inputs: Inputs, classes: Collection[str]) -> Labels:
    """Municipalities of any of the classes, by identifier; all of them where no class is named."""
    homes = inputs.points.drop_duplicates("municipality").set_index("municipality")["degurba"]
    every: Labels = homes.index
    if not classes:
        return every
    chosen = homes.isin(list(classes))
    if MINOR in classes:
        chosen |= (homes != DEGREES[0]) & ~_poles(connection, inputs).reindex(homes.index, fill_value=False)
    return every[chosen.to_numpy(dtype=bool)]


def _poles(connection: Connection, inputs: Inputs) -> BoolSeries:
    """Municipalities that are a pole of services.

    Where the class of the national strategy for inner areas is loaded, it tells (poles and poles of several
    municipalities). Where it is not, the most populous municipality of each zona omogenea stands for it.
    """
    told = _inner_classes(connection)
    persons = inputs.population.groupby("area")["persons"].sum()
    largest = pd.Series(persons.index.isin(_largest(inputs, persons)), index=persons.index)
    known = told.reindex(persons.index)
    return known.isin(list(_POLES)).where(known.notna(), largest).astype(bool)


def _largest(inputs: Inputs, persons: IntSeries) -> Labels:
    zones = inputs.units.index[inputs.units["level"] == _ZONE]
    inside = inputs.within[inputs.within["ancestor"].isin(zones) & inputs.within["area"].isin(persons.index)]
    counted = inside.assign(persons=inside["area"].map(persons)).sort_values(["persons", "area"], ascending=False)
    found: Labels = counted.drop_duplicates("ancestor").set_index("area").index
    return found


def _inner_classes(connection: Connection) -> "pd.Series[float]":
    statement = select(cast(m.Indicator.area_id, String).label("id"), m.Indicator.value).where(
        m.Indicator.name == INNER
    )
    rows = read_frame(connection, statement.order_by(m.Indicator.year, m.Indicator.source_id))
    return rows.drop_duplicates("id", keep="last").set_index("id")["value"].astype("float64")
