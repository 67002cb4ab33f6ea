"""``./ombra coverage name``: give a run a name, so that it stays."""

from typing import Annotated

import typer

from app.commands.base import screen
from app.commands.coverage.group import RunArgument, command, short, writing
from etl.i18n import _

NameArgument = typer.Argument(metavar="NOME", help=_("Senza: il nome si toglie e il calcolo si può cancellare."))


@command("name", _("Dà un nome a un calcolo: con un nome si conserva sempre."))
def name(run: Annotated[str, RunArgument], name: Annotated[str | None, NameArgument] = None) -> None:
    """Name a run, or take its name away."""
    from etl.derive import book

    with writing() as connection:
        found = book.find(connection, run)
        book.name(connection, found, name)
    told = (
        _("Il calcolo {numero} non ha più un nome.") if name is None else _("Il calcolo {numero} si chiama «{nome}».")
    )
    screen.print(told.format(numero=short(found), nome=name), highlight=False)
