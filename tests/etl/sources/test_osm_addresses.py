"""Street numbers of OpenStreetMap out of extracts and answers."""

import json
import shutil
from pathlib import Path

import pytest

from etl.issues import IssueLog
from etl.record import AddressRecord
from etl.sources.base import Received
from etl.sources.osm_addresses import OsmAddresses
from etl.sources.osm_services import OsmServices

SAMPLE = Path(__file__).parent / "samples" / "servizi_di_prova.osm"
SOURCE = OsmAddresses()


def load(path):
    log = IssueLog()
    [edition] = SOURCE.editions([Received(path, path.name, "")])
    rows = list(edition.rows())
    return rows, [one for key, raw in rows for one in SOURCE.parse(key, raw, edition.label, log)], log


def test_nodes_and_buildings_give_their_numbers_and_where_they_lie(tmp_path):
    path = shutil.copy(SAMPLE, tmp_path / "indirizzi-prova.osm")
    rows, records, log = load(path)
    assert sorted(records, key=lambda one: one.key) == [
        AddressRecord("node/900000001/12", "001272", "Via di Prova", "12", 45.0704, 7.6862),
        AddressRecord("node/900000001/12b", "001272", "Via di Prova", "12b", 45.0704, 7.6862),
        AddressRecord("node/900000008", "001270", "Borgata di Prova", "7", 45.1366, 7.0535),
        AddressRecord("way/13", "001272", "Corso di Prova", "3 bis", 45.0725, 7.6875556),
    ]
    assert [(one.record_key, one.kind, one.value) for one in log.entries] == [("001270", "via_mancante", "1")]
    assert len(rows) == 4


def test_an_extract_belongs_to_one_of_the_two_sources_by_its_name():
    for name in ("indirizzi.osm.pbf", "nord-ovest-civici.osm.pbf", "nord-ovest.osm.pbf", "osm-indirizzi.json"):
        assert SOURCE.knows(name) is not OsmServices().knows(name)


@pytest.mark.parametrize(
    "element",
    [
        "testo",
        None,
        {"type": "node", "id": 1, "lat": None, "lon": 7.6, "tags": {"addr:housenumber": "1", "addr:street": "Via"}},
        {"type": "node", "id": 1, "lat": 45.464, "lon": 9.19, "tags": {"addr:housenumber": "1", "addr:street": "Via"}},
        {"type": "node", "id": 1, "lat": 45.07, "lon": 7.68, "tags": {"addr:housenumber": " ; ", "addr:street": "Via"}},
    ],
)
def test_what_cannot_be_used_is_counted(tmp_path, element):
    path = tmp_path / "osm-indirizzi.json"
    path.write_text(json.dumps({"osm3s": {}, "elements": [element]}), encoding="utf-8")
    rows, records, log = load(path)
    assert (len(rows), records, [one.value for one in log.entries]) == (1, [], ["1"])
