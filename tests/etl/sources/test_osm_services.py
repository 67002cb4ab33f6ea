"""Services of OpenStreetMap out of answers of Overpass and out of extracts, whole and spoilt."""

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from etl.errors import SourceError
from etl.issues import IssueLog
from etl.sources import osm_elements
from etl.sources.base import Received
from etl.sources.osm_services import OsmServices
from tests.etl.sources import osm_pbf

SAMPLES = Path(__file__).parent / "samples"
ANSWER, EXTRACT = SAMPLES / "osm-servizi.json", SAMPLES / "servizi_di_prova.osm"
SOURCE = OsmServices()


def load(*paths):
    """Rows, records by key and the log of the one edition that files make."""
    log = IssueLog()
    [edition] = SOURCE.editions([Received(path, path.name, "") for path in paths])
    rows = list(edition.rows())
    records = {key: SOURCE.parse(key, raw, edition.label, log) for key, raw in rows}
    return rows, {key: found[0] for key, found in records.items() if found}, log


def rejected(log):
    return {entry.record_key: entry.kind for entry in log.entries if entry.severity == "scartato"}


def answer(tmp_path, *elements, **told):
    path = tmp_path / "osm-prova.json"
    whole = {"osm3s": {"timestamp_osm_base": "2026-08-15T00:00:00Z"}, "elements": list(elements), **told}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


def node(number=1, *, lat=45.07, lon=7.68, **tags):
    return {
        "type": "node",
        "id": number,
        "lat": lat,
        "lon": lon,
        "tags": {k.replace("__", ":"): v for k, v in tags.items()},
    }


def test_a_feature_becomes_a_record_with_all_that_its_tags_say():
    _rows, records, _log = load(ANSWER)
    found = records["node/900000001"]
    assert (found.service_type, found.name, found.municipality) == ("farmacia", "Farmacia di prova", "001272")
    assert (found.address, found.postal_code) == ("Via di Prova, 12/A", "10121")
    assert found.phones == ("+390110000001", "+390110000002")
    assert (found.email, found.url) == ("farmacia@example.org", "https://farmacia.example.org/")
    assert found.osm_hours == "Mo-Fr 08:30-12:30,15:00-19:30; Sa 09:00-12:30"
    assert len(found.openings) == 3
    assert found.accessibility == "Accessibile solo in parte in sedia a rotelle. Un gradino all'ingresso"
    assert (found.evidence, found.evidence_year) == ("https://www.openstreetmap.org/node/900000001", 2025)
    assert (found.latitude, found.longitude, found.precision) == (45.0704, 7.6862, "address")


def test_ways_and_relations_stand_at_their_centre_and_count_beds():
    _rows, records, _log = load(ANSWER)
    home, hospital = records["way/900000002"], records["relation/900000003"]
    assert (home.latitude, home.longitude, home.municipality) == (45.1366, 7.0535, "001270")
    assert [(one.unit, one.maximum) for one in (*home.capacities, *hospital.capacities)] == [
        ("posti letto", 60.0),
        ("posti letto", 250.0),
    ]


def test_every_row_is_in_or_is_rejected_with_a_reason():
    rows, records, log = load(ANSWER)
    assert len(rows) == 20  # 21 elements without the bare node of the way
    assert set(records) | set(rejected(log)) == {key for key, _raw in rows}
    assert not set(records) & set(rejected(log))
    assert sorted(rejected(log).values()) == sorted(
        ["luogo_protetto"] * 2 + ["fuori_territorio", "tipo_non_riconosciuto"] + ["elemento_illeggibile"] * 5
    )


def test_how_a_feature_stands_follows_from_its_tags_and_the_day_of_the_file():
    _rows, records, _log = load(ANSWER)
    status = {key: records[f"node/{key}"].supply_status for key in (900000001, 900000008, 900000009, 900000014)}
    assert status == {900000001: "attivo", 900000008: "chiuso", 900000009: "atteso", 900000014: "da_verificare"}
    assert records["node/900000009"].expected_on == date(2027, 1, 10)


