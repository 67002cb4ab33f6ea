"""Sources, what their loads brought, and what two lists leave out."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.api.schemas.base import Properties


class Source(Properties):
    """A source with what its last load brought; null where nothing of it is loaded, or a part does not apply."""

    id: str
    title: str
    publisher: str
    licence: str
    kind: str | None = Field(
        description="services, organizations, addresses, indicators, population, areas, travel; null: tabella di Ombra"
    )
    address: str | None
    territory: str | None
    note: str | None
    reference_date: str | None
    refresh_days: int | None = Field(description="Ogni quanti giorni l'ente la rinnova")
    service_types: list[str]
    edition: str | None
    loaded_at: datetime | None
    read: int | None = Field(description="Righe lette: accettate più scartate")
    accepted: int | None
    rejected: int | None
    things: int = Field(description="Servizi o enti oggi pubblici")
    new: int | None = Field(description="Servizi o enti nuovi nell'ultimo caricamento, e così i seguenti")
    renamed: int | None
    moved: int | None
    repositioned: int | None
    changed: int | None
    closed: int | None
    reopened: int | None
    issues: int | None
    issues_rejected: int | None
    issues_changed: int | None
    issues_doubtful: int | None
    age_days: int | None
    overdue: bool | None
    score: float | None = Field(description="Da 0 a 100: media delle parti che si applicano, ognuna da 0 a 1")
    completeness: float | None
    freshness: float | None
    agreement: float | None
    precision: float | None
    contactability: float | None


class IssueExample(Properties):
    """One remark; the values of protected places are null."""

    message: str
    value: str | None
    mended: str | None


class IssueKind(Properties):
    """Remarks of one kind on one field."""

    kind: str
    name: str
    severity: str = Field(description="scartato, modificato, dubbio")
    field: str | None
    count: int
    examples: list[IssueExample]


class PastRun(Properties):
    """A load of a source."""

    run_id: UUID
    started_at: datetime
    edition: str | None
    state: str
    counts: dict[str, int]
    files: list[str]
    undone: bool


class SourceDetail(Source):
    """A source with its kinds of remark and its loads, the newest first."""

    kinds: list[IssueKind]
    runs: list[PastRun]


class CompletenessEstimate(Properties):
    """Two lists of one type of service in an area: what they have in common, and what both leave out."""

    type: str
    type_name: str
    area_level: str
    area_code: str
    area_name: str
    left_source: str
    left_title: str | None
    right_source: str
    right_title: str | None
    left_count: int = Field(description="Servizi diversi nel primo elenco")
    right_count: int
    both: int = Field(description="Servizi di entrambi gli elenchi, come risultano collegati")
    applies: bool = Field(description="Se le condizioni della stima sono rispettate; altrimenti le cifre sono nulle")
    estimate: float | None = Field(description="Servizi in tutto, secondo la stima")
    low: float | None = Field(description="Estremi dell'intervallo al 95 %; quello superiore non è un limite")
    high: float | None
    missing_low: float | None = Field(description="Servizi che mancano almeno da entrambi gli elenchi")
    why: str = Field(description="Condizioni verificate, o quelle che mancano")
