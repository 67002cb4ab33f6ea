"""Which files are taken for OpenStreetMap extracts, and which of their streets are kept."""

import random
from pathlib import Path

import pytest
import shapely

from etl.errors import SourceError
from etl.sources import osm_file, osm_streets

HERE = Path(__file__).parent
XML, PBF = HERE / "strade_di_prova.osm", HERE / "strade_di_prova.osm.pbf"
TERRITORY = shapely.box(6.6, 44.7, 8.2, 45.6)


def read(path, territory=TERRITORY):
    found = osm_streets.streets(path, territory, nodes_sorted=osm_file.check(path))
    return [street for batch in found for street in batch]


@pytest.mark.parametrize("path", [XML, PBF], ids=["xml with nodes out of order", "pbf"])
def test_streets_for_wheels_and_feet_are_kept_with_kind_and_name(path):
    assert {(street.osm_id, street.kind, street.name) for street in read(path)} == {
        (101, "motorway", "Autostrada di prova"),
        (102, "primary", "Via di prova verso fuori"),
        (103, "residential", "Via di prova in città"),
        (104, "residential", "Via di prova in città"),
        (105, "secondary", "Via di prova <b>a Susa</b>"),
        (106, "tertiary", None),
    }


def test_both_formats_give_the_same_lines():
    assert {street.geom.wkt for street in read(XML)} == {street.geom.wkt for street in read(PBF)}


def test_only_pbf_says_that_its_nodes_are_sorted():
    assert (osm_file.check(XML), osm_file.check(PBF)) == (False, True)


def test_a_street_that_leaves_is_cut_and_one_that_comes_back_is_two():
    [outward] = [street.geom for street in read(XML) if street.osm_id == 102]
    assert shapely.get_point(outward, 0).equals(shapely.Point(7.75, 45.1))
    assert outward.bounds[2] == pytest.approx(8.2)
    holed = TERRITORY.difference(shapely.box(7.64, 45.0, 7.66, 45.2))
    pieces = [street for street in read(XML, holed) if street.osm_id == 101]
    assert len(pieces) == 2
    assert all(holed.buffer(1e-9).covers(piece.geom) for piece in pieces)


def test_batches_are_small_and_lose_nothing(monkeypatch):
    monkeypatch.setattr(osm_streets, "BATCH", 2)
    batches = list(osm_streets.streets(XML, TERRITORY, nodes_sorted=False))
    assert max(map(len, batches)) <= 2
    assert sum(map(len, batches)) == 6


# --- files that cannot be used ---------------------------------------------------------------------


UNUSABLE = {
    "empty": (b"", "Non è un file di OpenStreetMap"),
    "a text": (b"ciao", "Non è un file di OpenStreetMap"),
    "another map format": (b'{"type":"FeatureCollection","features":[]}', "Non è un file di OpenStreetMap"),
    "changes instead of an extract": (b'<?xml version="1.0"?><osmChange version="0.6"/>', "Non è un file di OpenStr"),
    "noise": (random.Random(1).randbytes(5_000), "Non è un file di OpenStreetMap"),
    "bz2": (b"BZh91AY&SY", "«bunzip2»"),
    "gz": (b"\x1f\x8b\x08\x00", "«gunzip»"),
    "xml broken off": (XML.read_bytes()[:900], "interrotto o danneggiato"),
    "xml broken off after a way": (
        XML.read_bytes().partition(b"</way>")[0] + b"</way>\n",
        "XML non valido alla riga 19",
    ),
    "xml broken in the middle": (XML.read_bytes().replace(b'v="primary"/>', b'v="primary">'), "interrotto o danneg"),
    "pbf broken off": (PBF.read_bytes()[:-40], "blocco al byte"),
    "pbf broken off in a length": (PBF.read_bytes() + b"\x00\x00", "blocco al byte"),
    "pbf with a wrong bit": (PBF.read_bytes()[:-20] + b"\xff" + PBF.read_bytes()[-19:], "blocco al byte"),
    "pbf with a length beyond the format's limit": (PBF.read_bytes() + b"\x7f\xff\xff\xff" * 9, "blocco al byte"),
}


@pytest.mark.parametrize("case", list(UNUSABLE))
def test_an_unusable_file_is_named_with_the_reason(tmp_path, case):
    content, why = UNUSABLE[case]
    path = tmp_path / "estratto.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(SourceError) as caught:
        osm_file.check(path)
    assert "estratto.osm.pbf" in caught.value.summary
    assert why in caught.value.faults[0]


def test_every_place_of_a_pbf_where_it_breaks_off_is_seen(tmp_path):
    whole = PBF.read_bytes()
    path = tmp_path / "estratto.osm.pbf"
    edges = []
    for length in range(64, len(whole)):
        path.write_bytes(whole[:length])
        try:
            osm_file.check(path)
        except SourceError:
            continue
        edges.append(length)
    # Where one block ends and the next begins a file is whole as far as its format goes.
    assert len(edges) <= 2


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(SourceError, match="Il file non esiste: correggere OMBRA_STREETS_FILE"):
        osm_file.digest(tmp_path / "manca.osm")
    with pytest.raises(SourceError, match="È una cartella"):
        osm_file.digest(tmp_path)
