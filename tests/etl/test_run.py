"""Runs over files: once, again, shuffled, in parts; what happened to whom; what is refused; what follows from it."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from etl import turn
from etl.errors import SourceError
from etl.pipeline import load_everything
from tests.etl.files import BODIES, CHANGES, TODAY, directory, go, kinds, mapping, rows, write
from tests.etl.tools import edit, fingerprint, frame, scalar

PLACES = (
    "select s.id, ST_AsText(l.geom), l.precision, l.position_radius_m, l.coord_source, a.address_1, a.postal_code"
    " from service s join service_at_location sl on sl.service_id = s.id join location l on l.id = sl.location_id"
    " left join address a on a.location_id = l.id order by s.id"
)
OF_PLACES = frozenset({"location", "address", "service_at_location", "identity", "accessibility"})
OPEN = "select count(*) from service where service_type_code = 'farmacia' and closed_on is null"


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "farmacie-2024.csv", rows())
    return tmp_path


# --- once, again, otherwise ordered -----------------------------------------------------------------


def test_a_file_is_loaded_with_all_that_hangs_on_it(loaded_scratch, folder):
    versions = scalar(loaded_scratch, "select count(*) from data_version")
    outcome = go(loaded_scratch, folder)
    (file,) = outcome.files
    assert (file.name, file.source_id, file.edition, file.state) == (
        "farmacie-2024.csv", "farmacie-prova", "2024", "caricato",
    )  # fmt: skip
    assert (file.read, file.accepted, file.rejected) == (12, 12, 0)
    assert outcome.changed
    assert not outcome.failed
    assert len(kinds(outcome)["nuovo"]) == 12
    assert scalar(loaded_scratch, OPEN) == 12
    assert scalar(loaded_scratch, "select count(*) from source_record where source_id = 'farmacie-prova'") == 12
    assert (
        scalar(
            loaded_scratch,
            "select count(*) from metadata where event = 'nuovo' and resource_type = 'service'"
            " and run_id = (select id from source_run where source_id = 'farmacie-prova')",
        )
        == 12
    )
    assert (
        scalar(loaded_scratch, "select kind || positions from source where id = 'farmacie-prova'") == "servicesrilevate"
    )
    # The results follow in the same transaction, and one version says it all.
    reached = (
        "select count(*) from service_reach r join coverage_run c on c.id = r.run_id and c.current"
        " join service s on s.id = r.service_id where s.service_type_code = 'farmacia'"
    )
    assert scalar(loaded_scratch, reached) == 12
    assert scalar(loaded_scratch, "select count(*) from data_version") == versions + 1


def test_a_second_run_writes_nothing_at_all_and_tells_the_same_counts(stocked, folder):
    first = go(stocked, folder)
    before = fingerprint(stocked)
    second = go(stocked, folder)
    assert not first.changed
    assert not second.changed
    assert [file.state for file in second.files] == ["invariato"]
    assert (second.files[0].read, second.files[0].accepted) == (12, 12)
    assert second.sources[0].issues == first.sources[0].issues > 0
    assert fingerprint(stocked) == before


def test_shuffled_rows_in_another_file_change_nothing(stocked, folder):
    before = fingerprint(stocked)
    table = rows()
    random.Random(7).shuffle(table)
    write(folder, "farmacie-2024.csv", table)
    (folder / "farmacie-2024.csv").rename(folder / "farmacie-2024-copia.csv")
    outcome = go(stocked, folder)
    assert not outcome.changed
    assert fingerprint(stocked) == before


def test_two_sources_together_are_the_same_as_one_after_the_other(databases, filled, folder):
    """The register places a pharmacy that has no point, whichever of the two comes first.

    A place of both keeps the identifier under which it was published first, so that only identifiers of places differ.
    """
    write(folder, "farmacie-2024.csv", rows(n005={"lat": "", "lon": ""}))
    write(folder, "civici-2024.csv", rows())
    found, places = [], []
    for steps in ([()], [("civici-prova",), ("farmacie-prova",)], [("farmacie-prova",), ("civici-prova",)]):
        with databases.clone(filled, "in_parts") as engine:
            for only in steps:
                outcome = go(engine, folder, only=only)
            found.append(directory(engine))
            places.append(frame(engine, PLACES).to_numpy().tolist())
            again = go(engine, folder)
            assert not again.changed
    assert found[0] == found[1]
    assert {table for table in found[0] if found[0][table] != found[2][table]} <= OF_PLACES
    assert places[0] == places[1] == places[2]
    # The last run over the register alone moved what the pharmacies' file could not place.
    assert kinds(outcome) == {"riposizionato": {("Farmacia 5", "position")}}


def test_a_built_in_service_is_placed_by_the_addresses_of_files_and_up_keeps_it(loaded_scratch, folder):
    lifted = frame(
        loaded_scratch,
        "select s.name, a.address_1, m.name as town, ST_X(m.label_point) x, ST_Y(m.label_point) y from service s"
        " join service_at_location sl on sl.service_id = s.id join location l on l.id = sl.location_id"
        " join address a on a.location_id = l.id join area m on m.id = l.municipality_id"
        " where l.precision = 'municipality' and a.address_1 ~ '[0-9]' order by s.id limit 1",
    ).iloc[0]
    row = {"indirizzo": lifted["address_1"], "comune": lifted["town"], "lat": str(lifted["y"]), "lon": str(lifted["x"])}
    write(folder, "civici-2024.csv", rows(n000=row))
    outcome = go(loaded_scratch, folder)
    assert kinds(outcome, "servizi-ombra") == {"riposizionato": {(lifted["name"], "position")}}
    place = (
        "select l.precision from service s join service_at_location a on a.service_id = s.id"
        " join location l on l.id = a.location_id where s.name = :name"
    )
    assert scalar(loaded_scratch, place, name=lifted["name"]) == "address"
    before = fingerprint(loaded_scratch)
    assert not load_everything(loaded_scratch, today=TODAY).changed
    assert fingerprint(loaded_scratch) == before


# --- editions ------------------------------------------------------------------------------------------


EXPECTED = {
    "rinominato": {("Farmacia Nuova", "name")},
    "spostato": {("Farmacia 1", "address")},
    "riposizionato": {("Farmacia 2", "position")},
    "chiuso": {("Farmacia 3", "closed_on"), ("Farmacia 5", "closed_on")},
    "modificato": {("Farmacia 4", "phone"), ("Farmacia 5", "valid_to")},
}


@pytest.mark.parametrize("together", [True, False])
def test_a_later_edition_tells_what_happened(request, folder, together):
    engine = request.getfixturevalue("loaded_scratch" if together else "stocked")
    write(folder, "farmacie-2025.csv", CHANGES)
    outcome = go(engine, folder)
    told = kinds(outcome)
    assert len(told.pop("nuovo", set())) == (12 if together else 0)
    assert told == EXPECTED
    closed = frame(engine, "select name, closed_on from service where closed_on is not null order by name")
    assert closed.to_numpy().tolist() == [["Farmacia 3", TODAY], ["Farmacia 5", date(2024, 12, 31)]]
    assert scalar(engine, "select count(*) from service where name like 'Farmacia %'") == 12
    before = fingerprint(engine)
    again = go(engine, folder)
    assert [file.state for file in again.files] == ["superato", "invariato"]
    assert [file.accepted for file in again.files] == [12, 11]
    assert not again.changed
    assert fingerprint(engine) == before


def test_what_comes_back_is_open_again_and_the_same_service(stocked, folder):
    services = set(frame(stocked, "select id from service")["id"])
    write(folder, "farmacie-2025.csv", rows(n003=None))
    go(stocked, folder)
    write(folder, "farmacie-2026.csv", rows())
    assert kinds(go(stocked, folder)) == {"riaperto": {("Farmacia 3", "closed_on")}}
    assert set(frame(stocked, "select id from service")["id"]) == services


@pytest.mark.slow
def test_files_of_one_edition_one_after_the_other_are_the_same_as_together(databases, filled, folder, tmp_path_factory):
    table, second = rows(), tmp_path_factory.mktemp("seconda")
    write(folder, "farmacie-2024.csv", table[:5])
    write(second, "farmacie-2024-altre.csv", table[5:])
    both = tmp_path_factory.mktemp("insieme")
    write(both, "farmacie-2024.csv", table[:5])
    write(both, "farmacie-2024-altre.csv", table[5:])
    found = []
    for steps in ([both], [folder, second], [second, folder]):
        with databases.clone(filled, "uno_dopo") as engine:
            for step in steps:
                outcome = go(engine, step)
            assert kinds(outcome).keys() == {"nuovo"}
            assert scalar(engine, OPEN) == 12
            assert not go(engine, both).changed
            found.append(directory(engine))
    assert found[0] == found[1] == found[2]


def test_a_file_under_another_name_replaces_the_one_whose_keys_it_has(stocked, folder):
    (folder / "farmacie-2024.csv").unlink()
    write(folder, "farmacie-2024-corretto.csv", rows(n003=None))
    assert kinds(go(stocked, folder)) == {"chiuso": {("Farmacia 3", "closed_on")}}


def test_a_note_that_two_files_share_does_not_make_one_replace_the_other(loaded_scratch, tmp_path):
    note = dict.fromkeys(rows()[0], "") | {"nome": "Fonte: prova"}
    write(tmp_path / "prima", "farmacie-2024-a.csv", [*rows()[:6], note])
    write(tmp_path / "poi", "farmacie-2024-b.csv", [*rows()[6:], note])
    go(loaded_scratch, tmp_path / "prima")
    outcome = go(loaded_scratch, tmp_path / "poi")
    assert [(file.name, file.accepted) for file in outcome.files] == [
        ("farmacie-2024-a.csv", 6),
        ("farmacie-2024-b.csv", 6),
    ]


def test_an_old_edition_alone_beside_a_newer_one_is_left_out(loaded_scratch, folder):
    write(folder, "farmacie-2025.csv", CHANGES)
    go(loaded_scratch, folder)
    (folder / "farmacie-2025.csv").unlink()
    outcome = go(loaded_scratch, folder)
    assert [file.state for file in outcome.files] == ["superato"]
    assert not outcome.changed
    write(folder, "farmacie-2024.csv", rows(n000=None))  # bytes that were never loaded: nothing is known of them
    (file,) = go(loaded_scratch, folder).files
    assert (file.state, file.read) == ("superato", 0)
    assert "2025" in file.faults[0]


def test_a_service_closes_on_its_day_though_no_file_comes(loaded_scratch, folder):
    write(folder, "farmacie-2024.csv", rows(n005={"fine": "30/11/2026"}))
    go(loaded_scratch, folder)
    closed = "select closed_on from service where name = 'Farmacia 5'"
    assert scalar(loaded_scratch, closed) is None
    assert not go(loaded_scratch, folder, today=date(2026, 11, 29)).changed
    assert kinds(go(loaded_scratch, folder, today=date(2026, 11, 30))) == {"chiuso": {("Farmacia 5", "closed_on")}}
    assert scalar(loaded_scratch, closed) == date(2026, 11, 30)


# --- trying out, refusing, waiting ------------------------------------------------------------------------


def test_a_dry_run_tells_the_same_and_keeps_nothing(loaded_scratch, folder):
    before = fingerprint(loaded_scratch)
    tried = go(loaded_scratch, folder, dry_run=True)
    assert fingerprint(loaded_scratch) == before
    done = go(loaded_scratch, folder)
    assert tried.dry_run
    assert tried.files == done.files
    assert [source.events for source in tried.sources] == [source.events for source in done.sources]
    assert tried.sources[0].run_id is None
    assert done.sources[0].run_id is not None


def test_an_unusable_file_leaves_its_source_alone_and_the_others_go_on(stocked, folder):
    (folder / "farmacie-2025.csv").write_bytes(b"codice;nome;indirizzo;comune;lat;lon;telefono;piva;fine\n\x00\xff\xfe")
    write(folder, "civici-2024.csv", rows())
    outcome = go(stocked, folder)
    states = {file.name: file.state for file in outcome.files}
    assert states["civici-2024.csv"] == "caricato"
    assert states["farmacie-2024.csv"] == "invariato"
    assert "farmacie-2025.csv" not in states or states["farmacie-2025.csv"] == "respinto"
    told = [file.faults for file in outcome.files if file.state == "respinto"]
    told += [unclaimed.reasons for unclaimed in outcome.unclaimed if unclaimed.name == "farmacie-2025.csv"]
    assert any(told)
    assert scalar(stocked, OPEN) == 12


def test_a_file_that_has_lost_most_rows_is_refused(stocked, folder):
    before = fingerprint(stocked)
    write(folder, "farmacie-2025.csv", rows()[:4])
    outcome = go(stocked, folder)
    by_name = {file.name: file for file in outcome.files}
    assert by_name["farmacie-2025.csv"].state == "respinto"
    assert "Elencava 12 righe e ne perderebbe 8" in by_name["farmacie-2025.csv"].faults[0]
    assert outcome.failed
    assert not outcome.changed
    assert "ora ne legge 4, di cui 4 accettate" in by_name["farmacie-2025.csv"].faults[0]
    assert "--riduzione-voluta farmacie-prova" in by_name["farmacie-2025.csv"].faults[0]
    (source,) = [source for source in outcome.sources if source.source_id == "farmacie-prova"]
    assert (source.events, dict(source.counts)) == ((), {})
    assert fingerprint(stocked) == before


def test_a_loss_that_somebody_wants_is_loaded(stocked, folder):
    write(folder, "farmacie-2025.csv", rows()[:4])
    with pytest.raises(SourceError, match="inventata"):
        go(stocked, folder, allow_loss=["inventata"])
    assert go(stocked, folder, allow_loss=["civici-prova"]).failed
    outcome = go(stocked, folder, allow_loss=["farmacie-prova"])
    assert not outcome.failed
    assert len(kinds(outcome)["chiuso"]) == 8
    assert scalar(stocked, OPEN) == 4


def test_a_refused_source_is_told_once_even_where_it_is_placed_anew(stocked, folder):
    write(folder, "farmacie-2025.csv", rows()[:4])
    write(folder, "civici-2024.csv", rows())
    outcome = go(stocked, folder)
    told = [source.source_id for source in outcome.sources]
    assert sorted(told) == sorted(set(told))
    assert not kinds(outcome).get("chiuso")


@pytest.mark.parametrize("order", [1, -1])
def test_two_rows_with_one_tax_code_are_told_and_both_are_kept_as_received(loaded_scratch, folder, order):
    same = {"piva": "00514490010"}
    write(folder, "enti-2024.csv", rows(n003=same, n007=same)[::order])
    go(loaded_scratch, folder)
    told = frame(
        loaded_scratch,
        "select record_key, severity, message from issue where kind = 'codice_fiscale_ripetuto'",
    ).to_numpy()
    assert [(key, severity, "riga «003»" in message) for key, severity, message in told] == [("007", "dubbio", True)]
    kept = "select count(*) from source_record where source_id = 'enti-prova' and raw->>'piva' = '00514490010'"
    assert scalar(loaded_scratch, kept) == 2
    assert scalar(loaded_scratch, "select name from organization where tax_id = '00514490010'") == "Farmacia 3"


def test_files_of_nobody_are_named_and_hidden_ones_are_not_seen(loaded_scratch, folder, tmp_path_factory):
    (folder / "note.txt").write_text("x", encoding="utf-8")
    (folder / ".nascosto").mkdir()
    write(folder / ".nascosto", "farmacie-2030.csv", rows())
    outside = write(tmp_path_factory.mktemp("fuori"), "farmacie-2031.csv", rows())
    (folder / "farmacie-2031.csv").symlink_to(outside)
    outcome = go(loaded_scratch, folder)
    assert [unclaimed.name for unclaimed in outcome.unclaimed] == ["note.txt"]
    assert [file.name for file in outcome.files] == ["farmacie-2024.csv"]


def test_a_folder_or_a_source_that_does_not_exist_is_told(loaded_scratch, folder, scratch):
    with pytest.raises(SourceError, match="non esiste"):
        go(loaded_scratch, folder / "altrove")
    with pytest.raises(SourceError, match="inventata"):
        go(loaded_scratch, folder, only=["inventata"])
    with pytest.raises(SourceError, match=r"ombra up"):
        go(scratch, folder)


def test_two_runs_at_once_do_it_once_and_the_second_says_that_it_waits(loaded_scratch, folder):
    steps: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _n: go(loaded_scratch, folder, progress=steps.append), range(2)))
    assert sorted(outcome.changed for outcome in done) == [False, True]
    assert sum(step.startswith("Un altro caricamento") for step in steps) == 1


def test_a_load_waits_for_a_run(loaded_scratch):
    steps: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        with turn.taken(loaded_scratch, print):
            waiting = pool.submit(load_everything, loaded_scratch, progress=steps.append)
            while not steps:
                assert not waiting.done()
        assert not waiting.result().changed
    assert steps[0] == "Un altro caricamento è in corso: attendo che finisca"


# --- every kind of content ----------------------------------------------------------------------------------


def test_a_change_of_the_reference_tables_leaves_what_files_have_brought(loaded_scratch, folder, tmp_path_factory):
    import shutil

    from etl.reference import tables

    data = tmp_path_factory.mktemp("dati") / "data"
    shutil.copytree(tables.DATA, data)
    write(folder, "enti-2024.csv", rows(n000={"piva": "00514490010"}))
    go(loaded_scratch, folder)
    own = "select md5(string_agg(s::text, '' order by id)) from service s where name like 'Farmacia %'"
    before = scalar(loaded_scratch, own), scalar(loaded_scratch, "select count(*) from organization_claim")
    edit(data, "reference/service_types.csv", lambda table: table.assign(name_it=table["name_it"] + "!"))
    assert load_everything(loaded_scratch, folder=data, today=TODAY).changed
    assert (scalar(loaded_scratch, own), scalar(loaded_scratch, "select count(*) from organization_claim")) == before
    assert scalar(loaded_scratch, "select count(*) from service where closed_on is not null") == 0


def test_bodies_without_address_are_first_class_and_meet_by_tax_code_only(loaded_scratch, folder):
    write(folder, "enti-2024.csv", rows(n000={"piva": "00514490010"}, n001={"nome": "Farmacia 0"}))
    alone = {
        "fields": {
            "name": "nome",
            "municipality": "comune",
            "service_type": {"constant": "farmacia"},
            "organization": "nome",
            "organization_tax_id": "piva",
        }
    }
    from etl.sources.tabular.source import TabularSource

    services = TabularSource(mapping("servizi-prova", "servizi-*.csv", **alone))
    write(folder, "servizi-2024.csv", rows(n000={"piva": "00514490010", "nome": "Altro nome"}))
    outcome = go(loaded_scratch, folder, sources=[BODIES, services])
    assert [file.rejected for file in outcome.files] == [0, 0]
    listed = frame(
        loaded_scratch,
        "select o.name, coalesce(o.tax_id, ''), count(s.id) n from organization o"
        " left join service s on s.organization_id = o.id"
        " where o.name in ('Farmacia 0', 'Altro nome') group by o.id order by 2 desc, n",
    )
    # One is the register's with the service that names its tax code; two others share a name and nothing else.
    assert listed.to_numpy().tolist() == [["Farmacia 0", "00514490010", 1], ["Farmacia 0", "", 0]]
    # The register's word on the name counts, whichever came first; the body stays while one source names it.
    write(folder, "enti-2025.csv", rows(n000=None))
    go(loaded_scratch, folder, sources=[BODIES, services])
    body = "select name || coalesce(closed_on::text, '') from organization where tax_id = '00514490010'"
    assert scalar(loaded_scratch, body) == "Altro nome"
    write(folder, "servizi-2025.csv", rows(n000=None))
    go(loaded_scratch, folder, sources=[BODIES, services])
    assert scalar(loaded_scratch, body) == f"Altro nome{TODAY}"
