"""``./ombra status``: what runs and what the database holds."""

from typing import TYPE_CHECKING

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, show_table
from etl.i18n import _
from etl.settings import StoreSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection

cli = new_cli()
NOT_RUNNING = 3


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_(
        "Dice che cosa è acceso e che cosa contiene il database. "
        "Codice d'uscita 0 se il servizio è acceso, 3 se non lo è."
    ),
)
def status() -> None:
    """Look without starting anything."""
    from app.running import running

    settings = StoreSettings()
    own = running(settings.state)
    web = _("acceso su {indirizzo} (processo {pid})").format(indirizzo=own.url, pid=own.pid) if own else _("spento")
    place, answers = _database(settings)
    show_table([(_("Servizio web"), web), (_("Database"), place), *(_counts(settings) if answers else [])])
    if own is None or not answers:
        raise typer.Exit(NOT_RUNNING)


def _database(settings: StoreSettings) -> tuple[str, bool]:
    """Say in words where the database is, and whether it is worth asking."""
    from etl.store.driver_errors import place_of
    from etl.store.engine import database_url, private_cluster

    if settings.database_url is not None:
        return place_of(database_url(settings.database_url.get_secret_value())), True
    found = private_cluster(settings).status()
    if found.running:
        return _("privato, acceso, in {cartella} (processo {pid})").format(cartella=found.home, pid=found.pid), True
    if found.exists:
        return _("privato, spento, in {cartella}").format(cartella=found.home), False
    return _("non ancora creato"), False


def _readings(connection: "Connection") -> str:
    """How far those who read over the web can reach."""
    from etl.store.roles import READER, may_read_as_public

    if may_read_as_public(connection):
        return _("ruolo {ruolo}: solo ciò che è pubblico").format(ruolo=READER)
    return _("transazioni in sola lettura: il ruolo {ruolo} non c'è e questo utente non può crearlo").format(
        ruolo=READER
    )


def _counts(settings: StoreSettings) -> list[tuple[str, str]]:
    from sqlalchemy import inspect

    from etl.pipeline import summarise
    from etl.store.driver_errors import translated_errors
    from etl.store.engine import connect

    engine = connect(settings)
    try:
        with translated_errors(engine.url), engine.connect() as connection:
            if not inspect(connection).has_table("service"):
                return [(_("Dati"), _("nessuno: lanciare «./ombra up»"))]
            return [*summarise(connection).lines(), (_("Letture pubbliche"), _readings(connection))]
    finally:
        engine.dispose()
