"""The feed of changes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.api.schemas.base import Properties

MOST = 5_000
LARGEST = 2**63 - 1


class ChangesAsked(BaseModel):
    """What the feed of changes may be asked with."""

    since: int = Field(
        default=0, ge=0, le=LARGEST, description="L'ultimo numero già letto: «next» della risposta prima."
    )
    limit: int = Field(default=500, ge=1, le=MOST, description="Quanti cambiamenti al massimo.")


class ServiceChange(Properties):
    """The last change of a service."""

    seq: int = Field(description="Il posto del cambiamento nell'ordine di tutti: cresce sempre")
    id: UUID = Field(description="Identificativo del servizio, lo stesso per sempre")
    kind: Literal["nuovo", "cambiato", "chiuso", "unito"] = Field(
        description="nuovo o cambiato: il servizio c'è, e si legge in href; chiuso: non è più nell'elenco; unito: ora "
        "si trova sotto un altro identificativo"
    )
    changed_at: datetime
    merged_into: UUID | None = Field(description="Di un servizio unito, sotto quale identificativo si trova oggi")
    href: str | None = Field(description="Dove si legge il servizio; null dove non c'è più")


class ServiceChanges(Properties):
    """A page of the feed."""

    changes: list[ServiceChange]
    next: int = Field(description="Da dare come «since» la volta dopo, anche quando per ora non c'è altro")
    more: bool = Field(description="Se c'è già altro da leggere")
