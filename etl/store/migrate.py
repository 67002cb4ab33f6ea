"""Bring a database to the tables of this code, and check that migrations and models agree."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Migrate the database up to ``revision``; a database that is there already stays as it is."""
    command.upgrade(_config(engine), revision)


def check(engine: Engine) -> None:
    """Raise ``alembic.util.CommandError`` where the models ask for what no migration makes."""
    command.check(_config(engine))
