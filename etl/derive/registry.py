"""Service types and rules as the measures take them: small typed values, made once from their tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, RowMapping, String, cast, collate, select

from etl.store import models as m
from etl.store.frames import read_frame
from geo.conditions import CLASSES, Condition, resolve

READ = ("letto", "parziale")  # only acts that were read, wholly or in part, judge anything
WORKING = "LAV-"  # prefix of the working criterion that every type has
INNER = "classe_snai"  # indicator of municipalities: 1 polo to 6 ultraperiferico, as in geo.conditions.CLASSES


@dataclass(frozen=True, order=True)
class Band:
    """People by age, in whole years, both ends included and open where None, and by sex (F, M, None for both)."""

    age_min: int | None = None
    age_max: int | None = None
    sex: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A service type: who it is for, how it is reached, the minutes of its working criterion.

    ``protected``: where its services stand is never public, not even the municipality.
    """

    code: str
    band: Band
    travel_mode: str
    residence_bound: bool
    threshold: float
    protected: bool = False

    @property
    def rule_id(self) -> str:
        """The rule that says which minutes are too many."""
        return WORKING + self.code


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A rule of the registry (see the table of the same name); ``band`` is its base population."""

    id: str
    service_types: tuple[str, ...]
    kind: str
    comparator: str
    minimum: float | None
    objective: float | None
    per: float
    capacity_unit: str | None
    supply_bound: str | None
    reach: float | None = None
    figure_unit: str | None = None
    base_kind: str
    band: Band
    geography: tuple[str, ...]
    area_condition: str
    verification: str
    law: bool

    @property
    def counts_sites(self) -> bool:
        """Each service is one, known, whatever its size."""
        return self.capacity_unit == "sede"

    @property
    def read(self) -> bool:
        """The act was read, wholly or in part."""
        return self.verification in READ

    @property
    def everywhere(self) -> bool:
        """The act was read and holds everywhere."""
        return self.read and self.area_condition == "tutte"


@dataclass(frozen=True)
class Registry:
    """Service types by code and rules by identifier, in the order of their tables, and what rules speak of.

    ``conditions``: by area condition the municipalities that meet it (identifiers), None where no data tell.
    ``figures``: type and unit of the figures of services that a rule of load or intensity needs, where some has one.
    """

    kinds: Mapping[str, Kind]
    standards: Mapping[str, Standard]
    conditions: Mapping[str, Condition | None]
    figures: tuple[tuple[str, str], ...] = ()


def read_registry(connection: Connection) -> Registry:
    """The registry of the database."""
    rules = connection.execute(select(m.Standard.__table__).order_by(m.Standard.position)).mappings()
    standards = {row["id"]: _standard(row) for row in rules}
    types = connection.execute(select(m.ServiceType.__table__).order_by(m.ServiceType.position)).mappings()
    classes = _classes(connection)
    conditions = dict.fromkeys(standard.area_condition for standard in standards.values())
    return Registry(
        {row["code"]: _kind(row, standards) for row in types},
        standards,
        {condition: resolve(condition, classes) for condition in conditions},
        _figures(connection),
    )


def _classes(connection: Connection) -> pd.DataFrame:
    """Classes of the municipalities, by identifier in the order of their codes; the inner class where it is loaded."""
    # "C": databases of other languages have other orders, and of two sources the last one counts.
    areas = select(cast(m.Area.id, String).label("id"), m.Area.altimetric_zone, m.Area.degurba)
    towns = areas.where(m.Area.level == "municipality").order_by(collate(m.Area.code, "C"))
    classes = read_frame(connection, towns, index="id")
    told = select(cast(m.Indicator.area_id, String).label("id"), m.Indicator.value).where(m.Indicator.name == INNER)
    rows = connection.execute(told.order_by(m.Indicator.year, collate(m.Indicator.source_id, "C")))
    latest = {row.id: row.value for row in rows}
    names = dict(enumerate(CLASSES, start=1))
    inner = [names.get(int(latest[area])) if area in latest else None for area in classes.index]
    return classes.assign(inner_class=pd.Series(inner, index=classes.index, dtype=object))


def _figures(connection: Connection) -> tuple[tuple[str, str], ...]:
    units = select(m.Standard.figure_unit).where(m.Standard.figure_unit.is_not(None))
    kind, unit = m.Service.service_type_code, m.ServiceCapacity.unit
    statement = select(kind, unit).join(m.Service, m.Service.id == m.ServiceCapacity.service_id).distinct()
    open_ones = statement.where(unit.in_(units), m.Service.closed_on.is_(None), m.Service.supply_status != "chiuso")
    # Sorted here: databases of other languages have other orders, and this one is part of what names a run.
    return tuple(sorted((code, name) for code, name in connection.execute(open_ones)))


def _kind(row: RowMapping, standards: Mapping[str, Standard]) -> Kind:
    threshold = standards[WORKING + row["code"]].minimum
    if threshold is None:
        raise ValueError(f"the working criterion of {row['code']} has no minutes")
    return Kind(
        code=row["code"],
        band=Band(row["age_min"], row["age_max"], row["sex"]),
        travel_mode=row["travel_mode"],
        residence_bound=row["residence_bound"],
        threshold=threshold,
        protected=row["protected"],
    )


def _standard(row: RowMapping) -> Standard:
    same = (
        *("id", "kind", "comparator", "minimum", "objective", "per", "capacity_unit", "supply_bound", "base_kind"),
        *("reach", "figure_unit", "area_condition", "verification", "law"),
    )
    values: dict[str, Any] = {name: row[name] for name in same}
    return Standard(
        **values,
        service_types=tuple(row["service_types"]),
        geography=tuple(row["geography"].split("|")),
        band=Band(row["base_age_min"], row["base_age_max"], row["base_sex"]),
    )
