"""The one place where failures of the database driver become errors of the house.

Only what a person can mend is translated; everything else is a fault of the program and passes unchanged.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from etl.errors import DatabaseUnreachable, DatabaseUnsuitable, StoreError
from etl.i18n import _

CONNECT_SECONDS = 10
_STOPPED = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown, psycopg.errors.CannotConnectNow)


@contextmanager
def translated_errors(url: URL) -> Iterator[None]:
    """Turn the driver's failures that a person can mend into errors of the house; the others pass unchanged."""
    try:
        yield
    except DBAPIError as error:
        translation = _translation(error, url)
        if translation is None:
            raise
        raise translation from error


def _translation(error: DBAPIError, url: URL) -> StoreError | None:
    cause = error.orig
    place = place_of(url)
    if isinstance(cause, psycopg.errors.DiskFull):
        return StoreError(_("Il disco del database {posto} è pieno: liberare spazio e ripetere.").format(posto=place))
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction):
        return DatabaseUnsuitable(
            _("Il database {posto} è in sola lettura (una replica?): indicare quello principale.").format(posto=place)
        )
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return DatabaseUnsuitable(
            _("All'utente del database {posto} manca un diritto: {motivo}").format(posto=place, motivo=_first(cause))
        )
    if isinstance(cause, _STOPPED):
        return DatabaseUnreachable(
            _("Il collegamento al database {posto} si è interrotto: {motivo}. Riprovare fra qualche secondo.").format(
                posto=place, motivo=_first(cause)
            )
        )
    if not isinstance(error, OperationalError) or not isinstance(cause, psycopg.OperationalError) or cause.sqlstate:
        return None
    return _unreachable(cause, url, place)


def _unreachable(cause: psycopg.OperationalError, url: URL, place: str) -> StoreError:
    """A connection that was refused or broke; the server is asked whether it is there at all."""
    answer = _ping(url)
    if answer is psycopg.pq.Ping.OK:
        return DatabaseUnsuitable(
            _(
                "Il server del database {posto} risponde ma rifiuta il collegamento: {motivo}. "
                "Controllare utente, password e "
                "nome del database in OMBRA_DATABASE_URL."
            ).format(posto=place, motivo=_first(cause))
        )
    if answer is psycopg.pq.Ping.REJECT:
        return DatabaseUnreachable(
            _("Il database {posto} si sta avviando o fermando: riprovare fra qualche secondo.").format(posto=place)
        )
    return DatabaseUnreachable(
        _("Il database {posto} non risponde (messaggio del sistema: «{motivo}»). {rimedio}").format(
            posto=place, motivo=_first(cause), rimedio=_remedy(url)
        )
    )


def _ping(url: URL) -> psycopg.pq.Ping:
    fields = {key: str(value) for key, value in url.query.items()}
    named = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    fields.update({key: str(value) for key, value in named.items() if value is not None})
    fields["connect_timeout"] = str(CONNECT_SECONDS)
    return psycopg.pq.Ping(psycopg.pq.PGconn.ping(psycopg.conninfo.make_conninfo(**fields).encode()))


def place_of(url: URL) -> str:
    """Name and address for a message, never with a password."""
    host = url.host or url.query.get("host") or "localhost"
    return f"«{url.database or '-'}» ({host}{f':{url.port}' if url.port else ''})"


def _remedy(url: URL) -> str:
    if "requirepeer" in url.query:
        return _("È il database privato di Ombra: ripetere «./ombra up».")
    return _(
        "Controllare che il server sia acceso e l'indirizzo giusto, oppure togliere OMBRA_DATABASE_URL per usare il "
        "database privato di Ombra."
    )


def _first(cause: BaseException) -> str:
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    return lines[0].removeprefix("connection failed: ").rstrip(".")
