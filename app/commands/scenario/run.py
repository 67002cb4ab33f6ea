"""``./ombra scenario run``: compute a scenario."""

from typing import Annotated

import typer

from app.commands.base import notes, report, screen, show_table
from app.commands.coverage.group import short
from app.commands.etl.group import database
from app.commands.scenario import group
from etl.i18n import _

NameOption = typer.Option("--name", help=_("Nome del calcolo: con un nome si conserva sempre."))


@group.command("run", _("Calcola uno scenario come un calcolo qualsiasi, senza mostrarlo: restano i servizi di oggi."))
def run(
    name: Annotated[str, group.NameArgument],
    run_name: Annotated[str | None, NameOption] = None,
    by: Annotated[str | None, group.ByOption] = None,
) -> None:
    """Compute a scenario."""
    from etl.derive.run import Wishes
    from etl.derive.scenario.compute import compute

    wishes = Wishes(show=False, name=run_name, by=by)
    with database() as engine:
        base, [made] = compute(engine, [name], wishes=wishes, progress=report)
    show_table(made.lines(), title=_("Persone per tipo di servizio, nello scenario «{nome}»").format(nome=name))
    sentence = _("Calcolo {numero}; quello degli stessi dati senza lo scenario è {base}.")
    screen.print(sentence.format(numero=short(made.run_id), base=short(base)), highlight=False)
    if made.note is not None:
        notes.print(made.note, style="yellow", highlight=False)
