"""The measures of equity on the demand points of one type, and the municipalities that stand together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, func, select

from etl.derive import need
from etl.derive.equity.points import WITHOUT, Asked, Measure, Points, read_points
from etl.derive.supply import name
from etl.errors import OmbraError
from etl.i18n import _
from etl.store import models as m
from etl.store.frames import read_frame, read_geoframe
from geo.arrays import AnySeries, Labels, bools
from geo.crs import to_metric
from geo.equity import Concentration, Theil, concentration, gini, mean_of, quantile, theil
from geo.moran import Moran, moran
from geo.poverty import Poverty, access_poverty

RELATIVE_LINE: Final = 0.6
"""Of the median score: the line of relative poverty of Eurostat, where nobody gives another. No law."""
WORDS: Final[Mapping[Measure, str]] = {"minutes": "minuti", "score": "punteggi", "shadow": "ombra"}


@dataclass(frozen=True, kw_only=True)
class Equity:
    """What is found.

    Attributes
    ----------
    persons
        Of the target group, everybody.
    left
        Persons without a value, by reason; not in any figure below but ``p0_low`` and ``p0_high``.
    capped
        Persons whom nothing reaches within the horizon.
    unlisted
        Persons with a value where the list of the type is not complete: of these only who is near is known.
    line, line_kind
        What poverty is measured from: ``regola`` (the type's threshold), ``relativa``, ``indicata``, ``ombra``.
    concentration, without_need
        Against the need of the municipality (None where none is known); and persons with a value whose need is not.
    poverty, p0_low, p0_high
        Access poverty; and its share of people, were all who are left out not poor, or all of them. None where no line
        can be drawn, since most people have nothing.
    municipalities
        By code: ``id``; persons: ``persons``, ``known`` (with a value), ``capped``; ``value`` (mean); ``need``.
    """

    asked: Asked
    points: Points
    need: need.Need
    persons: float
    left: Mapping[str, float]
    capped: float
    unlisted: float
    mean: float
    median: float
    gini: float
    theil: Theil
    line: float
    line_kind: str
    poverty: Poverty | None
    p0_low: float | None
    p0_high: float | None
    concentration: Concentration | None
    without_need: float
    municipalities: pd.DataFrame


def measure(connection: Connection, asked: Asked) -> Equity:
    """The equity of one type in a run.

    Raises
    ------
    OmbraError
        The run has no results of the type, nobody has a value, or the measure says nothing of the type.
    NotFound, FaultsError
        The need that is meant does not exist or cannot be made.
    """
    found_need = need.read(connection, asked.need, "municipality")
    points = read_points(connection, asked)
    known = points.known
    if not known["persons"].sum() > 0:
        raise OmbraError(_nobody(asked, points))
    values, persons, groups = known["value"], known["persons"], known["group"]
    poverty, line, line_kind = _poverty(asked, points)
    towns = _municipalities(connection, points, found_need)
    against, without = _against(known, towns["need"], asked.measure)
    everybody, left = float(points.table["persons"].sum()), _left(points.table)
    return Equity(
        asked=asked,
        points=points,
        need=found_need,
        persons=everybody,
        left=left,
        capped=float(persons[bools(known["capped"])].sum()),
        unlisted=float(persons[~bools(known["complete"])].sum()),
        mean=mean_of(values, persons),
        median=quantile(values, persons),
        gini=gini(values, persons),
        theil=theil(values, persons, groups),
        line=line,
        line_kind=line_kind,
        poverty=poverty,
        p0_low=None if poverty is None else poverty.persons / everybody,
        p0_high=None if poverty is None else (poverty.persons + sum(left.values())) / everybody,
        concentration=against,
        without_need=without,
        municipalities=towns,
    )


def clusters(connection: Connection, found: Equity) -> Moran:
    """Which neighbouring municipalities stand together in the measure: local Moran of their means, by code.

    Raises
    ------
    geo.moran.MissingLibrary
        The extra ``equity`` is not installed.
    geo.errors.InvalidInput
        Too few municipalities have a value and a neighbour.
    """
    return moran(found.municipalities["value"], _shapes(connection, found.municipalities.index))


def _left(table: pd.DataFrame) -> dict[str, float]:
    return {reason: float(table["persons"][bools(table["left"] == reason)].sum()) for reason in WITHOUT}


def _poverty(asked: Asked, points: Points) -> tuple[Poverty | None, float, str]:
    """Access poverty, its line and where the line comes from; none where no line can be drawn."""
    known = points.known
    values, persons, groups = known["value"], known["persons"], known["group"]
    if asked.measure == "shadow":
        # What is lacking to everybody being reached is the share in shadow itself.
        return access_poverty(1.0 - values, persons, groups, line=1.0, poor="below"), 0.0, "ombra"
    given = "indicata" if asked.line is not None else "regola" if asked.measure == "minutes" else "relativa"
    if asked.measure == "minutes":
        line = points.threshold if asked.line is None else asked.line
        if line >= points.horizon:
            why = _("La soglia di {soglia:g} minuti non è sotto i {fine:g} a cui arriva il calcolo: abbassarla.")
            raise OmbraError(why.format(soglia=line, fine=points.horizon))
        return access_poverty(values, persons, groups, line=line, poor="above", capped=known["capped"]), line, given
    line = RELATIVE_LINE * quantile(values, persons) if asked.line is None else asked.line
    if not line > 0:
        return None, line, given
    return access_poverty(values, persons, groups, line=line, poor="below"), line, given


def _against(known: pd.DataFrame, by_town: AnySeries, measure: Measure) -> tuple[Concentration | None, float]:
    """Concentration against need, of those whose need is known; and the persons of whom it is not."""
    own = known["municipality"].map(by_town).astype("float64")
    there = bools(own.notna())
    persons = known.loc[there, "persons"]
    without = float(known.loc[~there, "persons"].sum())
    if not persons.sum() > 0:
        return None, without
    bounds = (0.0, 1.0) if measure == "shadow" else None
    return concentration(known.loc[there, "value"], own[there], persons, bounds=bounds), without


def _municipalities(connection: Connection, points: Points, found: need.Need) -> pd.DataFrame:
    codes = select(name(m.Area.id, "id"), m.Area.code).where(m.Area.level == "municipality").order_by(m.Area.code)
    towns = read_frame(connection, codes, index="id")["code"]
    table, known = points.table, points.known
    weighted = (known["persons"] * known["value"]).groupby(known["municipality"]).sum()
    people = known["persons"].groupby(known["municipality"]).sum()
    capped = known["persons"].where(bools(known["capped"]), 0.0).groupby(known["municipality"]).sum()
    by_code = pd.DataFrame(
        {
            "persons": table["persons"].groupby(table["municipality"]).sum(),
            "known": people,
            "value": weighted / people.where(people > 0),
            "capped": capped,
        }
    ).reindex(towns.to_numpy())
    filled = by_code.fillna({"persons": 0.0, "known": 0.0, "capped": 0.0}).assign(id=towns.index.to_numpy())
    return filled.assign(need=found.table["value"].reindex(towns.index).to_numpy(dtype=float)).rename_axis("code")


def _shapes(connection: Connection, codes: Labels) -> gpd.GeoSeries:
    towns = select(m.Area.code, func.ST_AsBinary(m.Area.geom).label("geometry")).where(m.Area.level == "municipality")
    return gpd.GeoSeries(to_metric(read_geoframe(connection, towns, index="code")).geometry.reindex(codes))


def _nobody(asked: Asked, points: Points) -> str:
    if (points.table["left"] == "senza_misura").any():
        why = _("I servizi di tipo «{tipo}» vanno da chi li chiede o sono protetti: non hanno {cosa}. Usare {altra}.")
        return why.format(tipo=asked.type_code, cosa=WORDS[asked.measure], altra="--measure shadow")
    why = _("Di nessuno si può dire quanto acceda a «{tipo}»: l'elenco dei servizi non è completo in alcun luogo.")
    return why.format(tipo=asked.type_code)
