"""The two results, never mixed, and the overlaps."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.output import Format, listing
from app.api.schemas import ComplianceProperties, GapProperties, OverlapProperties, PointProperties
from app.deps import AreaDep, BBoxDep, Level, OptionalTypeDep, SessionDep, Supply, TypeDep
from app.paging import PageDep, paginate
from app.queries import coverage, gaps

router = APIRouter(prefix="/api/v1", tags=["Copertura"], route_class=VersionedRoute)

FormatParam = Annotated[Format, Query(description="geojson o csv.")]


@router.get(
    "/gaps",
    summary="Zone d'ombra: stato di accesso (a)",
    responses=responses.features(GapProperties),
)
def list_gaps(  # noqa: PLR0913 - one argument per parameter of the address
    *,
    request: Request,
    session: SessionDep,
    page: PageDep,
    bbox: BBoxDep,
    area: AreaDep,
    type: TypeDep,  # noqa: A002
    level: Annotated[Level, Query(description="Livello delle aree.")] = "municipality",
    supply: Annotated[Supply, Query(description="Offerta su cui ordinare: confermata o tutta.")] = "confermata",
    format: FormatParam = "geojson",  # noqa: A002
) -> Response:
    """Persone valutate, in ombra e senza dati di ogni area, ordinate per persone in ombra.

    L'ombra entro T dal confine esterno è solo probabile e viene dopo. Dove l'elenco dei servizi non è completo
    nulla si può dire: quelle persone sono in `unknown`, mai in ombra.
    """
    statement = gaps.gaps(type_code=type.code, level=level, supply=supply, bbox=bbox, within=area)
    return listing(
        request, paginate(session, statement, page, key="rank"), output=format, model=GapProperties, key="code"
    )


@router.get(
    "/gaps/points",
    summary="Stato di accesso in ogni centro abitato e quartiere",
    responses=responses.features(PointProperties),
)
def list_points(
    *,
    request: Request,
    session: SessionDep,
    page: PageDep,
    bbox: BBoxDep,
    area: AreaDep,
    type: TypeDep,  # noqa: A002
    format: FormatParam = "geojson",  # noqa: A002
) -> Response:
    """I punti di cui le aree sono somma esatta, con stato, motivo, minuti e tre servizi più vicini."""
    statement = gaps.points(type_code=type.code, within=area, bbox=bbox)
    return listing(
        request, paginate(session, statement, page, key="code"), output=format, model=PointProperties, key="code"
    )


@router.get(
    "/compliance",
    summary="Rispetto delle regole (b)",
    responses=responses.features(ComplianceProperties),
)
def list_compliance(
    *,
    request: Request,
    session: SessionDep,
    page: PageDep,
    bbox: BBoxDep,
    area: AreaDep,
    type: OptionalTypeDep,  # noqa: A002
    rule: Annotated[str | None, Query(description="Codice della regola.")] = None,
    format: FormatParam = "geojson",  # noqa: A002
) -> Response:
    """Un esito per ogni unità che la regola nomina (distretto, comune…), con quanto manca al minimo."""
    code = None if type is None else type.code
    statement = coverage.compliance(type_code=code, rule_id=rule, within=area, bbox=bbox)
    return listing(
        request, paginate(session, statement, page, key="rank"), output=format, model=ComplianceProperties, key="rank"
    )


@router.get(
    "/overlaps",
    summary="Sovrapposizioni e tavoli di coordinamento",
    responses=responses.features(OverlapProperties),
)
def list_overlaps(
    *,
    request: Request,
    session: SessionDep,
    page: PageDep,
    bbox: BBoxDep,
    area: AreaDep,
    type: OptionalTypeDep,  # noqa: A002
    format: FormatParam = "geojson",  # noqa: A002
) -> Response:
    """Gruppi di servizi che si rivolgono alle stesse persone, ognuno con ogni altro."""
    statement = coverage.overlaps(type_code=None if type is None else type.code, within=area, bbox=bbox)
    return listing(
        request, paginate(session, statement, page, key="rank"), output=format, model=OverlapProperties, key="id"
    )
