"""Residents of the years to come, from the two latest counts that are stored; and runs that assume them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection, String, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from etl.derive.inputs import Inputs
from etl.derive.supply import name
from etl.errors import OmbraError
from etl.i18n import _
from etl.store import models as m
from etl.store.frames import read_frame
from geo.arrays import TextSeries
from geo.errors import InvalidInput
from geo.forecast import ASSUMPTIONS, FARTHEST, People, Ratios, Transition, fit, project, transition

KIND: Final = "forecast"
LABEL: Final = "indicativa: una sola transizione"
"""Goes with every figure of a forecast, in tables, files, answers and runs."""
TREND: Final = "tendenza"
HORIZONS: Final = (5, 10)
"""Years ahead that are shown where nobody asks for others."""


@dataclass(frozen=True)
class Basis:
    """What forecasts are made from: residents on 1 January of two years, one after the other.

    Attributes
    ----------
    former, launch
        The two years; forecasts start from ``launch``.
    transition
        Both counts, of municipalities by identifier, in zone omogenee.
    """

    former: int
    launch: int
    transition: Transition

    @cached_property
    def ratios(self) -> Ratios:
        """What the transition tells."""
        return fit(self.transition)

    @property
    def horizons(self) -> tuple[int, ...]:
        """The years that are shown where nobody asks for others."""
        return tuple(self.launch + ahead for ahead in HORIZONS)

    @property
    def oldest(self) -> int:
        """The age that stands for itself and over."""
        return self.transition.ages.last

    def people(self, years: Collection[int], assumption: str = TREND) -> dict[int, People]:
        """Residents of each municipality on 1 January of some years; in that of the launch those counted.

        Raises
        ------
        OmbraError
            A year or the assumption is none that a forecast tells.
        """
        ahead = sorted({year - self.launch for year in years} - {0})
        require(faults([self.launch + year for year in ahead], [assumption], self.launch))
        found = project(self.transition, self.ratios, years=ahead, assumption=assumption)
        told = {self.launch: self.transition.launch} | {self.launch + year: people for year, people in found.items()}
        return {year: told[year] for year in years}


def faults(years: Collection[int], assumptions: Collection[str], launch: int) -> list[str]:
    """What is wrong with years and assumptions that no forecast tells, with what may be asked."""
    out = [str(year) for year in years if not launch < year <= launch + FARTHEST]
    unknown = [code for code in assumptions if code not in ASSUMPTIONS]
    found = []
    if out:
        said = _("La previsione va dal {primo} al {ultimo}: {anni} non si può prevedere.")
        found.append(said.format(primo=launch + 1, ultimo=launch + FARTHEST, anni=", ".join(out)))
    if unknown:
        said = _("Scenario sconosciuto: {codici}. Scenari: {noti}.")
        found.append(said.format(codici=", ".join(unknown), noti=", ".join(ASSUMPTIONS)))
    return found


def require(found: Collection[str]) -> None:
    """Raise an OmbraError with every fault, or return quietly where there is none."""
    if found:
        raise OmbraError(" ".join(found))


def read(connection: Connection) -> Basis:
    """Read the two latest counts.

    Raises
    ------
    OmbraError
        There are no counts of two years one after the other, or they cannot be set against each other.
    """
    years = connection.execute(select(m.Population.year).distinct().order_by(m.Population.year)).scalars().all()
    if len(years) < 2 or years[-1] - years[-2] != 1:
        told = ", ".join(map(str, years)) or _("nessuno")
        why = _("Per la previsione servono i residenti di due anni di seguito; anni caricati: {anni}.")
        raise OmbraError(why.format(anni=told))
    former, launch = (_count(connection, year) for year in years[-2:])
    try:
        return Basis(years[-2], years[-1], transition(former, launch, _zones(connection)))
    except InvalidInput as error:
        why = _("Con i residenti caricati la previsione non si può fare: {motivo}")
        raise OmbraError(why.format(motivo=error)) from error


def _count(connection: Connection, year: int) -> pd.DataFrame:
    """Residents of a year; ages come together because a row for each takes three times as long."""
    of = m.Population
    ages, persons = (func.array_agg(aggregate_order_by(column, of.age)) for column in (of.age, of.persons))
    statement = select(name(of.area_id, "area"), of.sex, ages.label("age"), persons.label("persons"))
    rows = read_frame(connection, statement.where(of.year == year).group_by(of.area_id, of.sex))
    counts = rows["age"].map(len)
    repeated = {column: np.repeat(rows[column].to_numpy(), counts) for column in ("area", "sex")}
    told = {column: np.concatenate([*rows[column], []]).astype(np.int64) for column in ("age", "persons")}
    return pd.DataFrame(repeated | told)


def _zones(connection: Connection) -> TextSeries:
    """Zona omogenea of each municipality, by identifiers."""
    zone, inside = aliased(m.Area), m.AreaWithin
    containing = select(inside.area_id, zone.id).join(zone, zone.id == inside.ancestor_id)
    found = containing.where(zone.level == "zona_omogenea").subquery("found")
    statement = (
        select(name(m.Area.id, "id"), cast(found.c.id, String).label("zone"))
        .outerjoin(found, found.c.area_id == m.Area.id)
        .where(m.Area.level == "municipality")
        .order_by(m.Area.code)
    )
    return read_frame(connection, statement, index="id")["zone"]


@dataclass(frozen=True)
class Forecast:
    """A variant: residents of a year to come, under one assumption; services, places and rules stay as they are.

    Within a municipality people live where they live today: the weights of its demand points stay.
    """

    year: int
    assumption: str
    basis: Basis

    def apply(self, inputs: Inputs) -> Inputs:
        """The inputs with the residents of the year.

        Raises
        ------
        OmbraError
            The residents have changed since the forecast was begun, or it tells nothing of that year.
        """
        told = self.basis.people([self.basis.launch, self.year], self.assumption)
        counted, start = inputs.population.groupby("area")["persons"].sum(), told[self.basis.launch].of()
        if inputs.year != self.basis.launch or not counted.astype("float64").sort_index().equals(start.sort_index()):
            raise OmbraError(_("I residenti sono cambiati mentre si faceva la previsione: rifarla."))
        population = told[self.year].frame()[list(inputs.population.columns)]
        return replace(inputs, year=self.year, population=population)

    def told(self) -> dict[str, Any]:
        """Kind, year, assumption, the two years that it comes from, and the label."""
        return {
            "kind": KIND,
            "name": None,
            "year": self.year,
            "assumption": self.assumption,
            "former": self.basis.former,
            "launch": self.basis.launch,
            "label": LABEL,
        }


def forecast(connection: Connection, year: int, assumption: str = TREND) -> Forecast:
    """The variant of a year and an assumption.

    Raises
    ------
    OmbraError
        Year or assumption are none that a forecast tells, or there are no two counts.
    """
    basis = read(connection)
    require(faults([year], [assumption], basis.launch))
    return Forecast(year, assumption, basis)
