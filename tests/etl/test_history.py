"""The way back: a source as it was before a run, with all that follows from it; what cannot be undone says why."""

import uuid

import pytest
from sqlalchemy import text

from etl.errors import NotFound, SourceError
from etl.history import history, rollback
from etl.sources.tabular.source import TabularSource
from tests.etl.files import CHANGES, SOURCES, TODAY, directory, go, kinds, mapping, rows, write
from tests.etl.tools import fingerprint, frame, scalar


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "farmacie-2024.csv", rows())
    return tmp_path


def past(engine, source_id="farmacie-prova"):
    with engine.connect() as connection:
        return history(connection, source_id)


def back(engine, run_id, **choices):
    return rollback(engine, run_id, **{"sources": SOURCES, "today": TODAY} | choices)


def test_the_history_tells_runs_from_the_newest(stocked, folder):
    write(folder, "farmacie-2025.csv", CHANGES)
    go(stocked, folder)
    runs = past(stocked)
    assert [(run.edition, run.state, run.files, run.undone) for run in runs] == [
        ("2025", "caricato", ("farmacie-2025.csv",), False),
        ("2024", "caricato", ("farmacie-2024.csv",), False),
    ]
    assert runs[0].counts["closed"] == 2
    with stocked.connect() as connection:
        assert {run.source_id for run in history(connection)} == {"farmacie-prova", "servizi-ombra", "riferimento"}
        assert len(history(connection, limit=1)) == 1


def test_a_source_goes_back_with_all_that_follows_and_forward_again(stocked, folder):
    """The register's points place a pharmacy: once it is back, the pharmacy is back too."""
    write(folder, "farmacie-2025.csv", rows(n005={"lat": "", "lon": ""}, n003=None))
    go(stocked, folder)
    before = directory(stocked)
    write(folder, "civici-2024.csv", rows())
    assert ("Farmacia 5", "position") in kinds(go(stocked, folder))["riposizionato"]
    after = directory(stocked)

    register = past(stocked, "civici-prova")[0].run_id
    tried = back(stocked, register, dry_run=True)
    assert directory(stocked) == after
    undone = back(stocked, register)
    assert [source.events for source in undone.sources] == [source.events for source in tried.sources]
    assert len(kinds(undone, "civici-prova")["chiuso"]) == 12
    assert kinds(undone)["riposizionato"] == {("Farmacia 5", "position")}
    now = directory(stocked)
    # A service that was never there before stays as closed: nothing is deleted.
    assert {table for table in now if now[table] != before[table]} <= {
        *("service", "service_at_location", "location", "address", "attribute", "field_origin", "phone", "source"),
        *("restricted.service_claim", "identity", "match"),
    }
    assert now["measures"] == before["measures"]
    assert now["address_point"] == before["address_point"]
    runs = past(stocked, "civici-prova")
    assert [(run.state, run.undone) for run in runs] == [("ritirato", False), ("caricato", True)]

    again = back(stocked, runs[0].run_id)  # undoing the undoing
    assert len(kinds(again, "civici-prova")["riaperto"]) == 12
    assert directory(stocked) == after


def test_an_edition_is_undone_by_reading_the_one_before_again(stocked, folder):
    before = directory(stocked)
    write(folder, "farmacie-2025.csv", CHANGES)
    go(stocked, folder)
    for file in folder.iterdir():
        file.unlink()  # what was received is kept
    run_id = past(stocked)[0].run_id
    outcome = back(stocked, run_id)
    assert kinds(outcome)["riaperto"] == {("Farmacia 3", "closed_on"), ("Farmacia 5", "closed_on")}
    assert kinds(outcome)["rinominato"] == {("Farmacia 0", "name")}
    assert directory(stocked) == before
    assert [(run.edition, run.state, run.undone) for run in past(stocked)] == [
        ("2024", "ripristinato", False),
        ("2025", "caricato", True),
        ("2024", "caricato", False),
    ]
    assert scalar(stocked, "select undoes from source_run where state = 'ripristinato'") == run_id
    with pytest.raises(SourceError, match="già stato annullato"):
        back(stocked, run_id)


