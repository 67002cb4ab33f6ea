"""The pool of the hot reads: its address, what it may do, how long, and what its failures become."""

import asyncio

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import ARRAY, Engine, String, any_, bindparam, func, literal_column, make_url, select, text
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import errors
from app.hot.pool import READER, address, opened
from app.hot.statements import Statement, prepared
from app.main import create_app
from app.pages.errors import error_page
from app.settings import WebSettings
from etl.store import models as m

SLEEP = prepared(select(func.pg_sleep(bindparam("seconds"))))
WORD = prepared(select(m.ServiceType.name_it).where(m.ServiceType.code == bindparam("code")))
TYPES = prepared(
    select(m.ServiceType.code, m.ServiceType.name_it)
    .where(m.ServiceType.code == any_(bindparam("codes", type_=ARRAY(String))))
    .order_by(m.ServiceType.code)
)


def asked(engine: Engine, statement: Statement, *, web: WebSettings | None = None, **values: object) -> list:
    async def ask() -> list:
        async with opened(engine.url, web or WebSettings()) as hot:
            return await hot.rows(statement, **values)

    return asyncio.run(ask())


def test_rows_are_those_of_the_same_select(loaded: Engine) -> None:
    with loaded.connect() as connection:
        expected = connection.execute(
            text("select code, name_it from service_type where code in ('csm', 'rsa') order by code")
        ).all()
    found = asked(loaded, TYPES, codes=["rsa", "csm"])
    assert [tuple(row) for row in found] == [tuple(row) for row in expected]
    assert len(found) == 2


def test_a_value_is_the_first_cell_or_none(loaded: Engine) -> None:
    async def ask() -> tuple[object, object]:
        async with opened(loaded.url, WebSettings()) as hot:
            return await hot.value(WORD, code="csm"), await hot.value(WORD, code="bar")

    word, nothing = asyncio.run(ask())
    assert isinstance(word, str)
    assert nothing is None


def test_a_select_whose_text_depends_on_values_is_refused() -> None:
    with pytest.raises(ValueError, match="codes"):
        prepared(select(m.ServiceType.code).where(m.ServiceType.code.in_(bindparam("codes", expanding=True))))


@pytest.mark.parametrize(("once", "mode"), [(True, "force_generic_plan"), (False, "auto")])
def test_a_statement_says_whether_it_is_planned_once(loaded: Engine, once: bool, mode: str) -> None:
    [row] = asked(loaded, prepared(select(func.current_setting("plan_cache_mode")), planned_once=once))
    assert row[0] == mode


def test_nothing_can_be_written(loaded: Engine) -> None:
    with pytest.raises(Exception, match="read-only transaction"):
        asked(loaded, Statement("delete from service", ()))


def test_every_session_is_bounded_and_named(loaded: Engine) -> None:
    names = ("statement_timeout", "default_transaction_read_only", "application_name")
    statement = prepared(select(*(func.current_setting(name) for name in names)))
    [row] = asked(loaded, statement, web=WebSettings(statement_seconds=7))
    assert tuple(row) == ("7s", "on", "ombra")


def test_the_reader_is_who_asks_where_there_is_one(loaded: Engine) -> None:
    with loaded.connect() as connection:
        there = connection.scalar(text("select count(*) from pg_roles where rolname = :name"), {"name": READER})
        own = connection.scalar(text("select current_user"))
    [row] = asked(loaded, prepared(select(literal_column("current_user::text"))))
    assert row[0] == (READER if there else own)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "postgresql+psycopg://u:p%40ss@/d?host=/tmp/s&port=5433&requirepeer=u&connect_timeout=30",
            "postgresql://u:p%40ss@/d?host=%2Ftmp%2Fs&port=5433",
        ),
        ("postgresql+psycopg://u@h:5/d?sslmode=require", "postgresql://u@h:5/d?sslmode=require"),
    ],
)
def test_the_address_keeps_what_both_drivers_understand(given: str, expected: str) -> None:
    assert make_url(address(make_url(given))) == make_url(expected)
    assert address(make_url(given)).startswith("postgresql://")


def test_a_refused_value_a_lack_of_time_and_a_lost_server_are_the_errors_of_the_other_reads(loaded: Engine) -> None:
    quick = WebSettings(statement_seconds=0.1)
    with pytest.raises(DataError):
        asked(loaded, WORD, code="\0")
    with pytest.raises((OperationalError, PoolTimeout)):
        asked(loaded, SLEEP, web=quick, seconds=5)
    with pytest.raises(OperationalError):
        asyncio.run(_asked_of(loaded, "nowhere"))


async def _asked_of(engine: Engine, database: str) -> None:
    async with opened(engine.url.set(database=database), WebSettings()) as hot:
        await hot.rows(WORD, code="csm")


@pytest.mark.parametrize(("query", "status"), [("code=%00", 400), ("seconds=5", 503), ("code=csm", 200)])
def test_the_answer_of_a_failure_is_a_problem_and_tells_no_sql(loaded: Engine, query: str, status: int) -> None:
    with TestClient(_asking(loaded, WebSettings(statement_seconds=0.2))) as client:
        answer = client.get(f"/asked?{query}")
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert "select" not in answer.text.lower()
        assert "service_type" not in answer.text


def _asking(engine: Engine, web: WebSettings) -> FastAPI:
    app = create_app(web, engine=engine)
    errors.install(app, page=error_page)

    @app.get("/asked")
    async def asked(request: Request, code: str | None = None, seconds: float = 0.0) -> str:
        hot = request.app.state.hot
        return str(await (hot.value(SLEEP, seconds=seconds) if code is None else hot.value(WORD, code=code)))

    return app


def test_a_connection_that_the_server_closed_is_made_anew(loaded_scratch: Engine) -> None:
    async def ask() -> list:
        async with opened(loaded_scratch.url, WebSettings()) as hot:
            [before] = await hot.rows(prepared(select(func.pg_backend_pid())))
            with loaded_scratch.begin() as connection:
                connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": before[0]})
            await asyncio.sleep(0.2)
            [after] = await hot.rows(prepared(select(func.pg_backend_pid())))
            return [before[0], after[0]]

    before, after = asyncio.run(ask())
    assert before != after
