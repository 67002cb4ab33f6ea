"""Directories in HSDS: pages of an API, data packages in a folder and in a ZIP, whole and spoilt."""

import csv
import json
import shutil
import zipfile
from datetime import date, time
from pathlib import Path

import pytest
from pydantic import ValidationError

from etl.errors import SourceError
from etl.issues import IssueLog
from etl.record import Capacity, Opening, ServedArea
from etl.sources.base import Received
from etl.sources.hsds import HsdsMapping, HsdsSource
from etl.sources.hsds_draft import Parts, capacities
from tests.etl.tools import SHARED

SAMPLES = Path(__file__).parent / "samples" / "hsds-prova"
PAGES = sorted(SAMPLES.glob("*.json"))
SPECIFICATION = SHARED / "hsds-3.1"
needs_specification = pytest.mark.skipif(
    not SPECIFICATION.is_dir(), reason="manca la cartella shared/data con gli esempi di HSDS 3.1"
)


def source(**told):
    declared = {
        "id": "hsds-prova",
        "title": "Elenco di prova",
        "publisher": "Ente di prova",
        "licence": "CC-BY-4.0",
        "files": ("*.json", "*.csv", "*.zip"),
        "types": {"prova:HD-1000": "centro_famiglie"},
    }
    return HsdsSource(HsdsMapping(**(declared | told)))


def load(paths, of=None):
    of, log = of or source(), IssueLog()
    [edition] = of.editions([Received(path, f"hsds-prova/{path.name}", "") for path in paths])
    rows = list(edition.rows())
    found = {key: of.parse(key, raw, edition.label, log) for key, raw in rows}
    return rows, {key: records[0] for key, records in found.items() if records}, log


def key(service, place=None):
    identity = f"00000000-0000-4000-8000-{service:012d}"
    return identity if place is None else f"{identity}/loc-{place}"


def folder(tmp_path, *services, **told):
    """A folder with one page of services."""
    place = tmp_path / "hsds-prova"
    place.mkdir(exist_ok=True)
    whole = {"total_pages": 1, "page_number": 1, "contents": list(services), **told}
    (place / "servizi-0001.json").write_text(json.dumps(whole), encoding="utf-8")
    return [place / "servizi-0001.json"]


def service(**told):
    """A service as small as a service may be."""
    place = {"id": "at", "location": {"id": "qui", "addresses": [{"address_1": "Via di Prova 1", "city": "Susa"}]}}
    term = {"taxonomy_term": {"code": "HD-1000", "taxonomy": "Prova"}}
    plain = {"id": "s", "name": "Prova", "status": "active", "service_at_locations": [place], "attributes": [term]}
    return plain | told


def rejected(log):
    return {entry.record_key: entry.kind for entry in log.entries if entry.severity == "scartato"}


def test_a_service_at_a_location_becomes_a_record():
    _rows, records, _log = load(PAGES)
    found = records[key(1, 1)]
    assert (found.service_type, found.name, found.organization) == (
        "centro_famiglie",
        "Sportello di prova",
        "Cooperativa di prova",
    )
    assert (found.municipality, found.address, found.postal_code) == ("001270", "Via di Prova, 12", "10059")
    assert (found.latitude, found.longitude, found.precision) == (45.1366, 7.0535, "address")
    assert found.phones == ("+390110000001;ext=12",)
    assert (found.email, found.url) == ("sportello@example.org", "https://sportello.example.org")
    assert found.openings == (Opening("TU,TH", time(9), time(12, 30)), Opening("WE", time(14), time(17)))
    assert found.osm_hours == "Tu,Th 09:00-12:30; We 14:00-17:00"
    assert found.capacities == (Capacity("posti", 20.0),)
    assert found.service_areas == (
        ServedArea("municipality", "001044", "Elenco di prova"),
        ServedArea("municipality", "001270", "Elenco di prova"),
    )
    assert found.accessibility == "Ingresso senza gradini."
    assert "Lingue: Italiano; Francese." in (found.note or "")
    assert found.evidence_year == 2026


def test_what_is_said_of_the_place_wins_over_what_is_said_of_the_service():
    _rows, records, log = load(PAGES)
    found = records[key(1, 2)]
    assert (found.municipality, found.locality) == ("001272", "Borgata Inventata")
    assert found.openings == ()
    assert found.service_areas == ()
    told = {entry.kind for entry in log.entries if entry.record_key == key(1, 2)}
    assert {"orario_incerto", "area_servita_sconosciuta"} <= told


