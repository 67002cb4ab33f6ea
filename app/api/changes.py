"""What has changed since somebody last looked, for those who keep a copy."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.api import responses
from app.api.output import link_header
from app.api.schemas import ServiceChanges
from app.api.schemas.changes import ChangesAsked
from app.errors import InvalidParameter
from app.hot.pool import Record
from app.hot.route import HotRoute
from app.hot.statements import prepared
from app.queries import changes
from etl.i18n import _

router = APIRouter(prefix="/api/v1", tags=["Servizi"], route_class=HotRoute)

SINCE, LATEST = prepared(changes.since(), planned_once=True), prepared(changes.latest())
GONE = frozenset({"chiuso", "unito"})


@router.get("/changes", summary="Che cosa è cambiato dei servizi", responses=responses.one_record(ServiceChanges))
async def list_changes(request: Request, asked: Annotated[ChangesAsked, Query()]) -> Response:
    """I cambiamenti dei servizi in ordine, per chi ne tiene una copia.

    Si comincia con `since=0` e si continua con il `next` di ogni risposta finché `more` è vero; poi si torna quando si
    vuole con l'ultimo `next`. Ogni servizio compare una volta sola, al posto del suo ultimo cambiamento: se cambia
    ancora mentre si legge, ricompare più avanti. Chi è arrivato in fondo ha tutti i servizi e sa quali non ci sono più.
    """
    hot = request.app.state.hot
    rows = await hot.rows(SINCE, since=asked.since, rows=asked.limit + 1)
    if not rows and asked.since > (await hot.value(LATEST) or 0):
        raise InvalidParameter(
            _("since: nessun cambiamento ha ancora il numero {number}: ricominciare da 0.").format(number=asked.since)
        )
    return _answer(request, rows[: asked.limit], asked.since, more=len(rows) > asked.limit)


def _answer(request: Request, rows: Sequence[Record], since: int, *, more: bool) -> Response:
    following = rows[-1]["seq"] if rows else since
    base = str(request.url).partition("?")[0]
    href = str(request.url.include_query_params(since=following))
    links = [{"rel": "self", "href": str(request.url)}, {"rel": "next", "href": href}]
    told = [_told(row, base.removesuffix("changes")) for row in rows]
    body = {"changes": told, "next": following, "more": more}
    return Response(json.dumps(body), media_type="application/json", headers=link_header(links))


def _told(row: Record, base: str) -> dict[str, Any]:
    return {
        "seq": row["seq"],
        "id": str(row["id"]),
        "kind": row["kind"],
        "changed_at": row["changed_at"].isoformat(),
        "merged_into": None if row["merged_into"] is None else str(row["merged_into"]),
        "href": None if row["kind"] in GONE else f"{base}services/{row['id']}",
    }
