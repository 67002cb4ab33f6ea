"""Runs of the measures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties


class Run(Properties):
    """A run of the measures."""

    id: UUID
    created_at: datetime
    name: str | None = Field(description="Un calcolo con un nome si conserva sempre")
    current: bool = Field(description="Quello che pagine ed elenchi mostrano")
    engine: str = Field(description="estimate, network o matrix")
    code_version: str
    data_version: int | None
    population_year: int | None
    note: str | None
    variant: dict[str, Any] | None = Field(
        description="Che cosa un calcolo di prova suppone (kind: scenario o previsione); null: i dati come sono"
    )
    results: bool = Field(description="false: dei calcoli vecchi restano solo parametri e indicatori")


class RunDetail(Run):
    """A run with all that it depends on; the same ``input_hash`` gives the same results."""

    input_hash: str
    digests: dict[str, str] = Field(
        description="SHA-256 di ogni parte: due calcoli differiscono dove questi differiscono"
    )
    parameters: dict[str, Any]
