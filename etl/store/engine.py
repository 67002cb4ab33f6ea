"""Connect to the one database and check that it has what Ombra needs."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from etl.errors import DatabaseUnsuitable
from etl.i18n import _
from etl.progress import Progress, silent
from etl.settings import CLONE, StoreSettings
from etl.store.cluster.places import cluster_home
from etl.store.driver_errors import CONNECT_SECONDS, translated_errors
from etl.store.embedded import Cluster

MINIMUM_SERVER = 140000  # server_version_num of PostgreSQL 14
MINIMUM_POSTGIS = (3, 1)


def connect(settings: StoreSettings | None = None, *, progress: Progress = silent) -> Engine:
    """Engine of a database that is ready for Ombra: reachable, recent enough, with PostGIS.

    Without ``OMBRA_DATABASE_URL`` the private cluster is made and started first. PostGIS is added to the database
    where the server has it and the user may.

    Raises
    ------
    StoreError
        Why the database cannot be used and how to mend it.
    """
    settings = settings or StoreSettings()
    if settings.database_url is None:
        url = private_cluster(settings, progress=progress).ensure_running()
    else:
        url = database_url(settings.database_url.get_secret_value())
    engine = make_engine(url, settings)
    try:
        prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def private_cluster(settings: StoreSettings, *, progress: Progress = silent) -> Cluster:
    """The private cluster of these settings; nothing is started."""
    home = settings.home.absolute() if settings.home else cluster_home(CLONE)
    return Cluster(home, progress=progress)


def database_url(address: str) -> URL:
    """SQLAlchemy address for the psycopg driver; ``postgres://`` and other drivers' forms are accepted.

    Raises
    ------
    DatabaseUnsuitable
        The text is no address, or names a database that is not PostgreSQL.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise DatabaseUnsuitable(
            _(
                "OMBRA_DATABASE_URL non è un indirizzo valido: la forma è "
                "postgresql://utente:password@host:porta/database (i caratteri speciali della password "
                "vanno in forma %XX)."
            )
        ) from None
    if url.get_backend_name() not in ("postgresql", "postgres", "postgis"):
        raise DatabaseUnsuitable(
            _("OMBRA_DATABASE_URL indica «{tipo}», ma Ombra lavora solo con PostgreSQL e PostGIS.").format(
                tipo=url.get_backend_name()
            )
        )
    return url.set(drivername="postgresql+psycopg")


def make_engine(url: URL, settings: StoreSettings | None = None) -> Engine:
    """Engine for one address, without any check of what answers there."""
    settings = settings or StoreSettings()
    return create_engine(
        url.difference_update_query(["connect_timeout"]),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
        pool_pre_ping=True,  # the private server may have been restarted since the last use
        connect_args={"application_name": "ombra", "connect_timeout": CONNECT_SECONDS},
    )


def prepare(engine: Engine) -> None:
    """Check server and PostGIS, adding the extension where it is only missing from the database.

    Raises
    ------
    StoreError
        Unreachable, refused, too old, or without PostGIS.
    """
    with translated_errors(engine.url), engine.begin() as connection:
        check_server(connection.scalar(text("SELECT current_setting('server_version_num')::int")) or 0)
        version = _postgis_version(connection) or _add_postgis(connection)
        check_postgis(version, engine.url.database or "")


def check_server(version: int) -> None:
    """Refuse a server older than PostgreSQL 14; ``version`` as in ``server_version_num`` (150004 for 15.4)."""
    if version < MINIMUM_SERVER:
        raise DatabaseUnsuitable(
            _("Il server è PostgreSQL {trovata}: serve la versione {minima} o successiva.").format(
                trovata=version // 10000, minima=MINIMUM_SERVER // 10000
            )
        )


def check_postgis(version: str, database: str) -> None:
    """Refuse a PostGIS older than 3.1; ``version`` as the extension reports it, for example ``3.3.2``."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if numbers < MINIMUM_POSTGIS:
        raise DatabaseUnsuitable(
            _(
                "Nel database «{database}» c'è PostGIS {trovata}: serve la {minima} o successiva. "
                "Aggiornare il pacchetto, poi "
                "eseguire nel database: ALTER EXTENSION postgis UPDATE; SELECT postgis_extensions_upgrade();"
            ).format(database=database, trovata=version, minima=".".join(map(str, MINIMUM_POSTGIS)))
        )


def _postgis_version(connection: Connection) -> str | None:
    found: str | None = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'postgis'"))
    return found


def _add_postgis(connection: Connection) -> str:
    database = connection.engine.url.database or ""
    if not connection.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")):
        raise DatabaseUnsuitable(
            _(
                "Il server del database «{database}» non ha PostGIS: installarlo sul server (Debian: apt-get install "
                "postgresql-15-postgis-3), oppure usare l'immagine postgis/postgis del file docker-compose.yml."
            ).format(database=database)
        )
    try:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    except DBAPIError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise
        raise DatabaseUnsuitable(
            _(
                "Nel database «{database}» manca l'estensione PostGIS e l'utente «{utente}» non può aggiungerla. "
                "Un amministratore esegua: psql -d {database} -c 'CREATE EXTENSION postgis'"
            ).format(database=database, utente=connection.engine.url.username)
        ) from error
    return _postgis_version(connection) or ""


@contextmanager
def session_scope(engine: Engine) -> Iterator[Session]:
    """A session for one unit of work: committed at the end, rolled back on any error.

    Raises
    ------
    StoreError
        The database failed in a way that a person can mend (see ``translated_errors``).
    """
    with translated_errors(engine.url), Session(engine) as session, session.begin():
        yield session
