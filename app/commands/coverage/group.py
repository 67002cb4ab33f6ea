"""The group that the commands on runs belong to, and what they share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, ItalianGroup, new_cli, translate_help
from app.commands.etl.group import database
from etl.i18n import _

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Connection

Command = TypeVar("Command", bound=Callable[..., Any])
SHORT = 8  # characters of a run's number that people copy

cli = new_cli(
    cls=ItalianGroup,
    context_settings=HELP_OPTIONS,
    invoke_without_command=True,
    help=_("I calcoli della copertura: farne uno, elencarli, vederne i parametri, confrontarli."),
)

RunArgument = typer.Argument(
    metavar="CALCOLO", help=_("Numero di un calcolo, o il suo inizio, o il suo nome, o «corrente».")
)


@cli.callback()
def _group(ctx: typer.Context) -> None:
    """Without a command show the help."""
    if ctx.invoked_subcommand is None:
        translate_help()
        ctx.get_help()


def command(name: str, text: str) -> Callable[[Command], Command]:
    """Decorator that adds a command to the group."""
    return cli.command(name, cls=ItalianCommand, context_settings=HELP_OPTIONS, help=text)


@contextmanager
def reading() -> "Iterator[Connection]":
    """A connection to the database, whose tables are those of this code."""
    with database() as engine, engine.connect() as connection:
        yield connection


@contextmanager
def writing() -> "Iterator[Connection]":
    """A transaction that no run under way crosses."""
    from etl.derive.run import exclusive

    with database() as engine, exclusive(engine) as connection:
        yield connection


def short(run_id: "uuid.UUID") -> str:
    """The number of a run as people copy it."""
    return str(run_id)[:SHORT]
