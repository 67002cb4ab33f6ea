"""Asking where values come from, correcting them by hand and letting the sources speak again, at a terminal."""

import csv
import io
import json
import re

import pytest
from sqlalchemy import text

from app.cli import main
from tests.etl.tools import scalar

NAME = "Centro per l'impiego di Moncalieri"


@pytest.fixture
def desk(loaded_scratch, tmp_path, monkeypatch, capfd):
    """Commands on a database of the test's own."""
    return _desk(loaded_scratch, tmp_path, monkeypatch, capfd)


@pytest.fixture
def reading(loaded, tmp_path, monkeypatch, capfd):
    """Commands that only read."""
    return _desk(loaded, tmp_path, monkeypatch, capfd)


def _desk(engine, folder, monkeypatch, capfd):
    monkeypatch.setenv("OMBRA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("OMBRA_HOME", str(folder))

    def ombra(*words):
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["etl", *words])
        told = capfd.readouterr()
        return ended.value.code, told.out, told.err

    return ombra


def identifier(engine):
    return str(scalar(engine, f"select id from service where name = '{NAME.replace(chr(39), chr(39) * 2)}'"))


def test_words_of_a_name_find_the_service(reading):
    code, told, err = reading("why", "impiego moncalieri")
    assert code == 0, err
    assert NAME in told
    assert "Agenzia Piemonte Lavoro" in told
    assert "(2024)" in told


def test_identifier_beginning_and_key_find_it_too(reading, loaded):
    service = identifier(loaded)
    key = scalar(loaded, f"select key from restricted.service_claim where id = '{service}'")
    for said in (service, service[:12], f"servizi-ombra:{key}"):
        code, told, err = reading("why", said, "name")
        assert code == 0, err
        assert NAME in told, said


def test_of_several_services_a_list_is_shown(reading):
    code, told, err = reading("why", "centro impiego")
    assert code == 2
    assert "Sceglierne uno" in err
    assert NAME.split(" di ", maxsplit=1)[0] in told
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-5", told)


def test_what_is_not_there_is_told(reading):
    assert reading("why", "questo servizio non esiste")[0] == 2
    code, _told, err = reading("why", "impiego moncalieri", "colore")
    assert code == 2
    assert "supply_status" in err
    assert reading("why", "00000000-0000-0000-0000-000000000000")[0] == 2


def test_a_field_may_be_called_by_its_italian_name(reading):
    code, told, err = reading("why", "impiego moncalieri", "indirizzo")
    assert code == 0, err
    assert "Corso Savona" in told
    assert NAME not in told.split("\n", maxsplit=1)[1]


def test_the_same_comes_as_csv_and_as_json(reading):
    _code, told, _err = reading("why", "impiego moncalieri", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told)))
    (name,) = [row for row in rows if row["field"] == "name"]
    assert (name["value"], name["survives"], name["rule"]) == (NAME, "true", "unica")
    _code, told, _err = reading("why", "impiego moncalieri", "--format", "json")
    listed = json.loads(told)
    assert [row["field"] for row in listed] == [row["field"] for row in rows]
    (place,) = [row["value"] for row in listed if row["field"] == "position"]
    assert place["precision"] == "street"


def published(engine):
    """What is public of all services, without the times."""
    return {
        table: scalar(engine, f"select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from ({query}) t")
        for table, query in {
            "service": "select id, name, organization_id, status, email, url, note, closed_on from service",
            "at": "select service_id, location_id from service_at_location",
            "place": "select id, ST_AsText(geom), precision, position_radius_m from location",
            "address": "select location_id, address_1, postal_code from address",
            "phone": "select service_id, number from phone",
            "origin": "select entity_id, field, value, survives, rule from field_origin",
        }.items()
    }


