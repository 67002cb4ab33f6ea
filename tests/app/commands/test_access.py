"""Scores of access at a terminal: figures recounted, minutes beside them, wrong questions told all at once."""

import csv
import io
import json

import geopandas as gpd
import pytest

from app.cli import main
from tests.etl.tools import frame, scalar

CURRENT = "(select id from coverage_run where current)"
TYPE = "centro_impiego"


@pytest.fixture
def ombra(loaded, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("OMBRA_DATABASE_URL", loaded.url.render_as_string(hide_password=False))
    monkeypatch.setenv("OMBRA_HOME", str(tmp_path))

    def run(*words):
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["access", *words])
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return run


def table(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_a_score_of_an_area_is_the_mean_over_its_people(ombra, loaded):
    code, told, err = ombra("--type", TYPE, "--level", "zona_omogenea", "--format", "csv")
    assert code == 0, err
    rows = table(told)
    assert len(rows) == scalar(loaded, "select count(*) from area where level = 'zona_omogenea'")
    points = frame(
        loaded,
        "select z.name, r.persons, r.nearest_confirmed, r.threshold, s.enhanced, s.balanced, s.raam_minutes"
        f" from access_score s join coverage_result r using (run_id, area_id, service_type_code)"
        " join area_within w on w.area_id = r.area_id join area z on z.id = w.ancestor_id"
        f" where r.run_id = {CURRENT} and r.service_type_code = '{TYPE}' and z.level = 'zona_omogenea'",
    )
    for row in rows:
        inside = points[points["name"] == row["name"]]
        people = inside["persons"]
        far = people[~(inside["nearest_confirmed"] <= inside["threshold"])].sum()
        assert float(row["persons"]) == pytest.approx(people.sum())
        assert float(row["far"]) == pytest.approx(far, abs=1e-3)
        for column, name, scale in (
            ("minutes", "nearest_confirmed", 1),
            ("enhanced_per_1000", "enhanced", 1_000),
            ("balanced_per_1000", "balanced", 1_000),
            ("raam_minutes", "raam_minutes", 1),
        ):
            expected = (inside[name] * people).sum() / people[inside[name].notna()].sum() * scale
            assert float(row[column]) == pytest.approx(expected, rel=1e-6)
    scores = [float(row["enhanced_per_1000"]) for row in rows]
    assert scores == sorted(scores)


def test_by_cost_the_dearest_comes_first(ombra):
    _code, told, _err = ombra("--type", TYPE, "--measure", "raam", "--format", "csv")
    costs = [float(row["raam_minutes"]) for row in table(told) if row["raam_minutes"]]
    assert costs == sorted(costs, reverse=True)


def test_the_table_explains_itself_in_italian(ombra):
    code, told, err = ombra("--type", TYPE, "--level", "zona_omogenea")
    assert code == 0, err
    for words in ("Minuti", "E2SFCA", "bilanciata", "Oltre", "persone che se li contendono", "regola LAV-"):
        assert words in told
    assert "Chi è più vicino conta di più" in " ".join(told.split())
    stepwise = " ".join(ombra("--type", TYPE, "--decay", "gradino")[1].split())
    assert "tutti contano allo stesso modo" in stepwise
    assert "Chi è più vicino" not in stepwise
    assert "RAAM" not in told
    assert "meno è meglio" in " ".join(ombra("--type", TYPE, "--measure", "raam")[1].split())


def test_another_decay_is_computed_now_and_not_kept(ombra, loaded):
    count = f"select count(*) from access_score where run_id = {CURRENT}"
    before = scalar(loaded, count)
    asked = ("--type", TYPE, "--level", "zona_omogenea", "--format", "csv")
    code, step, err = ombra(*asked, "--decay", "gradino")
    assert code == 0, err
    assert "non si salvano" in err
    zones = {row["code"]: row for row in table(ombra(*asked)[1])}
    for row in table(step):
        # All within the threshold alike is what 2SFCA does already.
        assert float(row["enhanced_per_1000"]) == pytest.approx(float(row["two_step_per_1000"]))
        assert float(row["two_step_per_1000"]) == pytest.approx(float(zones[row["code"]]["two_step_per_1000"]))
        assert row["decay"] == "gradino"
    assert any(row["enhanced_per_1000"] != zones[row["code"]]["enhanced_per_1000"] for row in table(step))
    assert scalar(loaded, count) == before


def test_an_area_narrows_the_list_and_files_hold_shapes(ombra, tmp_path):
    _code, told, _err = ombra("--type", TYPE, "--area", "001272", "--level", "quarter", "--format", "geojson")
    features = json.loads(told)["features"]
    assert features
    assert {feature["properties"]["parent_name"] for feature in features} == {"Torino"}
    file = tmp_path / "accesso.gpkg"
    assert ombra("--type", TYPE, "--format", "gpkg", "--out", str(file))[0] == 0
    assert {"enhanced_per_1000", "balanced_per_1000", "minutes", "unit"} <= set(gpd.read_file(file).columns)


def test_every_wrong_answer_is_named_at_once(ombra):
    code, _told, err = ombra("--type", "boh", "--area", "9x")
    assert code == 2
    assert "«boh»" in err
    assert "«9x»" in err
    code, _told, err = ombra("--type", TYPE, "--measure", "gravità")
    assert code == 2
    assert "gravità" in err


def test_a_type_without_confirmed_services_has_no_scores(ombra, loaded):
    empty = scalar(
        loaded,
        "select t.code from service_type t where not exists"
        f" (select 1 from access_score s where s.service_type_code = t.code and s.run_id = {CURRENT}) limit 1",
    )
    code, _told, err = ombra("--type", empty)
    assert code == 2
    assert empty in err
