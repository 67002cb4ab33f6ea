"""``./ombra coverage delete``: remove a run for good."""

from typing import Annotated

from app.commands.base import screen
from app.commands.coverage.group import RunArgument, command, short, writing
from etl.i18n import _


@command("delete", _("Cancella un calcolo con risultati e indicatori; non quello corrente né uno con un nome."))
def delete(run: Annotated[str, RunArgument]) -> None:
    """Delete a run."""
    from etl.derive import book

    with writing() as connection:
        found = book.find(connection, run)
        book.remove(connection, found)
    screen.print(_("Il calcolo {numero} è cancellato.").format(numero=short(found)), highlight=False)
