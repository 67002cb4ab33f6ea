"""Scenarios, only to be read: which there are, and what each changes against today or against another."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.orm import Session

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.coverage import AnyLevel
from app.api.lists import ListDep
from app.api.output import csv_response, link_header, page_links
from app.api.schemas import (
    Scenario,
    ScenarioAreaProperties,
    ScenarioDetail,
    ScenarioPointProperties,
    ScenarioRuleProperties,
    ScenarioStatusProperties,
)
from app.api.vocabulary import RecordFormat
from app.deps import OptionalTypeDep, SessionDep
from app.paging import PageDep, paginate
from app.queries import differences, scenarios
from app.queries.runs import current_run
from etl.derive.book import LONGEST_NAME
from etl.derive.scenario import book
from etl.errors import NotFound
from etl.i18n import _

router = APIRouter(prefix="/api/v1/scenarios", tags=["Scenari"], route_class=VersionedRoute)

_NAME = Path(max_length=LONGEST_NAME, description="Nome di uno scenario.")
AgainstParam = Annotated[
    str | None, Query(max_length=LONGEST_NAME, description="Scenario di partenza; senza, i servizi di oggi.")
]


def _later(session: SessionDep, name: Annotated[str, _NAME]) -> uuid.UUID:
    """The run of the scenario of the address, as it is written now, on the data of the current run."""
    return _computed(session, name)


def _former(session: SessionDep, against: AgainstParam = None) -> uuid.UUID:
    """The run to compare with: the current one, or that of another scenario."""
    return _current(session) if against is None else _computed(session, against)


def _computed(session: Session, name: str) -> uuid.UUID:
    book.find(session.connection(), name)
    base = str(_current(session))
    found: list[uuid.UUID] = [row.id for row in session.execute(scenarios.computed(name)) if row.base == base]
    if not found:
        why = _("Lo scenario «{nome}» non è calcolato sui dati di oggi: lanciare ./ombra scenario run «{nome}».")
        raise NotFound(why.format(nome=name))
    return found[0]


def _current(session: Session) -> uuid.UUID:
    found = session.execute(current_run()).scalar_one_or_none()
    if found is None:
        raise NotFound(_("Non c'è ancora nessun calcolo: lanciare prima «./ombra up»."))
    return found.id


class Comparison:
    """What every comparison has: the filters of a list, and a type of service."""

    def __init__(
        self,
        listed: ListDep,
        type: OptionalTypeDep,  # noqa: A002
    ) -> None:
        self.answer = listed.answer
        self._filters = {"type_code": None if type is None else type.code, "within": listed.area}
        self._bbox = listed.bbox

    def asked(self, former: uuid.UUID, later: uuid.UUID) -> differences.Asked:
        """The comparison of two runs."""
        return differences.Asked(former=former, later=later, bbox=self._bbox, **self._filters)


ComparisonDep = Annotated[Comparison, Depends()]


@router.get("", summary="Scenari", response_model=list[Scenario], responses=responses.records(Scenario))
def list_scenarios(
    request: Request,
    response: Response,
    session: SessionDep,
    page: PageDep,
    format: RecordFormat = "json",  # noqa: A002
) -> Response | list[dict[str, Any]]:
    """Gli scenari per nome, con i loro cambiamenti: servizi che aprono, chiudono, si spostano o crescono."""
    found = paginate(session, scenarios.scenarios(), page, key="rank")
    rows = [{name: row._asdict()[name] for name in Scenario.model_fields} for row in found.rows]
    headers = link_header(page_links(request, found))
    response.headers.update(headers)
    return csv_response(rows, Scenario, headers=headers) if format == "csv" else rows


@router.get(
    "/{name}",
    summary="Uno scenario",
    response_model=ScenarioDetail,
    responses=responses.one_record(ScenarioDetail),
)
def one_scenario(session: SessionDep, name: Annotated[str, _NAME]) -> dict[str, Any]:
    """I cambiamenti, se i dati di oggi permettono di calcolarli, e l'ultimo calcolo che si conserva."""
    saved = book.find(session.connection(), name)
    row = session.execute(scenarios.scenarios(name)).one()._asdict()
    run = session.execute(scenarios.computed(name)).first()
    told = {"run": None, "base": None} if run is None else {"run": run.id, "base": run.base}
    told |= {"faults": list(book.state(session.connection(), saved))}
    return {field: (row | told)[field] for field in ScenarioDetail.model_fields}


@router.get("/{name}/areas", summary="Persone prima e dopo", responses=responses.features(ScenarioAreaProperties))
def compare_areas(
    listed: ComparisonDep,
    former: Annotated[uuid.UUID, Depends(_former)],
    later: Annotated[uuid.UUID, Depends(_later)],
    level: Annotated[AnyLevel, Query(description="Livello delle aree.")] = "municipality",
) -> Response:
    """Chi guadagna e chi perde un servizio, persone in ombra e senza dati, nelle aree in cui qualcosa cambia."""
    statement = differences.areas(listed.asked(former, later), level=level)
    return listed.answer(statement, model=ScenarioAreaProperties, key="rank")


@router.get("/{name}/statuses", summary="Stati che cambiano", responses=responses.features(ScenarioStatusProperties))
def compare_statuses(
    listed: ComparisonDep,
    former: Annotated[uuid.UUID, Depends(_former)],
    later: Annotated[uuid.UUID, Depends(_later)],
    level: Annotated[AnyLevel, Query(description="Livello delle aree.")] = "zona_omogenea",
) -> Response:
    """Persone il cui stato di accesso cambia, per area, tipo, stato di prima e di dopo."""
    statement = differences.statuses(listed.asked(former, later), level=level)
    return listed.answer(statement, model=ScenarioStatusProperties, key="rank")


@router.get("/{name}/rules", summary="Regole che cambiano", responses=responses.features(ScenarioRuleProperties))
def compare_rules(
    listed: ComparisonDep,
    former: Annotated[uuid.UUID, Depends(_former)],
    later: Annotated[uuid.UUID, Depends(_later)],
) -> Response:
    """Regole con un altro esito, valore o carenza in qualche unità; prima quelle il cui esito cambia."""
    return listed.answer(differences.rules(listed.asked(former, later)), model=ScenarioRuleProperties, key="rank")


@router.get("/{name}/points", summary="Punti che cambiano", responses=responses.features(ScenarioPointProperties))
def compare_points(
    listed: ComparisonDep,
    former: Annotated[uuid.UUID, Depends(_former)],
    later: Annotated[uuid.UUID, Depends(_later)],
) -> Response:
    """I centri abitati e i quartieri in cui cambia qualcosa, con stato e minuti prima e dopo."""
    return listed.answer(differences.points(listed.asked(former, later)), model=ScenarioPointProperties, key="rank")
