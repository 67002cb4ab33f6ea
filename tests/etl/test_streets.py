"""Streets on their way into the database: once, again, replaced, refused."""

from pathlib import Path

import pytest

from etl.errors import SourceError
from etl.pipeline import load_everything
from etl.streets import load_streets
from tests.etl.tools import fingerprint, frame, scalar

SAMPLES = Path(__file__).parent / "sources"
XML, PBF = SAMPLES / "strade_di_prova.osm", SAMPLES / "strade_di_prova.osm.pbf"


@pytest.fixture
def with_streets(loaded_scratch):
    assert load_streets(loaded_scratch, XML) == 6
    return loaded_scratch


def test_streets_are_kept_with_their_source_and_licence(with_streets):
    found = frame(with_streets, "select kind, count(*) from street group by 1 order by 1").to_numpy().tolist()
    assert found == [["motorway", 1], ["primary", 1], ["residential", 2], ["secondary", 1], ["tertiary", 1]]
    assert scalar(with_streets, "select licence from source where id = 'strade-osm'") == "ODbL-1.0"
    assert scalar(with_streets, "select counts->>'accepted' from source_run where source_id = 'strade-osm'") == "6"
    assert scalar(with_streets, "select finished_at is not null from source_run where source_id = 'strade-osm'")


def test_streets_reach_two_kilometres_beyond_the_boundary(with_streets):
    beyond = (
        "select max(ST_Distance(ST_Transform(ST_EndPoint(s.geom), 32632), ST_Transform(a.geom, 32632)))"
        " from street s, area a where a.level = 'metropolitan_city' and s.kind = 'primary'"
    )
    assert scalar(with_streets, beyond) == pytest.approx(2_000, abs=150)


def test_the_same_file_again_writes_nothing_at_all(with_streets, tmp_path):
    before = fingerprint(with_streets)
    assert load_streets(with_streets, XML) is None
    copy = tmp_path / "altro nome.osm"
    copy.write_bytes(XML.read_bytes())
    assert load_streets(with_streets, copy) is None
    assert fingerprint(with_streets) == before


def test_without_a_file_the_streets_of_before_stay(with_streets):
    before = fingerprint(with_streets)
    assert load_streets(with_streets, None) is None
    load_everything(with_streets)
    assert fingerprint(with_streets) == before


def test_another_file_replaces_the_streets_and_is_a_new_version(with_streets, tmp_path):
    shorter = tmp_path / "altro.osm"
    shorter.write_text(XML.read_text("utf-8").replace('v="motorway"', 'v="proposed"'), encoding="utf-8")
    versions = "select count(*) from data_version"
    before = scalar(with_streets, versions)
    assert load_streets(with_streets, shorter) == 5
    assert scalar(with_streets, "select count(*) from street") == 5
    assert scalar(with_streets, versions) == before + 1
    assert load_streets(with_streets, PBF) == 6
    assert scalar(with_streets, "select count(*) from street") == 6


NOTHING = '<osm version="0.6"></osm>'
ELSEWHERE = (
    '<osm version="0.6"><node id="1" lat="41.9" lon="12.5"/><node id="2" lat="41.91" lon="12.5"/>'
    '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>'
)
REFUSED = {
    "missing": (None, "Il file non esiste"),
    "broken off": (XML.read_text("utf-8")[:1_800], "interrotto o danneggiato"),
    "no extract": ("ciao", "Non è un file di OpenStreetMap"),
    "an extract without streets": (NOTHING, "Non contiene strade dentro il territorio"),
    "an extract of another place": (ELSEWHERE, "Non contiene strade dentro il territorio"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_a_file_that_is_no_use_changes_nothing(with_streets, tmp_path, case):
    content, why = REFUSED[case]
    path = tmp_path / "estratto.osm"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    before = fingerprint(with_streets)
    with pytest.raises(SourceError) as caught:
        load_streets(with_streets, path)
    assert "resta quello che c'era" in caught.value.summary
    assert why in caught.value.faults[0]
    assert fingerprint(with_streets) == before
