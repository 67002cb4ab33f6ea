"""Service types and rules."""

from pydantic import Field

from app.api.schemas.base import Properties


class ServiceType(Properties):
    """A type of service."""

    code: str
    term: str
    position: int
    macro_area: str
    name_it: str
    name_en: str
    synonyms_it: list[str]
    synonyms_en: list[str]
    description_it: str
    users: list[str]
    age_min: int | None
    age_max: int | None
    sex: str | None
    capacity_unit: str
    delivery: str
    residence_bound: bool
    protected: bool
    proximity: str
    travel_mode: str
    social: bool
    crosswalk: dict[str, list[str]]
    services: int


class Standard(Properties):
    """A rule; ``law`` is false for a working criterion, which is never an act."""

    id: str
    position: int
    service_types: list[str]
    title_it: str
    indicator_it: str
    kind: str
    comparator: str
    minimum: float | None
    objective: float | None
    unit: str
    per: float
    capacity_unit: str | None
    supply_bound: str | None
    reach: float | None = Field(description="Minuti o metri entro cui la regola conta le persone")
    figure_unit: str | None = Field(description="Ciò che una regola di carico o intensità rapporta alla capacità")
    base_kind: str
    base_age_min: int | None
    base_age_max: int | None
    base_sex: str | None
    base_note: str | None
    geography: str
    area_condition: str
    act: str
    article: str | None
    verification: str
    read_at: str | None
    law: bool
    note: str | None
    evaluated: bool
