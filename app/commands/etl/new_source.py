"""``./ombra etl new-source``: a mapping for a file that nobody has prepared."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands import output
from app.commands.base import screen
from app.commands.etl import mapping_text
from app.commands.etl.group import command
from app.commands.etl.mapping_text import Said
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
DRAFT = ".bozza"  # added to the name of a mapping that cannot be used yet: one that is wrong would stop all sources
OutOption = typer.Option("--out", help=_("File della mappatura; senza, in data/sources."))
IdOption = typer.Option("--id", help=_("Identificativo della fonte: minuscole, cifre e trattini."))
TypeOption = typer.Option("--type", help=_("Codice del tipo di servizio, se già si sa."))
SheetOption = typer.Option("--sheet", help=_("Foglio o strato, se il file ne ha più d'uno."))
TitleOption = typer.Option("--title", help=_("Come si chiama l'elenco."))
PublisherOption = typer.Option("--publisher", help=_("Chi lo pubblica."))
LicenceOption = typer.Option("--licence", help=_("Con quale licenza."))
DateOption = typer.Option("--date", help=_("Di quando sono i dati: 2026, 2026-09 o 2026-09-30."))
YesOption = typer.Option("--yes", help=_("Scrive senza chiedere."))


@command("new-source", _("Guarda un file che nessuno ha preparato, propone come leggerlo e scrive la mappatura."))
def new_source(  # noqa: PLR0913  one argument per option
    file: Annotated[Path, typer.Argument(metavar="FILE", help=_("File CSV, XLSX, ODS, JSON, GeoJSON, GPKG o SHP."))],
    *,
    service_type: Annotated[str | None, TypeOption] = None,
    name: Annotated[str | None, IdOption] = None,
    title: Annotated[str | None, TitleOption] = None,
    publisher: Annotated[str | None, PublisherOption] = None,
    licence: Annotated[str | None, LicenceOption] = None,
    date: Annotated[str | None, DateOption] = None,
    sheet: Annotated[str | None, SheetOption] = None,
    out: Annotated[Path | None, OutOption] = None,
    yes: Annotated[bool, YesOption] = False,
) -> None:
    """Propose, show, ask, write; exit 1 where the mapping needs a hand first."""
    from etl.sources.catalogue import MAPPINGS
    from etl.sources.tabular.propose import propose

    said = Said(name, title, publisher, licence, date)
    proposal = propose(file, service_type=service_type, sheet=sheet)
    text = mapping_text.filled(proposal.text, said)
    target = out or MAPPINGS / f"{mapping_text.identifier(text)}.yaml"
    faults = [*mapping_text.faults(text, name=target.name), *_taken(file, mapping_text.identifier(text))]
    if faults:
        target = target.with_name(target.name + DRAFT)
    if target.exists():
        why = _("{file} c'è già: scegliere un altro nome con --id o --out, o cancellarlo.")
        raise OmbraError(why.format(file=target))
    _show(proposal, text, mapping_text.settled(proposal.doubts, said), faults)
    if not (yes or _agreed(_("Scrivere la mappatura in {file}? [s/N]").format(file=target))):
        screen.print(_("Non ho scritto nulla."))
        return
    _write(text, target)
    elsewhere = target.parent.resolve() != MAPPINGS.resolve()
    _tell_next(file, target, mapping_text.identifier(text), elsewhere=elsewhere, usable=not faults)


def _taken(file: Path, name: str) -> list[str]:
    """Faults that only the sources known already show."""
    from etl.sources.catalogue import catalogue, claim

    known = catalogue()
    found = []
    if name in {source.declaration.id for source in known}:
        found.append(_("una fonte si chiama già «{id}»: sceglierne un altro con --id").format(id=name))
    owner = claim(known, [file]).claimed.get(file)
    if owner is not None:
        why = _("il file è già della fonte «{id}»: ./ombra etl run lo carica senza bisogno di una mappatura")
        found.append(why.format(id=owner.declaration.id))
    return found


def _agreed(question: str) -> bool:
    answer = str(typer.prompt(question, default="n", show_default=False))
    return answer.strip().lower() in {_("s"), _("sì"), "si", "y", "yes"}


def _write(text: str, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = _("Non si può creare la cartella {folder} ({why}): indicare un altro file con --out.")
        raise OmbraError(why.format(folder=target.parent, why=error.strerror or error)) from None
    output.give_out(text, target)


# --- what is shown ------------------------------------------------------------------------------------


def _show(proposal: "Proposal", text: str, doubts: Sequence[str], faults: Sequence[str]) -> None:
    how = proposal.opened.table
    delimiter = how.delimiter and _("separatore «{segno}»").format(segno=how.delimiter.replace("\t", "tab"))
    told = [proposal.opened.format, how.encoding, delimiter, how.sheet, how.crs]
    _line(_("Letto come: {modo}.").format(modo=", ".join(part for part in told if part)))
    screen.rule(_("Mappatura proposta"), align="left")
    _line(text)
    if proposal.first:
        screen.rule(_("Le prime righe, come saranno lette"), align="left")
        for row in proposal.first:
            _show_row(row)
    if doubts or faults:
        screen.rule(_("Da controllare"), align="left")
    for doubt in doubts:
        _line(f"• {doubt}")
    for fault in faults:
        _line(_("• Da mettere a posto: {difetto}").format(difetto=fault))


def _line(text: str, *, style: str | None = None) -> None:
    """A line as it is: the terminal breaks it where it must, a pipe does not."""
    screen.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _show_row(row: "FirstRow") -> None:
    if not row.records:
        _line(_("  scartata ({chiave})").format(chiave=row.key))
    for record in row.records:
        _line(f"  {_told(record)}")
    for issue in row.issues:
        change = "" if issue.mended is None else f" «{issue.value}» → «{issue.mended}»"
        _line(f"    {issue.message}{change}", style="dim")


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


def _tell_next(file: Path, target: Path, name: str, *, elsewhere: bool, usable: bool) -> None:
    """The command that comes next; of a draft, what to do first."""
    _line(_("Scritto {file}.").format(file=target))
    mappings = f" --mappings {shlex.quote(str(target.parent))}" if elsewhere else ""
    if usable:
        _line(_("Per vedere che cosa cambierebbe (e poi, senza --dry-run, caricare):"))
    else:
        _line(_("Prima mettere a posto il file e togliere «{bozza}» dal suo nome; poi:").format(bozza=DRAFT))
    _line(f"  ./ombra etl run --dir {shlex.quote(str(file.parent))} --source {name}{mappings} --dry-run")
    if not usable:
        raise typer.Exit(1)
