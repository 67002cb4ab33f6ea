"""``./ombra coverage layer`` and ``./ombra overlaps`` as an officer uses them."""

import csv
import io
import json

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box
from sqlalchemy import Engine

from app.cli import main
from tests.etl.tools import frame

KIND = "centro_impiego"


@pytest.fixture
def ombra(loaded: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs a command that only reads; gives code, output and messages."""
    monkeypatch.setenv("OMBRA_DATABASE_URL", loaded.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return run


@pytest.fixture
def file(tmp_path):
    """Two halves of Torino, with people."""
    path = tmp_path / "meta.gpkg"
    shapes = [box(7.60, 45.00, 7.66, 45.14), box(7.66, 45.00, 7.75, 45.14)]
    gpd.GeoDataFrame({"nome": ["Ovest", "Est"], "ab": [1000, 2000]}, geometry=shapes, crs=4326).to_file(path)
    return path


def test_people_are_added_up_over_polygons(ombra, file, loaded):
    code, told, messages = ombra("coverage", "layer", str(file), "--type", KIND)
    assert code == 0, messages
    assert "Ovest" in told
    assert "(in nessun poligono)" in told
    code, told, messages = ombra("coverage", "layer", str(file), "--type", KIND, "--format", "csv")
    assert code == 0, messages
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [row["name"] for row in rows] == ["Ovest", "Est", "'(in nessun poligono)"[1:]]
    whole = frame(
        loaded,
        "select sum(persons) persons, sum(shadow_confirmed) shadow from coverage_result r join coverage_run c"
        f" on c.id = r.run_id and c.current where service_type_code = '{KIND}'",
    ).iloc[0]
    assert sum(float(row["persons"]) for row in rows) == pytest.approx(whole["persons"])
    assert sum(float(row["shadow_confirmed"]) for row in rows) == pytest.approx(whole["shadow"])


def test_people_of_the_layer_are_asked_for_where_they_live(ombra, file):
    words = ("coverage", "layer", str(file), "--type", KIND, "--people", "ab", "--format", "geojson")
    code, told, messages = ombra(*words)
    assert code == 0, messages
    west, east = json.loads(told)["features"]
    assert west["geometry"]["type"] == "Polygon"
    assert 0 < west["properties"]["persons"] < 1_000
    assert east["properties"]["persons"] == pytest.approx(2 * west["properties"]["persons"])
    assert west["properties"]["explanation"]


def test_it_writes_files(ombra, file, tmp_path):
    out = tmp_path / "risposta.gpkg"
    code, _told, messages = ombra("coverage", "layer", str(file), "--type", KIND, "--format", "gpkg", "--out", str(out))
    assert code == 0, messages
    assert len(gpd.read_file(out)) == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--type", "nessuno"], "nessuno"),
        (["--type", KIND, "--people", "abitanti"], "«abitanti» non c'è; ci sono: nome, ab"),
        (["--type", KIND, "--name", "titolo"], "«titolo» non c'è"),
    ],
)
def test_what_is_wrong_is_told_in_italian(ombra, file, words, expected):
    code, _told, messages = ombra("coverage", "layer", str(file), *words)
    assert code == 2
    assert expected in messages


def test_a_file_that_is_not_there(ombra, tmp_path):
    code, _told, messages = ombra("coverage", "layer", str(tmp_path / "x.geojson"), "--type", KIND)
    assert code == 2
    assert "non esiste" in messages


# --- overlaps -----------------------------------------------------------------------------------------------------


def test_a_table_tells_who_sits_at_it_where_and_why(ombra, loaded):
    code, told, messages = ombra("overlaps", "--format", "csv")
    assert code == 0, messages
    rows = list(csv.DictReader(io.StringIO(told)))
    stored = frame(loaded, "select o.* from overlap_result o join coverage_run c on c.id = o.run_id and c.current")
    assert len(rows) == len(stored) > 5
    for row in rows:
        count = int(row["services"])
        assert len(row["service_ids"].split("|")) == len(row["marginal"].split("|")) == count
        assert row["bodies"]
        assert row["zones"]
        assert row["municipalities"]
        assert row["why"].startswith(("da coordinare", "capacità oltre l'obiettivo", "complementari"))


def test_names_stand_in_the_order_of_the_services(ombra, loaded):
    code, told, messages = ombra("overlaps", "--format", "geojson")
    assert code == 0, messages
    names = frame(loaded, "select id::text, name from service").set_index("id")["name"]
    for feature in json.loads(told)["features"]:
        row = feature["properties"]
        assert row["names"] == [names[service] for service in row["service_ids"]]


def test_on_the_screen_it_says_that_these_are_proposals(ombra):
    code, told, messages = ombra("overlaps")
    assert code == 0, messages
    assert "proposte, non giudizi" in told
    assert "unico per" in told
    assert "Al tavolo" in told


def test_where_nothing_overlaps_it_says_so(ombra):
    code, told, messages = ombra("overlaps", "--type", "farmacia")
    assert code == 0, messages
    assert "Nessun gruppo" in told
    assert "Al tavolo" not in told
    assert ombra("overlaps", "--type", "farmacia", "--format", "csv")[1].startswith("rank,")


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "csv"])
def test_the_name_of_the_file_tells_its_format(ombra, tmp_path, suffix):
    file = tmp_path / f"tavoli.{suffix}"
    code, _told, messages = ombra("overlaps", "--out", str(file))
    assert code == 0, messages
    assert len(pd.read_csv(file) if suffix == "csv" else gpd.read_file(file)) > 5


def test_a_name_that_promises_another_format_is_refused(ombra, tmp_path):
    code, _told, messages = ombra("overlaps", "--format", "csv", "--out", str(tmp_path / "tavoli.gpkg"))
    assert code == 2
    assert "promette gpkg" in " ".join(messages.split())
    assert not (tmp_path / "tavoli.gpkg").exists()
