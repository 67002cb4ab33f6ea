"""Migrations and models say the same, and every migration can be taken from nothing to the head."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from etl.errors import OmbraError
from etl.store import migrate
from etl.store.engine import prepare


def test_the_head_is_what_the_models_ask_for(scratch):
    migrate.check(scratch)


def test_there_is_one_head(scratch):
    heads = ScriptDirectory.from_config(migrate._config(scratch)).get_heads()
    assert len(heads) == 1


def test_an_upgrade_can_be_repeated_and_comes_from_nothing(databases):
    with databases.clone("template0", "upgrade") as engine:
        prepare(engine)
        migrate.upgrade(engine)
        with engine.connect() as connection:
            first = connection.scalar(text("SELECT version_num FROM alembic_version"))
        migrate.upgrade(engine)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == first


def test_a_database_of_newer_code_is_refused_in_words(databases):
    with databases.clone("template0", "newer") as engine:
        prepare(engine)
        migrate.upgrade(engine)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(OmbraError, match=r"9999.*aggiornare il programma"):
            migrate.upgrade(engine)
