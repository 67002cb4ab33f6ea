import json
import subprocess
import sys

import pytest

from etl.errors import OmbraError
from etl.settings import CLONE
from tests.bench.__main__ import main
from tests.bench.kit import catalogue
from tests.bench.kit.screen import show
from tests.bench.kit.shapes import Ratio, Result, Table, Target


def result(measured):
    return Result(
        "prova",
        "Una prova",
        [Table("Cifre", ("che cosa", "quanto"), [("coppie", 1234), ("F1", 0.98765), ("nessuna", None)], ["Nota."])],
        [Ratio("F1", 0.9, 0.8), Ratio("minuti", 1.0, 0.0)],
        [Target("precisione", measured, ">=", 0.99), Target("coda", 3, "<=", 15)],
    )


@pytest.mark.parametrize(
    ("measured", "comparison", "bound", "met"),
    [
        (0.99, ">=", 0.99, True),
        (0.98, ">=", 0.99, False),
        (15, "<=", 15, True),
        (16, "<=", 15, False),
        (float("nan"), ">=", 0.0, False),
        (float("nan"), "<=", 0.0, False),
    ],
)
def test_a_target_is_met_at_its_bound_and_never_by_what_is_no_number(measured, comparison, bound, met):
    assert Target("x", measured, comparison, bound).met is met


def test_json_tells_what_follows_from_the_figures():
    told = json.loads(json.dumps(result(0.9).as_json()))
    assert told["met"] is False
    assert [target["met"] for target in told["targets"]] == [False, True]
    assert [ratio["value"] for ratio in told["ratios"]] == [pytest.approx(1.125), None]


def test_the_screen_shows_figures_in_italian(capsys):
    show(result(0.9))
    told = capsys.readouterr().out
    for words in ("1.234", "0,988", "–", "Nota.", "1,125", "MANCATO", "raggiunto", "≥ 0,990"):
        assert words in told


def test_what_is_skipped_is_told_with_its_reason(capsys):
    show(Result("prova", "Una prova", skipped="mancano i file"))
    assert "Saltato: mancano i file" in capsys.readouterr().out


def test_the_benches_are_found_and_the_tools_are_not():
    assert "linkage" in catalogue.names()
    assert {"kit", "__main__"}.isdisjoint(catalogue.names())
    assert catalogue.chosen([]) == catalogue.names()
    assert catalogue.chosen(["linkage", "linkage"]) == ["linkage"]


def test_an_unknown_bench_is_refused_with_the_known_ones():
    with pytest.raises(OmbraError, match=r"«inesistente».*linkage"):
        catalogue.chosen(["inesistente"])


@pytest.mark.parametrize(("measured", "code"), [(1.0, 0), (0.5, 1)])
def test_a_missed_target_ends_with_1(monkeypatch, capsys, measured, code):
    monkeypatch.setattr(catalogue, "load", lambda _name: FixedBench(measured))
    assert main(["linkage", "--json"]) == code
    (told,) = json.loads(capsys.readouterr().out)
    assert told["met"] is (code == 0)


class FixedBench:
    TITLE = "Una prova"

    def __init__(self, measured):
        self.measured = measured

    def run(self, _options):
        return result(self.measured)


@pytest.mark.parametrize("words", [["inesistente"], ["linkage", "inesistente", "--slow"]])
def test_the_command_refuses_unknown_benches_before_it_measures(words):
    command = [sys.executable, "-P", "-m", "app.cli", "bench", *words]
    done = subprocess.run(command, cwd="/", env={"PYTHONPATH": str(CLONE)}, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "Banco di prova sconosciuto: «inesistente»" in done.stderr
