"""Pages of HSDS: by number as the standard has them, and by key for who wants everything."""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.output import link_header
from app.api.responses import Documented
from app.deps import reading
from app.errors import InvalidParameter
from app.hsds.records import Record
from app.queries.kinds import AnySelect
from etl.i18n import _

USUAL, MOST = 50, 500
DEEPEST = 10_000  # records passed over to come to a page; farther on only the key leads, which costs the same anywhere

AT_ONCE = 200  # records of a stream that are made together
LINES = "application/x-ndjson"

LISTED: Documented = {
    200: {
        "description": "Elenco",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["total_items", "total_pages", "page_number", "size", "contents"],
                    "properties": {
                        **{name: {"type": "integer"} for name in ("total_items", "total_pages", "page_number", "size")},
                        **{name: {"type": "boolean"} for name in ("first_page", "last_page", "empty")},
                        "contents": {"type": "array", "items": {"type": "object", "required": ["id"]}},
                    },
                }
            },
            LINES: {"schema": {"type": "string"}},
        },
    }
}

Documents = Callable[[Session, Sequence[uuid.UUID]], list[Record]]


@dataclass(frozen=True)
class Pages:
    """Which page is asked for: a number, or whatever comes after an identifier; ``lines``: everything, one a line."""

    page: int
    per_page: int
    after: uuid.UUID | None
    lines: bool = False


def pages(
    page: Annotated[int, Query(ge=1, description="Numero della pagina.")] = 1,
    per_page: Annotated[int, Query(ge=1, le=MOST, description="Quanti elementi per pagina.")] = USUAL,
    after: Annotated[
        uuid.UUID | None,
        Query(
            description="Al posto di page: gli elementi dopo questo identificativo. Per leggere tutto si segue «next»."
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the name in the standard
        Literal["json", "ndjson"], Query(description="json, a pagine; ndjson, tutto, un elemento per riga.")
    ] = "json",
) -> Pages:
    """Read the page that is asked for.

    Raises
    ------
    InvalidParameter
        A page so far on that coming to it would cost more than reading it.
    """
    if after is None and (page - 1) * per_page > DEEPEST:
        why = _("page: oltre {most} elementi non si arriva per numero: seguire il collegamento «next», con «after».")
        raise InvalidParameter(why.format(most=DEEPEST))
    return Pages(page, per_page, after, format == "ndjson")


PagesDep = Annotated[Pages, Depends(pages)]


def answer(request: Request, session: Session, statement: AnySelect, asked: Pages, documents: Documents) -> Response:
    """A page of records in the order of their identifiers.

    Parameters
    ----------
    statement
        Gives the identifiers, in one column.
    documents
        Makes the records of some identifiers, in their order.
    """
    if asked.lines:
        return StreamingResponse(_lines(request, statement, asked.after, documents), media_type=LINES)
    everything = statement.subquery("everything")
    key = everything.c[0]
    total = session.execute(select(func.count()).select_from(everything)).scalar_one()
    rows = select(key).order_by(key).limit(asked.per_page + 1)
    rows = rows.offset((asked.page - 1) * asked.per_page) if asked.after is None else rows.where(key > asked.after)
    ids = list(session.execute(rows).scalars())
    more, ids = len(ids) > asked.per_page, ids[: asked.per_page]
    body = _envelope(total, asked, len(ids), more=more) | {"contents": documents(session, ids)}
    links = [{"rel": "self", "href": str(request.url)}]
    if more:
        links.append({"rel": "next", "href": _following(request, ids[-1])})
    return JSONResponse(body, headers=link_header(links))


def _lines(request: Request, statement: AnySelect, after: uuid.UUID | None, documents: Documents) -> Iterator[str]:
    """All records, one a line, in the order of their identifiers; a part of them is in memory at a time."""
    with reading(request) as session:
        while ids := _some(session, statement, after):
            yield "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in documents(session, ids))
            after = ids[-1]


def _some(session: Session, statement: AnySelect, after: uuid.UUID | None) -> Sequence[uuid.UUID]:
    key = statement.subquery("everything").c[0]
    rows = select(key).order_by(key).limit(AT_ONCE)
    return session.execute(rows if after is None else rows.where(key > after)).scalars().all()


def _envelope(total: int, asked: Pages, size: int, *, more: bool) -> dict[str, Any]:
    return {
        "total_items": total,
        "total_pages": -(-total // asked.per_page),
        "page_number": asked.page,
        "size": size,
        "first_page": asked.page == 1 and asked.after is None,
        "last_page": not more,
        "empty": size == 0,
    }


def _following(request: Request, last: uuid.UUID) -> str:
    query = [(name, value) for name, value in request.query_params.multi_items() if name not in ("page", "after")]
    return f"{str(request.url).partition('?')[0]}?{urlencode([*query, ('after', str(last))])}"
