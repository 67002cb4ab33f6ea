"""Sources: who publishes them, what their last load brought, how good they are."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from app.api import responses, schemas
from app.api.conditional import VersionedRoute
from app.api.output import csv_response
from app.api.vocabulary import RecordFormat
from app.deps import SessionDep
from app.reports import reading
from app.reports.model import IssueKind, SourceReport
from etl.history import history

router = APIRouter(prefix="/api/v1", tags=["Fonti"], route_class=VersionedRoute)

SourceId = Annotated[str, Path(max_length=60, description="Identificativo della fonte.", examples=["servizi-ombra"])]
# Names of the events in the API, which speaks English as HSDS does.
EVENTS = {
    "nuovo": "new",
    "rinominato": "renamed",
    "spostato": "moved",
    "riposizionato": "repositioned",
    "modificato": "changed",
    "chiuso": "closed",
    "riaperto": "reopened",
}
SEVERITIES = {"scartato": "issues_rejected", "modificato": "issues_changed", "dubbio": "issues_doubtful"}


@router.get(
    "/sources",
    summary="Fonti",
    response_model=list[schemas.Source],
    responses=responses.records(schemas.Source),
)
def list_sources(
    *,
    session: SessionDep,
    loaded: Annotated[
        bool | None, Query(description="Solo fonti con dati caricati (true) o senza (false), come le tabelle.")
    ] = None,
    format: RecordFormat = "json",  # noqa: A002
) -> Response | list[dict[str, Any]]:
    """Fonti con licenza, righe lette, accettate e scartate, che cosa è cambiato, punteggio di qualità e sue parti."""
    found = reading.sources(session.connection())
    rows = [record(source) for source in found if loaded is None or source.loaded is loaded]
    return csv_response(rows, schemas.Source) if format == "csv" else rows


@router.get(
    "/sources/{source_id}",
    summary="Una fonte",
    response_model=schemas.SourceDetail,
    responses=responses.one_record(schemas.SourceDetail),
)
def one_source(session: SessionDep, source_id: SourceId) -> dict[str, Any]:
    """Una fonte, con le segnalazioni per genere e i suoi caricamenti. Dei luoghi protetti nessun valore."""
    connection = session.connection()
    found = reading.source(connection, source_id)
    runs = [
        {name: getattr(run, name) for name in schemas.PastRun.model_fields} for run in history(connection, source_id)
    ]
    return record(found) | {"kinds": [_kind(kind) for kind in found.kinds], "runs": runs}


def record(source: SourceReport) -> dict[str, Any]:
    """The fields of :class:`app.api.schemas.Source`, which also head the table of the command line."""
    plain = (name for name in schemas.Source.model_fields if hasattr(source, name))
    events = {english: source.events[event] if source.loaded else None for event, english in EVENTS.items()}
    severities = {name: source.severities[code] if source.loaded else None for code, name in SEVERITIES.items()}
    parts = {part.code: part.value for part in source.parts}
    own = {name: getattr(source, name) for name in plain}
    return own | events | severities | parts | {"service_types": list(source.service_types)}


def _kind(kind: IssueKind) -> dict[str, Any]:
    examples = [vars(example) for example in kind.examples]
    return {
        "kind": kind.kind,
        "name": kind.name,
        "severity": kind.severity,
        "field": kind.field,
        "count": kind.count,
        "examples": examples,
    }