def test_a_correction_wins_until_it_is_released_by_its_author(desk, loaded_scratch):
    before = published(loaded_scratch)
    service = identifier(loaded_scratch)
    version = scalar(loaded_scratch, "select max(id) from data_version")
    code, _told, err = desk(
        "correct", service, "phone", "011 4439190", "--author", "Maria Rossi", "--note", "al telefono"
    )
    assert code == 0, err
    assert scalar(loaded_scratch, f"select number from phone where service_id = '{service}'") == "+390114439190"
    assert scalar(loaded_scratch, "select max(id) from data_version") > version
    code, told, _err = desk("why", service, "telefono")
    assert "011 443 9190" in told
    assert "Maria Rossi" in told
    assert "al telefono" in told
    code, _told, err = desk("release", service, "phone", "--author", "Un altro")
    assert code == 2
    assert "Maria Rossi" in err
    code, _told, err = desk("release", service, "phone", "--author", "Maria Rossi")
    assert code == 0, err
    assert published(loaded_scratch) == before


def test_the_words_that_are_shown_may_be_written(desk, loaded_scratch):
    service = identifier(loaded_scratch)
    code, _told, err = desk("correct", service, "stato", "Da verificare", "--author", "Maria Rossi")
    assert code == 0, err
    assert scalar(loaded_scratch, f"select supply_status from service where id = '{service}'") == "da_verificare"
    code, _told, err = desk("correct", service, "erogazione", "a distanza", "--author", "Maria Rossi")
    assert code == 0, err
    assert scalar(loaded_scratch, f"select delivery from service where id = '{service}'") == "remoto"


def test_a_place_by_hand_moves_one_service_and_its_figures(desk, loaded_scratch):
    before = published(loaded_scratch)
    service = identifier(loaded_scratch)
    measure = (
        "select nearest_all from coverage_result r join coverage_run c on c.id = r.run_id and c.current"
        " join area a on a.id = r.area_id where r.service_type_code = 'centro_impiego'"
        " and a.name = 'Moncalieri' order by a.level limit 1"
    )
    was = scalar(loaded_scratch, measure)
    code, _told, err = desk("correct", service, "position", "45.0005 7.6800", "--author", "a")
    assert code == 0, err
    point = (
        "select ST_AsText(l.geom, 4) || ' ' || l.precision from location l join service_at_location s"
        f" on s.location_id = l.id where s.service_id = '{service}'"
    )
    assert scalar(loaded_scratch, point) == "POINT(7.68 45.0005) address"
    after = published(loaded_scratch)
    assert {name for name in before if before[name] != after[name]} >= {"at", "place", "origin"}
    assert scalar(loaded_scratch, measure) != was
    assert desk("release", service, "position", "--author", "a")[0] == 0
    assert published(loaded_scratch) == before
    assert scalar(loaded_scratch, measure) == was


def test_a_state_by_hand_closes_and_opens(desk, loaded_scratch):
    service = identifier(loaded_scratch)
    listed = f"select count(*) from service where id = '{service}' and supply_status = 'attivo' and closed_on is null"
    assert scalar(loaded_scratch, listed) == 1
    assert desk("correct", service, "supply_status", "chiuso", "--author", "a")[0] == 0
    assert scalar(loaded_scratch, listed) == 0
    assert desk("release", service, "stato", "--author", "a")[0] == 0
    assert scalar(loaded_scratch, listed) == 1


def test_a_wrong_value_changes_nothing(desk, loaded_scratch):
    before = published(loaded_scratch)
    service = identifier(loaded_scratch)
    code, _told, err = desk("correct", service, "email", "non è posta", "--author", "a")
    assert code == 2
    assert "Il valore non si può mettere" in err
    assert published(loaded_scratch) == before
    with loaded_scratch.connect() as connection:
        assert connection.execute(text("select count(*) from hand_value")).scalar_one() == 0


def test_a_correction_outlives_the_next_load(desk, loaded_scratch):
    from etl.pipeline import load_everything

    service = identifier(loaded_scratch)
    assert desk("correct", service, "email", "cpi@esempio.it", "--author", "a")[0] == 0
    load_everything(loaded_scratch)
    assert scalar(loaded_scratch, f"select email from service where id = '{service}'") == "cpi@esempio.it"
