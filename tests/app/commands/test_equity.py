"""Equity and need at a terminal: sentences, tables, files, and what is said where something is missing."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.api.schemas import EquityAreaProperties, NeedProperties
from app.cli import main
from etl.derive import refresh
from etl.derive.run import Wishes
from geo import moran


def _run(engine: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    monkeypatch.setenv("OMBRA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr("app.commands.base.screen.width", 200)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return run


@pytest.fixture
def ombra(loaded: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs a command on the built-in data, which it only reads; gives code, output and messages."""
    return _run(loaded, monkeypatch, capfd)


@pytest.fixture
def writing(loaded_scratch: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """The same on a database of the test's own."""
    return _run(loaded_scratch, monkeypatch, capfd)


def table(told: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(told)))


def test_each_figure_has_a_sentence(ombra) -> None:
    code, told, messages = ombra("equity", "--type", "casa_comunita", "--need", "quota_75")
    assert code == 0, messages
    for words in ("Fuori da ogni cifra", "Gini 0,", "Theil 0,", "Persone di 75 anni e più", "P0 è fra", "Moran 0,"):
        assert words in told
    assert "alto-alto, lontani fra lontani" in told
    assert "Pinerolese" in told
    assert " nan" not in told.lower()


def test_without_the_libraries_all_but_the_clusters_is_told(ombra, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moran, "available", lambda: False)
    code, told, messages = ombra("equity", "--type", "centro_impiego")
    assert code == 0, messages
    assert "Gini 0," in told
    assert "alto-alto" not in told
    assert "esda e libpysal" in messages
    assert "pip install" in messages
    code, told, _messages = ombra("equity", "--type", "centro_impiego", "--format", "csv")
    assert code == 0
    assert {row["cluster"] for row in table(told)} == {""}


def test_files_hold_every_municipality(ombra, tmp_path: Path) -> None:
    rows = table(ombra("equity", "--type", "centro_impiego", "--measure", "score", "--format", "csv")[1])
    assert list(rows[0]) == list(EquityAreaProperties.model_fields)
    assert len(rows) == 312
    values = [float(row["value"]) for row in rows]
    assert values == sorted(values)
    assert rows[0]["access_third"] == "3"
    out = tmp_path / "equita.geojson"
    assert ombra("equity", "--type", "centro_impiego", "--format", "geojson", "--out", str(out))[0] == 0
    assert len(json.loads(out.read_text(encoding="utf-8"))["features"]) == 312


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--type", "farmacia"], "non è completo"),
        (["--type", "bar"], "«bar» non esiste"),
        (["--type", "centro_impiego", "--line", "300"], "120"),
        (["--type", "centro_impiego", "--need", "felicita"], "«felicita» non c'è"),
        (["--type", "centro_impiego", "--need", "quota_75=due", "--need", "quota_75"], "due volte"),
        (["--type", "centro_impiego", "--need", "quota_75", "--need", "quota_0_2"], "z o ranks"),
        (["--type", "centro_impiego", "--need", "quota_75", "--composite", "z"], "almeno due"),
        (["--type", "centro_impiego", "--need", "quota_75=2"], "composito"),
        (["--type", "centro_impiego", "--run", "inesistente"], "inesistente"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_told_is_explained(ombra, words: list[str], why: str) -> None:
    code, told, messages = ombra("equity", *words)
    assert (code, told) == (2, "")
    assert why in messages


def test_any_run_can_be_measured(writing, loaded_scratch: Engine) -> None:
    refresh(loaded_scratch, wishes=Wishes(name="Base"))
    code, told, messages = writing("equity", "--type", "centro_impiego", "--run", "Base", "--measure", "shadow")
    assert code == 0, messages
    assert "In ombra:" in told


def test_indicators_are_listed_with_what_is_not_there_yet(ombra) -> None:
    code, told, _messages = ombra("need")
    assert code == 0
    assert "nessuna segnalazione ancora" in told
    assert "persone di 65 anni e più ogni 100 fino a 14 anni" in told


def test_an_indicator_by_area(ombra) -> None:
    code, told, _messages = ombra("need", "--indicator", "quota_75", "--level", "zona_omogenea")
    assert code == 0
    assert "Eporediese" in told
    rows = table(ombra("need", "--indicator", "quota_75", "--level", "zona_omogenea", "--format", "csv")[1])
    assert list(rows[0]) == list(NeedProperties.model_fields)
    assert len(rows) == 11
    assert [row["third"] for row in rows] == ["3"] * 3 + ["2"] * 4 + ["1"] * 4
    first = rows[0]
    assert float(first["value"]) == pytest.approx(100 * float(first["numerator"]) / float(first["denominator"]))


def test_a_composite_says_that_it_is_a_choice(ombra) -> None:
    words = ("need", "--indicator", "quota_75", "--indicator", "quota_0_2=-1", "--composite", "z", "--area", "05")
    code, told, messages = ombra(*words)
    assert code == 0, messages
    assert "z(quota_75 - quota_0_2)" in told
    assert "non una norma" in told
    assert "Pinerolo" in told
    assert "Moncalieri" not in told


@pytest.mark.parametrize("words", [["--format", "csv"], ["--composite", "z"]], ids=["format", "composite"])
def test_which_indicator_must_be_said(ombra, words: list[str]) -> None:
    code, _told, messages = ombra("need", *words)
    assert code == 2
    assert "--indicator" in messages


def test_a_table_comes_in_and_is_asked_for(writing, tmp_path: Path) -> None:
    path = tmp_path / "redditi.csv"
    path.write_text("area;anno;nome;valore;unita;fonte\n001272;2022;reddito;21.500,5;euro;MEF\n", encoding="utf-8")
    code, _told, messages = writing("need", "--load", str(path))
    assert code == 0, messages
    assert "Caricate 1 cifre (reddito)" in messages
    assert "21.500,5" in writing("need", "--indicator", "reddito")[1]
    path.write_text("area;anno\n1;2\n", encoding="utf-8")
    code, _told, messages = writing("need", "--load", str(path))
    assert code == 2
    assert "«valore»" in messages
    assert writing("need", "--load", str(tmp_path / "manca.csv"))[0] == 2
