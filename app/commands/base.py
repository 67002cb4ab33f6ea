"""What every command shares: Italian help, progress lines, tables, and commands that are imported when asked for.

A new command is one module, or package, of this package with a ``cli`` of type ``typer.Typer``; nothing else lists it.
Such a module imports what is heavy inside its functions, because ``./ombra --help`` imports them all.
"""

import pkgutil
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperCommand, TyperGroup

import app.commands
from etl.errors import OmbraError
from etl.i18n import _

HELP_OPTIONS = {"help_option_names": ["--help", "-h"]}
_FIRST = ("up", "down", "status", "test")
_SHARED = ("base", "output", "reading", "rule_tables")

# What goes into a file or a pipe has no width of its own; rich would take 80 columns, too few for a ranking.
PIPE_WIDTH = 120
screen = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH)
notes = Console(stderr=True)


def new_cli(**options: Any) -> typer.Typer:  # noqa: ANN401  passed on to Typer as they are
    """Typer application for one module: no shell completion, no decorated tracebacks."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, **options)


def report(text: str) -> None:
    """Show one line of progress."""
    notes.print(f"[cyan]•[/] {text}", highlight=False)


def show_table(lines: Iterable[tuple[str, str]], *, title: str | None = None) -> None:
    """Show labels with their values."""
    table = Table(show_header=False, title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for label, value in lines:
        table.add_row(label, value)
    screen.print(table)


class ItalianCommand(TyperCommand):
    """A command whose help speaks Italian throughout."""

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401  Typer's context type is private
        """Usage line."""
        return super().get_usage(ctx).replace("Usage:", _("Uso:"), 1)

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """Help option, explained in Italian."""
        return _explained(super().get_help_option(ctx))


class ItalianGroup(TyperGroup):
    """A group of commands whose help and errors speak Italian throughout."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Find the command that ``args`` begin with.

        Raises
        ------
        OmbraError
            There is none of that name.
        """
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            names = ", ".join(self.list_commands(ctx))
            raise OmbraError(_("Comando sconosciuto: «{nome}». Comandi: {nomi}.").format(nome=args[0], nomi=names))
        return super().resolve_command(ctx, args)

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401
        """Usage line."""
        return super().get_usage(ctx).replace("Usage:", _("Uso:"), 1)

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """Help option, explained in Italian."""
        return _explained(super().get_help_option(ctx))


class LazyGroup(ItalianGroup):
    """The group of all commands: each module of ``app.commands`` is imported only when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002
        """Names of the commands, the everyday ones first."""
        found = {module.name for module in pkgutil.iter_modules(app.commands.__path__)} - set(_SHARED)
        return [name for name in _FIRST if name in found] + sorted(found - set(_FIRST))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """Find one command by name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = typer.main.get_command(import_module(f"app.commands.{cmd_name}").cli)
        command.name = cmd_name
        return command


def _explained(option: Any) -> Any:  # noqa: ANN401
    if option is not None:
        option.help = _("Mostra questo aiuto ed esce.")
    return option


def translate_help() -> None:
    """Give the panels of help Italian headings."""
    from typer import rich_utils

    rich_utils.OPTIONS_PANEL_TITLE = _("Opzioni")
    rich_utils.ARGUMENTS_PANEL_TITLE = _("Argomenti")
    rich_utils.COMMANDS_PANEL_TITLE = _("Comandi")
    rich_utils.DEFAULT_STRING = _("[predefinito: {}]")
    rich_utils.REQUIRED_LONG_STRING = _("[obbligatorio]")
