"""What becomes protected leaves nothing public: when an edition says so, and when the reference tables do."""

import shutil

import pytest
from sqlalchemy import text

from etl.history import history, rollback
from etl.identity import uid
from etl.link.golden import survive
from etl.link.trust import trust
from etl.locate.position import Position
from etl.locate.territory import Municipality
from etl.pipeline import load_everything
from etl.publication import claims
from etl.publication.model import TypeOfService
from etl.publication.services import Listed, build
from etl.record import Capacity, ServiceRecord
from etl.reference import tables
from etl.sources.tabular.source import TabularSource
from tests.etl.files import SOURCES, TODAY, directory, go, mapping, rows, write
from tests.etl.tools import edit, fingerprint, scalar

FIELDS = {
    "name": "nome",
    "address": "indirizzo",
    "municipality": "comune",
    "latitude": "lat",
    "longitude": "lon",
    "phone": "telefono",
}
# A telephone that is none, a point far away: both leave remarks with what the row says.
SECRET = {"indirizzo": "C.so Segretissimo 9", "lat": "45.0612345", "lon": "7.6612345", "telefono": "Segretissimo"}


def leaks(engine) -> set[str]:
    """Public tables in which the address or the point can be read."""
    public = [table for table in fingerprint(engine) if not table.startswith("restricted.")]
    like = "select count(*) from {} t where t::text ilike '%segretissim%' or t::text like '%7.66123%'"
    found = {table for table in public if scalar(engine, like.format(table))}
    points = "select count(*) from location where ST_AsText(geom) like '%7.66123%'"
    return found | ({"location"} if scalar(engine, points) else set())


@pytest.fixture
def data(tmp_path_factory):
    """A data folder in which pharmacies are protected."""
    folder = tmp_path_factory.mktemp("protetti") / "data"
    shutil.copytree(tables.DATA, folder)
    protect = lambda table: table.assign(protected=table["protected"].where(table["code"] != "farmacia", "true"))  # noqa: E731
    edit(folder, "reference/service_types.csv", protect)
    return folder


@pytest.fixture(scope="module")
def told_once(databases, filled, tmp_path_factory):
    """Name of a template in which public pharmacies, one closed since and one unreadable row name what is secret."""

    def fill(engine):
        folder = tmp_path_factory.mktemp("detti")
        broken = SECRET | {"nome": "", "indirizzo": "Via Segretissima 11"}
        write(folder, "farmacie-2024.csv", rows(n000=SECRET, n001=SECRET, n002=broken))
        go(engine, folder)
        write(folder, "farmacie-2025.csv", rows(n000=SECRET, n001=None, n002=None))
        go(engine, folder)
        assert leaks(engine) >= {"location", "address", "address_point", "source_record", "issue"}

    return databases.template("told", fill, base=filled)


@pytest.fixture
def told(databases, told_once):
    """A database of the test's own with what was told."""
    with databases.clone(told_once, "told_scratch") as engine:
        yield engine


def test_a_type_made_protected_hides_what_files_have_told_and_back(told, data):
    before = directory(told)
    assert load_everything(told, folder=data, files=SOURCES, today=TODAY).changed
    assert leaks(told) == set()
    kept = "select count(*) from restricted.position where address_1 ilike '%segretissimo%'"
    assert scalar(told, kept) == 2
    assert scalar(told, "select count(*) from restricted.source_record where raw::text like '%egretissim%'") == 3
    books = fingerprint(told)
    assert not load_everything(told, folder=data, files=SOURCES, today=TODAY).changed
    assert fingerprint(told) == books
    # What is listed is public again with the type; what is closed stays hidden.
    assert load_everything(told, files=SOURCES, today=TODAY).changed
    assert directory(told)["address_point"] == before["address_point"]
    assert scalar(told, "select count(*) from address where address_1 ilike '%segretissimo%'") == 1


def test_a_source_that_cannot_be_read_again_is_hidden_where_it_stands(told, data):
    steps = []
    assert load_everything(told, folder=data, files=(), today=TODAY, progress=steps.append).changed
    assert any("farmacie-prova" in step for step in steps)
    assert leaks(told) == set()
    assert scalar(told, "select count(*) from address_point where source_id = 'farmacie-prova'") == 0
    assert scalar(told, "select count(*) from restricted.position where address_1 ilike '%segretissimo%'") == 2
    books = fingerprint(told)
    assert not load_everything(told, folder=data, files=(), today=TODAY).changed
    assert fingerprint(told) == books


