"""The commands on runs, as a person uses them."""

import csv
import io
import re

import pytest
from sqlalchemy import Engine, text

from app.cli import main
from tests.etl.derive.test_compare import CLOSED, KIND, THRESHOLD


@pytest.fixture
def ombra(loaded_scratch: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs a command on a database of the test's own; gives code, output and messages."""
    monkeypatch.setenv("OMBRA_DATABASE_URL", loaded_scratch.url.render_as_string(hide_password=False))

    def run(*words: str, change: str | None = None) -> tuple[int, str, str]:
        if change is not None:
            with loaded_scratch.begin() as connection:
                connection.execute(text(change))
        with pytest.raises(SystemExit) as ended:
            main(["coverage", *words])
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return run


def numbers(told: str) -> list[str]:
    return re.findall(r"^ ?([0-9a-f]{8})\b", told, flags=re.MULTILINE)


def test_a_life_of_a_run(ombra) -> None:
    code, told, _messages = ombra("run", "--name", "Prima")
    assert code == 0
    assert "già calcolato" in told
    code, told, messages = ombra("run", "--keep-current", "--name", "Soglia 20", change=THRESHOLD)
    assert code == 0, messages
    assert "Cerco le zone d'ombra" in messages
    code, told, _messages = ombra("list")
    assert (code, len(numbers(told))) == (0, 2)
    shown = next(line for line in told.splitlines() if "corrente" in line)
    assert "Prima" in shown
    new = numbers(next(line for line in told.splitlines() if "Soglia 20" in line))[0]
    assert ombra("use", "Soglia 20")[0] == 0
    code, told, _messages = ombra("show")
    assert code == 0
    for word in (new, "Soglia 20", "estimate", "regole e soglie", "tolerance", "2023"):
        assert word in told
    code, _told, messages = ombra("delete", "Prima")
    assert (code, "si chiama «Prima»" in messages) == (2, True)
    assert ombra("name", "Prima")[0] == 0
    old = next(number for number in numbers(ombra("list")[1]) if number != new)
    assert ombra("delete", old)[0] == 0
    assert numbers(ombra("list")[1]) == [new]
    code, _told, messages = ombra("delete", "corrente")
    assert (code, "corrente" in messages) == (2, True)


def test_two_runs_compared_on_the_screen_and_in_a_file(ombra, tmp_path) -> None:
    ombra("name", "corrente", "prima")
    ombra("run", "--name", "dopo", change=f"{THRESHOLD}; {CLOSED}")
    code, told, _messages = ombra("compare", "prima", "dopo", "--type", KIND)
    assert code == 0
    assert max(map(len, told.splitlines())) <= 100  # only remarks are longer than the table
    assert "Differiscono: servizi, regole e soglie." in told
    assert "Shapley" in told
    assert "• uscito: Centro per l'impiego" in told
    assert "insieme" not in told.lower()
    out = tmp_path / "confronto.csv"
    assert ombra("compare", "prima", "dopo", "--type", KIND, "--format", "csv", "--out", str(out))[0] == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert len(rows) == 11
    for row in rows:
        parts = sum(float(row[name]) for name in ("services", "standards", "population", "data", "travel", "method"))
        assert parts == pytest.approx(float(row["change"]), abs=1e-3)
        assert row["differing"] == "services|standards"
    code, told, _messages = ombra("compare", "prima", "prima", "--type", KIND, "--format", "geojson")
    assert (code, '"change":0.0' in told) == (0, True)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["show", "0000"], "coverage list"),
        (["run", "--engine", "network"], "--file"),
        (["run", "--engine", "matrix"], "ISTAT"),
        (["run", "--file", "x.csv"], "--engine"),
        (["run", "--engine", "network", "--file", "manca.osm"], "manca.osm"),
        (["run", "--name", "abcd"], "si confonde"),
        (["compare", "corrente", "corrente", "--type", "bar"], "bar"),
        (["name", "corrente", "x" * 61], "60"),
        (["razzo"], "Comando sconosciuto"),
    ],
)
def test_faults_say_how_to_mend(ombra, words, reason) -> None:
    code, _told, messages = ombra(*words)
    assert code == 2
    assert reason in messages
    assert "Traceback" not in messages


def test_the_areas_of_an_earlier_run_can_be_ranked(ombra, capfd: pytest.CaptureFixture[str]) -> None:
    def shadow(run: str) -> float:
        with pytest.raises(SystemExit) as ended:
            main(["gaps", "--type", KIND, "--level", "metropolitan_city", "--run", run, "--format", "csv"])
        told = capfd.readouterr()
        assert ended.value.code == 0, told.err
        [row] = csv.DictReader(io.StringIO(told.out))
        return float(row["shadow_confirmed"])

    ombra("run", "--name", "Prima")
    ombra("run", "--name", "Soglia 20", change=THRESHOLD)
    assert shadow("Soglia 20") == shadow("corrente") > shadow("Prima") > 0