def test_own_codes_need_no_mapping_and_states_are_ours():
    _rows, records, _log = load(PAGES)
    phone, closed = records[key(2, 3)], records[key(3, 4)]
    assert (phone.service_type, phone.supply_status, phone.delivery) == ("telefonia_sociale", "da_verificare", "remoto")
    assert (closed.supply_status, closed.municipality) == ("chiuso", "001272")


def test_every_row_is_in_or_is_rejected_with_a_reason():
    rows, records, log = load(PAGES)
    assert len(rows) == 7
    left_out = {row for row, _raw in rows} - set(records)
    assert left_out == {key(4, 5), key(5, 1), key(6)}
    assert left_out <= set(rejected(log))
    assert rejected(log)[key(5, 1)] == "tipo_non_riconosciuto"


def test_no_person_leaves_the_file():
    rows, records, log = load(PAGES)
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    told = str([rows, records, log.entries])
    for secret in ("Persona Inventata", "persona.inventata@example.org", "333 0000000"):
        assert secret in text
        assert secret not in told
    assert "segreteria@example.org" in told


def test_the_edition_is_the_day_of_the_latest_change():
    [edition] = source().editions([Received(path, path.name, "") for path in PAGES])
    assert edition.label == "2026-06-01"


def test_without_a_change_told_the_edition_is_the_declared_day(tmp_path):
    [edition] = source(reference_date="2025").editions(
        [Received(path, "a", "") for path in folder(tmp_path, service())]
    )
    assert edition.label == "2025"


def test_a_missing_page_is_refused():
    with pytest.raises(SourceError, match="Mancano 1 pagine su 2"):
        load(PAGES[:1])


def test_an_answer_of_its_own_says_more_than_the_page(tmp_path):
    paths = folder(tmp_path, service(service_at_locations=[]))
    alone = paths[0].parent / "servizio-s.json"
    alone.write_text(json.dumps(service(name="Intero")), encoding="utf-8")
    _rows, records, _log = load([*paths, alone])
    assert [one.name for one in records.values()] == ["Intero"]


def test_files_in_another_folder_are_not_of_this_directory(tmp_path):
    path = shutil.copy(PAGES[0], tmp_path / "servizi-0001.json")
    assert "hsds-prova" in source().faults(path)[0]
    assert source(folder=tmp_path.name).faults(path) == []
    assert source().faults(PAGES[0]) == []


# --- schedules ------------------------------------------------------------------------------------

WEEKLY = {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "12:00"}


@pytest.mark.parametrize(
    ("schedule", "openings"),
    [
        ({}, (Opening("MO", time(9), time(12)),)),
        ({"interval": 1, "wkst": "SU"}, (Opening("MO", time(9), time(12)),)),
        ({"byday": "FR,MO"}, (Opening("MO,FR", time(9), time(12)),)),
        ({"closes_at": "24:00"}, (Opening("MO", time(9), time(0)),)),
        (
            {"until": "2026-06-30", "valid_to": "2026-12-31"},
            (Opening("MO", time(9), time(12), None, date(2026, 6, 30)),),
        ),
        ({"dtstart": "2026-01-07"}, (Opening("MO", time(9), time(12), date(2026, 1, 7)),)),
        ({"interval": 2}, ()),
        ({"freq": "MONTHLY"}, ()),
        ({"byday": "2MO"}, ()),
        ({"byday": ""}, ()),
        ({"count": 4}, ()),
        ({"bymonthday": "1"}, ()),
        ({"opens_at": "09:00Z"}, ()),
        ({"opens_at": "25:00"}, ()),
        ({"opens_at": None}, ()),
        ({"closes_at": "09:00"}, ()),
        ({"until": "presto"}, ()),
        ({"freq": {"a": 1}}, ()),
    ],
)
def test_only_certain_weekly_openings_are_taken(tmp_path, schedule, openings):
    _rows, records, log = load(folder(tmp_path, service(schedules=[WEEKLY | schedule])))
    assert records["s/qui"].openings == openings
    assert ("orario_incerto" in {entry.kind for entry in log.entries}) is (openings == ())


def test_one_uncertain_schedule_leaves_no_half_timetable(tmp_path):
    _rows, records, _log = load(folder(tmp_path, service(schedules=[WEEKLY, WEEKLY | {"interval": 2}])))
    assert records["s/qui"].openings == ()


# --- data packages --------------------------------------------------------------------------------


def package(place, tables):
    place.mkdir(parents=True, exist_ok=True)
    resources = [{"name": name, "path": f"{name}.csv"} for name in tables]
    (place / "datapackage.json").write_text(json.dumps({"name": "prova", "resources": resources}), encoding="utf-8")
    for name, rows in tables.items():
        with (place / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)
    return sorted(place.iterdir())


