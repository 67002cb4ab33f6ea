"""Indicators of the plan."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.api.schemas.base import Properties


class Kpi(Properties):
    """The value of an indicator for an area in a run, perhaps beside that of another run."""

    id: str
    title_it: str
    description_it: str
    formula: str = Field(description="Formula di data/reference/kpi.csv")
    service_types: list[str] = Field(description="Tipi di servizio; vuoto: tutti")
    unit: str
    direction: Literal["su", "giu"] = Field(description="su: di più è meglio; giu: di meno è meglio")
    target: float | None
    target_source: str | None
    actions: list[str] = Field(description="Azioni del piano strategico")
    area_level: str
    area_code: str
    area_name: str
    value: float | None = Field(description="Nullo dove non si può dire nulla: non è zero")
    numerator: float | None
    denominator: float | None
    note: str | None = Field(
        description="elenco_incompleto, in_parte, nessun_caso, registro_assente o ricerche_assenti"
    )
    explanation: str | None = Field(description="Lo stesso in parole")
    evaluated_at: datetime
    comparable: bool = Field(description="false: nei due calcoli l'indicatore è definito diversamente")
    former_value: float | None
    change: float | None
    trend: Literal["meglio", "peggio", "uguale", "non_confrontabile"] | None
    parts: dict[str, float] | None = Field(description="Persone per causa del cambio; ne danno la somma")
    differing: list[str] = Field(description="Le parti in cui i due calcoli differiscono")
