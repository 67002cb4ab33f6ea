"""``./ombra etl report``: what the last loads brought, what was remarked, how good each source is."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import notes, screen
from app.commands.etl.group import SourceOption, command, database, require
from etl.i18n import _

if TYPE_CHECKING:
    from app.reports.model import SourceReport


class Form(StrEnum):
    """How the report comes out."""

    table = "table"
    html = "html"
    csv = "csv"


@command("report", _("Dice di ogni fonte righe, segnalazioni, cambiamenti, freschezza e punteggio di qualità."))
def report(
    form: Annotated[Form, typer.Option("--format", help=_("table, html o csv."))] = Form.table,
    out: Annotated[Path | None, output.OutOption] = None,
    source: Annotated[list[str] | None, SourceOption] = None,
) -> None:
    """Report on the sources, or on those named."""
    from app.reports import reading

    with database() as engine, engine.connect() as connection:
        found = reading.sources(connection)
    require(source or [], [one.id for one in found])
    chosen = [one for one in found if one.id in source] if source else found
    if form is Form.table and out is None:
        _show(chosen, detailed=bool(source))
        return
    output.give_out(_text(chosen, form), out)
    if out is not None:
        notes.print(_("Scritto {file}: {count} fonti.").format(file=out, count=len(chosen)), highlight=False)


def _text(found: "Sequence[SourceReport]", form: Form) -> str:
    from datetime import UTC, datetime

    from app.pages.source_report import standalone
    from app.reports import sheet

    if form is Form.html:
        return standalone(found, made=datetime.now(UTC))
    return sheet.csv(found)


def _show(found: "Sequence[SourceReport]", *, detailed: bool) -> None:
    loaded = sorted((one for one in found if one.loaded), key=lambda one: one.id)
    _show_rows(loaded)
    _show_scores(loaded)
    if detailed:
        for one in loaded:
            _detail(one)
    else:
        _estimates(loaded)
    empty = [one.id for one in found if not one.loaded]
    if detailed and empty:
        screen.print(_("Nulla è caricato come elenco di: {fonti}.").format(fonti=", ".join(empty)), highlight=False)


def _show_rows(loaded: "Sequence[SourceReport]") -> None:
    headings = {"id": _("Fonte"), "age": _("Età"), "read": _("Lette"), "accepted": _("Accet-\ntate")}
    headings |= {"rejected": _("Scar-\ntate"), "issues": _("Segna-\nlazioni"), "doubts": _("Da con-\ntrollare")}
    rows = [
        {name: getattr(one, name) for name in ("id", "read", "accepted", "rejected", "issues")}
        | {"age": one.freshness, "doubts": one.severities.get("dubbio", 0)}
        for one in loaded
    ]
    output.show(rows, output.Sheet(_("Righe e segnalazioni"), headings, whole=["id"]))


def _show_scores(loaded: "Sequence[SourceReport]") -> None:
    headings = {"id": _("Fonte"), "points": _("Qua-\nlità")}
    headings |= {"completeness": _("Com-\nple."), "freshness": _("Fre-\nsca"), "agreement": _("Con-\ncor.")}
    headings |= {"precision": _("Pre-\ncisa"), "contactability": _("Con-\ntatti"), "happened": _("Cambiato")}
    remarks = [
        _("Qualità da 0 a 100: media delle parti che si applicano. Come si calcola: /fonti, o --format html."),
        _("Il dettaglio di una fonte: --source ID."),
    ]
    output.show([_scores(one) for one in loaded], output.Sheet(_("Qualità"), headings, remarks, whole=["id"]))


def _scores(one: "SourceReport") -> dict[str, Any]:
    parts = {part.code: part.hundredths for part in one.parts}
    happened = "\n".join(f"{count} {words}" for words, count in one.happened)
    return {"id": one.id, "points": one.points, "happened": happened or None} | parts


def _detail(one: "SourceReport") -> None:
    rows = [
        {
            "kind": kind.name,
            "field": kind.of or "–",
            "outcome": kind.outcome,
            "count": kind.count,
            "example": kind.examples[0].message if kind.examples else "–",
        }
        for kind in one.kinds
    ]
    headings = {"kind": _("Segnalazione"), "field": _("Campo"), "outcome": _("Esito"), "count": _("Quante")}
    output.show(rows, output.Sheet(one.title, headings | {"example": _("Esempio")}))
    if one.lists_services:
        _missing(one)


def _missing(one: "SourceReport") -> None:
    """What it and another list leave out, or why it cannot be said."""
    screen.print(_("Quanto manca"), style="bold", highlight=False)
    alone = _("Nessun'altra fonte caricata elenca gli stessi tipi di servizio: da un elenco solo non si può dire.")
    for told in [f"• {pair.said} {pair.why}" for pair in one.compared] or [alone]:
        screen.print(told, highlight=False, markup=False)


def _estimates(loaded: "Sequence[SourceReport]") -> None:
    """What can be said of all sources at once: the estimates, and how many comparisons allow none."""
    pairs = [(one.id, pair) for one in loaded for pair in one.compared if pair.first]
    if not pairs:
        return
    screen.print(_("Quanto manca"), style="bold", highlight=False)
    for source, pair in pairs:
        if pair.applies:
            screen.print(f"• {source}: {pair.said}", highlight=False, markup=False)
    without = sum(not pair.applies for _source, pair in pairs)
    if without:
        told = _("Coppie di elenchi di cui non si può dire: {numero}. Il motivo: --source ID.")
        screen.print(told.format(numero=without), highlight=False, markup=False)
