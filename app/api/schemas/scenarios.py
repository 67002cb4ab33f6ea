"""Scenarios, and what they change."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties


class Scenario(Properties):
    """A scenario: services opened, closed, moved or resized, kept under a name."""

    name: str
    description: str | None
    changes: list[dict[str, Any]] = Field(
        description="action: add, close, open, move, resize; il servizio con nome e tipo di quando fu scritto"
    )
    created_at: datetime
    changed_at: datetime
    data_version: int | None = Field(description="Versione dei dati su cui fu scritto")


class ScenarioDetail(Scenario):
    """A scenario with its state on the data of now."""

    faults: list[str] = Field(description="Perché non si può calcolare sui dati di oggi; vuoto se si può")
    run: UUID | None = Field(description="Ultimo calcolo di questo scenario come è scritto ora, se si conserva")
    base: UUID | None = Field(description="Calcolo degli stessi dati senza lo scenario")


class _Place(Properties):
    """An area, or a point, and a type of service."""

    rank: int
    type: str
    type_name: str
    code: str
    name: str
    level: str
    parent_code: str | None
    parent_name: str | None
    persons: float = Field(description="Persone a cui il tipo di servizio è rivolto")


class _Figures(_Place):
    """Persons in the run before (former) and after (later)."""

    gained: float = Field(
        description="Persone che hanno un servizio confermato entro il tempo solo nel secondo calcolo"
    )
    lost: float = Field(description="… solo nel primo calcolo")
    gained_all: float = Field(description="Come gained, contando anche l'offerta incerta")
    lost_all: float
    without_former: float = Field(description="Persone senza alcun servizio confermato entro il tempo")
    without_later: float
    without_all_former: float = Field(description="… né da verificare")
    without_all_later: float
    shadow_former: float | None = Field(description="Persone in ombra, offerta confermata")
    shadow_later: float | None
    shadow_all_former: float | None = Field(description="… contando anche l'offerta incerta")
    shadow_all_later: float | None
    unknown_former: float = Field(description="Persone di cui non si sa: elenco incompleto")
    unknown_later: float


class ScenarioAreaProperties(_Figures):
    """Persons of an area before and after."""


class ScenarioPointProperties(_Figures):
    """A demand point at which something changes."""

    status_former: str
    status_later: str
    minutes_former: float | None = Field(description="Minuti al servizio confermato più vicino")
    minutes_later: float | None


class ScenarioStatusProperties(_Place):
    """Persons of an area whose status changes."""

    status_former: str
    status_later: str
    points: int


class ScenarioRuleProperties(Properties):
    """A rule on a statutory unit with another outcome, value or shortfall."""

    rank: int
    rule_id: str
    title_it: str
    service_types: list[str]
    unit: str | None
    minimum: float | None
    objective: float | None
    act: str | None
    law: bool
    verification: str
    geography: str
    unit_code: str
    unit_name: str
    level: str | None
    zones: list[str] = Field(description="Zone omogenee che l'unità tocca")
    turned: bool = Field(description="Se cambia un esito, e non solo un valore o una carenza")
    outcome_confirmed_former: str
    outcome_confirmed_later: str
    outcome_all_former: str
    outcome_all_later: str
    cause_confirmed_former: str | None
    cause_confirmed_later: str | None
    cause_all_former: str | None
    cause_all_later: str | None
    value_confirmed_former: float | None
    value_confirmed_later: float | None
    value_all_former: float | None
    value_all_later: float | None
    shortfall_confirmed_former: float | None
    shortfall_confirmed_later: float | None
    shortfall_all_former: float | None
    shortfall_all_later: float | None