def test_files_that_are_not_kept_are_hidden_too(told, data):
    with told.begin() as connection:
        connection.execute(text("update restricted.received_file set content = null"))
    assert load_everything(told, folder=data, files=SOURCES, today=TODAY).changed
    assert leaks(told) == set()


def test_remarks_of_earlier_editions_forget_a_place_that_an_edition_makes_protected(loaded_scratch, tmp_path):
    types = {"column": "piva", "values": {"a": "ludoteca", "b": "casa_rifugio"}}
    source = TabularSource(mapping("luoghi-prova", "luoghi-*.csv", fields=FIELDS | {"service_type": types}))
    every = {f"n{key:03d}": {"piva": "a"} for key in range(12)}
    write(tmp_path, "luoghi-2024.csv", rows(**every | {"n000": SECRET | {"piva": "a"}}))
    go(loaded_scratch, tmp_path, sources=(source,))
    assert "issue" in leaks(loaded_scratch)
    write(tmp_path, "luoghi-2025.csv", rows(**every | {"n000": SECRET | {"piva": "b"}}))
    go(loaded_scratch, tmp_path, sources=(source,))
    assert leaks(loaded_scratch) == set()


def test_up_settles_though_a_row_of_a_type_public_again_cannot_be_read(loaded_scratch, data, tmp_path):
    write(tmp_path, "farmacie-2024.csv", rows())
    go(loaded_scratch, tmp_path)
    write(tmp_path, "farmacie-2025.csv", rows(n000={"comune": ""}))
    go(loaded_scratch, tmp_path)
    load_everything(loaded_scratch, folder=data, files=SOURCES, today=TODAY)
    assert load_everything(loaded_scratch, files=SOURCES, today=TODAY).changed
    assert not load_everything(loaded_scratch, files=SOURCES, today=TODAY).changed


def test_a_place_known_by_its_municipality_only_becomes_protected_with_all_that_tells_it(loaded_scratch, tmp_path):
    types = {"column": "piva", "values": {"a": "ludoteca", "b": "casa_rifugio"}}
    fields = FIELDS | {"service_type": types, "opening_hours": "fine"}
    source = TabularSource(mapping("luoghi-prova", "luoghi-*.csv", fields=fields))
    every = {f"n{key:03d}": {"piva": "a"} for key in range(12)}
    # Without a point of its own it has the same place before and after.
    secret = SECRET | {"lat": "", "lon": "", "fine": "suonare a Segretissimo"}
    write(tmp_path, "luoghi-2024.csv", rows(**every | {"n000": secret | {"piva": "a"}}))
    go(loaded_scratch, tmp_path, sources=(source,))
    assert leaks(loaded_scratch) >= {"address", "schedule"}
    write(tmp_path, "luoghi-2025.csv", rows(**every | {"n000": secret | {"piva": "b"}}))
    assert not go(loaded_scratch, tmp_path, sources=(source,)).failed
    assert leaks(loaded_scratch) == set()
    write(tmp_path, "luoghi-2026.csv", rows(**every | {"n000": secret | {"piva": "a"}}))
    go(loaded_scratch, tmp_path, sources=(source,))
    assert leaks(loaded_scratch) >= {"address", "schedule"}


TYPES = {"column": "piva", "values": {"a": "ludoteca", "b": "casa_rifugio"}}
MIXED = TabularSource(mapping("luoghi-prova", "luoghi-*.csv", fields=FIELDS | {"service_type": TYPES}))
EVERY = {f"n{key:03d}": {"piva": "a"} for key in range(12)}
PUBLIC, REFUGE = SECRET | {"piva": "a"}, SECRET | {"piva": "b"}


