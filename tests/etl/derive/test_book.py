"""Runs that are kept, shown, named, deleted and pruned, and what remains when something fails."""

from datetime import date

import pytest
from sqlalchemy import text

from etl.derive import archive, book, inputs, prune, refresh
from etl.derive.digests import digests, part_digests
from etl.derive.run import Wishes, refresh_within
from etl.errors import NotFound, OmbraError
from etl.progress import silent
from etl.travel.choice import Choice
from tests.etl.tools import fingerprint, frame, scalar

TODAY = date(2026, 11, 22)
CURRENT = "select id from coverage_run where current"
THRESHOLD = "update standard set minimum = :minutes where id = 'LAV-centro_impiego'"


@pytest.fixture
def connection(loaded):
    """The loaded database; what a test writes is never committed."""
    with loaded.connect() as connection:
        yield connection


def run(connection, minutes: float | None = None, **options):
    """Make a run, with another threshold where one is given, an hour after those that are there."""
    connection.execute(text("update coverage_run set created_at = created_at - interval '1 hour'"))
    if minutes is not None:
        connection.execute(text(THRESHOLD), {"minutes": minutes})
    return refresh_within(connection, progress=silent, today=TODAY, **options).run_id


def runs(connection, columns: str = "id") -> list:
    return connection.execute(text(f"select {columns} from coverage_run order by created_at")).all()


# --- what is kept -----------------------------------------------------------------------------------


def test_a_run_tells_all_that_it_depends_on(loaded):
    told = frame(loaded, "select r.*, (select max(id) from data_version) latest from coverage_run r where current")
    row = told.iloc[0]
    assert row["engine"] == row["parameters"]["travel"]["engine"] == "estimate"
    assert row["population_year"] == 2023
    assert row["data_version"] == row["latest"]
    assert set(row["digests"]) == {"services", "data", "population", "standards", "travel", "method"}
    assert row["code_version"]
    assert row["note"] is None


def test_the_inputs_of_a_run_can_be_read_again_to_the_last_digit(connection):
    kept = connection.scalar(text("select inputs->'tables' from coverage_run where current"))
    read = inputs.read(connection, today=TODAY)
    again = archive.restore(connection, kept)
    assert digests(again, "x") == digests(read, "x")
    one, other = (part_digests(found, travel={}, method="") for found in (again, read))
    assert one == other
    with pytest.raises(archive.InputsGone):
        archive.restore(connection, {name: digest for name, digest in kept.items() if name != "services"})


def test_inputs_are_kept_once_for_all_runs_and_go_with_the_last(connection):
    tables = "select count(*) from restricted.run_input"
    before = connection.scalar(text(tables))
    former = connection.scalar(text(CURRENT))
    later = run(connection, 25)
    assert connection.scalar(text(tables)) == before + 1  # the registry
    book.show(connection, former)
    book.remove(connection, later)
    assert connection.scalar(text(tables)) == before


# --- which one is shown -----------------------------------------------------------------------------


def test_a_run_beside_the_one_that_is_shown(connection):
    shown = connection.scalar(text(CURRENT))
    version = connection.scalar(text("select max(id) from data_version"))
    tried = run(connection, 25, wishes=Wishes(show=False, name="prova", by="A. Bianchi"))
    assert connection.scalar(text(CURRENT)) == shown != tried
    assert connection.scalar(text("select max(id) from data_version")) > version  # held answers are old
    row = connection.execute(
        text("select name, created_by, current from coverage_run where id = :i"), {"i": tried}
    ).one()
    assert tuple(row) == ("prova", "A. Bianchi", False)
    book.use(connection, tried)
    assert connection.scalar(text(CURRENT)) == tried


def test_a_run_that_fails_leaves_everything_as_it_was(loaded_scratch):
    before = fingerprint(loaded_scratch, leave_out=["standard"])
    with loaded_scratch.begin() as connection:
        connection.execute(text(THRESHOLD), {"minutes": 25})

    def stumble(step: str) -> None:
        if "sovrapposizioni" in step:  # results by type and rule are written already
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(loaded_scratch, progress=stumble)
    assert fingerprint(loaded_scratch, leave_out=["standard"]) == before
    assert refresh(loaded_scratch).fresh


