"""The table beside the map: the same content as the map, sortable with and without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar
from urllib.parse import urlencode

import pandas as pd

from app.i18n import marked
from app.pages import features
from app.pages.card.build import within_horizon
from app.pages.palette import STATUSES, Look, look_of

AnyRow = TypeVar("AnyRow")


@dataclass(frozen=True)
class Column:
    """A column of the table: key in the address, heading, whether it holds figures, field of :class:`Row`."""

    key: str
    heading: str
    numeric: bool
    source: str


COLUMNS = (
    Column("area", marked("Area"), False, "name"),
    Column("stato", marked("Stato prevalente"), False, "status_rank"),
    Column("persone", marked("Persone valutate"), True, "assessed"),
    Column("ombra", marked("In ombra (offerta confermata)"), True, "shadow_confirmed"),
    Column("tutta", marked("In ombra anche con l'offerta incerta"), True, "shadow_all"),
    Column("probabili", marked("di cui solo probabili (vicino al confine)"), True, "probable"),
    Column("senza", marked("Senza dati"), True, "unknown"),
    Column("minuti", marked("Minuti in media"), True, "minutes"),
)
# Figures start from the largest, names from A: what a reader expects from the first press.
ASCENDING, DESCENDING = "crescente", "decrescente"
_STATUS_RANK = {look.code: rank for rank, look in enumerate(STATUSES)}


@dataclass(frozen=True)
class Order:
    """How the table is ordered; without a key by the ranking of the measures (people in shadow first)."""

    key: str | None = None
    direction: str = DESCENDING


@dataclass(frozen=True)
class Row:
    """A row of the table; None where a figure is unknown."""

    code: str
    name: str
    parent: str | None
    look: Look
    status_rank: int
    assessed: float
    shadow_confirmed: float | None
    shadow_all: float | None
    probable: float
    unknown: float
    minutes: float | None
    minutes_text: str
    rule: str
    act: str
    law: bool


@dataclass(frozen=True)
class Heading:
    """A heading with the address that sorts by it and what a screen reader is told of the present order."""

    column: Column
    address: str
    aria_sort: str


def rows(gaps: pd.DataFrame, order: Order) -> list[Row]:
    """Rows of the table, in the asked order; equal values stay in the ranking's order, unknown ones come last."""
    return ordered([_row(row) for row in features.records(gaps.sort_values("rank"))], order, COLUMNS)


def ordered(ranked: Sequence[AnyRow], order: Order, columns: Sequence[Column]) -> list[AnyRow]:
    """Rows in the asked order of one of the columns; without one as they are."""
    by_key = {column.key: column for column in columns}
    if order.key not in by_key:
        return list(ranked)
    column = by_key[order.key]
    # Sorting keeps equal rows in their order, in both directions; a column holds either texts or figures.
    valued = [(value, row) for row in ranked if (value := _value(row, column)) is not None]
    valued.sort(key=itemgetter(0), reverse=order.direction == DESCENDING)
    return [row for _value_, row in valued] + [row for row in ranked if _value(row, column) is None]


def _value(row: object, column: Column) -> str | float | None:
    value: str | float | None = getattr(row, column.source)
    return value.casefold() if isinstance(value, str) else value


def _row(row: features.Row) -> Row:
    return Row(
        code=str(row["code"]),
        name=str(row["name"]),
        parent=row["parent_name"],
        look=look_of(row["majority"]),
        status_rank=_STATUS_RANK.get(str(row["majority"]), len(_STATUS_RANK)),
        assessed=float(row["assessed"]),
        shadow_confirmed=row["shadow_confirmed"],
        shadow_all=row["shadow_all"],
        probable=float(row["probable"]),
        unknown=float(row["unknown"]),
        minutes=row["minutes_confirmed"],
        minutes_text=within_horizon(row["minutes_confirmed"], row["threshold"], row["farthest"]),
        rule=str(row["rule_id"]),
        act=str(row["act"]),
        law=bool(row["law"]),
    )


def headings(
    path: str, query: Sequence[tuple[str, str]], order: Order, columns: Sequence[Column] = COLUMNS
) -> list[Heading]:
    """Headings of the table with their sorting addresses, which keep the rest of the query."""
    kept = [(name, value) for name, value in query if name not in ("ordina", "verso")]
    return [_heading(column, path, kept, order) for column in columns]


def _heading(column: Column, path: str, kept: list[tuple[str, str]], order: Order) -> Heading:
    chosen = order.key == column.key
    first = DESCENDING if column.numeric else ASCENDING
    turned = ASCENDING if order.direction == DESCENDING else DESCENDING
    following = turned if chosen else first
    address = f"{path}?{urlencode([*kept, ('ordina', column.key), ('verso', following)])}#tabella"
    words = {ASCENDING: "ascending", DESCENDING: "descending"}
    return Heading(column, address, words[order.direction] if chosen else "none")
