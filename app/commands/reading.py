"""Run a Select of the web's query layer for a command."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from app.deps import known_type
from app.paging import PageRequest, paginate
from app.queries.areas import by_code
from app.queries.kinds import AnySelect
from app.queries.runs import current_run
from etl.errors import NotFound, OmbraError
from etl.i18n import _
from etl.store.driver_errors import translated_errors
from etl.store.engine import connect

MOST_ROWS = 1_000_000


def everything(statement: AnySelect, *, key: str, type_code: str | None, area: str | None) -> list[dict[str, Any]]:
    """All the rows of a Select, geometry as ``geojson``.

    Raises
    ------
    NotFound
        The type or the area does not exist.
    OmbraError
        Nothing has been computed yet.
    """
    with computed(type_code=type_code, area=area) as session:
        return [row._asdict() for row in paginate(session, statement, PageRequest(MOST_ROWS), key=key).rows]


@contextmanager
def computed(*, type_code: str | None = None, area: str | None = None) -> Iterator[Session]:
    """A session on a database that holds results, and the type and the area that were asked for.

    Raises
    ------
    NotFound
        The type or the area does not exist.
    OmbraError
        Nothing has been computed yet.
    """
    engine = connect()
    try:
        with translated_errors(engine.url), Session(engine) as session:
            _check(session, type_code, area)
            yield session
    finally:
        engine.dispose()


def find_run(run: str) -> uuid.UUID:
    """The run that somebody names, or tells by the first digits of its number.

    Raises
    ------
    NotFound
        There is none.
    OmbraError
        Nothing has been computed yet.
    """
    from etl.derive import book

    with computed() as session:
        return book.find(session.connection(), run)


def _check(session: Session, type_code: str | None, area: str | None) -> None:
    from sqlalchemy import inspect

    if not inspect(session.get_bind()).has_table("coverage_run") or session.execute(current_run()).first() is None:
        raise OmbraError(_("Non c'è ancora nessun calcolo: lanciare prima «./ombra up»."))
    if type_code is not None:
        known_type(session, type_code)
    if area is not None and session.execute(by_code(area)).first() is None:
        raise NotFound(_("Nessuna area ha il codice «{code}».").format(code=area))
