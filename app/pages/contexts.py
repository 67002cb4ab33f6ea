"""What each template is given: reading and pure functions put together, one function per page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from sqlalchemy.orm import Session

from app.deps import Supply
from app.linked import pages as linked
from app.pages import palette, proposals, reading, reasons, scenes, search, sentences, tables
from app.pages.card.model import Card
from app.pages.card.reading import card as read_card
from app.pages.features import Row, group_title, records
from app.pages.reading import Choice
from etl.i18n import _

Context = dict[str, Any]

WHOLE_TERRITORY = "metropolitan_city"
# Types about violence: whoever looks at the screen later must not find the page one step back.
DELICATE = frozenset({"centro_antiviolenza", "sportello_antiviolenza", "casa_rifugio", "comunita_madre_bambino"})


@dataclass(frozen=True)
class Asked:
    """What the address of the map page asks for."""

    type_code: str | None
    level: str
    supply: Supply
    area: str | None
    area_level: str
    order: str | None
    direction: str


@dataclass(frozen=True)
class Wanted:
    """What the address of the service list asks for."""

    text: str
    municipality: str
    type_code: str | None
    page: int


@dataclass(frozen=True)
class Group:
    """Service types of one heading in the chooser."""

    name: str
    choices: Sequence[Choice]


# ---- home -------------------------------------------------------------------------------------------


def home(session: Session) -> Context:
    """Figures of the territory, the types of which something can be said, the sources."""
    totals = reading.totals(session)
    speaking = [row for row in totals if (row["shadow_confirmed"] or 0.0) >= 0.5]
    return {
        "facts": reading.facts(session, totals),
        "speaking": sorted(speaking, key=lambda row: -row["shadow_confirmed"]),
        "sources": reading.sources(session),
        "example": _example(speaking),
    }


def _example(speaking: Sequence[Row]) -> Context | None:
    """A table that an analyst can take at once: the type with most people in shadow."""
    if not speaking:
        return None
    chosen = max(speaking, key=lambda row: row["shadow_confirmed"])
    return {"name": chosen["name_it"], "csv": csv_address(chosen["code"], "municipality", "confermata")}


def csv_address(type_code: str, level: str, supply: str) -> str:
    """Address of the same table from the API."""
    query = urlencode({"type": type_code, "level": level, "supply": supply, "format": "csv"})
    return f"/api/v1/gaps?{query}"


# ---- map --------------------------------------------------------------------------------------------


def map_page(session: Session, asked: Asked) -> Context:
    """The map page: chooser, figures, frame, card, table."""
    found = reading.choices(session)
    chosen = reading.choice(found, asked.type_code)
    context: Context = {
        "chosen": chosen,
        "chooser": chooser(session, found),
        "levels": [(code, reasons.said(reasons.LEVELS, code)) for code in reading.MAP_LEVELS],
        "level": asked.level,
        "supply": asked.supply,
        "delicate": chosen.code in DELICATE,
        "whole_area": None,
    }
    territory = reading.whole_territory(session)
    gaps = reading.gaps(session, chosen.code, asked.level, asked.supply)
    if territory is None or gaps.empty:
        return context
    return context | _map_content(session, asked, chosen, gaps_found=gaps, territory=territory)


def _map_content(
    session: Session, asked: Asked, chosen: Choice, *, gaps_found: pd.DataFrame, territory: str
) -> Context:
    whole = read_card(session, chosen, WHOLE_TERRITORY, territory, supply=asked.supply)
    shown = whole
    if asked.area is not None:
        shown = read_card(session, chosen, asked.area_level, asked.area, supply=asked.supply)
    kind = reading.kind(session, chosen.code)
    query = [("tipo", chosen.code), ("livello", asked.level), ("offerta", asked.supply)]
    order = tables.Order(asked.order, asked.direction)
    return {
        "whole_area": whole.total,
        "rule": whole.rule,
        "summary": sentences.summary(whole.total, whole.threshold, asked.supply),
        "target": sentences.target(kind),
        "addressed": sentences.addressed(kind),
        "legend": palette.STATUSES,
        "steps": palette.shadow_steps(asked.level),
        "none_colour": palette.NONE_COLOUR,
        "document": _document(query, asked),
        "csv": csv_address(chosen.code, asked.level, asked.supply),
        "headings": tables.headings("/mappa", query, order),
        "rows": tables.rows(gaps_found, order),
        "area_code": asked.area,
        "area_level": asked.area_level,
        "card_address": lambda code: f"/mappa?{urlencode([*query, ('area', code)])}#scheda",
        "overlaps": _overlaps(session, chosen),
        "proposals": proposals.context(session, chosen.code),
    } | _card_context(shown, chosen, asked.supply)


def _document(query: Sequence[tuple[str, str]], asked: Asked) -> str:
    """Address of the frame; the chosen area stands after # so that the document itself can be kept."""
    mark = f"#{asked.area}" if asked.area and asked.area_level == asked.level else ""
    return f"/mappa/documento?{urlencode(query)}{mark}"