def test_what_cannot_be_undone_says_why_and_nothing_changes(stocked, folder):
    built_in = past(stocked, "servizi-ombra")[0].run_id
    pharmacies = past(stocked)[0].run_id
    write(folder, "farmacie-2025.csv", rows(n003=None))
    go(stocked, folder)
    latest = past(stocked)[0].run_id
    with stocked.begin() as connection:
        connection.execute(text("update restricted.received_file set content = null where name = 'farmacie-2024.csv'"))
    before = fingerprint(stocked)
    with pytest.raises(NotFound, match="Nessun caricamento"):
        back(stocked, uuid.UUID(int=1))
    with pytest.raises(SourceError, match="non viene da file"):
        back(stocked, built_in)
    with pytest.raises(SourceError, match=r"farmacie-2024\.csv"):
        back(stocked, latest)
    with pytest.raises(SourceError, match="catalogo"):
        back(stocked, pharmacies, sources=())
    assert fingerprint(stocked) == before


@pytest.mark.slow
def test_undoing_an_early_run_undoes_the_later_ones_with_it(stocked, folder):
    write(folder, "farmacie-2025.csv", rows(n003=None))
    go(stocked, folder)
    first = past(stocked)[1].run_id
    outcome = back(stocked, first)
    assert len(kinds(outcome)["chiuso"]) == 11
    assert [run.undone for run in past(stocked)] == [False, True, True]
    assert (
        scalar(stocked, "select count(*) from service where service_type_code = 'farmacia' and closed_on is null") == 0
    )
    assert frame(stocked, "select * from address_point where source_id = 'farmacie-prova'").empty


def test_a_rollback_that_is_undone_undoes_nothing(stocked, folder):
    """Editions A, B and C; B is rolled back, then that rollback: what is in force is not told as undone."""
    for year in (2025, 2026):
        write(folder, f"farmacie-{year}.csv", rows(n003={"nome": f"Farmacia {year}"}))
        go(stocked, folder)
    before = directory(stocked)
    back(stocked, past(stocked)[1].run_id)
    assert [run.undone for run in past(stocked)] == [False, True, True, False]
    back(stocked, past(stocked)[0].run_id)
    assert directory(stocked) == before
    assert [(run.edition, run.undone) for run in past(stocked)] == [
        ("2026", False),
        ("2024", True),
        ("2026", False),
        ("2025", False),
        ("2024", False),
    ]
    assert not go(stocked, folder).changed
    # What is in force can be rolled back again.
    back(stocked, past(stocked)[3].run_id)
    assert [run.undone for run in past(stocked)] == [False, True, True, True, True, False]


@pytest.mark.slow
def test_a_file_that_was_undone_does_not_come_back_by_itself(stocked, folder):
    write(folder, "farmacie-2025.csv", CHANGES)
    go(stocked, folder)
    back(stocked, past(stocked)[0].run_id)
    before = fingerprint(stocked)
    outcome = go(stocked, folder)
    assert [(file.name, file.state) for file in outcome.files] == [
        ("farmacie-2024.csv", "invariato"),
        ("farmacie-2025.csv", "superato"),
    ]
    assert "--anche-annullati" in outcome.files[1].faults[0]
    assert not outcome.changed
    assert not outcome.failed
    assert fingerprint(stocked) == before
    assert go(stocked, folder, again=True).changed
    assert [(file.name, file.state) for file in go(stocked, folder).files] == [
        ("farmacie-2024.csv", "superato"),
        ("farmacie-2025.csv", "invariato"),
    ]


def test_an_undated_file_that_replaces_another_is_told(loaded_scratch, tmp_path):
    source = TabularSource(mapping("senza-data", "*.csv", edition={}))
    write(tmp_path, "uno.csv", rows())
    go(loaded_scratch, tmp_path, sources=(source,))
    doubts = "select count(*) from issue where kind = 'edizione_senza_data'"
    assert scalar(loaded_scratch, doubts) == 0
    (tmp_path / "uno.csv").unlink()
    write(tmp_path, "due.csv", rows(n000={"nome": "Farmacia Altra"}))
    go(loaded_scratch, tmp_path, sources=(source,))
    assert scalar(loaded_scratch, doubts) == 1
    assert not go(loaded_scratch, tmp_path, sources=(source,)).changed
