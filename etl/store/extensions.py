"""The parts of PostgreSQL that a search by words needs; the server has them, a database must be given them once."""

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from etl.errors import DatabaseUnsuitable
from etl.i18n import _

# Accents, likeness of words, indexes over a code and a place together. Trusted: who owns a database may add them.
WORDS = ("unaccent", "pg_trgm", "btree_gist")


def require_words(connection: Connection) -> None:
    """Add :data:`WORDS` where they are missing.

    Raises
    ------
    DatabaseUnsuitable
        The server lacks them, or the user may not add them: all that are missing at once.
    """
    missing = [name for name in WORDS if not _ask(connection, "pg_extension", "extname", name)]
    absent = [name for name in missing if not _ask(connection, "pg_available_extensions", "name", name)]
    database = connection.engine.url.database or ""
    if absent:
        raise DatabaseUnsuitable(
            _(
                "Il server del database «{database}» non ha {estensioni}: installare il pacchetto «contrib» di "
                "PostgreSQL (Debian: è già in postgresql-15)."
            ).format(database=database, estensioni=", ".join(absent))
        )
    try:
        for name in missing:
            connection.execute(text(f'create extension if not exists "{name}"'))
    except DBAPIError as error:
        if not isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            raise
        commands = "; ".join(f'CREATE EXTENSION "{name}"' for name in missing)
        raise DatabaseUnsuitable(
            _(
                "Nel database «{database}» mancano {estensioni} e l'utente «{utente}» non può aggiungerle. "
                "Un amministratore esegua: psql -d {database} -c '{comandi}'"
            ).format(
                database=database,
                estensioni=", ".join(missing),
                utente=connection.engine.url.username,
                comandi=commands,
            )
        ) from error


def _ask(connection: Connection, catalogue: str, column: str, name: str) -> bool:
    asked = text(f"select exists (select from {catalogue} where {column} = :name)")  # noqa: S608 - names of our own
    return bool(connection.scalar(asked, {"name": name}))
