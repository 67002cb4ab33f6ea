"""``./ombra scenario edit`` and ``delete``: change a scenario, or take it away."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.base import screen
from app.commands.coverage.group import writing
from app.commands.scenario import group
from app.commands.scenario.show import show_changes
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from etl.derive.scenario import Changes

DropOption = typer.Option("--drop", metavar="N", help=_("Toglie il cambiamento numero N di «scenario show»."))
RenameOption = typer.Option("--rename", metavar="NOME", help=_("Un altro nome."))
DescriptionOption = typer.Option("--description", help=_("Un'altra descrizione; vuota la toglie."))


@group.command("edit", _("Cambia uno scenario: aggiunge e toglie cambiamenti, o lo rinomina."))
def edit(  # noqa: PLR0913  one argument per option
    name: Annotated[str, group.NameArgument],
    *,
    add: Annotated[list[str] | None, group.AddOption] = None,
    close: Annotated[list[str] | None, group.CloseOption] = None,
    open: Annotated[list[str] | None, group.OpenOption] = None,  # noqa: A002  the name of the option
    move: Annotated[list[str] | None, group.MoveOption] = None,
    resize: Annotated[list[str] | None, group.ResizeOption] = None,
    file: Annotated[Path | None, group.FileOption] = None,
    drop: Annotated[list[int] | None, DropOption] = None,
    description: Annotated[str | None, DescriptionOption] = None,
    rename: Annotated[str | None, RenameOption] = None,
) -> None:
    """Edit a scenario."""
    from etl.derive.scenario import book

    asked = group.Asked(add, close, open, move, resize, file)
    with writing() as connection:
        kept = _without(book.find(connection, name).changes, drop or ())
        told, more = asked.read(connection, beside=set(kept.added.values()))
        changes = kept + more
        book.edit(
            connection,
            name,
            changes=changes if len(more) or drop else None,
            description=told if description is None else description,
            rename=rename,
        )
    show_changes(changes, title=_("Scenario «{nome}»").format(nome=rename or name))


def _without(changes: "Changes", numbers: Collection[int]) -> "Changes":
    from etl.derive.scenario import Changes

    absent = sorted(number for number in numbers if not 1 <= number <= len(changes))
    if absent:
        why = _("--drop: lo scenario ha {n} cambiamenti; non c'è il numero {numeri}.")
        raise OmbraError(why.format(n=len(changes), numeri=", ".join(map(str, absent))))
    return Changes(tuple(one for number, one in enumerate(changes, start=1) if number not in numbers))


@group.command("delete", _("Cancella uno scenario; i calcoli già fatti restano finché si conservano."))
def delete(name: Annotated[str, group.NameArgument]) -> None:
    """Delete a scenario."""
    from etl.derive.scenario import book

    with writing() as connection:
        book.remove(connection, name)
    screen.print(_("Lo scenario «{nome}» non c'è più.").format(nome=name), highlight=False, markup=False)
