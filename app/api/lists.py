"""What the lists of results have in common: filters, pages, formats, and the run that they speak of."""

import uuid
from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select

from app.api.output import Format, listing
from app.deps import AreaDep, BBoxDep, SessionDep
from app.paging import PageDep, paginate
from app.queries.kinds import AnySelect
from app.queries.runs import current_run, of_engine
from etl.derive import book
from etl.errors import NotFound
from etl.i18n import _
from etl.store import models as m

Engine = Literal["estimate", "network", "matrix"]
FormatParam = Annotated[Format, Query(description="geojson, csv o parquet (GeoParquet 1.1).")]


def chosen_run(
    session: SessionDep,
    run: Annotated[
        str | None,
        Query(description="Numero (anche solo l'inizio) o nome di un calcolo; senza, quello corrente."),
    ] = None,
) -> uuid.UUID | None:
    """The run that the request names, or the one that is shown; None before the first run."""
    if run is None:
        return session.execute(select(current_run().subquery().c.id)).scalar()
    found = book.find(session.connection(), run)
    if not book.has_results(session.connection(), found):
        raise NotFound(
            _("I risultati del calcolo «{run}» non si conservano più: ne restano gli indicatori.").format(run=run)
        )
    return found


RunDep = Annotated[uuid.UUID | None, Depends(chosen_run)]


def run_of_engine(
    session: SessionDep,
    found: RunDep,
    request: Request,
    engine: Annotated[
        Engine | None, Query(description="Motore dei minuti; senza `run`, l'ultimo calcolo fatto con questo.")
    ] = None,
) -> uuid.UUID | None:
    """The run that the request names, or the last one that was made with the engine that it names.

    Raises
    ------
    NotFound
        No run with results was made with the engine, or the run that is named was made with another.
    """
    if engine is None:
        return found
    if "run" not in request.query_params:
        newest = session.execute(of_engine(engine)).scalar()
        if newest is None:
            why = _("Nessun calcolo con risultati usa il motore «{engine}»: i calcoli sono in /api/v1/coverage/runs.")
            raise NotFound(why.format(engine=engine))
        return newest
    if (own := session.execute(select(m.CoverageRun.engine).where(m.CoverageRun.id == found)).scalar()) != engine:
        why = _("Il calcolo indicato con run usa il motore «{own}», non «{engine}»: togliere run o engine.")
        raise NotFound(why.format(own=own, engine=engine))
    return found


EngineRunDep = Annotated[uuid.UUID | None, Depends(run_of_engine)]


class ResultList:
    """The parameters that every list of results has; routes add their own and give the Select."""

    def __init__(
        self,
        *,
        request: Request,
        session: SessionDep,
        page: PageDep,
        bbox: BBoxDep,
        area: AreaDep,
        format: FormatParam = "geojson",  # noqa: A002
    ) -> None:
        self.session, self.bbox, self.area = session, bbox, area
        self._request, self._page, self._format = request, page, format

    def answer(
        self,
        statement: AnySelect,
        *,
        model: type[BaseModel],
        key: str,
        feature: str | None = None,
        run: uuid.UUID | None = None,
    ) -> Response:
        """One page; ``key`` orders the Select, ``feature`` identifies a row where the key is only its rank."""
        return listing(
            self._request,
            paginate(self.session, statement, self._page, key=key),
            output=self._format,
            model=model,
            key=feature or key,
            lasting=None if run is None else {"run": str(run)},
        )


ListDep = Annotated[ResultList, Depends()]


def known_rule(
    session: SessionDep, rule: Annotated[str | None, Query(description="Codice della regola.")] = None
) -> str | None:
    """The code of an existing rule, or None where the request has none."""
    if rule is not None and session.get(m.Standard, rule) is None:
        raise NotFound(_("La regola «{rule}» non esiste: l'elenco è in /api/v1/standards.").format(rule=rule))
    return rule


RuleDep = Annotated[str | None, Depends(known_rule)]
