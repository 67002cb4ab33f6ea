"""``./ombra coverage use``: show another run."""

from typing import Annotated

from app.commands.base import screen
from app.commands.coverage.group import RunArgument, command, short, writing
from etl.i18n import _


@command("use", _("Mostra in mappa ed elenchi un altro calcolo, finché un caricamento non ne fa uno nuovo."))
def use(run: Annotated[str, RunArgument]) -> None:
    """Make a run the one that pages show; later loads use its engine."""
    from etl.derive import book

    with writing() as connection:
        found = book.find(connection, run)
        book.use(connection, found)
    screen.print(_("Ora si vede il calcolo {numero}.").format(numero=short(found)), highlight=False)
