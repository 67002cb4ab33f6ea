"""The group that the commands on sources belong to, the options that they share, and the database that they use."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, ItalianGroup, new_cli, notes, report, translate_help
from etl.errors import OmbraError
from etl.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from etl.sources.base import Source

Command = TypeVar("Command", bound=Callable[..., Any])

cli = new_cli(
    cls=ItalianGroup,
    context_settings=HELP_OPTIONS,
    invoke_without_command=True,
    help=_("Le fonti: elenco, scaricamento, caricamento, rapporto, storia, ritorno, nuove basi di dati."),
)


@cli.callback()
def _group(ctx: typer.Context) -> None:
    """Without a command show the help."""
    if ctx.invoked_subcommand is None:
        translate_help()
        ctx.get_help()


SourceOption = typer.Option("--source", help=_("Identificativo di una fonte; si può ripetere."))
MappingsOption = typer.Option("--mappings", help=_("Cartella con altre mappature (file .yaml)."))


def command(name: str, text: str) -> Callable[[Command], Command]:
    """Decorator that adds a command to the group."""
    return cli.command(name, cls=ItalianCommand, context_settings=HELP_OPTIONS, help=text)


def received() -> Path:
    """Folder of fetched files."""
    from etl.settings import StoreSettings

    return StoreSettings().state / "ricevuti"


def known(mappings: Path | None, only: Sequence[str] = ()) -> "list[Source]":
    """The sources of the catalogue, or those named.

    Raises
    ------
    OmbraError
        A name is nobody's, with those that come near; or there is no folder of mappings.
    """
    from etl.sources.catalogue import catalogue

    if mappings is not None and not mappings.is_dir():
        raise OmbraError(_("La cartella «{folder}» di --mappings non esiste.").format(folder=mappings))
    found = {source.declaration.id: source for source in catalogue(mappings=mappings)}
    require(only, found)
    return [source for name, source in found.items() if not only or name in only]


def require(names: Sequence[str], found: Sequence[str] | dict[str, Any]) -> None:
    """Refuse names that are nobody's, all at once."""
    from difflib import get_close_matches

    faults = []
    for name in names:
        if name not in found:
            near = get_close_matches(name, list(found), n=3)
            hint = _(" Forse: {nomi}.").format(nomi=", ".join(near)) if near else ""
            faults.append(_("Nessuna fonte si chiama «{nome}».").format(nome=name) + hint)
    if faults:
        raise OmbraError("\n".join([*faults, _("L'elenco: ./ombra etl sources")]))


@contextmanager
def database() -> "Iterator[Engine]":
    """The database, brought to the tables of this code."""
    from etl.store.driver_errors import translated_errors
    from etl.store.engine import connect
    from etl.store.migrate import upgrade

    with notes.status(_("Apro il database…")):
        engine = connect(progress=report)
    try:
        with translated_errors(engine.url):
            upgrade(engine)
            yield engine
    finally:
        engine.dispose()


def database_exists() -> bool:
    """Whether there is a database to ask, without making one."""
    from etl.settings import StoreSettings
    from etl.store.engine import private_cluster

    settings = StoreSettings()
    return settings.database_url is not None or private_cluster(settings).status().exists
