"""``./ombra etl run``: read the files of a folder, and load what they hold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands import output
from app.commands.base import notes, report, screen
from app.commands.etl import tables
from app.commands.etl.group import MappingsOption, SourceOption, command, database, known, received, require
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from etl.locate.points import Geocoder
    from etl.outcome import Outcome

DirOption = typer.Option("--dir", help=_("Cartella con i file; senza, quella in cui scrive «fetch»."))
DryOption = typer.Option("--dry-run", help=_("Fa tutto, mostra le differenze e non scrive nulla."))
AllOption = typer.Option("--all", help=_("Mostra tutte le differenze, non solo le prime 50 di ogni fonte."))
LossOption = typer.Option(
    "--riduzione-voluta",
    metavar=_("FONTE"),
    help=_("Fonte che può perdere più di metà delle righe in una volta: il suo file è stato controllato."),
)
AgainOption = typer.Option("--anche-annullati", help=_("Carica di nuovo anche i file annullati con «rollback»."))
OutOption = typer.Option("--out", help=_("File CSV in cui scrivere tutte le differenze."))


@command("run", _("Legge i file di una cartella e carica quello che contengono, con i calcoli che ne seguono."))
def run(
    folder: Annotated[Path | None, DirOption] = None,
    source: Annotated[list[str] | None, SourceOption] = None,
    mappings: Annotated[Path | None, MappingsOption] = None,
    *,
    shrunk: Annotated[list[str] | None, LossOption] = None,
    again: Annotated[bool, AgainOption] = False,
    dry_run: Annotated[bool, DryOption] = False,
    everything: Annotated[bool, AllOption] = False,
    out: Annotated[Path | None, OutOption] = None,
) -> None:
    """Load; exit 1 where a file was refused."""
    from etl.pipeline import run as load

    sources, only = known(mappings), source or []
    require([*only, *(shrunk or [])], [one.declaration.id for one in sources])
    with database() as engine, _outside(engine) as geocoder:
        outcome = load(
            engine,
            folder=folder or received(),
            sources=sources,
            only=only,
            dry_run=dry_run,
            progress=report,
            outside=geocoder,
            allow_loss=shrunk or [],
            again=again,
        )
    tables.show_outcome(outcome, most=None if everything else tables.SHOWN)
    show_linkage(outcome)
    write_differences(outcome, out)
    if refused(outcome):
        raise typer.Exit(1)


@contextmanager
def _outside(engine: "Engine") -> "Iterator[Geocoder | None]":
    """The geocoder that the settings name, if any."""
    from etl.locate.nominatim import from_settings
    from etl.locate.territory import read_municipalities

    with engine.connect() as connection:
        geocoder = from_settings(read_municipalities(connection))
    if geocoder is None:
        yield None
        return
    with geocoder:
        yield geocoder


def show_linkage(outcome: "Outcome") -> None:
    """How many services several sources tell, which became one or several, and what waits for a person."""
    found = outcome.linkage
    if found is None:
        return
    told = _("Servizi: {servizi}, di cui {uniti} da più righe.")
    screen.print(told.format(servizi=found.services, uniti=found.merged), highlight=False)
    joined = sum(event.kind == "unito" for event in outcome.unions)
    parted = sum(event.kind == "diviso" for event in outcome.unions)
    if outcome.unions:
        told = _("Già pubblicati: {uniti} uniti ad altri, {divisi} divisi da altri.")
        screen.print(told.format(uniti=joined, divisi=parted), highlight=False)
    if found.queue:
        told = _("Coppie da giudicare: {coda}. Per vederle: ./ombra etl review")
        screen.print(told.format(coda=found.queue), highlight=False)


def refused(outcome: "Outcome") -> bool:
    """Whether a file was unusable, or bears the name of a source and does not fit it."""
    return outcome.failed or any(file.reasons for file in outcome.unclaimed)


def write_differences(outcome: "Outcome", out: Path | None) -> None:
    """Write every difference into a CSV file."""
    from app.api.output import table

    if out is None:
        return
    rows: Sequence[dict[str, object]] = tables.event_rows(outcome)
    output.give_out(table(rows, tables.EVENT_COLUMNS), out)
    notes.print(_("Scritto {file}: {count} righe.").format(file=out, count=len(rows)), highlight=False)
