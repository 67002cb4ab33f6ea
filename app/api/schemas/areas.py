"""Areas."""

from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties


class AreaProperties(Properties):
    """An area."""

    id: UUID
    code: str = Field(description="Codice ISTAT del comune, numero della zona, nome del distretto…")
    level: str
    name: str
    parent_level: str | None
    parent_code: str | None
    parent_name: str | None
    area_km2: float | None
    persons: int | None = Field(description="Residenti al 1° gennaio dell'ultimo anno caricato")
    cadastral_code: str | None
    altimetric_zone: str | None
    altitude_m: int | None
    degurba: str | None = Field(description="Grado di urbanizzazione (ISTAT, Eurostat)")
    source_id: str
