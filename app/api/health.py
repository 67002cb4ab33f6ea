"""Whether Ombra answers, and with which data."""

from typing import Any

from fastapi import APIRouter, Response

from app.api import responses
from app.deps import SessionDep
from app.queries.runs import current_run, version
from etl.identity import code_version

router = APIRouter(tags=["Stato"])


@router.get("/health", summary="Stato del servizio", responses=responses.UNAVAILABLE)
def health(response: Response, session: SessionDep) -> dict[str, Any]:
    """Versione dei dati, del calcolo e del programma; 503 se la banca dati non risponde."""
    response.headers["Cache-Control"] = "no-store"
    run = session.execute(current_run()).scalar_one_or_none()
    return {
        "status": "ok" if run is not None else "senza_calcolo",
        "data_version": session.execute(version()).scalar_one(),
        "run": None if run is None else {"id": run.id, "created_at": run.created_at, "engine": run.engine},
        "code_version": code_version(),
    }