TABLES = {
    "organization": [{"id": "o", "name": "Ente di prova", "description": "inventato", "tax_id": "00488410010"}],
    "service": [
        {"id": "s", "organization_id": "o", "name": "Prova", "status": "active", "last_modified": "2026-02-03"}
    ],
    "service_at_location": [{"id": "at", "service_id": "s", "location_id": "l"}],
    "location": [{"id": "l", "location_type": "physical", "latitude": "45.1366", "longitude": "7.0535"}],
    "address": [{"id": "a", "location_id": "l", "address_1": "Via di Prova 1", "city": "Susa", "postal_code": "10059"}],
    "phone": [
        {"id": "p", "service_id": "s", "contact_id": "", "number": "011 0000001"},
        {"id": "q", "service_id": "s", "contact_id": "c", "number": "333 0000000"},
    ],
    "schedule": [{"id": "h", "service_id": "s", **WEEKLY}],
    "attribute": [{"id": "x", "link_id": "s", "taxonomy_term_id": "t", "link_entity": "service"}],
    "taxonomy_term": [{"id": "t", "code": "HD-1000", "name": "Counselling", "taxonomy_id": "y"}],
    "taxonomy": [{"id": "y", "name": "Prova", "description": "inventata"}],
    "service_capacity": [{"id": "k", "service_id": "s", "unit_id": "u", "maximum": "12"}],
    "unit": [{"id": "u", "name": "beds"}],
}


def test_the_tables_of_a_package_are_put_together(tmp_path):
    paths = package(tmp_path / "hsds-prova", TABLES)
    assert [source().faults(path) for path in paths] == [[]] * len(paths)
    _rows, records, _log = load(paths)
    found = records["s/l"]
    assert (found.service_type, found.organization, found.organization_tax_id) == (
        "centro_famiglie",
        "Ente di prova",
        "00488410010",
    )
    assert (found.municipality, found.address) == ("001270", "Via di Prova, 1")
    assert found.phones == ("+390110000001",)
    assert found.openings == (Opening("MO", time(9), time(12)),)
    assert found.capacities == (Capacity("posti letto", 12.0),)


def test_a_package_in_a_zip_gives_the_same_records(tmp_path):
    paths = package(tmp_path / "hsds-prova", TABLES)
    archive = tmp_path / "elenco.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in paths:
            opened.write(path, f"pacchetto/{path.name}")
    assert source().faults(archive) == []
    assert load([archive])[1] == load(paths)[1]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda place: (place / "datapackage.json").unlink(), "datapackage.json|non esiste"),
        (lambda place: (place / "datapackage.json").write_text("{"), "JSON"),
        (lambda place: (place / "datapackage.json").write_text("[]"), "resources"),
        (lambda place: (place / "service.csv").unlink(), "tabella dei servizi"),
        (lambda place: (place / "service.csv").write_bytes(b"id,id\n1,2\n"), "id"),
        (lambda place: (place / "phone.csv").write_bytes(b"\x00\x01\x02"), "phone.csv"),
    ],
)
def test_a_spoilt_package_is_refused_whole(tmp_path, spoil, why):
    place = tmp_path / "hsds-prova"
    package(place, TABLES)
    spoil(place)
    with pytest.raises(SourceError, match=why):
        load(sorted(place.iterdir()))


def test_a_zip_without_a_package_is_none_of_this_source(tmp_path):
    archive = tmp_path / "altro.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("a.csv", "x")
    assert "datapackage.json" in source().faults(archive)[0]


# --- hostile answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"contents": [', "interrotto"),
        (b'{"contents": {}}', "contents"),
        (b'{"contents": null}', "contents"),
        (b'"contents"', "contents"),
        (b'{"contents": ' + b"[" * 100_000, "annidato"),
        (b'{"contents": [' + b"9" * 10_000 + b"]}", "fuori misura"),
        (b'{"contents": [], "total_pages": 3, "page_number": 1}', "Mancano 2 pagine"),
    ],
)
def test_a_spoilt_answer_is_refused_whole(tmp_path, content, why):
    path = folder(tmp_path)[0]
    path.write_bytes(content)
    with pytest.raises(SourceError, match=why):
        load([path])


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        "testo",
        7,
        {},
        {"id": None, "name": None, "status": None},
        {"id": "s"},
        {"id": {"a": 1}, "name": "Prova", "status": "active"},
        {"id": "s", "name": ["Prova"], "status": True},
    ],
)
def test_what_is_no_service_is_rejected_and_the_others_go_on(tmp_path, told):
    rows, records, log = load(folder(tmp_path, told, service(id="buono")))
    assert set(records) == {"buono/qui"}
    assert len(rows) == 2
    assert list(rejected(log).values()) == ["servizio_non_valido"]