def _overlaps(session: Session, chosen: Choice) -> list[Context]:
    return [
        {
            "title": group_title(row["kind"], len(row["service_ids"])),
            "names": row["names"],
            "persons": row["persons"],
            "uncertain": row["uncertain"],
            "planned": row["planned"],
            "hours_unknown": row["hours_unknown"],
        }
        for row in records(scenes.overlaps(session, chosen.code))
    ]


def chooser(session: Session, found: Sequence[Choice]) -> list[Group]:
    """Types by macro-area, those of which something can be said first; the others together at the end."""
    names = reading.macro_areas(session)
    groups = [
        Group(name, [one for one in found if one.spoken and one.macro_area == code]) for code, name in names.items()
    ]
    silent = Group(_("Senza dati"), [one for one in found if not one.spoken])
    return [group for group in [*groups, silent] if group.choices]


# ---- card -------------------------------------------------------------------------------------------


def card(session: Session, chosen: Choice, level: str, code: str, supply: Supply) -> Context:
    """The card of an area on its own page, or as a fragment."""
    found = read_card(session, chosen, level, code, supply=supply)
    query = [("tipo", chosen.code), ("offerta", supply), ("area", code), ("area_livello", level)]
    return {
        "chosen": chosen,
        "back": f"/mappa?{urlencode(query)}#scheda",
        "crumbs": [("/", _("Inizio")), ("/mappa", _("Mappa"))],
        "delicate": chosen.code in DELICATE,
    } | _card_context(found, chosen, supply)


def _card_context(found: Card, chosen: Choice, supply: Supply) -> Context:
    def part_address(level: str, code: str) -> str:
        query = {"tipo": chosen.code, "offerta": supply, "livello": level, "area": code}
        return f"/mappa/scheda?{urlencode(query)}"

    return {
        "card": found,
        "linkable": reading.CARD_LEVELS,
        "part_address": part_address,
    }


# ---- services ---------------------------------------------------------------------------------------

PAGE = 25


def services(session: Session, asked: Wanted) -> Context:
    """Services that meet what is asked, one page of them."""
    found = reading.choices(session)
    if asked.type_code is not None:
        reading.choice(found, asked.type_code)
    places = reading.municipalities(session)
    place = search.municipality(asked.municipality, places)
    rows = [] if place.unknown else search.services(session, asked.text, asked.type_code, place.code)
    pages = max(1, -(-len(rows) // PAGE))
    page = min(asked.page, pages)
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return {
        "asked": asked,
        "chooser": chooser(session, [one for one in found if one.services]),
        "municipalities": list(places),
        "unknown_municipality": place.unknown,
        "near_names": place.suggestions,
        "outcome": search.outcome(len(rows)),
        "services": shown,
        "linked": linked.services(session, shown),
        "certainties": {code: reasons.said(reasons.CERTAINTIES, code) for code in reasons.CERTAINTIES},
        "page": page,
        "pages": pages,
        "page_address": _page_address(asked),
        "delicate": asked.type_code in DELICATE or any(row["type"] in DELICATE for row in rows),
    }


def _page_address(asked: Wanted) -> Callable[[int], str]:
    query = {"q": asked.text, "comune": asked.municipality, "tipo": asked.type_code or ""}
    kept = {name: value for name, value in query.items() if value}
    return lambda number: f"/servizi?{urlencode(kept | {'pagina': number})}"
