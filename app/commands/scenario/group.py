"""The group that the commands on scenarios belong to, and the options with which changes are written."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, ItalianGroup, new_cli, translate_help
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from etl.derive.scenario import Changes

Command = TypeVar("Command", bound=Callable[..., Any])

cli = new_cli(
    cls=ItalianGroup,
    context_settings=HELP_OPTIONS,
    invoke_without_command=True,
    help=_("Gli scenari: che cosa succede se un servizio apre, chiude, si sposta o cambia capienza."),
)

NameArgument = typer.Argument(metavar="NOME", help=_("Nome dello scenario."))
AddOption = typer.Option(
    "--add",
    metavar="TIPO@LUOGO[=CAPIENZA]",
    help=_(
        "Aggiunge un servizio. LUOGO: un comune, un quartiere o centro abitato, «lon,lat», LIVELLO:CODICE, o"
        " FILE#NOME per un elemento di un livello. Si può ripetere, come le altre."
    ),
)
CloseOption = typer.Option(
    "--close", metavar="SERVIZIO", help=_("Chiude un servizio: il suo numero (anche solo l'inizio) o il nome intero.")
)
OpenOption = typer.Option(
    "--open",
    metavar="SERVIZIO",
    help=_("Dà per aperto un servizio atteso, programmato o da verificare; con un TIPO, tutti quelli del tipo."),
)
MoveOption = typer.Option("--move", metavar="SERVIZIO@LUOGO", help=_("Sposta un servizio."))
ResizeOption = typer.Option(
    "--resize", metavar="SERVIZIO=CAPIENZA", help=_("Dà a un servizio un'altra capienza, nell'unità del suo tipo.")
)
FileOption = typer.Option("--file", help=_("File con i cambiamenti, .yaml o .csv (lo scrive «scenario show --out»)."))
DescriptionOption = typer.Option("--description", help=_("Che cosa vuole rappresentare."))
ByOption = typer.Option("--by", help=_("Chi lo chiede; senza, non si scrive nulla."))


@cli.callback()
def _group(ctx: typer.Context) -> None:
    """Without a command show the help."""
    if ctx.invoked_subcommand is None:
        translate_help()
        ctx.get_help()


def command(name: str, text: str) -> Callable[[Command], Command]:
    """Decorator that adds a command to the group."""
    return cli.command(name, cls=ItalianCommand, context_settings=HELP_OPTIONS, help=text)


@dataclass(frozen=True)
class Asked:
    """The changes that the options of a command ask for; ``file`` may hold a description too."""

    add: Sequence[str] | None
    close: Sequence[str] | None
    open: Sequence[str] | None
    move: Sequence[str] | None
    resize: Sequence[str] | None
    file: Path | None

    def read(self, connection: "Connection", *, beside: Collection[str] = ()) -> "tuple[str | None, Changes]":
        """Description of the file, and all changes: those of the file first.

        Raises
        ------
        OmbraError
            The file or some changes cannot be read; every fault is told.
        """
        from etl.derive.scenario import written
        from etl.derive.scenario.sheet import read_file

        description, rows = (None, []) if self.file is None else read_file(self.file)
        for action in ("add", "close", "open", "move", "resize"):
            rows += [written.option(action, text) for text in getattr(self, action) or ()]
        return description, written.read(connection, rows, beside=beside)
