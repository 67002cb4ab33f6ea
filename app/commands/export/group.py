"""The group that the exports belong to, and what they share."""

from collections.abc import Callable
from typing import Any, TypeVar

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, ItalianGroup, new_cli, translate_help
from etl.i18n import _

Command = TypeVar("Command", bound=Callable[..., Any])

cli = new_cli(
    cls=ItalianGroup,
    context_settings=HELP_OPTIONS,
    invoke_without_command=True,
    help=_("Tutto in un file, nei formati che altri sistemi leggono."),
)

OutArgument = typer.Argument(metavar="FILE", help=_("File da scrivere."))


@cli.callback()
def _group(ctx: typer.Context) -> None:
    """Without a command show the help."""
    if ctx.invoked_subcommand is None:
        translate_help()
        ctx.get_help()


def command(name: str, text: str) -> Callable[[Command], Command]:
    """Decorator that adds a command to the group."""
    return cli.command(name, cls=ItalianCommand, context_settings=HELP_OPTIONS, help=text)
