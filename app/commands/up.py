"""``./ombra up``: from nothing to a served map."""

from typing import Annotated

import typer

from app.commands.base import HELP_OPTIONS, ItalianCommand, new_cli, notes, report, screen, show_table
from etl.i18n import _

cli = new_cli()


@cli.command(
    cls=ItalianCommand,
    context_settings=HELP_OPTIONS,
    help=_("Prepara il database, carica i dati, calcola ombre e sovrapposizioni, e apre il servizio web."),
)
def up(
    port: Annotated[int, typer.Option(min=1, max=65535, help=_("Porta del servizio web."))] = 8000,
    host: Annotated[str, typer.Option(help=_("Indirizzo su cui ascoltare; 0.0.0.0 per tutta la rete."))] = "127.0.0.1",
    detach: Annotated[
        bool, typer.Option("--detach", help=_("Lascia il servizio acceso e restituisce il terminale."))
    ] = False,
) -> None:
    """Prepare, load, derive, serve."""
    from app import server
    from app.running import Running, running
    from etl.settings import StoreSettings

    state = StoreSettings().state
    own = running(state)
    if own is None:
        server.listen(host, port).close()  # before the long work, not after it
    elif (own.host, own.port) != (host, port):
        raise server.ServerError(
            _("Ombra è già accesa su {indirizzo}: per cambiare indirizzo fermarla prima con «./ombra down».").format(
                indirizzo=own.url
            )
        )
    _prepare_data()
    own = running(state)
    if own is not None:
        screen.print(_("Ombra era già accesa: {indirizzo}").format(indirizzo=own.url))
    elif detach:
        own = server.start_detached(state, host=host, port=port)
        screen.print(_("Ombra è accesa: {indirizzo}  (per fermarla: ./ombra down)").format(indirizzo=own.url))
    else:
        address = Running(0, "", host, port).url
        screen.print(_("Ombra è accesa: {indirizzo}  (per fermarla: Ctrl-C)").format(indirizzo=address))
        server.serve(state, host=host, port=port)


def _prepare_data() -> None:
    with notes.status(_("Avvio…")):
        from etl.derive import refresh
        from etl.pipeline import load_everything
        from etl.settings import StoreSettings
        from etl.store.driver_errors import translated_errors
        from etl.store.engine import connect
        from etl.store.migrate import upgrade
        from etl.streets import load_streets

        engine = connect(progress=report)
        with translated_errors(engine.url):
            upgrade(engine)
            loaded = load_everything(engine, progress=report)
            load_streets(engine, StoreSettings().streets_file, progress=report)
            found = refresh(engine, progress=report)
        engine.dispose()
    show_table(loaded.lines(), title=_("Dati caricati"))
    show_table(found.lines(), title=_("Persone in ombra per tipo di servizio"))
