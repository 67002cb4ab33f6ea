"""Pages that continue where the last one ended (keyset), and how a request asks for them.

An offset skips and repeats rows when the data change between two pages; a key does not.
"""

import base64
import json
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query
from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from app.deps import SettingsDep
from app.errors import InvalidParameter
from app.queries.kinds import AnySelect
from etl.i18n import _

LARGEST_KEY = 2**31 - 1  # a row number beyond it would not fit the column
DECIMALS = 6  # of a degree: about 10 cm, below the precision of any source


@dataclass(frozen=True)
class PageRequest:
    """How many rows, and after which key; ``after`` None is the first page."""

    limit: int
    after: str | int | None = None


@dataclass(frozen=True)
class Page:
    """Rows of one page; ``following`` is the cursor of the next one, None on the last."""

    rows: Sequence[Any]
    matched: int
    following: str | None


def page_request(
    web: SettingsDep,
    limit: Annotated[int | None, Query(ge=1, description="Quante righe al massimo.")] = None,
    cursor: Annotated[
        str | None, Query(description="Segnaposto della pagina seguente, dal collegamento «next».")
    ] = None,
) -> PageRequest:
    """Read ``limit`` and ``cursor``; a limit beyond the greatest becomes the greatest, as OGC Features asks."""
    asked = web.page_size if limit is None else limit
    return PageRequest(min(asked, web.page_limit), None if cursor is None else _decode(cursor))


PageDep = Annotated[PageRequest, Depends(page_request)]


def cursor_of(key: object) -> str:
    """The cursor of the page that begins after a key."""
    return base64.urlsafe_b64encode(json.dumps(key, default=str).encode()).decode().rstrip("=")


def _decode(cursor: str) -> str | int:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        key = None
    # JSON can hold half of a surrogate pair, which no text of the database can.
    if not isinstance(key, str | int) or isinstance(key, bool) or not str(key).isprintable():
        raise InvalidParameter(_bad_cursor())
    return key


def _bad_cursor() -> str:
    return _("cursor: non è un segnaposto valido; prenderlo dal collegamento «next».")


def _columns(everything: Subquery) -> list[ColumnElement[Any]]:
    """The columns of the list; the database writes its geometry as GeoJSON, for the rows of the page only."""
    plain: list[ColumnElement[Any]] = [column for column in everything.c if column.name != "geom"]
    if "geom" not in everything.c:
        return plain
    return [*plain, func.ST_AsGeoJSON(everything.c.geom, DECIMALS).label("geojson")]


def key_of(value: str | int, column: ColumnElement[Any]) -> object:
    """The cursor's value in the column's own type.

    Raises
    ------
    InvalidParameter
        The cursor is of another list.
    """
    kind = column.type.python_type
    if kind is int and isinstance(value, int) and 0 <= value <= LARGEST_KEY:
        return value
    if kind is str and isinstance(value, str) and "\0" not in value:
        return value
    if kind is uuid.UUID and isinstance(value, str):
        with suppress(ValueError):
            return uuid.UUID(value)
    raise InvalidParameter(_bad_cursor())


def paginate(session: Session, statement: AnySelect, request: PageRequest, *, key: str) -> Page:
    """Run one page of a Select that is ordered by the unique column ``key``.

    Parameters
    ----------
    statement
        Must hold a column labelled ``key`` and be ordered by it, ascending.
    """
    everything = statement.order_by(None).subquery("everything")
    column: ColumnElement[Any] = everything.c[key]
    matched = session.execute(select(func.count()).select_from(everything)).scalar_one()
    page = select(*_columns(everything)).order_by(column).limit(request.limit + 1)
    if request.after is not None:
        page = page.where(column > key_of(request.after, column))
    rows = session.execute(page).all()
    more = len(rows) > request.limit
    rows = rows[: request.limit]
    following = cursor_of(rows[-1]._asdict()[key]) if more else None
    return Page(rows, matched, following)