def test_every_missing_field_is_told_at_once(tmp_path):
    _rows, _records, log = load(folder(tmp_path, {"id": "s"}))
    [entry] = log.entries
    assert "name, status" in entry.message


FIELDS = ("phones", "schedules", "service_areas", "languages", "organization", "cost_options", "contacts", "capacities")


@pytest.mark.parametrize("value", [None, 7, "testo", {}, [], [None], [[]], ["testo"], [{}], {"a": {"b": []}}, True])
def test_wrong_types_anywhere_leave_the_rest(tmp_path, value):
    spoilt = service(**dict.fromkeys((*FIELDS, "description", "url", "email", "required_documents"), value))
    place = {"id": "at", "location": {**dict.fromkeys(("phones", "accessibility", "latitude", "longitude"), value)}}
    place["location"] |= {"id": "qui", "addresses": [{"address_1": value, "city": "Susa", "postal_code": value}]}
    _rows, records, _log = load(folder(tmp_path, spoilt | {"service_at_locations": [place]}))
    assert records["s/qui"].municipality == "001270"


@pytest.mark.parametrize("value", [None, 7, "testo", {}, [None], ["testo"]])
def test_spoilt_places_are_no_error(tmp_path, value):
    rows, _records, log = load(folder(tmp_path, service(service_at_locations=value)))
    assert len(rows) == 1
    assert rejected(log)


def test_a_misspelt_key_of_the_mapping_is_a_fault():
    with pytest.raises(ValidationError, match="tipi"):
        source(tipi={})


def test_a_type_that_does_not_exist_is_a_fault_of_the_mapping():
    with pytest.raises(ValidationError, match="inventato"):
        source(types={"x": "inventato"})


# --- the specification's own examples -------------------------------------------------------------


@needs_specification
def test_the_example_of_a_whole_service_is_read(tmp_path):
    place = tmp_path / "hsds-prova"
    place.mkdir()
    whole = json.loads((SPECIFICATION / "examples" / "service_full.json").read_text(encoding="utf-8"))
    address = whole["service_at_locations"][0]["location"]["addresses"][0]
    address |= {"city": "Susa", "postal_code": "10059"}  # the example's own place is in no country of ours
    (place / "servizio.json").write_text(json.dumps(whole), encoding="utf-8")
    assert source().faults(place / "servizio.json") == []
    rows, records, _log = load([place / "servizio.json"], source(types={"code": "centro_famiglie"}))
    [found] = records.values()
    assert (found.name, found.municipality, found.service_type) == (
        "Community Counselling",
        "001270",
        "centro_famiglie",
    )
    assert found.latitude is None
    assert found.openings == ()  # the rule has a count
    assert "Ann Persona" not in str(rows)


@needs_specification
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("service_full", ""),
        ("service_list", "Mancano 9 pagine su 10"),
        ("taxonomy_list", "pagine"),
        ("location", "contents"),
        ("taxonomy", "contents"),
    ],
)
def test_examples_as_they_are_give_rows_or_a_plain_refusal(tmp_path, name, refused):
    place = tmp_path / "hsds-prova"
    place.mkdir()
    path = place / f"{name}.json"
    shutil.copy(SPECIFICATION / "examples" / f"{name}.json", path)
    if refused:
        with pytest.raises(SourceError, match=refused):
            load([path])
        return
    rows, records, log = load([path])
    assert rows
    assert {key for key, _raw in rows} == set(records) | set(rejected(log))


@needs_specification
def test_the_tabular_example_is_put_together(tmp_path):
    place = tmp_path / "hsds-prova"
    tables = json.loads((SPECIFICATION / "examples" / "tabular.json").read_text(encoding="utf-8"))
    package(place, {name.removesuffix(".csv"): rows for name, rows in tables.items()})
    shutil.copy(SPECIFICATION / "datapackage.json", place / "datapackage.json")
    rows, _records, log = load(sorted(place.iterdir()))
    [(key, raw)] = rows
    assert raw["service"]["name"] == "Community Counselling"
    assert raw["service_at_location"]["location"]["addresses"][0]["city"] == "MyCity"
    assert rejected(log) == {key: "tipo_non_riconosciuto"}
    assert "Ann Persona" not in str(raw)


def test_the_words_beside_a_capacity_hold_no_code_of_a_person():
    told = {"unit": {"name": "posti"}, "maximum": 12, "description": "Referente RSSMRA80A01L219M"}
    (found,) = capacities(Parts({"capacities": [told]}, {}))
    assert found == Capacity("posti", 12, "Referente [codice di persona]")
