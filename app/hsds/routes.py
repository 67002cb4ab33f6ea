"""Open Referral HSDS 3.1 at ``/hsds``: the directory for whoever exchanges lists of services."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.provenance import metadata
from app.api.services import not_open
from app.deps import SessionDep
from app.hsds import documents, profiles, records
from app.hsds.asked import (
    AroundDep,
    BodyId,
    Full,
    FullService,
    Id,
    Minimal,
    PostalCodeDep,
    SinceDep,
    TaxonomyId,
    TermId,
    WordsDep,
)
from app.hsds.pages import LISTED, PagesDep, answer
from app.hsds.records import Record
from app.queries import hsds as queries
from app.queries.origins import present
from etl.errors import NotFound
from etl.i18n import _

VERSION = "3.1.3"
router = APIRouter(prefix="/hsds", tags=["HSDS"], route_class=VersionedRoute, responses=responses.OTHERS)


@router.get("/", summary="Versione e profilo HSDS")
def about(request: Request) -> Response:
    """Quale versione di HSDS si parla qui, e dove stanno il profilo e la descrizione di ogni indirizzo."""
    base = str(request.base_url).rstrip("/")
    return JSONResponse(
        {"version": VERSION, "profile": f"{base}/hsds/profile", "openapi_url": f"{base}/api/openapi.json"}
    )


@router.get("/profile", summary="Il profilo")
def profile(request: Request) -> Response:
    """Come si usa HSDS qui: gli schemi 3.1 senza modifiche, che cosa non si dice e che cosa si aggiunge."""
    return JSONResponse(profiles.profile(str(request.url)))


@router.get("/services", summary="Servizi (HSDS)", responses=LISTED)
def services(  # noqa: PLR0913 - the parameters of the standard
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    search: WordsDep,
    since: SinceDep,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    organization_id: BodyId = None,
    minimal: Minimal = False,
    full: Full = False,
) -> Response:
    """I servizi aperti, con i termini della tassonomia; `full` con ente, luoghi, orari, costi, capienze e il resto."""
    statement = queries.services(
        search=search,
        term=taxonomy_term_id,
        taxonomy=taxonomy_id,
        organization=organization_id,
        after=since,
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
        raise not_open(session, record_id)
    [told] = documents.services(session, [record_id], full=True)
    book = [one.model_dump(mode="json", exclude={"event", "source_id"}) for one in metadata(session, record_id)]
    return JSONResponse(told | ({"metadata": book} if book else {}))


@router.get("/organizations", summary="Enti (HSDS)", responses=LISTED)
def organizations(
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    search: WordsDep,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    full: Full = False,
    full_service: FullService = False,
) -> Response:
    """Gli enti, anche quelli di cui non si conosce alcun servizio."""
    statement = queries.organizations(search=search, term=taxonomy_term_id, taxonomy=taxonomy_id)
    make = partial(documents.organizations, full=full, with_services=full_service)
    return answer(request, session, statement, page, make)


@router.get("/organizations/{record_id}", summary="Un ente (HSDS)")
def organization(session: SessionDep, record_id: Id, *, full_service: FullService = False) -> Response:
    """Un ente con i suoi recapiti e i numeri con cui i registri lo conoscono; con `full_service` anche i servizi."""
    return _one(session, record_id, partial(documents.organizations, full=True, with_services=full_service))


@router.get("/locations", summary="Luoghi (HSDS)", responses=LISTED)
def locations(request: Request, session: SessionDep, page: PagesDep, *, full: Full = False) -> Response:
    """I luoghi dei servizi aperti. Quelli protetti non ci sono."""
    return answer(request, session, queries.locations(), page, partial(documents.locations, full=full))


@router.get("/locations/{record_id}", summary="Un luogo (HSDS)")
def location(session: SessionDep, record_id: Id) -> Response:
    """Un luogo con indirizzo, accessibilità e orari."""
    return _one(session, record_id, documents.locations)


@router.get("/service_at_locations", summary="Servizi nei loro luoghi (HSDS)", responses=LISTED)
def service_at_locations(  # noqa: PLR0913 - the parameters of the standard
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    search: WordsDep,
    since: SinceDep,
    near: AroundDep,
    postcode: PostalCodeDep,
    taxonomy_term_id: TermId = None,
    taxonomy_id: TaxonomyId = None,
    organization_id: BodyId = None,
    full: Full = False,
) -> Response:
    """Ogni servizio in ogni luogo in cui si offre; `full` con il servizio. I luoghi protetti non ci sono."""
    statement = queries.presences(
        search=search,
        term=taxonomy_term_id,
        taxonomy=taxonomy_id,
        organization=organization_id,
        after=since,
        near=near,
        postcode=postcode,
    )
    return answer(request, session, statement, page, partial(documents.presences, full=full))


@router.get("/service_at_locations/{record_id}", summary="Un servizio in un luogo (HSDS)")
def service_at_location(session: SessionDep, record_id: Id) -> Response:
    """Un servizio in un luogo, con l'uno e l'altro."""
    return _one(session, record_id, partial(documents.presences, full=True))


@router.get("/taxonomies", summary="Tassonomie (HSDS)", responses=LISTED)
def taxonomies(request: Request, session: SessionDep, page: PagesDep, search: WordsDep) -> Response:
    """Le tassonomie dei servizi."""
    return answer(request, session, queries.taxonomies(search=search), page, _plain(records.TAXONOMY))


@router.get("/taxonomies/{record_id}", summary="Una tassonomia (HSDS)")
def taxonomy(session: SessionDep, record_id: Id) -> Response:
    """Una tassonomia."""
    return _one(session, record_id, _plain(records.TAXONOMY))


@router.get("/taxonomy_terms", summary="Termini delle tassonomie (HSDS)", responses=LISTED)
def taxonomy_terms(
    *,
    request: Request,
    session: SessionDep,
    page: PagesDep,
    search: WordsDep,
    taxonomy_id: TaxonomyId = None,
    parent_id: TermId = None,
    top_only: Annotated[bool, Query(description="Solo i termini che non stanno sotto un altro.")] = False,
) -> Response:
    """I termini delle tassonomie."""
    statement = queries.terms(search=search, taxonomy=taxonomy_id, parent=parent_id, top=top_only)
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