@pytest.mark.parametrize(
    "told",
    [
        {"piva": "b", "comune": ""},
        pytest.param({"piva": "b", "comune": "Milano"}, marks=pytest.mark.slow),
        pytest.param({"piva": "b", "codice": ""}, marks=pytest.mark.slow),
        {"piva": "?"},
        pytest.param({"piva": "", "nome": ""}, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_a_row_that_cannot_be_loaded_and_may_tell_a_refuge_hides_what_it_told_before(loaded_scratch, tmp_path, told):
    write(tmp_path, "luoghi-2024.csv", rows(**EVERY | {"n000": PUBLIC}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    write(tmp_path, "luoghi-2025.csv", rows(**EVERY | {"n000": PUBLIC, "n001": {"nome": "Altro nome", "piva": "a"}}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    assert leaks(loaded_scratch) >= {"location", "address", "address_point", "source_record", "issue"}
    write(tmp_path, "luoghi-2026.csv", rows(**EVERY | {"n000": PUBLIC | told}))
    assert not go(loaded_scratch, tmp_path, sources=(MIXED,)).failed
    assert leaks(loaded_scratch) == set()
    assert scalar(
        loaded_scratch, "select count(*) from restricted.source_record where raw::text ilike '%segretissimo%'"
    )
    books = fingerprint(loaded_scratch)
    assert not go(loaded_scratch, tmp_path, sources=(MIXED,)).changed
    assert not load_everything(loaded_scratch, files=(MIXED,), today=TODAY).changed
    assert fingerprint(loaded_scratch) == books
    # Once a row that can be loaded says that it is public, it is.
    write(tmp_path, "luoghi-2027.csv", rows(**EVERY | {"n000": PUBLIC}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    assert "address" in leaks(loaded_scratch)


def test_a_row_that_cannot_be_loaded_and_tells_a_public_type_hides_nothing(loaded_scratch, tmp_path):
    write(tmp_path, "luoghi-2024.csv", rows(**EVERY | {"n000": PUBLIC}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    write(tmp_path, "luoghi-2025.csv", rows(**EVERY | {"n000": PUBLIC | {"comune": ""}}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    assert "address" in leaks(loaded_scratch)


def test_a_rollback_keeps_hidden_what_a_later_edition_told_to_be_protected(loaded_scratch, tmp_path):
    def past():
        with loaded_scratch.connect() as connection:
            return history(connection, "luoghi-prova")

    write(tmp_path, "luoghi-2024.csv", rows(**EVERY | {"n000": PUBLIC}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    unreadable = {"n001": {"piva": "b", "comune": ""}}
    write(tmp_path, "luoghi-2025.csv", rows(**EVERY | unreadable | {"n000": REFUGE}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    assert leaks(loaded_scratch) == set()
    rollback(loaded_scratch, past()[0].run_id, sources=(MIXED,), today=TODAY)
    assert [run.edition for run in past()] == ["2024", "2025", "2024"]
    assert leaks(loaded_scratch) == set()
    hidden = "select count(*) from location where location_protected"
    before = scalar(loaded_scratch, hidden)
    assert before >= 2
    told = "select message from issue where kind = 'protezione_mantenuta' and record_key = ''"
    assert scalar(loaded_scratch, told).startswith("2 luoghi")
    # Neither the files that are still there nor the next start take it back.
    books = fingerprint(loaded_scratch)
    assert not go(loaded_scratch, tmp_path, sources=(MIXED,)).changed
    assert not load_everything(loaded_scratch, files=(MIXED,), today=TODAY).changed
    assert fingerprint(loaded_scratch) == books
    write(tmp_path, "luoghi-2024-bis.csv", rows(**EVERY | {"n000": PUBLIC | {"nome": "Altro"}}))
    (tmp_path / "luoghi-2024.csv").unlink()
    assert go(loaded_scratch, tmp_path, sources=(MIXED,)).changed
    assert leaks(loaded_scratch) == set()
    # An edition that comes after does.
    write(tmp_path, "luoghi-2026.csv", rows(**EVERY | {"n000": PUBLIC}))
    go(loaded_scratch, tmp_path, sources=(MIXED,))
    assert "address" in leaks(loaded_scratch)
    assert scalar(loaded_scratch, hidden) == before - 2


def test_of_a_protected_place_how_much_there_is_goes_without_the_words_beside_it():
    town = Municipality(uid("area", "municipality", "001272"), "Torino", None, 9_000.0)
    beds = Capacity("posti", 8, "presso via Segretissima 9")
    record = ServiceRecord(
        key="1",
        service_type="casa_rifugio",
        name="Casa",
        organization=None,
        municipality="001272",
        supply_status="attivo",
        precision="municipality",
        latitude=None,
        longitude=None,
        capacities=(beds,),
    )
    at = {"1": Position("001272", None, "municipality", 9_000.0)}
    for protected, told in ((True, [None]), (False, [beds.description])):
        kinds = {"casa_rifugio": TypeOfService(protected, uid("term"))}
        said = claims.build("prova", [record], at, kinds, dated=(), today=TODAY)
        listed = Listed(said[0].id, said, survive(said, trust()), said[0].location_id, None)
        found = build([listed], kinds, {"001272": town})
        assert [row["description"] for row in found.service_capacity] == told
        assert (beds.description in repr(found.field_origin)) is not protected
