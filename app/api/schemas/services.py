"""Services, and where their values come from."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties


class ServiceProperties(Properties):
    """A service; of a protected location only zone and contacts."""

    id: UUID
    name: str
    type: str
    type_name: str
    macro_area: str
    organization_id: UUID | None
    organization: str | None
    address: str | None
    municipality_code: str | None
    municipality: str | None
    zone_code: str | None
    zone: str | None
    phone: str | None = Field(
        description="Numeri in E.164 (+390114439190;ext=12) separati da «; »; nel CSV come si leggono in Italia"
    )
    email: str | None
    url: str | None
    hours: str | None
    delivery: str
    status: str = Field(description="Parola di HSDS: active, inactive, defunct, temporarily closed")
    supply_status: str = Field(description="attivo, da_verificare, atteso, programmato, chiuso")
    certainty: str = Field(description="confermata, incerta, programmata")
    expected_on: date | None
    precision: str = Field(description="address, street o municipality (il punto allora non è pubblicato)")
    location_protected: bool
    evidence: str | None
    evidence_year: int | None
    note: str | None
    last_modified: datetime


class ToldValue(Properties):
    """A value that a source, or a person of the editorial staff, tells of a field."""

    value: Any = Field(description="Il valore come dato; null dove è stato tolto a mano")
    text: str = Field(description="Il valore in parole")
    survives: bool = Field(description="Se è quello pubblicato")
    rule: str = Field(
        description="a_mano, unica, concordi, fiducia, data, precisione, rilievo, specifico, prova, prudenza, "
        "non_elencata, ordine"
    )
    why: str = Field(description="La regola in parole: perché vale o perché no")
    source_id: str | None = Field(description="null dove il valore è messo a mano")
    source: str
    told_on: date | None = Field(
        description="Giorno di cui parla la fonte, il 1° gennaio dove ne dice solo l'anno; null dove non lo dice"
    )
    evidence: str | None
    evidence_year: int | None
    by_hand: bool


class FieldOrigins(Properties):
    """Where a published field of a service comes from, and what else is told of it."""

    field: str
    name: str = Field(description="Il campo in parole")
    value: Any = Field(description="Il valore pubblicato; null dove non ce n'è")
    text: str
    origins: list[ToldValue] = Field(description="Prima chi vale, poi i valori che hanno perso")


class ServiceMetadata(Properties):
    """HSDS ``metadata``: a change of a field, or where its present value comes from."""

    id: UUID
    resource_id: UUID
    resource_type: str
    last_action_date: date
    last_action_type: str = Field(description="create, update, delete")
    field_name: str
    previous_value: str = Field(description="Il valore di prima, o quello che ha perso")
    replacement_value: str
    updated_by: str = Field(description="Titolo della fonte, «redazione» per un valore messo a mano, o ombra")
    event: str | None = Field(description="nuovo, rinominato, spostato…; origine: da dove viene il valore di oggi")
    source_id: str | None
