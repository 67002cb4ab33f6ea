"""``./ombra etl new-source``: a mapping for a file that nobody has prepared."""

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import screen
from app.commands.etl.group import command
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from etl.record import Record
    from etl.sources.tabular.propose import FirstRow, Proposal

# What is told of a record that would be loaded, in this order, where it is there.
TOLD = (
    *("service_type", "name", "organization", "tax_id", "municipality", "address", "postal_code", "latitude"),
    *("longitude", "phones", "email", "url", "osm_hours", "opening_hours", "capacities", "year", "code", "value"),
)
OutOption = typer.Option("--out", help=_("File della mappatura; senza, in data/sources."))
IdOption = typer.Option("--id", help=_("Identificativo della fonte: minuscole, cifre e trattini."))
TypeOption = typer.Option("--type", help=_("Codice del tipo di servizio, se già si sa."))
SheetOption = typer.Option("--sheet", help=_("Foglio o strato, se il file ne ha più d'uno."))
YesOption = typer.Option("--yes", help=_("Scrive senza chiedere."))


@command("new-source", _("Guarda un file che nessuno ha preparato, propone come leggerlo e scrive la mappatura."))
def new_source(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("File CSV, XLSX, ODS, JSON, GeoJSON o GPKG."))],
    service_type: Annotated[str | None, TypeOption] = None,
    name: Annotated[str | None, IdOption] = None,
    sheet: Annotated[str | None, SheetOption] = None,
    out: Annotated[Path | None, OutOption] = None,
    *,
    yes: Annotated[bool, YesOption] = False,
) -> None:
    """Propose, show, ask, write; exit 1 where the mapping needs a hand first."""
    from etl.sources.catalogue import MAPPINGS
    from etl.sources.tabular.propose import propose

    proposal = propose(file, service_type=service_type, sheet=sheet)
    text = _named(proposal.text, name)
    target = out or MAPPINGS / (f"{name}.yaml" if name else proposal.name)
    if target.exists():
        why = _("{file} c'è già: scegliere un altro nome con --id o --out, o cancellarlo.")
        raise OmbraError(why.format(file=target))
    _show(proposal, text)
    if not (yes or typer.confirm(_("Scrivere la mappatura in {file}?").format(file=target))):
        screen.print(_("Non ho scritto nulla."))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    output.give_out(text, target)
    _tell_next(file, target, _id(text), proposal, elsewhere=target.parent.resolve() != MAPPINGS.resolve())


def _named(text: str, name: str | None) -> str:
    """The mapping with the identifier that was asked for."""
    if name is None:
        return text
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise OmbraError(_("«{nome}» non va come identificativo: minuscole, cifre e trattini.").format(nome=name))
    return re.sub(r"^id:.*$", f"id: {name}", text, count=1, flags=re.MULTILINE)


def _id(text: str) -> str:
    found = re.search(r"^id:\s*([^\s#]+)", text, re.MULTILINE)
    return found.group(1).strip("'\"") if found else ""


def _show(proposal: "Proposal", text: str) -> None:
    how = proposal.opened.table
    delimiter = how.delimiter and _("separatore «{segno}»").format(segno=how.delimiter.replace("\t", "tab"))
    told = [proposal.opened.format, how.encoding, delimiter, how.sheet, how.crs]
    screen.print(_("Letto come: {modo}.").format(modo=", ".join(part for part in told if part)), highlight=False)
    screen.rule(_("Mappatura proposta"), align="left")
    screen.print(text, highlight=False, markup=False, soft_wrap=True)
    if proposal.first:
        screen.rule(_("Le prime righe, come saranno lette"), align="left")
        for row in proposal.first:
            _show_row(row)
    if proposal.doubts:
        screen.rule(_("Da controllare"), align="left")
        for doubt in proposal.doubts:
            screen.print(f"• {doubt}", highlight=False, markup=False)
    for fault in proposal.faults:
        screen.print(_("• Da mettere a posto: {difetto}").format(difetto=fault), highlight=False, markup=False)


def _show_row(row: "FirstRow") -> None:
    if not row.records:
        screen.print(_("  scartata ({chiave})").format(chiave=row.key), highlight=False, markup=False)
    for record in row.records:
        screen.print(f"  {_told(record)}", highlight=False, markup=False, soft_wrap=True)
    for issue in row.issues:
        change = "" if issue.mended is None else f" «{issue.value}» → «{issue.mended}»"
        screen.print(f"    {issue.message}{change}", style="dim", highlight=False, markup=False, soft_wrap=True)


def _told(record: "Record") -> str:
    from app.reports import words

    values: dict[str, Any] = {name: getattr(record, name, None) for name in TOLD}
    told = {name: _plain(value) for name, value in values.items() if value not in (None, (), "")}
    return "; ".join(f"{words.field(name)}: {value}" for name, value in told.items())


def _plain(value: object) -> str:
    from etl.record import Capacity

    if isinstance(value, tuple):
        return ", ".join(map(_plain, value))
    if isinstance(value, Capacity):
        return f"{value.maximum:g} {value.unit}"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _tell_next(file: Path, target: Path, name: str, proposal: "Proposal", *, elsewhere: bool) -> None:
    screen.print(_("Scritto {file}.").format(file=target), highlight=False)
    mappings = f" --mappings {shlex.quote(str(target.parent))}" if elsewhere else ""
    command_line = f"./ombra etl run --dir {shlex.quote(str(file.parent))} --source {name}{mappings}"
    if proposal.faults:
        screen.print(_("Prima correggere nel file quello che è da mettere a posto; poi:"))
    else:
        screen.print(_("Per vedere che cosa cambierebbe (e poi, senza --dry-run, caricare):"))
    screen.print(f"  {command_line} --dry-run", highlight=False, markup=False, soft_wrap=True)
    if proposal.faults:
        raise typer.Exit(1)
