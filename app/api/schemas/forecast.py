"""Residents of the years to come."""

from typing import Literal

from pydantic import Field

from app.api.schemas.base import Properties


class ForecastProperties(Properties):
    """Persons of a group in an area in a year to come, under one scenario, beside those counted."""

    rank: int
    code: str
    name: str
    level: str
    parent_code: str | None
    parent_name: str | None
    age_min: int | None
    age_max: int | None = Field(description="Nullo: senza limite")
    sex: Literal["F", "M"] | None
    year: int = Field(description="1° gennaio di quest'anno")
    assumption: str = Field(
        description="Scenario: tendenza, corretta (totale fermo), senza_movimento, natalita_in_calo, zone_uguali"
    )
    launch_year: int = Field(description="Anno dei residenti da cui si parte")
    persons_launch: float
    persons: float = Field(description="Persone attese: non si arrotondano, così le zone danno il totale")
    change: float
    change_percent: float | None
    label: str = Field(description="«indicativa: una sola transizione»: vale per ogni cifra")
