"""Where a service should open, at a terminal: table, files, scenario, wrong words; over the network and on pages."""

import csv
import io
import json

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.api.schemas import SitingProperties
from app.cli import main
from app.main import create_app
from app.pages import proposals
from app.settings import WebSettings
from tests.databases import Databases
from tests.etl.tools import scalar

URL = "/api/v1/siting"


@pytest.fixture(scope="module")
def atlas(databases: Databases, filled: str):
    with databases.clone(filled, "site") as engine:
        yield engine


@pytest.fixture
def ombra(atlas: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs the command; gives code, output and messages."""
    monkeypatch.setenv("OMBRA_DATABASE_URL", atlas.url.render_as_string(hide_password=False))
    monkeypatch.setattr("app.commands.base.screen.width", 200)

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["site", *words])
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return run


def test_three_municipalities_with_the_people_gained_and_how_good_the_choice_is(ombra, atlas) -> None:
    code, told, messages = ombra("--type", "casa_comunita", "-k", "3")
    assert code == 0, messages
    shadow = scalar(
        atlas,
        "select sum(shadow_confirmed) from coverage_result join coverage_run r on r.id = run_id and current"
        " where service_type_code = 'casa_comunita'",
    )
    assert f"Persone in ombra: {shadow:,.0f};".replace(",", ".") in told
    assert "Ottimo (mclp)" in told
    assert "non si sa nulla" in told
    assert "soglia 30 minuti (LAV-casa_comunita)" in told
    lines = [line.split() for line in told.splitlines()]
    assert [line[0] for line in lines if line and line[0] in "123"] == ["1", "2", "3"]
    assert "nessun edificio pubblico noto" in told


def test_fewer_sites_than_asked_for_are_explained(ombra) -> None:
    code, told, _messages = ombra("--type", "casa_comunita", "-k", "9", "--supply", "tutta")
    assert code == 0
    assert "Una sede in più non aggiungerebbe nessuno: ne sono proposte" in told


def test_the_files_hold_the_same_places(ombra, tmp_path) -> None:
    words = ("--type", "casa_comunita", "-k", "3", "--municipality-class", "minori")
    table = list(csv.DictReader(io.StringIO(ombra(*words, "--format", "csv")[1])))
    features = json.loads(ombra(*words, "--format", "geojson")[1])["features"]
    package = tmp_path / "sedi.gpkg"
    assert ombra(*words, "--format", "gpkg", "--out", str(package))[0] == 0
    assert package.exists()
    assert [row["municipality"] for row in table] == [one["properties"]["municipality"] for one in features]
    assert len({row["municipality_code"] for row in table}) == 3
    assert all(one["geometry"]["type"] == "Point" for one in features)
    total = sum(float(row["gained"]) for row in table)
    assert total == pytest.approx(float(table[0]["persons"]) - float(table[0]["remaining"]))


def test_proposals_become_a_scenario_whose_name_is_taken_then(ombra, atlas) -> None:
    words = ("--type", "centro_impiego", "-k", "2", "--save-as", "Due centri")
    code, told, messages = ombra(*words)
    assert code == 0, messages
    assert "Scenario «Due centri» salvato" in told
    changes = scalar(atlas, "select changes from scenario where name = 'Due centri'")
    assert [change["type"] for change in changes] == ["centro_impiego"] * 2
    code, _told, messages = ombra(*words)
    assert code == 2
    assert "c'è già" in messages


def test_candidates_of_a_layer(ombra, tmp_path) -> None:
    spots = {"Ex scuola": [7.0464, 45.1383], "Ex caserma": [7.33, 44.885]}
    features = [
        {"type": "Feature", "properties": {"nome": name}, "geometry": {"type": "Point", "coordinates": spot}}
        for name, spot in spots.items()
    ]
    path = tmp_path / "immobili.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    code, told, messages = ombra("--type", "casa_comunita", "--demand", "no-service", "--candidates", str(path))
    assert code == 0, messages
    assert "Ex scuola" in told or "Ex caserma" in told
    assert "2 luoghi possibili" in told


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--type", "bar"], "«bar» non esiste"),
        (["--type", "casa_comunita", "-k", "0"], "da 1 a 100"),
        (["--type", "casa_rifugio"], "protetti"),
        (["--type", "casa_comunita", "--area", "zz"], "«zz»"),
        (["--type", "casa_comunita", "--candidates", "nulla.geojson"], "nulla.geojson"),
        (["--type", "casa_comunita", "--travel-file", "x.csv"], "--travel"),
        (["--type", "casa_comunita", "--name", "nome"], "--candidates"),
        (["--type", "casa_comunita", "--seconds", "0"], "--seconds"),
        (["--type", "casa_comunita", "--run", "ieri"], "«ieri»"),
    ],
    ids=["type", "count", "protected", "area", "file", "travel", "name", "seconds", "run"],
)
def test_wrong_words_are_told_in_italian(ombra, words, part) -> None:
    code, _told, messages = ombra(*words)
    assert code == 2
    assert part in messages


def test_the_network_and_the_pages_show_the_latest_proposal(ombra, atlas) -> None:
    assert ombra("--type", "centro_impiego", "-k", "1")[0] == 0
    assert ombra("--type", "casa_comunita", "-k", "1")[0] == 0
    assert ombra("--type", "casa_comunita", "-k", "3")[0] == 0
    with TestClient(create_app(WebSettings(), engine=atlas)) as client:
        rows = [one["properties"] for one in client.get(f"{URL}?type=casa_comunita").json()["features"]]
        assert all(SitingProperties.model_validate(row) for row in rows)
        assert [row["position"] for row in rows] == [1, 2, 3]
        both = client.get(URL).json()["features"]
        assert {one["properties"]["type"] for one in both} == {"casa_comunita", "centro_impiego"}
        table = list(csv.DictReader(io.StringIO(client.get(f"{URL}?format=csv").text)))
        assert [row["key"] for row in table] == [one["properties"]["key"] for one in both]
        other = client.get(f"{URL}?type=casa_comunita&area=01").json()["features"]
        assert {one["properties"]["municipality_code"] for one in other} <= {"001272"}
        page = client.get("/mappa?tipo=casa_comunita").text
        for row in rows:
            assert f"{row['position']}. {row['municipality']}" in page
        drawn = client.get("/mappa/documento?tipo=casa_comunita").text
        assert drawn.count('"genere": "proposta"') == 3
        assert "Proposte di localizzazione" in drawn
        none = client.get("/mappa/documento?tipo=csm").text
        assert '"genere": "proposta"' not in none
        assert "Proposte di localizzazione" not in client.get("/mappa?tipo=csm").text


def test_a_place_that_is_protected_now_is_told_by_no_face(ombra, atlas) -> None:
    assert ombra("--type", "casa_comunita", "-k", "1", "--municipality-class", "citta", "--demand", "everyone",
                 "--model", "p-median")[0] == 0  # fmt: skip
    with TestClient(create_app(WebSettings(), engine=atlas)) as client:
        [before] = client.get(f"{URL}?type=casa_comunita").json()["features"]
        assert before["properties"]["kind"] == "edificio_pubblico"
        where = {"id": before["properties"]["key"].partition(":")[2]}
        with atlas.begin() as connection:
            connection.execute(text("delete from address where location_id = :id"), where)
            connection.execute(text("update location set geom = null, location_protected = true where id = :id"), where)
        siting = before["properties"]["siting"]
        assert client.get(f"{URL}?type=casa_comunita&siting={siting}").json()["features"] == []


def test_a_popup_tells_both_supplies_and_what_is_only_probable() -> None:
    row = {
        "position": 2, "municipality": "Susa", "kind": "centro_abitato", "name": "Susa", "supply": "confermata",
        "gained_confirmed": 1200.4, "gained_all": 300.0, "probable": 50.0, "alternatives": ["Bussoleno"],
        "lon": 7.05, "lat": 45.13,
    }  # fmt: skip
    [one] = proposals.pins(pd.DataFrame([row]))["features"]
    lines = one["properties"]["righe"]
    assert one["properties"]["nome"] == "Proposta 2: Susa"
    assert "1.200 persone guadagnano il servizio" in lines
    assert "300 se i servizi da verificare sono aperti" in lines
    assert "50 vivono vicino al confine: solo probabili" in lines
    assert "Quasi lo stesso da: Bussoleno" in lines
    assert proposals.gains(row | {"supply": "tutta", "gained_all": 1.0, "probable": 0.0}) == [
        "1 persona guadagna il servizio",
        "1.200 contando i soli servizi confermati",
    ]
