"""The page of need against access: what it asks, what its template is given, the document of its map."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.pages import maps, need_map, need_rows, reading, scenes, tables
from app.pages.contexts import DELICATE, chooser
from app.pages.reading import Choice
from app.paging import PageRequest, paginate
from app.queries.equity import equities
from app.reports import equity as report
from app.reports import equity_words, need
from etl.derive import equity
from etl.derive.equity import Asked, Equity, Measure
from etl.derive.need import DEFAULT, indicators
from etl.errors import NotFound, OmbraError
from etl.i18n import _
from geo.need import thirds

Context = dict[str, Any]
PATH = "/bisogno"
MOST = 10_000  # municipalities of a territory
FIGURES = ("persons", "mean", "gini", "theil", "concentration", "fgt")


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    type_code: str | None
    indicator: str | None = None
    measure: Measure = "minutes"
    order: str | None = None
    direction: str = tables.DESCENDING


@dataclass(frozen=True)
class Found:
    """The equity of a type with its municipalities, or why there is none."""

    chosen: Choice
    indicator: str
    measure: Measure
    equity: Equity | None
    rows: list[need_rows.Row]
    why: str | None = None

    @property
    def query(self) -> list[tuple[str, str]]:
        """What the address of the page says, without the order of the table."""
        return [("tipo", self.chosen.code), ("bisogno", self.indicator), ("misura", self.measure)]


def find(session: Session, wanted: Wanted) -> Found:
    """What the page shows.

    Raises
    ------
    NotFound
        The type or the indicator does not exist.
    """
    chosen = reading.choice(reading.choices(session), wanted.type_code)
    indicator = wanted.indicator or DEFAULT
    asked = Asked(type_code=chosen.code, measure=wanted.measure, need=need.choice([indicator]))
    try:
        found = equity.measure(session.connection(), asked)
    except NotFound:
        raise
    except OmbraError as error:
        return Found(chosen, indicator, wanted.measure, None, [], str(error))
    statement = equities(report.municipalities(found, None))
    told = paginate(session, statement, PageRequest(MOST), key="rank").rows
    rows = [need_rows.row(row._asdict(), wanted.measure) for row in told]
    # Much need and poor access first; within a class the worst access, as the rows come.
    rows.sort(key=attrgetter("class_rank"))
    return Found(chosen, indicator, wanted.measure, found, rows)


def page(session: Session, wanted: Wanted) -> Context:
    """What the template is given."""
    found = find(session, wanted)
    context: Context = {
        "chosen": found.chosen,
        "chooser": chooser(session, reading.choices(session)),
        "indicators": [(code, need.title(code)) for code in _offered(session)],
        "indicator": found.indicator,
        "measures": [(code, _(equity_words.MEASURES[code])) for code in equity.MEASURES],
        "measure": found.measure,
        "delicate": found.chosen.code in DELICATE,
        "crumbs": [("/", _("Inizio")), ("/mappa", _("Mappa"))],
        "back": f"/mappa?{urlencode({'tipo': found.chosen.code})}",
        "why": found.why,
        "found": None,
    }
    return context if found.equity is None else context | _content(found, found.equity, wanted)


def _offered(session: Session) -> list[str]:
    known = indicators(session.connection()).values()
    return [one.code for one in known if "municipality" in one.levels]


def _content(found: Found, measured: Equity, wanted: Wanted) -> Context:
    order = tables.Order(wanted.order, wanted.direction)
    part = need.about(measured.need.parts[0])
    whole = report.whole(measured, None, None)
    sentences = equity_words.sentences(whole)
    return {
        "found": measured,
        "need": part,
        "summary": need_rows.summary(found.rows, part["title"]),
        "sentences": [sentences[name] for name in FIGURES],
        "cells": need_rows.cells(found.rows),
        "unknown": need_rows.unknown(found.rows),
        "need_steps": need_rows.need_steps(thirds(measured.municipalities["need"]).breaks),
        "access_steps": need_rows.access_steps(report.access_classes(measured).breaks, found.measure),
        "document": f"{PATH}/documento?{urlencode(found.query)}",
        "csv": _csv(found),
        "headings": tables.headings(PATH, found.query, order, need_rows.COLUMNS),
        "rows": tables.ordered(found.rows, order, need_rows.COLUMNS),
        "card_address": lambda code: f"/mappa?{urlencode({'tipo': found.chosen.code, 'area': code})}#scheda",
    }


def _csv(found: Found) -> str:
    query = {"type": found.chosen.code, "measure": found.measure, "indicator": found.indicator, "format": "csv"}
    return f"/api/v1/equity/areas?{urlencode(query)}"


def document(session: Session, wanted: Wanted, background: maps.Tiles | None) -> str:
    """The document of the map, with the mark of a nonce.

    Raises
    ------
    OmbraError
        Nobody has a value: there is nothing to draw.
    """
    found = find(session, wanted)
    if found.why is not None:
        raise OmbraError(found.why)
    scene = scenes.scene(session, found.chosen, "municipality", "confermata", tiles=background)
    title = _("Mappa: bisogno e accesso, {tipo}").format(tipo=found.chosen.name)
    return maps.render(need_map.build(scene, title, {row.code: row for row in found.rows}))
