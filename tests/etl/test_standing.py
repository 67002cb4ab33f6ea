"""A row that is listed and cannot be read closes nothing: what it told before stays, and the run says so."""

import pytest

from tests.etl.files import go, kinds, mapping, rows, write
from tests.etl.tools import fingerprint, frame, scalar

OPEN = "select count(*) from service where service_type_code = 'farmacia' and closed_on is null"
REMARKS = "select record_key, kind from issue where kind in ('riga_non_aggiornata', 'chiusure_sospese') order by 1"


@pytest.mark.parametrize(
    "fault",
    [
        {"comune": ""},
        pytest.param({"nome": ""}, marks=pytest.mark.slow),
        pytest.param({"nome": "x" * 11_000}, marks=pytest.mark.slow),
    ],
    ids=["no_municipality", "no_name", "endless_name"],
)
def test_an_unreadable_row_leaves_its_service_as_it_was(stocked, tmp_path, fault):
    before = frame(stocked, "select * from service where name = 'Farmacia 0'")
    write(tmp_path, "farmacie-2025.csv", rows(n000=fault, n001=None))
    outcome = go(stocked, tmp_path)
    assert kinds(outcome) == {"chiuso": {("Farmacia 1", "closed_on")}}
    assert frame(stocked, "select * from service where name = 'Farmacia 0'").equals(before)
    assert frame(stocked, REMARKS).to_numpy().tolist() == [["000", "riga_non_aggiornata"]]
    books = fingerprint(stocked)
    assert not go(stocked, tmp_path).changed
    assert fingerprint(stocked) == books
    # Once it is gone it is closed.
    write(tmp_path, "farmacie-2026.csv", rows(n000=None, n001=None))
    assert kinds(go(stocked, tmp_path)) == {"chiuso": {("Farmacia 0", "closed_on")}}


def test_a_row_that_has_left_the_territory_closes_its_service(stocked, tmp_path):
    write(tmp_path, "farmacie-2025.csv", rows(n000={"comune": "Milano"}))
    assert kinds(go(stocked, tmp_path)) == {"chiuso": {("Farmacia 0", "closed_on")}}


def test_rows_without_a_key_suspend_what_would_be_closed(stocked, tmp_path):
    write(tmp_path, "farmacie-2025.csv", rows(n000={"codice": ""}, n001={"comune": "Milano"}))
    outcome = go(stocked, tmp_path)
    assert kinds(outcome) == {"chiuso": {("Farmacia 1", "closed_on")}}
    assert scalar(stocked, OPEN) == 11
    assert frame(stocked, REMARKS)["kind"].tolist() == ["chiusure_sospese"]


def test_a_row_that_is_broken_suspends_what_would_be_closed(stocked, tmp_path):
    write(tmp_path, "farmacie-2025.csv", rows(n000={"indirizzo": "Via\x00 Rotta 1"}, n001=None))
    assert kinds(go(stocked, tmp_path)) == {}
    assert scalar(stocked, OPEN) == 12
    assert frame(stocked, REMARKS)["kind"].tolist() == ["chiusure_sospese"]


def test_rows_without_a_key_that_take_nothing_away_suspend_nothing(stocked, tmp_path):
    write(tmp_path, "farmacie-2025.csv", [*rows(), rows()[0] | {"codice": ""}])
    go(stocked, tmp_path)
    assert scalar(stocked, OPEN) == 12
    assert frame(stocked, REMARKS).empty


def test_a_total_below_the_table_suspends_nothing(stocked, tmp_path):
    total = dict.fromkeys(rows()[0], "") | {"nome": "Totale"}
    write(tmp_path, "farmacie-2025.csv", [*rows(n001=None), total])
    assert kinds(go(stocked, tmp_path)) == {"chiuso": {("Farmacia 1", "closed_on")}}
    assert frame(stocked, REMARKS).empty


def test_what_a_mapping_leaves_out_on_purpose_is_no_fault_of_the_row(loaded_scratch, tmp_path):
    from etl.sources.tabular.source import TabularSource

    fields = {
        "name": "nome",
        "municipality": "comune",
        "service_type": {"constant": "farmacia"},
        "note": {"column": "piva", "values": {"aperta": "aperta"}, "refusal": "sede_chiusa"},
    }
    source = TabularSource(mapping("farmacie-prova", "farmacie-*.csv", fields=fields))
    every = {f"n{key:03d}": {"piva": "aperta"} for key in range(12)}
    write(tmp_path, "farmacie-2024.csv", rows(**every))
    go(loaded_scratch, tmp_path, sources=(source,))
    write(tmp_path, "farmacie-2025.csv", rows(**every | {"n000": {"piva": "chiusa"}}))
    outcome = go(loaded_scratch, tmp_path, sources=(source,))
    assert kinds(outcome) == {"chiuso": {("Farmacia 0", "closed_on")}}
    assert frame(loaded_scratch, REMARKS).empty


def test_bodies_stay_too_also_those_that_services_name(loaded_scratch, tmp_path):
    from etl.sources.tabular.source import TabularSource
    from tests.etl.files import BODIES

    fields = {
        "name": "nome",
        "municipality": "comune",
        "organization": "piva",
        "service_type": {"constant": "farmacia"},
    }
    named = TabularSource(mapping("farmacie-prova", "farmacie-*.csv", fields=fields))
    write(tmp_path, "farmacie-2024.csv", rows(n000={"piva": "Titolare Unico"}))
    write(tmp_path, "enti-2024.csv", rows(n000={"nome": "Ente Zero"}, n001={"nome": "Ente Uno"}))
    go(loaded_scratch, tmp_path, sources=(named, BODIES))
    write(tmp_path, "farmacie-2025.csv", rows(n000={"piva": "Titolare Unico", "comune": ""}))
    write(tmp_path, "enti-2025.csv", rows(n000={"nome": ""}, n001=None))
    go(loaded_scratch, tmp_path, sources=(named, BODIES))
    closed = "select closed_on is not null from organization where name = :name"
    told = {name: scalar(loaded_scratch, closed, name=name) for name in ("Titolare Unico", "Ente Zero", "Ente Uno")}
    assert told == {"Titolare Unico": False, "Ente Zero": False, "Ente Uno": True}


def test_the_unreadable_row_of_a_protected_place_is_hidden(loaded_scratch, tmp_path):
    from etl.sources.tabular.source import TabularSource

    types = {"column": "piva", "values": {"a": "ludoteca", "b": "casa_rifugio"}}
    fields = {"name": "nome", "address": "indirizzo", "municipality": "comune", "service_type": types}
    source = TabularSource(mapping("luoghi-prova", "luoghi-*.csv", fields=fields))
    every = {f"n{key:03d}": {"piva": "a"} for key in range(12)}
    secret = {"indirizzo": "Via Segretissima 9", "piva": "b"}
    write(tmp_path, "luoghi-2024.csv", rows(**every | {"n000": secret}))
    go(loaded_scratch, tmp_path, sources=(source,))
    write(tmp_path, "luoghi-2025.csv", rows(**every | {"n000": secret | {"comune": "", "piva": "?"}}))
    go(loaded_scratch, tmp_path, sources=(source,))
    for table in fingerprint(loaded_scratch):
        if not table.startswith("restricted."):
            assert scalar(loaded_scratch, f"select count(*) from {table} t where t::text like '%Segretissima%'") == 0
    assert scalar(loaded_scratch, "select address_1 from restricted.position where address_1 like '%Segretissima%'")
