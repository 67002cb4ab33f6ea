"""The two results, never mixed, the overlaps, and the coverage of areas with its scores; of any run that is kept."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.lists import EngineRunDep, ListDep, RuleDep, RunDep
from app.api.schemas import (
    ComplianceProperties,
    CoverageProperties,
    GapProperties,
    OverlapProperties,
    PointProperties,
)
from app.deps import Level, OptionalTypeDep, Supply, TypeDep
from app.queries import coverage, gaps, outlook

router = APIRouter(prefix="/api/v1", tags=["Copertura"], route_class=VersionedRoute)

AnyLevel = Literal[Level, "census_section", "layer"]

SupplyParam = Annotated[Supply, Query(description="Offerta su cui ordinare: confermata o tutta.")]


@router.get("/coverage", summary="Copertura di ogni area", responses=responses.features(CoverageProperties))
def list_coverage(
    listed: ListDep,
    run: EngineRunDep,
    type: TypeDep,  # noqa: A002
    rule: RuleDep,
    *,
    level: Annotated[AnyLevel, Query(description="Livello delle aree.")] = "municipality",
    supply: SupplyParam = "confermata",
) -> Response:
    """Persone per stato, ombra sulle due offerte a T e a T ± 5, minuti e punteggi di accesso, con motore e calcolo.

    I minuti stanno sempre accanto ai punteggi: E2SFCA è la cifra leggibile, quella bilanciata conserva domanda e
    offerta. Il collegamento `permalink` porta il numero del calcolo e dà la stessa risposta finché lo si conserva.
    """
    asked = outlook.Asked(type.code, level, run)
    statement = outlook.coverage(asked, supply=supply, rule_id=rule, bbox=listed.bbox, within=listed.area)
    return listed.answer(statement, model=CoverageProperties, key="rank", feature="code", run=run)


@router.get(
    "/gaps",
    summary="Zone d'ombra: stato di accesso (a)",
    responses=responses.features(GapProperties),
)
def list_gaps(
    listed: ListDep,
    run: RunDep,
    type: TypeDep,  # noqa: A002
    *,
    level: Annotated[AnyLevel, Query(description="Livello delle aree.")] = "municipality",
    supply: SupplyParam = "confermata",
) -> Response:
    """Persone valutate, in ombra e senza dati di ogni area, ordinate per persone in ombra.

    L'ombra entro T dal confine esterno è solo probabile e viene dopo. Dove l'elenco dei servizi non è completo
    nulla si può dire: quelle persone sono in `unknown`, mai in ombra.
    """
    statement = gaps.gaps(
        type_code=type.code, level=level, supply=supply, bbox=listed.bbox, within=listed.area, run=run
    )
    return listed.answer(statement, model=GapProperties, key="rank", feature="code", run=run)


@router.get(
    "/gaps/points",
    summary="Stato di accesso in ogni centro abitato e quartiere",
    responses=responses.features(PointProperties),
)
def list_points(
    listed: ListDep,
    run: RunDep,
    type: TypeDep,  # noqa: A002
) -> Response:
    """I punti di cui le aree sono somma esatta, con stato, motivo, minuti e tre servizi più vicini."""
    statement = gaps.points(type_code=type.code, within=listed.area, bbox=listed.bbox, run=run)
    return listed.answer(statement, model=PointProperties, key="code", run=run)


@router.get(
    "/compliance",
    summary="Rispetto delle regole (b)",
    responses=responses.features(ComplianceProperties),
)
def list_compliance(
    listed: ListDep,
    run: RunDep,
    type: OptionalTypeDep,  # noqa: A002
    rule: RuleDep,
) -> Response:
    """Un esito per ogni unità che la regola nomina (distretto, comune…), con quanto manca al minimo."""
    code = None if type is None else type.code
    statement = coverage.compliance(type_code=code, rule_id=rule, within=listed.area, bbox=listed.bbox, run=run)
    return listed.answer(statement, model=ComplianceProperties, key="rank", run=run)


@router.get(
    "/overlaps",
    summary="Sovrapposizioni e tavoli di coordinamento",
    responses=responses.features(OverlapProperties),
)
def list_overlaps(
    listed: ListDep,
    run: RunDep,
    type: OptionalTypeDep,  # noqa: A002
) -> Response:
    """Gruppi di servizi che si rivolgono alle stesse persone, ognuno con ogni altro."""
    code = None if type is None else type.code
    statement = coverage.overlaps(type_code=code, within=listed.area, bbox=listed.bbox, run=run)
    return listed.answer(statement, model=OverlapProperties, key="rank", feature="id", run=run)
