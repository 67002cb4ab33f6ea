"""The indicators of the plan at a terminal: figures in words, comparison with causes, files, wrong words."""

import csv
import io
import json

import pytest
from sqlalchemy import Engine, text

from app.cli import main
from app.commands.kpi import figure
from etl.derive import refresh
from etl.derive.run import Wishes
from tests.etl.derive.test_compare import CLOSED, PEOPLE, THRESHOLD


@pytest.fixture
def ombra(loaded_scratch: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs the command on a database of the test's own; gives code, output and messages."""
    monkeypatch.setenv("OMBRA_DATABASE_URL", loaded_scratch.url.render_as_string(hide_password=False))
    monkeypatch.setattr("app.commands.base.screen.width", 200)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["kpi", *words])
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return run


def table(told: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in csv.DictReader(io.StringIO(told)) if row["area_level"] == "metropolitan_city"}


def test_the_table_speaks_italian_and_says_why_a_figure_is_missing(ombra) -> None:
    code, told, messages = ombra()
    assert code == 0, messages
    lines = {line.split("  ")[0].strip(): line for line in told.splitlines()}
    assert "registro degli enti non c'è ancora" in lines["Enti registrati"]
    assert "solo dove l'elenco è completo" in lines["Persone in ombra: Case della Comunità"]
    rows = table(ombra("--format", "csv")[1])
    shadow = rows["ombra-centri-impiego"]
    assert figure(float(shadow["value"]), "persone") in lines["Persone in ombra: centri per l'impiego"]
    assert figure(float(shadow["denominator"]), "persone") in lines["Persone in ombra: centri per l'impiego"]
    assert (rows["enti-registrati"]["value"], rows["enti-registrati"]["note"]) == ("", "registro_assente")


def test_a_comparison_gives_the_change_and_parts_that_sum_to_it(ombra, loaded_scratch: Engine) -> None:
    refresh(loaded_scratch, wishes=Wishes(name="Prima"))
    with loaded_scratch.begin() as connection:
        for statement in (THRESHOLD, PEOPLE, CLOSED):
            connection.execute(text(statement))
    refresh(loaded_scratch)
    code, told, messages = ombra("--compare", "Prima", "--format", "csv")
    assert code == 0, messages
    rows = table(told)
    found = rows["ombra-centri-impiego"]
    parts = json.loads(found["parts"])
    assert set(parts) == {"services", "population", "standards"}
    assert sum(parts.values()) == pytest.approx(float(found["change"]), abs=1e-3)
    assert float(found["value"]) - float(found["former_value"]) == pytest.approx(float(found["change"]), abs=1e-3)
    assert found["trend"] == "peggio"
    assert rows["enti-registrati"]["trend"] == "non_confrontabile"
    assert rows["tipi-valutati"]["trend"] == "uguale"
    code, told, _messages = ombra("--compare", "Prima")
    assert code == 0
    assert "Fra i due calcoli cambiano: servizi, residenti, regole e soglie." in told
    line = next(line for line in told.splitlines() if "centri per l'impiego" in line)
    assert "servizi +" in line
    assert "peggio" in line


def test_zones_and_files(ombra, tmp_path) -> None:
    code, told, _messages = ombra("--level", "zona_omogenea", "--area", "05")
    assert code == 0
    assert "Indicatori del piano: Pinerolese" in told
    file = tmp_path / "kpi.csv"
    assert ombra("--out", str(file))[0] == 0
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    assert {row["area_level"] for row in rows} == {"metropolitan_city"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--area", "001272"), "per il territorio e per zona omogenea"),
        (("--area", "bar"), "bar"),
        (("--run", "domani"), "domani"),
        (("--compare", "domani"), "domani"),
        (("--level", "quartiere"), "zona_omogenea"),
    ],
)
def test_wrong_words_are_told(ombra, words, told) -> None:
    code, _told, messages = ombra(*words)
    assert code == 2
    assert told in messages
