"""Bring a database to the tables of this code, and check that migrations and models agree."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from etl.errors import OmbraError
from etl.i18n import _
from etl.store import roles

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate the database up to ``revision``; a database that is there already stays as it is.

    Raises
    ------
    OmbraError
        The database was made by a newer version of this code.
    """
    config = _config(engine)
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        why = _("Il database è di una versione di Ombra più recente ({revisione}): aggiornare il programma.")
        raise OmbraError(why.format(revisione=current))
    command.upgrade(config, revision)
    if revision == "head":
        roles.settle(engine)


def check(engine: Engine) -> None:
    """Raise ``alembic.util.CommandError`` where the models ask for what no migration makes."""
    command.check(_config(engine))
