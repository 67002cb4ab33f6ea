"""Service types and rules as the measures take them: small typed values, made once from their tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from etl.store import models as m

READ = ("letto", "parziale")  # only acts that were read, wholly or in part, judge anything
WORKING = "LAV-"  # prefix of the working criterion that every type has


@dataclass(frozen=True, order=True)
class Band:
    """People by age, in whole years, both ends included and open where None, and by sex (F, M, None for both)."""

    age_min: int | None = None
    age_max: int | None = None
    sex: str | None = None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A service type: who it is for, how it is reached, the minutes of its working criterion."""

    code: str
    band: Band
    travel_mode: str
    residence_bound: bool
    threshold: float

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
    def everywhere(self) -> bool:
        """The act was read and holds everywhere."""
        return self.verification in READ and self.area_condition == "tutte"


@dataclass(frozen=True)
class Registry:
    """Service types by code and rules by identifier, in the order of their tables."""

    kinds: Mapping[str, Kind]
    standards: Mapping[str, Standard]


def read_registry(connection: Connection) -> Registry:
    """The registry of the database."""
    rules = connection.execute(select(m.Standard.__table__).order_by(m.Standard.position)).mappings()
    standards = {row["id"]: _standard(row) for row in rules}
    types = connection.execute(select(m.ServiceType.__table__).order_by(m.ServiceType.position)).mappings()
    return Registry({row["code"]: _kind(row, standards) for row in types}, standards)


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
    )


def _standard(row: RowMapping) -> Standard:
    same = (
        *("id", "kind", "comparator", "minimum", "objective", "per", "capacity_unit", "supply_bound", "base_kind"),
        *("area_condition", "verification", "law"),
    )
    values: dict[str, Any] = {name: row[name] for name in same}
    return Standard(
        **values,
        service_types=tuple(row["service_types"]),
        geography=tuple(row["geography"].split("|")),
        band=Band(row["base_age_min"], row["base_age_max"], row["base_sex"]),
    )
