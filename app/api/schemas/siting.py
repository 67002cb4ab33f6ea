"""A place that is proposed for a new service, with the question and the answer that it belongs to."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties


class SitingProperties(Properties):
    """Persons are of the type's target group, on the supply that was asked for unless named otherwise."""

    rank: int
    position: int = Field(description="Ordine fra le sedi della risposta, da quella che dà di più")
    key: str
    kind: Literal["edificio_pubblico", "centro_abitato", "livello"]
    name: str
    address: str | None
    body: str | None
    municipality_code: str
    municipality: str
    zone_code: str | None
    zone: str | None
    gained_confirmed: float = Field(description="Persone guadagnate contando i soli servizi confermati")
    gained_all: float = Field(description="Persone guadagnate contando anche quelli da verificare")
    probable: float = Field(description="Parte delle persone guadagnate a meno di T dal confine: solo probabile")
    assigned: float = Field(description="Persone che avrebbero qui la sede più vicina")
    alternatives: list[str] = Field(description="Comuni con un luogo che darebbe quasi le stesse persone")
    siting: UUID
    type: str
    run_id: UUID
    model: str
    supply: str
    demand: str
    area: str | None
    k: int | None
    capacity: float | None = Field(description="Persone che ogni sede può servire; nullo: quante ne vengono")
    classes: list[str] = Field(description="Classi di comuni fra cui si è cercato; vuoto: tutte")
    engine: str
    rule_id: str
    threshold: float = Field(description="Minuti")
    persons: float
    served: float
    gained: float
    remaining: float
    unreachable: float = Field(description="Di quelle che restano senza, quante sono lontane da ogni luogo possibile")
    unknown: float = Field(description="Persone di cui non si sa nulla: dove abitano l'elenco non è completo")
    objective: float | None
    bound: float | None = Field(description="Nulla può essere meglio di così")
    exact: bool
    gap: float | None
    sites: int = Field(description="Sedi proposte; meno di k dove una in più non aggiungerebbe nessuno")
    candidates: int
    asked_at: datetime
    note: str | None