def test_a_session_killed_by_the_server_leaves_the_former_run(loaded_scratch):
    shown = scalar(loaded_scratch, CURRENT)
    with loaded_scratch.begin() as connection:
        connection.execute(text(THRESHOLD), {"minutes": 25})

    def killed(step: str) -> None:
        if "sovrapposizioni" in step:
            with loaded_scratch.connect() as other:
                other.execute(
                    text(
                        "select pg_terminate_backend(pid) from pg_stat_activity"
                        " where datname = current_database() and pid <> pg_backend_pid()"
                    )
                )

    with pytest.raises(Exception, match=r"terminat|closed|connection"):
        refresh(loaded_scratch, progress=killed)
    loaded_scratch.dispose()
    assert scalar(loaded_scratch, CURRENT) == shown
    assert scalar(loaded_scratch, "select count(*) from coverage_run") == 1
    assert refresh(loaded_scratch).fresh


# --- names ------------------------------------------------------------------------------------------


def test_a_run_is_found_by_name_number_or_as_the_one_shown(connection):
    shown = connection.scalar(text(CURRENT))
    book.name(connection, shown, "Piano 2026")
    assert {book.find(connection, text) for text in ("Piano 2026", str(shown)[:8], str(shown).upper(), "corrente")} == {
        shown
    }
    for unknown in ("Piano 2027", "0000", "zz", ""):
        with pytest.raises(NotFound, match="coverage list"):
            book.find(connection, unknown)
    begins = str(shown)[:4]
    twin = "insert into coverage_run (id, input_hash, engine, code_version, parameters) values (:id, 'x', '', '', '{}')"
    connection.execute(text(twin), {"id": f"{begins}{'f' * 4}-0000-5000-8000-000000000000"})
    with pytest.raises(OmbraError, match="più cifre"):
        book.find(connection, begins)


@pytest.mark.parametrize("name", ["", " x", "a" * 61, "a\nb", "abcd", "12345678", "Corrente"])
def test_names_that_cannot_be_told_apart_are_refused(connection, name):
    with pytest.raises(OmbraError):
        book.name(connection, connection.scalar(text(CURRENT)), name)


def test_two_runs_cannot_have_one_name(connection):
    book.name(connection, connection.scalar(text(CURRENT)), "Piano")
    with pytest.raises(OmbraError, match="già il nome"):
        run(connection, 25, wishes=Wishes(name="Piano"))


# --- deleting and pruning ---------------------------------------------------------------------------


def test_the_run_that_is_shown_and_those_with_a_name_are_not_deleted(connection):
    first = connection.scalar(text(CURRENT))
    with pytest.raises(OmbraError, match="corrente"):
        book.remove(connection, first)
    run(connection, 25)
    book.name(connection, first, "Piano")
    with pytest.raises(OmbraError, match="Piano"):
        book.remove(connection, first)
    book.name(connection, first, None)
    book.remove(connection, first)
    for table in ("coverage_result", "type_result", "service_reach", "overlap_result", "compliance_result"):
        assert not connection.scalar(text(f"select count(*) from {table} where run_id = :r"), {"r": first}), table


def test_old_runs_lose_their_results_and_keep_their_indicators(connection):
    named = connection.scalar(text(CURRENT))
    book.name(connection, named, "Piano")
    made = [run(connection, minutes) for minutes in (21, 22, 23, 24)]
    book.show(connection, made[0])
    assert prune.superfluous(connection, keep=2) == [made[1]]
    assert prune.prune(connection, keep=2) == 1
    with_results = set(connection.execute(text("select distinct run_id from coverage_result")).scalars())
    assert with_results == {named, made[0], made[2], made[3]}
    assert len(runs(connection)) == connection.scalar(text("select count(distinct run_id) from kpi_result")) == 5
    assert not connection.scalar(text("select inputs ? 'tables' from coverage_run where id = :r"), {"r": made[1]})
    with pytest.raises(OmbraError, match="coverage run"):
        book.use(connection, made[1])
    assert prune.prune(connection, keep=2) == 0
    assert run(connection, 22) == made[1]  # computed again, and the same
    assert book.has_results(connection, made[1])


