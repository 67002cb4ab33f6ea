"""``./ombra coverage run``: compute every measure with an engine of one's choice."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.commands.base import notes, report, screen, show_table
from app.commands.coverage.group import command, short
from app.commands.etl.group import database
from etl.errors import OmbraError
from etl.i18n import _


class Engine(StrEnum):
    """Where the travel times come from."""

    estimate = "estimate"
    network = "network"
    matrix = "matrix"


EngineOption = typer.Option(
    "--engine",
    help=_(
        "estimate (stima), network (rete OpenStreetMap), matrix (tabella di tempi). Senza: quello del calcolo corrente."
    ),
)
FileOption = typer.Option(
    "--file",
    help=_("Per network un .osm o .osm.pbf; per matrix un CSV o Parquet (senza: i tempi ISTAT caricati)."),
)
NameOption = typer.Option("--name", help=_("Nome del calcolo: con un nome si conserva sempre."))
ByOption = typer.Option("--by", help=_("Chi lo chiede; senza, non si scrive nulla."))
KeepOption = typer.Option("--keep-current", help=_("Non mostrarlo: il calcolo corrente resta quello di adesso."))


@command("run", _("Calcola zone d'ombra, regole, accesso e sovrapposizioni; gli stessi dati danno lo stesso calcolo."))
def run(
    engine: Annotated[Engine | None, EngineOption] = None,
    file: Annotated[Path | None, FileOption] = None,
    name: Annotated[str | None, NameOption] = None,
    by: Annotated[str | None, ByOption] = None,
    *,
    keep_current: Annotated[bool, KeepOption] = False,
) -> None:
    """Make a run."""
    from etl.derive.run import Wishes, refresh
    from etl.travel.choice import Choice
    from geo.errors import GeoError

    if engine is None and file is not None:
        raise OmbraError(_("--file vuole anche --engine network o --engine matrix."))
    travel = None if engine is None else Choice(engine.value, file)
    wishes = Wishes(show=not keep_current, name=name, by=by)
    with database() as opened:
        try:
            found = refresh(opened, travel=travel, wishes=wishes, progress=report)
        except GeoError as error:
            why = _("Il calcolo non si può fare con questi tempi di viaggio: {motivo}")
            raise OmbraError(why.format(motivo=error)) from error
    show_table(found.lines(), title=_("Persone per tipo di servizio"))
    sentence = _("Calcolo {numero}.") if found.fresh else _("Calcolo {numero}: gli stessi dati, già calcolato.")
    screen.print(sentence.format(numero=short(found.run_id)), highlight=False)
    if found.note is not None:
        notes.print(found.note, style="yellow", highlight=False)
