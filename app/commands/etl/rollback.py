"""``./ombra etl rollback``: a source as it was before a run."""

import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.base import report
from app.commands.etl import tables
from app.commands.etl.group import MappingsOption, command, database, known
from app.commands.etl.run import AllOption, DryOption, OutOption, write_differences
from etl.errors import NotFound, OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

RunArgument = typer.Argument(metavar="NUMERO", help=_("Numero del caricamento, o il suo inizio (./ombra etl history)."))


@command("rollback", _("Riporta una fonte a com'era prima di un caricamento; il ritorno è a sua volta un caricamento."))
def rollback(
    run: Annotated[str, RunArgument],
    mappings: Annotated[Path | None, MappingsOption] = None,
    *,
    dry_run: Annotated[bool, DryOption] = False,
    everything: Annotated[bool, AllOption] = False,
    out: Annotated[Path | None, OutOption] = None,
) -> None:
    """Undo a run and those after it."""
    from etl.history import rollback as undo

    sources = known(mappings)
    with database() as engine:
        with engine.connect() as connection:
            run_id = whole_number(connection, run)
        outcome = undo(engine, run_id, sources=sources, dry_run=dry_run, progress=report)
    tables.show_changes(outcome, most=None if everything else tables.SHOWN)
    write_differences(outcome, out)


def whole_number(connection: "Connection", beginning: str) -> uuid.UUID:
    """The one run whose number begins so.

    Raises
    ------
    OmbraError
        The text is no number, or several begin with it.
    NotFound
        None does.
    """
    from sqlalchemy import String, cast, select

    from etl.store import models as m

    text = beginning.strip().lower()
    if not re.fullmatch(r"[0-9a-f][0-9a-f-]{3,35}", text):
        why = _("«{testo}» non è il numero di un caricamento: servono almeno 4 cifre, come in ./ombra etl history.")
        raise OmbraError(why.format(testo=beginning))
    statement = select(m.SourceRun.id).where(cast(m.SourceRun.id, String).startswith(text, autoescape=True))
    found = connection.execute(statement.limit(2)).scalars().all()
    if not found:
        why = _("Nessun caricamento ha il numero {testo}: vedere ./ombra etl history.")
        raise NotFound(why.format(testo=beginning))
    if len(found) > 1:
        raise OmbraError(_("Più caricamenti cominciano con {testo}: scrivere più cifre.").format(testo=beginning))
    return found[0]
