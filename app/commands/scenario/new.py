"""``./ombra scenario new``: write a scenario."""

from pathlib import Path
from typing import Annotated

from app.commands.base import screen
from app.commands.coverage.group import writing
from app.commands.scenario import group
from app.commands.scenario.show import show_changes
from etl.i18n import _


@group.command("new", _("Scrive uno scenario e lo conserva con un nome; per calcolarlo: «scenario run»."))
def new(  # noqa: PLR0913  one argument per option
    name: Annotated[str, group.NameArgument],
    *,
    add: Annotated[list[str] | None, group.AddOption] = None,
    close: Annotated[list[str] | None, group.CloseOption] = None,
    open: Annotated[list[str] | None, group.OpenOption] = None,  # noqa: A002  the name of the option
    move: Annotated[list[str] | None, group.MoveOption] = None,
    resize: Annotated[list[str] | None, group.ResizeOption] = None,
    file: Annotated[Path | None, group.FileOption] = None,
    description: Annotated[str | None, group.DescriptionOption] = None,
    by: Annotated[str | None, group.ByOption] = None,
) -> None:
    """Keep a new scenario."""
    from etl.derive.scenario import book

    with writing() as connection:
        told, changes = group.Asked(add, close, open, move, resize, file).read(connection)
        book.save(connection, name, changes, description=description or told, by=by)
    show_changes(changes, title=_("Scenario «{nome}»").format(nome=name))
    screen.print(
        _("Salvato. Per vederne gli effetti: ./ombra scenario compare {nome}").format(nome=_quoted(name)),
        highlight=False,
        markup=False,
    )


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)
