"""``./ombra down``: stop what ``up`` started."""

from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, screen
from etl.i18n import _

cli = new_cli()


@cli.command(
    cls=ItalianCommand, context_settings=HELP_OPTIONS, help=_("Ferma il servizio web e il database privato di Ombra.")
)
def down() -> None:
    """Stop the web server first, then the database it uses."""
    from app import server
    from etl.settings import StoreSettings
    from etl.store.engine import private_cluster

    settings = StoreSettings()
    stopped = server.stop(settings.state)
    screen.print(_("Servizio web fermato.") if stopped else _("Il servizio web non era acceso."))
    if settings.database_url is not None:
        screen.print(_("Il database indicato da OMBRA_DATABASE_URL resta com'è."))
    elif private_cluster(settings).stop():
        screen.print(_("Database fermato; i dati restano."))
    else:
        screen.print(_("Il database non era acceso."))
