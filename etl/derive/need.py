"""Indicators of need by area: from the ages of residents, from tables that somebody has loaded, from need reports.

A composite of several is made where somebody asks for one, as a choice that is told: which indicators, how scaled, how
weighted. None of them is a law or a judgement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, collate, func, select

from etl.derive.supply import name
from etl.errors import FaultsError, NotFound
from etl.i18n import _
from etl.store import models as m
from etl.store.frames import read_frame
from geo.errors import InvalidInput
from geo.need import AGE_RATIOS, Scaling, age_indicator, composite

Kind = Literal["eta", "tabella", "composito"]
DEFAULT: Final = "indice_vecchiaia"
AGE_LEVELS: Final = ("metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality")
"""Levels made of whole municipalities, for which residents are counted by age."""
PER_HUNDRED: Final = "per 100"
TABLE: Final = "tabella-"
"""How the identifiers of the sources of loaded tables begin."""


@dataclass(frozen=True)
class Indicator:
    """An indicator that can be asked for.

    Attributes
    ----------
    unit
        Of the value; ``per 100`` for those of age. None where a table did not tell.
    year
        1 January of the residents, or the latest year of the table.
    source
        Identifier of the source of a table; None where residents are the source.
    levels
        Levels of the areas that it is told for.
    """

    code: str
    kind: Kind
    unit: str | None
    year: int
    source: str | None
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """Which need is meant: one indicator, or a composite of several by a scaling that must be named.

    ``weights`` by code, in the order of the asking: below zero where more of an indicator is less need.
    """

    weights: Mapping[str, float] = field(default_factory=lambda: {DEFAULT: 1.0})
    scaling: Scaling | None = None

    @property
    def label(self) -> str:
        """The choice in one word: ``quota_75``, ``z(quota_75 + quota_0_2)``, ``ranks(2 quota_75 - reddito)``."""
        if self.scaling is None:
            return next(iter(self.weights))
        terms = " ".join(f"{_sign(weight)}{code}" for code, weight in self.weights.items())
        return f"{self.scaling}({terms.removeprefix('+ ')})"


def _sign(weight: float) -> str:
    size = "" if abs(weight) == 1.0 else f"{abs(weight):g} "
    return f"{'-' if weight < 0 else '+'} {size}"


@dataclass(frozen=True)
class Need:
    """A need by area.

    Attributes
    ----------
    table
        By area (identifier), in the order of their codes: ``value``; ``numerator`` and ``denominator``, persons, of an
        indicator of age. Missing where it says nothing.
    parts
        The indicators that it is made of.
    """

    choice: Choice
    level: str
    table: pd.DataFrame
    parts: tuple[Indicator, ...]


@dataclass(frozen=True)
class Reports:
    """Need reports and searches without an answer, by area.

    ``counts`` is None where there is no register of them: nobody has been asked, which is not the same as nobody in
    need. ``note`` says so.
    """

    counts: pd.DataFrame | None
    note: str


def reports(_connection: Connection) -> Reports:
    """What people have reported; there is no register of reports and searches yet.

    Whoever gives one must pass its counts through :func:`geo.suppression.suppress` before they leave this function.
    """
    return Reports(None, _("nessuna segnalazione ancora"))


def indicators(connection: Connection) -> dict[str, Indicator]:
    """What can be asked for, by code: those of age in their order, then those of tables by name."""
    year = connection.execute(select(func.max(m.Population.year))).scalar_one_or_none()
    found: dict[str, Indicator] = {}
    if year is not None:
        found = {code: Indicator(code, "eta", PER_HUNDRED, year, None, AGE_LEVELS) for code in AGE_RATIOS}
    for code, rows in _tables(connection).groupby("name", sort=False):
        if code not in found:
            # One source and one year at a time: a mixture would compare what was counted in different ways.
            year, source = rows.iloc[-1][["year", "source"]]
            own = rows[(rows["year"] == year) & (rows["source"] == source)]
            found[str(code)] = Indicator(
                str(code), "tabella", own["unit"].iloc[0], int(year), source, tuple(own["level"])
            )
    return found


def read(connection: Connection, choice: Choice, level: str) -> Need:
    """The need of a choice by area of a level.

    Raises
    ------
    NotFound
        There is no such indicator, or it is not told for areas of the level.
    FaultsError
        Several indicators without a scaling, or a composite that cannot be made; every fault.
    """
    known = indicators(connection)
    _require(choice, level, known)
    parts = tuple(known[code] for code in choice.weights)
    tables = {one.code: _one(connection, one, level) for one in parts}
    if choice.scaling is None:
        return Need(choice, level, tables[parts[0].code], parts)
    together = pd.DataFrame({code: table["value"] for code, table in tables.items()})
    try:
        value = composite(together, scaling=choice.scaling, weights=choice.weights)
    except InvalidInput as error:
        why = _("Il composito «{scelta}» non si può fare: togliere gli indicatori che mancano o sono uguali ovunque.")
        raise FaultsError(why.format(scelta=choice.label), error.faults) from None
    return Need(choice, level, pd.DataFrame({"value": value, "numerator": np.nan, "denominator": np.nan}), parts)


def _require(choice: Choice, level: str, known: Mapping[str, Indicator]) -> None:
    unknown = _("L'indicatore «{codice}» non c'è. Ci sono: {noti}. Altri si caricano con ./ombra need --load FILE.csv.")
    absent = [code for code in choice.weights if code not in known]
    if absent:
        raise NotFound("\n".join(unknown.format(codice=code, noti=", ".join(known)) for code in absent))
    elsewhere = [known[code] for code in choice.weights if level not in known[code].levels]
    if elsewhere:
        why = _("L'indicatore «{codice}» non è noto al livello «{livello}», ma a: {noti}.")
        told = (why.format(codice=one.code, livello=level, noti=", ".join(one.levels)) for one in elsewhere)
        raise NotFound("\n".join(told))
    if choice.scaling is None and len(choice.weights) > 1:
        why = _("Più indicatori insieme sono una scelta da dichiarare: indicare come si uniscono, z o ranks.")
        raise FaultsError(_("Il bisogno non è definito."), [why])


def _one(connection: Connection, indicator: Indicator, level: str) -> pd.DataFrame:
    found = _ages(connection, indicator, level) if indicator.kind == "eta" else _told(connection, indicator, level)
    areas = select(name(m.Area.id, "id")).where(m.Area.level == level).order_by(collate(m.Area.code, "C"))
    return found.reindex(read_frame(connection, areas, index="id").index)


def _ages(connection: Connection, indicator: Indicator, level: str) -> pd.DataFrame:
    people = m.Population
    statement = (
        select(name(m.Area.id, "area"), people.sex, people.age, func.sum(people.persons).label("persons"))
        .join(m.AreaWithin, m.AreaWithin.area_id == people.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .where(people.year == indicator.year, m.Area.level == level)
        .group_by(m.Area.id, people.sex, people.age)
    )
    rows = read_frame(connection, statement).astype({"persons": "float64"})
    return age_indicator(rows, indicator.code)


def _told(connection: Connection, indicator: Indicator, level: str) -> pd.DataFrame:
    figure = m.Indicator
    statement = (
        select(name(figure.area_id, "id"), figure.value)
        .join(m.Area, m.Area.id == figure.area_id)
        .where(figure.name == indicator.code, figure.source_id == indicator.source, figure.year == indicator.year)
        .where(m.Area.level == level)
    )
    return read_frame(connection, statement, index="id").assign(numerator=np.nan, denominator=np.nan)


def _tables(connection: Connection) -> pd.DataFrame:
    """Name, level, latest year, source and unit of what tables tell; of two sources of one year the last one counts."""
    figure = m.Indicator
    grouped = (
        select(figure.name, m.Area.level, figure.source_id.label("source"), func.max(figure.year).label("year"))
        .join(m.Area, m.Area.id == figure.area_id)
        .where(m.Area.level != "census_section")
        .group_by(figure.name, m.Area.level, figure.source_id)
        .order_by(collate(figure.name, "C"), func.max(figure.year), collate(figure.source_id, "C"))
    )
    found = read_frame(connection, grouped)
    told = read_frame(connection, _units())
    units = {(row.source, row.name): row.unit for row in told.itertuples(index=False)}
    own = [units.get(key) for key in zip(found["source"], found["name"], strict=True)]
    return found.assign(unit=pd.Series(own, index=found.index, dtype=object))


def _units() -> Select[str, str, str]:
    """The unit of each indicator of a table, which stands in the raw rows that brought it."""
    record = m.SourceRecord
    code, unit = record.raw["nome"].astext, record.raw["unita"].astext
    return (
        select(record.source_id.label("source"), code.label("name"), func.max(unit).label("unit"))
        .where(record.source_id.startswith(TABLE), record.closed_on.is_(None))
        .group_by(record.source_id, code)
    )