@pytest.mark.parametrize(
    ("tags", "status"),
    [
        ({"amenity": "library", "end_date": "2026-08-01"}, "chiuso"),
        ({"amenity": "library", "end_date": "2027-08-01", "check_date": "2026-05"}, "attivo"),
        ({"amenity": "library", "end_date": "2027-08-01"}, "da_verificare"),
        ({"amenity": "library", "start_date": "1990s"}, "da_verificare"),
        ({"amenity": "library", "start_date": "2026-09-01"}, "atteso"),
        ({"construction__amenity": "library"}, "programmato"),
        ({"abandoned__amenity": "library", "amenity": "pharmacy"}, "da_verificare"),
    ],
)
def test_dates_and_prefixes_tell_beginning_and_end(tmp_path, tags, status):
    _rows, records, _log = load(answer(tmp_path, node(name="Prova", **tags)))
    assert records["node/1"].supply_status == status


def test_a_feature_without_a_name_is_called_by_its_type_and_that_is_told():
    _rows, records, log = load(ANSWER)
    assert records["node/900000004"].name == "Farmacia"
    assert ("node/900000004", "nome_mancante", "Farmacia") in {(e.record_key, e.kind, e.mended) for e in log.entries}


def test_without_a_date_of_its_own_a_feature_has_no_year():
    _rows, records, _log = load(ANSWER)
    assert records["node/900000004"].evidence_year is None


@pytest.mark.parametrize("path", [ANSWER, EXTRACT])
def test_nothing_of_places_to_protect_and_of_persons_leaves_the_file(path):
    rows, records, log = load(path)
    told = str([rows, records, log.entries])
    text = path.read_text(encoding="utf-8")
    assert all(secret in text for secret in ("da non mostrare", "Persona Inventata", "mappatore di prova"))
    secrets = ("da non mostrare", "Persona", "mappatore", "Nascosta", "45.0711", "45.0722")
    assert not [secret for secret in secrets if secret in told]
    kept_back = [raw for key, raw in rows if key.startswith("riservato/")]
    assert kept_back
    assert all(raw == {"escluso": "riservato"} for raw in kept_back)
    # What was told of it before is found by its key, which is no part of the row.
    assert all(raw.earlier.startswith(("node/", "way/", "relation/")) for raw in kept_back)
    assert "earlier" not in json.dumps(kept_back)


def test_order_of_elements_changes_nothing(tmp_path):
    whole = json.loads(ANSWER.read_text(encoding="utf-8"))
    random.Random(3).shuffle(whole["elements"])
    other = tmp_path / "osm-servizi.json"
    other.write_text(json.dumps(whole), encoding="utf-8")
    assert sorted(map(repr, load(other)[0])) == sorted(map(repr, load(ANSWER)[0]))
    assert load(other)[1] == load(ANSWER)[1]


def test_xml_and_pbf_give_the_same_rows(tmp_path):
    pbf = osm_pbf.write(EXTRACT, tmp_path / "prova.osm.pbf", replicated=datetime(2026, 8, 15, 6, tzinfo=UTC))
    assert osm_elements.label(pbf) == osm_elements.label(EXTRACT) == "2026-08-15"
    assert sorted(map(repr, load(pbf)[0])) == sorted(map(repr, load(EXTRACT)[0]))
    assert load(pbf)[1] == load(EXTRACT)[1]


def test_of_an_extract_only_what_is_asked_for_inside_the_territory_is_read():
    rows, records, _log = load(EXTRACT)
    assert {key for key, _raw in rows} == {"node/900000001", "node/900000004", "relation/12", "riservato/1", "way/10"}
    assert {one.service_type for one in records.values()} == {"farmacia", "biblioteca", "hospice", "ospedale"}
    assert records["node/900000001"].evidence_year == 2021
    assert records["node/900000001"].address == "Via di Prova, 12"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("nord-ovest-latest.osm.pbf", True),
        ("estratto.osm", True),
        ("osm-servizi.json", True),
        ("Overpass_export.JSON", True),
        ("export.json", False),
        ("indirizzi-nord-ovest.osm.pbf", False),
        ("servizi.csv", False),
    ],
)
def test_a_source_knows_its_files_by_name(name, known):
    assert SOURCE.knows(name) is known


