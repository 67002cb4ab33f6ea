"""``./ombra gaps`` and ``./ombra overlaps`` of a run, as a person uses them."""

import csv
import io
import re

import pytest
from sqlalchemy import Engine

from app.cli import main
from etl.derive import refresh
from etl.derive.run import Wishes
from tests.etl.derive.test_book import TODAY
from tests.etl.derive.test_compare import CLOSED
from tests.etl.tools import frame, scalar

KIND = "centro_impiego"


@pytest.fixture
def ombra(loaded: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs a command; gives its output."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str, engine: Engine = loaded) -> str:
        monkeypatch.setenv("OMBRA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        told = capfd.readouterr()
        assert ended.value.code == 0, told.err
        return told.out

    return run


def test_minutes_come_with_their_interval_and_say_that_they_are_estimated(ombra) -> None:
    shown = ombra("gaps", "--type", KIND, "--level", "zona_omogenea")
    told = re.findall(r"(\d+) min \((\d+)–(\d+)\), stima", shown)
    assert len(told) == 11
    assert all(int(low) <= int(mean) <= int(high) for mean, low, high in told)
    assert "quattro volte su cinque" in shown
    rows = list(
        csv.DictReader(io.StringIO(ombra("gaps", "--type", KIND, "--level", "zona_omogenea", "--format", "csv")))
    )
    listed = [tuple(str(round(float(row[f"minutes_{name}"]))) for name in ("confirmed", "low", "high")) for row in rows]
    assert listed == told


def test_where_somebody_goes_on_foot_there_are_minutes_without_an_interval(ombra) -> None:
    shown = ombra("gaps", "--type", "casa_quartiere", "--level", "metropolitan_city")
    assert re.search(r"\d+ min, stima", shown)
    assert "quattro volte su cinque" not in shown


def test_groups_of_an_earlier_run_are_those_of_that_run(ombra, loaded_scratch: Engine) -> None:
    refresh(loaded_scratch, today=TODAY, wishes=Wishes(name="Prima"))
    with loaded_scratch.begin() as connection:
        connection.exec_driver_sql(CLOSED)
        connection.exec_driver_sql(
            "update service set closed_on = '2026-01-01' where service_type_code = 'centro_famiglie'"
        )
    refresh(loaded_scratch, today=TODAY)
    shown = {
        name: list(csv.DictReader(io.StringIO(ombra("overlaps", *words, "--format", "csv", engine=loaded_scratch))))
        for name, words in {"Prima": ("--run", "Prima"), "now": (), "corrente": ("--run", "corrente")}.items()
    }
    of_run = "run_id = (select id from coverage_run where name = :name)"
    stored = f"select id::text, service_ids from overlap_result where {of_run}"
    before = frame(loaded_scratch, stored, name="Prima").set_index("id")["service_ids"]
    assert {row["id"] for row in shown["Prima"]} == set(before.index)
    assert len(shown["Prima"]) > len(shown["now"])
    assert shown["now"] == shown["corrente"]
    # Who sits at a table is told of that run too.
    assert all(row["names"].count("|") == len(before[row["id"]]) - 1 for row in shown["Prima"])
    assert any(row["marginal"].strip("|") for row in shown["Prima"])
    assert scalar(loaded_scratch, "select count(*) from coverage_run") >= 2
