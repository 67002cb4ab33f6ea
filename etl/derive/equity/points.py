"""The demand points of one type in a run, each with its value of a measure or the reason why it has none."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Float, Select, cast, func, select
from sqlalchemy.orm import aliased

from etl.derive.journeys import FARTHEST, TOLERANCE
from etl.derive.need import Choice
from etl.derive.supply import name
from etl.errors import OmbraError
from etl.i18n import _
from etl.store import models as m
from etl.store.frames import read_frame
from geo.arrays import AnySeries, Bools, FloatSeries, bools

Measure = Literal["minutes", "score", "shadow"]
MEASURES: Final[tuple[Measure, ...]] = ("minutes", "score", "shadow")
GROUPS: Final[Mapping[str, str]] = {"zona": "zona_omogenea", "distretto": "distretto"}
"""Levels of the groups by what people call them."""
NO_GROUP: Final = ""
"""Code of the people whose group is not loaded."""
PER: Final = 100_000
WITHOUT: Final = ("senza_dati", "senza_misura")
"""Why a point has no value: the list of the type is not complete there, or the measure says nothing of the type."""
OLD_AGE: Final = Choice()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked.

    Attributes
    ----------
    run
        None is the run that is shown.
    by
        One of :data:`GROUPS`.
    line
        Minutes above which, or score (per 100,000 persons) below which access is poor; None for the threshold of the
        type, or 60 % of the median score. A share in shadow has no line but zero.
    """

    type_code: str
    run: uuid.UUID | None = None
    measure: Measure = "minutes"
    by: str = "zona"
    need: Choice = OLD_AGE
    line: float | None = None


@dataclass(frozen=True, kw_only=True)
class Points:
    """The demand points of a type in a run, and which of them have a value.

    Attributes
    ----------
    table
        By demand point: ``municipality`` and ``group`` (codes), ``persons``, ``value`` (minutes, score per 100,000
        persons, or share in shadow), ``capped`` (the value is the horizon), ``left`` (why there is no value:
        ``senza_dati``, ``senza_misura``; missing where there is one), ``complete`` (the list of the type is).
    threshold, horizon
        Minutes: what the type's rule allows, and how far the run has looked.
    """

    table: pd.DataFrame
    threshold: float
    horizon: float
    rule_id: str
    run: uuid.UUID

    @property
    def known(self) -> pd.DataFrame:
        """Those with a value."""
        return self.table[self.table["left"].isna()]


def read_points(connection: Connection, asked: Asked) -> Points:
    """The demand points of what is asked.

    Raises
    ------
    OmbraError
        The run has no results of the type.
    """
    rows = read_frame(connection, _statement(asked), index="id")
    if rows.empty:
        why = _("Il calcolo non ha risultati per il tipo «{tipo}».")
        raise OmbraError(why.format(tipo=asked.type_code))
    numeric = ["persons", "minutes", "score", "shadow", "threshold", "farthest"]
    rows = rows.astype(dict.fromkeys(numeric, "float64"))
    first = rows.iloc[0]
    horizon = max(float(first["threshold"]) + TOLERANCE, FARTHEST if np.isnan(first["farthest"]) else first["farthest"])
    return Points(
        table=_valued(rows, asked.measure, horizon),
        threshold=float(first["threshold"]),
        horizon=float(horizon),
        rule_id=str(first["rule_id"]),
        run=first["run_id"],
    )


def _statement(asked: Asked) -> Select[*tuple[object, ...]]:
    result, score, run = m.CoverageResult, m.AccessScore, m.CoverageRun
    town, group = aliased(m.Area, name="town"), aliased(m.Area, name="grp")
    inside = (
        select(m.AreaWithin.area_id, group.code)
        .join(group, group.id == m.AreaWithin.ancestor_id)
        .where(group.level == GROUPS[asked.by])
        .subquery()
    )
    same = (score.run_id == result.run_id) & (score.service_type_code == result.service_type_code)
    statement = (
        select(
            name(result.area_id, "id"),
            town.code.label("municipality"),
            func.coalesce(inside.c.code, NO_GROUP).label("group"),
            *(getattr(result, column) for column in ("persons", "status", "complete", "services_confirmed")),
            *(getattr(result, column) for column in ("threshold", "rule_id", "run_id")),
            result.nearest_confirmed.label("minutes"),
            (result.shadow_confirmed / func.nullif(result.persons, 0.0)).label("shadow"),
            score.enhanced.label("score"),
            cast(run.parameters["farthest"].astext, Float).label("farthest"),
        )
        .join(run, run.id == result.run_id)
        .join(m.DemandPoint, m.DemandPoint.area_id == result.area_id)
        .join(town, town.id == m.DemandPoint.municipality_id)
        .outerjoin(inside, inside.c.area_id == m.DemandPoint.municipality_id)
        .outerjoin(score, same & (score.area_id == result.area_id))
        .where(result.service_type_code == asked.type_code)
        .order_by(result.area_id)
    )
    return statement.where(run.current if asked.run is None else run.id == asked.run)


def _valued(rows: pd.DataFrame, measure: Measure, horizon: float) -> pd.DataFrame:
    unreached: Bools = bools(rows["minutes"].isna() & (rows["services_confirmed"] == 0))
    value: FloatSeries = rows[measure]
    if measure == "minutes":
        value = value.mask(unreached, horizon)
        if _come_to_people(rows):
            value = value.mask(value.notna())
    elif measure == "score":
        value = value * PER
    else:
        value = value.clip(upper=1.0)  # both were rounded on their own
    nobody = rows["persons"] == 0
    left: AnySeries = pd.Series(None, index=rows.index, dtype=object)
    left = left.mask(value.isna() & ~nobody, "senza_misura")
    # Where the list is not complete and names nothing near, the nearest that it names says nothing of the nearest.
    left = left.mask(rows["status"] == "senza_dati", "senza_dati")
    capped = unreached & (measure == "minutes") & bools(left.isna())
    return rows[["municipality", "group", "persons", "complete"]].assign(
        value=value.fillna(0.0).where(left.isna()), capped=capped, left=left
    )


def _come_to_people(rows: pd.DataFrame) -> bool:
    """Whether the services of a type reach people without a journey: they come to them, or are protected.

    Who is served needs 0 minutes or none are told; who is not has no distance to anything.
    """
    return bool((rows["services_confirmed"] > 0).any() and not (rows["minutes"] > 0).any())
