"""The commands on scenarios, as an officer uses them."""

import csv
import io
import json

import geopandas as gpd
import pytest
from sqlalchemy import Engine, text

from app.cli import main
from etl.derive import refresh

SUSA = "Centro per l'impiego di Susa"
CLOSED = "Centro per l'impiego di Orbassano"
ADD = ("--add", "casa_comunita@Perosa Argentina")
KIND = "centro_impiego"


@pytest.fixture(scope="module")
def desk(databases, filled):
    """A database for the tests of this module, whose current run is of today's code and data."""
    with databases.clone(filled, "scenario_cli") as engine:
        refresh(engine)
        yield engine


@pytest.fixture
def ombra(desk: Engine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """Runs a command; gives code, output and messages. What it leaves behind is taken away."""
    monkeypatch.setenv("OMBRA_DATABASE_URL", desk.url.render_as_string(hide_password=False))

    def run(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    yield run
    with desk.begin() as connection:
        connection.execute(text("delete from scenario"))


def made(ombra, name: str, *words: str) -> str:
    code, told, messages = ombra("scenario", "new", name, *words)
    assert code == 0, messages
    return told


def flat(told: str) -> str:
    return " ".join(told.split())


def test_a_life_of_a_scenario(ombra, tmp_path) -> None:
    told = made(ombra, "Val Chisone", *ADD, "--close", SUSA, "--description", "Prova", "--by", "Ufficio piano")
    for word in ("aggiungi", "Perosa Argentina", "chiudi", SUSA, "./ombra scenario compare 'Val Chisone'"):
        assert word in told
    code, told, _messages = ombra("scenario", "list")
    assert code == 0
    for word in ("Val Chisone", "Ufficio piano", "calcolabile"):
        assert word in told
    file = tmp_path / "chisone.csv"
    assert ombra("scenario", "show", "Val Chisone", "--out", str(file))[0] == 0
    made(ombra, "Copia", "--file", str(file))
    assert ombra("scenario", "edit", "Copia", "--drop", "1", "--resize", "Centro per l'impiego Torino Sud=3")[0] == 0
    shown = ombra("scenario", "show", "Copia")[1]
    assert "aggiungi" not in shown
    assert "ridimensiona" in shown
    assert ombra("scenario", "edit", "Copia", "--rename", "Altra")[0] == 0
    code, _told, messages = ombra("scenario", "edit", "Altra", "--drop", "7")
    assert (code, "non c'è il numero 7" in messages) == (2, True)
    assert ombra("scenario", "delete", "Altra")[0] == 0
    code, _told, messages = ombra("scenario", "show", "Altra")
    assert (code, "Nessuno scenario si chiama «Altra»" in messages) == (2, True)


def test_what_cannot_be_is_said_all_at_once_and_nothing_is_kept(ombra) -> None:
    code, told, messages = ombra(
        "scenario", "new", "Storto", "--add", "bar@Susa", "--move", f"{SUSA}@99,45", "--close", "Nessuno"
    )
    assert (code, told) == (2, "")
    for word in ("«bar» non esiste", "fuori dal territorio", "«Nessuno»"):
        assert word in messages
    code, _told, messages = ombra("scenario", "new", "Vuoto")
    assert (code, "non c'è nessun cambiamento" in messages) == (2, True)
    assert "Storto" not in ombra("scenario", "list")[1]


def test_an_officer_compares_a_scenario_with_today(ombra, desk, tmp_path) -> None:
    made(ombra, "Chiude", "--close", CLOSED)
    code, told, messages = ombra("scenario", "compare", "Chiude")
    assert code == 0, messages
    assert "linea d'aria" in messages  # nobody reads these minutes as measured ones
    for word in ("Da oggi allo scenario «Chiude»", "In tutto", "Persone il cui stato cambia", "Dove", "Non lo"):
        assert word in told
    with desk.connect() as connection:
        alone = connection.execute(
            text(
                "select marginal from service_reach r join coverage_run c on c.id = r.run_id and c.current"
                " join service s on s.id = r.service_id where s.name = :name"
            ),
            {"name": CLOSED},
        ).scalar_one()
    out = tmp_path / "comuni.csv"
    assert ombra("scenario", "compare", "Chiude", "--format", "csv", "--out", str(out))[0] == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert alone > 0
    assert sum(float(row["lost"]) for row in rows) == pytest.approx(alone, rel=1e-6)
    assert {row["level"] for row in rows} == {"municipality"}
    changes = [float(row["without_later"]) - float(row["without_former"]) for row in rows]
    assert sum(changes) == pytest.approx(alone, rel=1e-6)
    code, told, _messages = ombra("scenario", "compare", "Chiude", "--view", "punti", "--format", "geojson")
    features = json.loads(told)["features"]
    assert sum(one["properties"]["lost"] for one in features) == pytest.approx(alone, rel=1e-6)
    assert all(one["geometry"]["type"] == "Point" for one in features)


def test_every_view_has_a_table_and_a_file(ombra, tmp_path) -> None:
    made(ombra, "Valli", *ADD, "--close", SUSA)
    for view, word in (("aree", "Perosa"), ("stati", "Pinerolese"), ("punti", "Pomaretto"), ("regole", "CDC-SPOKE")):
        code, told, messages = ombra("scenario", "compare", "Valli", "--view", view)
        assert code == 0, messages
        assert word in told, view
    out = tmp_path / "regole.gpkg"
    assert ombra("scenario", "compare", "Valli", "--view", "regole", "--format", "gpkg", "--out", str(out))[0] == 0
    assert set(gpd.read_file(out)["rule_id"]) >= {"CDC-SPOKE"}
    told = ombra("scenario", "compare", "Valli", "--type", KIND, "--area", "06")[1]
    assert "casa_comunita" not in told.split("In tutto")[-1]
    assert "Nell'area" in told


def test_two_scenarios_are_compared_with_each_other(ombra) -> None:
    made(ombra, "Uno", "--close", CLOSED)
    made(ombra, "Due", "--close", CLOSED, "--add", f"{KIND}@Orbassano")
    code, told, messages = ombra("scenario", "compare", "Uno", "Due", "--view", "aree", "--format", "csv")
    assert code == 0, messages
    rows = list(csv.DictReader(io.StringIO(told)))
    assert sum(float(row["gained"]) for row in rows) > 0
    assert sum(float(row["lost"]) for row in rows) == 0
    told = ombra("scenario", "compare", "Uno", "Due", "--type", "dormitorio", "--view", "aree")[1]
    assert "Non cambia nulla" in told
    code, _told, messages = ombra("scenario", "compare", "Uno", "Uno")
    assert (code, "lo stesso scenario" in messages) == (2, True)


def test_its_run_is_one_of_the_runs_and_is_told_from_them(ombra) -> None:
    made(ombra, "Apre", *ADD)
    code, told, messages = ombra("scenario", "run", "Apre", "--name", "Apre in valle", "--by", "Ufficio piano")
    assert code == 0, messages
    assert "quello degli stessi dati senza lo scenario" in flat(told)
    listed = next(line for line in ombra("coverage", "list")[1].splitlines() if "Apre in valle" in line)
    assert "scenario «Apre»" in listed
    assert "corrente" not in listed
    assert "scenario «Apre»" in ombra("coverage", "show", "Apre in valle")[1]
    code, _told, messages = ombra("coverage", "use", "Apre in valle")
    assert (code, "calcolo di prova" in messages) == (2, True)
    code, told, _messages = ombra("gaps", "--type", "casa_comunita", "--run", "Apre in valle", "--area", "001184")
    assert code == 0
    assert "Perosa" in told
    code, told, messages = ombra("coverage", "compare", "corrente", "Apre in valle", "--type", "casa_comunita")
    assert code == 0, messages
    assert "• nuovo: Casa della Comunità, Perosa Argentina (ipotesi)" in told
    assert ombra("coverage", "name", "Apre in valle")[0] == 0


def test_who_asks_for_a_run_is_written_down(ombra, desk) -> None:
    assert ombra("coverage", "run", "--by", "Ufficio piano")[0] == 0
    with desk.connect() as connection:
        assert connection.scalar(text("select created_by from coverage_run where current")) == "Ufficio piano"
    assert "Ufficio piano" not in ombra("coverage", "show")[1]


def test_a_scenario_whose_service_is_gone_says_so(ombra, desk) -> None:
    made(ombra, "Sparisce", "--close", SUSA)
    change = text("update service set closed_on = :day where name = :name")
    with desk.begin() as connection:
        connection.execute(change, {"day": "2026-01-01", "name": SUSA})
    try:
        assert "da correggere" in ombra("scenario", "list")[1]
        told = ombra("scenario", "show", "Sparisce")[1]
        assert "risulta chiuso" in told
        code, _told, messages = ombra("scenario", "compare", "Sparisce")
        assert (code, "risulta chiuso" in messages) == (2, True)
    finally:
        with desk.begin() as connection:
            connection.execute(change, {"day": None, "name": SUSA})
