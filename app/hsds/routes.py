"""Open Referral HSDS 3.1 at ``/hsds``: the directory for whoever exchanges lists of services."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.provenance import metadata
from app.deps import SessionDep
from app.errors import InvalidParameter
from app.hsds import documents, records
from app.hsds.pages import PagesDep, answer
from app.hsds.records import Record
from app.queries import hsds as queries
from app.queries.origins import present
from etl.errors import NotFound
from etl.i18n import _

VERSION = "3.1.3"
router = APIRouter(prefix="/hsds", tags=["HSDS"], route_class=VersionedRoute, responses=responses.OTHERS)

Search = Annotated[
    str | None, Query(min_length=2, max_length=100, description="Parole, anche con errori di battitura.")
]
TermId = Annotated[uuid.UUID | None, Query(description="Termine di una tassonomia.")]
TaxonomyId = Annotated[uuid.UUID | None, Query(description="Qualunque termine di questa tassonomia.")]
BodyId = Annotated[uuid.UUID | None, Query(description="Ente.")]
After = Annotated[datetime | None, Query(description="Solo ciò che è cambiato dopo questo momento (ISO 8601).")]
Full = Annotated[bool, Query(description="Con tutto ciò che ne fa parte.")]
Minimal = Annotated[bool, Query(description="Solo identificativo e momento dell'ultima modifica.")]
Id = Annotated[uuid.UUID, Path(description="Identificativo.")]
MOST_METRES = 100_000


@router.get("/", summary="Versione e profilo HSDS")
def about(request: Request) -> Response:
    """Quale versione di HSDS si parla qui, e dove stanno il profilo e la descrizione di ogni indirizzo."""
    base = str(request.base_url).rstrip("/")
    return JSONResponse(
        {"version": VERSION, "profile": f"{base}/hsds/profile", "openapi_url": f"{base}/api/openapi.json"}
    )


@router.get("/profile", summary="Il profilo")
def profile() -> Response:
    """In che cosa questa facciata usa HSDS: nulla di diverso dagli schemi 3.1, né in più né in meno."""
    told = _("HSDS 3.1 senza modifiche. I luoghi protetti non hanno location né service_at_location.")
    return JSONResponse({"name": "Ombra", "hsds_version": "3.1", "description": told, "patch": {}})


@router.get("/services", summary="Servizi (HSDS)")
def services(  # noqa: PLR0913 - the parameters of the standard
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    search: Search = None,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    organization_id: BodyId = None,
    modified_after: After = None,
    minimal: Minimal = False,
    full: Full = False,
) -> Response:
    """I servizi aperti, con i termini della tassonomia; `full` con ente, luoghi, orari, costi e tutto il resto."""
    statement = queries.services(
        search=search,
        term=taxonomy_term_id,
        taxonomy=taxonomy_id,
        organization=organization_id,
        after=_moment(modified_after),
    )
    make = partial(documents.services, full=full)
    return answer(request, session, statement, page, _minimal(make) if minimal else make)


@router.get("/services/{record_id}", summary="Un servizio (HSDS)", responses=responses.MOVED)
def service(request: Request, session: SessionDep, record_id: Id) -> Response:
    """Un servizio con tutto ciò che ne fa parte, e `metadata`: che cosa è cambiato e da dove viene ogni valore."""
    if session.execute(queries.services().where(queries.L.id == record_id)).first() is None:
        today = session.execute(present(record_id)).scalar()
        if today is not None and today != record_id:
            return RedirectResponse(request.url_for("service", record_id=str(today)).path, status_code=308)
        raise _absent(record_id)
    [told] = documents.services(session, [record_id], full=True)
    book = [one.model_dump(mode="json", exclude={"event", "source_id"}) for one in metadata(session, record_id)]
    return JSONResponse(told | ({"metadata": book} if book else {}))


@router.get("/organizations", summary="Enti (HSDS)")
def organizations(
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    search: Search = None,
    taxonomy_term_id: TermId = None,
    full: Full = False,
) -> Response:
    """Gli enti, anche quelli di cui non si conosce alcun servizio."""
    _printable(search)
    statement = queries.organizations(search=search, term=taxonomy_term_id)
    return answer(request, session, statement, page, partial(documents.organizations, full=full))


@router.get("/organizations/{record_id}", summary="Un ente (HSDS)")
def organization(session: SessionDep, record_id: Id) -> Response:
    """Un ente con i suoi recapiti e i numeri con cui i registri lo conoscono."""
    return _one(session, record_id, partial(documents.organizations, full=True))


@router.get("/locations", summary="Luoghi (HSDS)")
def locations(request: Request, session: SessionDep, page: PagesDep, *, full: Full = False) -> Response:
    """I luoghi dei servizi aperti. Quelli protetti non ci sono."""
    return answer(request, session, queries.locations(), page, partial(documents.locations, full=full))


@router.get("/locations/{record_id}", summary="Un luogo (HSDS)")
def location(session: SessionDep, record_id: Id) -> Response:
    """Un luogo con indirizzo, accessibilità e orari."""
    return _one(session, record_id, documents.locations)


@router.get("/service_at_locations", summary="Servizi nei loro luoghi (HSDS)")
def service_at_locations(  # noqa: PLR0913 - the parameters of the standard
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    search: Search = None,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    organization_id: BodyId = None,
    modified_after: After = None,
    latitude: Annotated[float | None, Query(ge=-90, le=90, description="Gradi (EPSG:4326), con longitude.")] = None,
    longitude: Annotated[float | None, Query(ge=-180, le=180, description="Gradi (EPSG:4326), con latitude.")] = None,
    proximity: Annotated[float, Query(gt=0, le=MOST_METRES, description="Metri in linea d'aria dal punto.")] = 5_000,
    full: Full = False,
) -> Response:
    """Ogni servizio in ogni luogo in cui si offre; `full` con il servizio. I luoghi protetti non ci sono."""
    if (latitude is None) != (longitude is None):
        raise InvalidParameter(_("latitude e longitude: si danno insieme."))
    near = None if latitude is None or longitude is None else (longitude, latitude, proximity)
    statement = queries.presences(
        search=search,
        term=taxonomy_term_id,
        taxonomy=taxonomy_id,
        organization=organization_id,
        after=_moment(modified_after),
        near=near,
    )
    return answer(request, session, statement, page, partial(documents.presences, full=full))


@router.get("/service_at_locations/{record_id}", summary="Un servizio in un luogo (HSDS)")
def service_at_location(session: SessionDep, record_id: Id) -> Response:
    """Un servizio in un luogo, con l'uno e l'altro."""
    return _one(session, record_id, partial(documents.presences, full=True))


@router.get("/taxonomies", summary="Tassonomie (HSDS)")
def taxonomies(request: Request, session: SessionDep, page: PagesDep) -> Response:
    """Le tassonomie dei servizi."""
    return answer(request, session, queries.taxonomies(), page, _plain(records.TAXONOMY))


@router.get("/taxonomies/{record_id}", summary="Una tassonomia (HSDS)")
def taxonomy(session: SessionDep, record_id: Id) -> Response:
    """Una tassonomia."""
    return _one(session, record_id, _plain(records.TAXONOMY))


@router.get("/taxonomy_terms", summary="Termini delle tassonomie (HSDS)")
def taxonomy_terms(
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    taxonomy_id: TaxonomyId = None,
    parent_id: TermId = None,
    top_only: Annotated[bool, Query(description="Solo i termini che non stanno sotto un altro.")] = False,
) -> Response:
    """I termini delle tassonomie."""
    statement = queries.terms(taxonomy=taxonomy_id, parent=parent_id, top=top_only)
    return answer(request, session, statement, page, _plain(records.TERM))


@router.get("/taxonomy_terms/{record_id}", summary="Un termine (HSDS)")
def taxonomy_term(session: SessionDep, record_id: Id) -> Response:
    """Un termine di una tassonomia."""
    return _one(session, record_id, _plain(records.TERM))


def _plain(kind: records.Kind) -> Callable[[Session, Any], list[Record]]:
    """Records without anything that belongs to them."""

    def make(session: Session, ids: Any) -> list[Record]:  # noqa: ANN401 - a sequence of identifiers
        found = records.one_each(session, kind, ids)
        return [found[one] for one in ids if one in found]

    return make


def _minimal(make: Callable[[Session, Any], list[Record]]) -> Callable[[Session, Any], list[Record]]:
    """Only what tells whether a copy is of today; and what the standard demands of a service."""
    kept = ("id", "name", "status", "last_modified")
    return lambda session, ids: [{name: one[name] for name in kept if name in one} for one in make(session, ids)]


def _one(session: Session, record_id: uuid.UUID, make: Callable[[Session, Any], list[Record]]) -> Response:
    found = make(session, [record_id])
    if not found:
        raise _absent(record_id)
    return JSONResponse(found[0])


def _absent(record_id: uuid.UUID) -> NotFound:
    return NotFound(_("Nessun elemento pubblico ha l'identificativo {id}.").format(id=record_id))


def _moment(told: datetime | None) -> datetime | None:
    """A moment without a zone is taken as one of Italy would write it: of the server's zone."""
    return told if told is None or told.tzinfo is not None else told.astimezone()


def _printable(search: str | None) -> None:
    if search is not None and "\0" in search:
        raise InvalidParameter(_("search: togliere i caratteri non stampabili."))
