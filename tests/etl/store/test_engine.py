"""Connecting: the address, what answers there, and the sentence when it is not what Ombra needs."""

import socket

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from etl.errors import DatabaseUnreachable, DatabaseUnsuitable
from etl.settings import CLONE, StoreSettings
from etl.store import engine as module
from etl.store.driver_errors import translated_errors
from etl.store.engine import check_postgis, check_server, connect, database_url, prepare, session_scope


def settings(url):
    return StoreSettings(database_url=SecretStr(url))


@pytest.fixture
def empty(databases):
    """A database where nothing has been added."""
    with databases.clone("template0", "bare") as engine:
        yield engine


@pytest.fixture
def as_guest(empty):
    """The same database, seen by a user without rights."""
    with empty.begin() as connection:
        connection.execute(text("DROP ROLE IF EXISTS guest"))
        connection.execute(text("CREATE ROLE guest LOGIN"))
    yield lambda connection: connection.execute(text("SET ROLE guest"))
    with empty.begin() as connection:
        connection.execute(text("DROP OWNED BY guest; DROP ROLE guest"))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg2", "postgis"])
def test_every_usual_form_of_address_becomes_psycopgs(scheme):
    url = database_url(f"{scheme}://anna:p%40ss@db.example:5433/ombra?sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.host, url.port, url.database) == (
        "anna",
        "p@ss",
        "db.example",
        5433,
        "ombra",
    )
    assert url.query == {"sslmode": "require"}


@pytest.mark.parametrize("address", ["pippo", "postgresql://u@host:porta/db", "anna@host"])
def test_what_is_no_address_is_refused_without_showing_it(address):
    with pytest.raises(DatabaseUnsuitable, match="postgresql://utente:password@host") as caught:
        database_url(address)
    assert address not in str(caught.value)


def test_another_kind_of_database_is_refused():
    with pytest.raises(DatabaseUnsuitable, match="«sqlite»"):
        database_url("sqlite:///ombra.db")


def test_nobody_answers():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers at this port
        port = closed.getsockname()[1]
        with pytest.raises(
            DatabaseUnreachable, match=rf"«x» \(127.0.0.1:{port}\) non risponde.*OMBRA_DATABASE_URL"
        ) as caught:
            connect(settings(f"postgresql://anna:segreta@127.0.0.1:{port}/x"))
    assert "segreta" not in str(caught.value)


def test_the_server_answers_but_has_no_such_database(databases):
    url = databases.url.set(database="non_esiste").render_as_string(hide_password=False)
    with pytest.raises(DatabaseUnsuitable, match=r"risponde ma rifiuta.*non_esiste"):
        connect(settings(url))


def test_postgis_is_added_where_it_can_be(empty):
    url = empty.url.render_as_string(hide_password=False)
    engine = connect(settings(url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT ST_AsText(ST_Point(1, 2))")) == "POINT(1 2)"
    engine.dispose()


def test_a_user_who_may_not_add_postgis_is_told_the_command(empty, as_guest):
    with (
        pytest.raises(
            DatabaseUnsuitable, match=r"Un amministratore esegua: psql -d bare_\w+ -c 'CREATE EXTENSION postgis'"
        ),
        empty.connect() as connection,
    ):
        as_guest(connection)
        module._add_postgis(connection)


def test_versions_that_are_too_old():
    check_server(140000)
    check_postgis("3.1.0", "x")
    check_postgis("3.10.1dev", "x")
    with pytest.raises(DatabaseUnsuitable, match="PostgreSQL 13: serve la versione 14"):
        check_server(130012)
    with pytest.raises(DatabaseUnsuitable, match=r"PostGIS 3.0.3: serve la 3.1.*ALTER EXTENSION postgis UPDATE"):
        check_postgis("3.0.3", "x")


def test_prepare_twice_is_harmless(empty):
    prepare(empty)
    prepare(empty)


def test_session_scope_commits_or_rolls_back(scratch):
    with session_scope(scratch) as session:
        session.execute(text("CREATE TABLE t (n int); INSERT INTO t VALUES (1)"))
    with pytest.raises(RuntimeError), session_scope(scratch) as session:
        session.execute(text("INSERT INTO t VALUES (2)"))
        raise RuntimeError
    with session_scope(scratch) as session:
        assert session.scalar(text("SELECT count(*) FROM t")) == 1


def test_a_missing_right_and_a_read_only_database_become_sentences(scratch):
    with pytest.raises(DatabaseUnsuitable, match="sola lettura"), session_scope(scratch) as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        session.execute(text("CREATE TABLE t (n int)"))
    with (
        pytest.raises(DatabaseUnsuitable, match="manca un diritto: permission denied"),
        session_scope(scratch) as session,
    ):
        session.execute(text("SET LOCAL ROLE pg_monitor"))
        session.execute(text("CREATE ROLE altro"))


def test_a_server_that_goes_away_becomes_a_sentence(scratch):
    with pytest.raises(DatabaseUnreachable) as caught, session_scope(scratch) as session:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert "si è interrotto" in str(caught.value)


def test_faults_of_the_program_pass_unchanged(scratch):
    with pytest.raises(ProgrammingError), translated_errors(scratch.url), scratch.connect() as connection:
        connection.execute(text("SELECT * FROM non_esiste"))


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("OMBRA_DATABASE_URL", "postgresql://anna:segreta@h/x")
    monkeypatch.setenv("OMBRA_HOME", str(tmp_path))
    found = StoreSettings()
    assert found.state == tmp_path
    assert "segreta" not in repr(found)
    monkeypatch.setenv("OMBRA_DATABASE_URL", "")  # as docker compose sets what is not given
    monkeypatch.delenv("OMBRA_HOME")
    assert StoreSettings().database_url is None
    assert StoreSettings().state == CLONE / ".ombra"
