"""``./ombra scenario list`` and ``show``: the scenarios that are kept, and what one changes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import notes, screen, show_table
from app.commands.coverage.group import reading
from app.commands.etl.tables import moment
from app.commands.scenario import group
from etl.i18n import _

if TYPE_CHECKING:
    from etl.derive.scenario import Changes
    from etl.derive.scenario.book import Saved

OutOption = typer.Option("--out", help=_("File da scrivere, .yaml o .csv: «scenario new --file» lo rilegge."))


@group.command("list", _("Elenca gli scenari, e dice quali i dati di oggi non permettono più di calcolare."))
def list_scenarios() -> None:
    """List scenarios."""
    from etl.derive.scenario import book

    with reading() as connection:
        rows = [_row(saved, len(book.state(connection, saved))) for saved in book.every(connection)]
    headings = {
        "name": _("Nome"),
        "description": _("Descrizione"),
        "changes": _("Cambia-\nmenti"),
        "when": _("Scritto"),
        "by": _("Da"),
        "state": _("Stato"),
    }
    remarks = [] if rows else [_("Nessuno scenario: se ne scrive uno con ./ombra scenario new.")]
    output.show(rows, output.Sheet(_("Scenari"), headings, remarks, optional=["description", "by"], whole=["when"]))


def _row(saved: "Saved", faults: int) -> dict[str, Any]:
    return {
        "name": saved.name,
        "description": saved.description,
        "changes": len(saved.changes),
        "when": moment(saved.changed_at),
        "by": saved.created_by,
        "state": _("da correggere: vedere «show»") if faults else _("calcolabile"),
    }


@group.command("show", _("Mostra che cosa cambia uno scenario; con --out lo scrive in un file che si può modificare."))
def show(
    name: Annotated[str, group.NameArgument],
    out: Annotated[Path | None, OutOption] = None,
) -> None:
    """Show a scenario."""
    from etl.derive.scenario import book

    with reading() as connection:
        saved = book.find(connection, name)
        faults = book.state(connection, saved)
    if out is not None:
        output.give_out(_text(saved, out), out)
        notes.print(_("Scritto {file}.").format(file=out), highlight=False)
        return
    show_table(_lines(saved), title=_("Scenario «{nome}»").format(nome=saved.name))
    show_changes(saved.changes, title=_("Cambiamenti"))
    for fault in faults:
        screen.print(f"• {fault}", style="yellow", highlight=False, markup=False)


def _lines(saved: "Saved") -> list[tuple[str, str]]:
    told = {
        _("Descrizione"): saved.description,
        _("Scritto il"): moment(saved.created_at),
        _("Da"): saved.created_by,
        _("Cambiato il"): moment(saved.changed_at) if saved.changed_at != saved.created_at else None,
        _("Versione dei dati"): saved.data_version,
    }
    return [(label, str(value)) for label, value in told.items() if value is not None]


def _text(saved: "Saved", out: Path) -> str:
    from app.api.output import table
    from etl.derive.scenario import sheet, written

    if out.suffix.lower() in sheet.YAML:
        return sheet.yaml_text(saved.description, saved.changes)
    if out.suffix.lower() == sheet.CSV:
        return table(written.rows(saved.changes), written.COLUMNS)
    raise sheet.unknown_ending(out)


def readable(changes: "Changes") -> list[dict[str, Any]]:
    """Changes as rows of a table, numbered, with places as people call them."""
    from etl.derive.scenario import Add, Move
    from etl.derive.scenario.written import rows

    found = []
    for number, (row, change) in enumerate(zip(rows(changes), changes, strict=True), start=1):
        place = change.place.name if isinstance(change, Add | Move) else ""
        serves = [area.name for area in change.serves] if isinstance(change, Add) else []
        found.append(row | {"n": str(number), "luogo": place, "serve": _(", ").join(serves)})
    return found


def show_changes(changes: "Changes", *, title: str) -> None:
    """Show changes as a table."""
    headings = {
        "n": _("N."),
        "azione": _("Azione"),
        "nome": _("Servizio"),
        "tipo": _("Tipo"),
        "luogo": _("Luogo"),
        "capienza": _("Capienza"),
        "ente": _("Ente"),
        "serve": _("Serve"),
        "offerta": _("Offerta"),
    }
    optional = ["luogo", "capienza", "ente", "serve", "offerta"]
    output.show(readable(changes), output.Sheet(title, headings, optional=optional, whole=["n", "azione"]))