@pytest.mark.parametrize(
    ("name", "label"),
    [("nord-ovest-260815.osm", "2026-08-15"), ("piemonte_2026-08-15.osm", "2026-08-15"), ("piemonte.osm", "")],
)
def test_the_day_of_an_extract_without_one_is_that_of_its_name(tmp_path, name, label):
    path = tmp_path / name
    path.write_text(
        EXTRACT.read_text(encoding="utf-8").replace(' timestamp="2026-08-15T06:21:00Z"', ""), encoding="utf-8"
    )
    assert osm_elements.label(path) == label


# --- files that cannot be used ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "vuoto"),
        (b"<!doctype html><html>Too many requests", "pagina web"),
        (b"\x00\x01\x02", "Overpass"),
        (b'{"type": "FeatureCollection", "features": []}', "elements"),
    ],
)
def test_a_file_of_another_kind_is_no_answer(tmp_path, content, why):
    path = tmp_path / "osm-prova.json"
    path.write_bytes(content)
    [fault] = SOURCE.faults(path)
    assert why in fault
    assert path.name in fault


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"osm3s": {}, "elements": [{"type": "node"', "interrotto"),
        (b'{"osm3s": {}, "elements": {"type": "node"}}', "elements"),
        (b'{"osm3s": {}, "elements": null}', "elements"),
        (b'["osm3s"]', "elements"),
        (b'{"osm3s": {}, "elements": [' + b"[" * 100_000, "annidato"),
        (b'{"osm3s": {}, "elements": [' + b"9" * 10_000 + b"]}", "fuori misura"),
        (b'{"osm3s": {}, "elements": ["\xff"]}', "UTF-8"),
        (b'{"osm3s": {}, "elements": [], "remark": "runtime error: Query timed out"}', "interrotto la risposta"),
    ],
)
def test_a_spoilt_answer_is_refused_whole(tmp_path, content, why):
    path = tmp_path / "osm-prova.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=why):
        load(path)


@pytest.mark.parametrize(
    "element",
    [
        {"type": "node", "id": 1, "lat": float("nan"), "lon": 7.6, "tags": {"amenity": "library"}},
        {"type": "node", "id": 1, "lat": 4500, "lon": 7.6, "tags": {"amenity": "library"}},
        {"type": "node", "id": True, "lat": True, "lon": 7.6, "tags": {"amenity": "library"}},
        {"type": "way", "id": 1, "center": [], "tags": {"amenity": "library"}},
        {"type": "node", "id": None, "lat": 45, "lon": 7.6, "tags": {"amenity": None}},
        {"type": "node", "id": 1, "lat": 7.68, "lon": 45.07, "tags": {"amenity": "library"}},
        {"type": {}, "id": [], "lat": {}, "lon": {}, "tags": {"amenity": {"a": []}}},
        {"type": "node", "id": 1, "lat": 45.07, "lon": 7.68, "tags": {"amenity": ["library"]}},
    ],
)
def test_a_spoilt_element_is_rejected_and_the_others_go_on(tmp_path, element):
    rows, records, log = load(answer(tmp_path, element, node(2, amenity="library", name="Prova")))
    assert set(records) == {"node/2"}
    assert len(rows) == 2
    assert len(rejected(log)) == 1


def test_hostile_texts_are_cleaned_or_left_out_and_never_an_error(tmp_path):
    tags = {"amenity": "library", "name": "=HYPERLINK(1)", "opening_hours": "Mo" * 5_000, "phone": "x" * 10_000}
    tags |= {"website": "javascript:alert(1)", "addr__street": "\u202e" * 50, "capacity": "9" * 400, "email": "@@"}
    _rows, records, _log = load(answer(tmp_path, node(1, **tags), node(2, amenity="library", name="Prova")))
    assert "node/2" in records
    assert "javascript" not in str(records)
    assert "HYPERLINK" not in str(records)


def test_a_truncated_extract_is_refused(tmp_path):
    pbf = osm_pbf.write(EXTRACT, tmp_path / "intero.osm.pbf")
    cut = tmp_path / "tagliato.osm.pbf"
    cut.write_bytes(pbf.read_bytes()[:-20])
    assert SOURCE.faults(cut) == []
    with pytest.raises(SourceError, match="danneggiato"):
        load(cut)