def test_a_refresh_prunes_by_the_rule(connection, monkeypatch):
    monkeypatch.setattr(prune.prune, "__kwdefaults__", {"keep": 2, "spare": None})
    first = connection.scalar(text(CURRENT))
    made = [run(connection, minutes) for minutes in (21, 22, 23)]
    kept = set(connection.execute(text("select distinct run_id from type_result")).scalars())
    assert kept == {*made[1:]}
    assert first not in kept


# --- the engine -------------------------------------------------------------------------------------


def test_an_engine_that_was_asked_for_must_be_there(connection, tmp_path):
    with pytest.raises(OmbraError, match="non esiste"):
        run(connection, travel=Choice("razzo"))
    with pytest.raises(OmbraError, match="vuole un file"):
        run(connection, travel=Choice("network"))
    with pytest.raises(OmbraError, match="ISTAT"):
        run(connection, travel=Choice("matrix"))  # the loaded minutes, and none are
    with pytest.raises(OmbraError, match="non c'è"):
        run(connection, travel=Choice("network", tmp_path / "manca.osm"))
    with pytest.raises(OmbraError, match="non usa file"):
        run(connection, travel=Choice("estimate", tmp_path))


def test_a_table_of_minutes_makes_another_run_that_later_runs_keep(connection, tmp_path):
    """Every municipality is a quarter of an hour from every other: its hash is told, its folder is not."""
    estimated = connection.scalar(text(CURRENT))
    codes = connection.execute(text("select code from area where level = 'municipality' order by code")).scalars().all()
    file = tmp_path / "tempi.csv"
    lines = [f"{one},{other},15" for one in codes for other in codes if one != other]
    file.write_text("\n".join(["origin,destination,minutes", *lines]), encoding="utf-8")
    measured = run(connection, travel=Choice("matrix", file))
    engine, parameters, note = connection.execute(
        text("select engine, parameters, note from coverage_run where current")
    ).one()
    assert (engine, note) == ("matrix", None)
    assert len(str(parameters["travel"])) > 40
    assert str(tmp_path) not in str(parameters)
    minutes = "select max(nearest_confirmed) from coverage_result where run_id = :run and service_type_code = :kind"
    assert connection.scalar(text(minutes), {"run": measured, "kind": "centro_impiego"}) <= 20
    assert measured != estimated
    assert run(connection) == measured  # kept
    file.write_text("\n".join(["origin,destination,minutes", *lines]).replace(",15", ",16"), encoding="utf-8")
    assert run(connection) != measured
    file.unlink()
    assert run(connection) == estimated
    assert "tempi.csv" in connection.scalar(text("select note from coverage_run where current"))


def test_the_engine_of_the_run_that_is_shown_is_kept_and_replaced_aloud(connection, tmp_path):
    """The file of the engine is gone: the estimate serves, says so, and the wish outlives it."""
    shown = connection.scalar(text(CURRENT))
    wish = {"wanted": Choice("matrix", tmp_path / "riservata" / "tempi.csv").told()}
    book.tell_origins(connection, shown, wish, None)
    said: list[str] = []
    found = refresh_within(connection, progress=said.append, today=TODAY)
    assert found.run_id == shown  # what the estimate gives is what it gives by choice
    assert "matrix" in found.note
    assert "tempi.csv" in found.note
    assert "riservata" not in found.note  # the note is public
    assert any(line.startswith("ATTENZIONE") and "matrix" in line for line in said)
    note, told = connection.execute(text("select note, inputs from coverage_run where current")).one()
    assert note == found.note
    assert told["engine"] == Choice().told()
    assert book.wanted(connection) == Choice("matrix", tmp_path / "riservata" / "tempi.csv")
    run(connection, 25)
    assert connection.scalar(text("select note from coverage_run where current")) == found.note
    run(connection, travel=Choice())
    assert connection.scalar(text("select note from coverage_run where current")) is None
    assert book.wanted(connection) == Choice()
