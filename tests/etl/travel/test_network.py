"""The network engine from a file: routes drawn below, what is refused, what is kept.

The roads of ``rete_di_prova.osm``; one square is 0.001 degrees, 79 m to the east and 111 m to the north::

    row 40                                   61 . . ridge (path T4) . . 62
                                              |                          |
                                              | first valley             | second valley
                                              |                          |
    row 8   41 ----------- provincial -- 42 - 51 ---- valley floor ---- 52
             |                            |
    row 6   40  bollard                   |
             |                            |
    row 4   11 -- Via Nord -- 12 -------- 13
                                          |
    row 3   ~~~~~~ river ~~~~~~~~~~~~~  bridge  ~~~~
                                          |
    row 2   21 -> Via Unica -> 22 ------- 23
             |                  |
    row 0   31 -- Via Larga -- 32
    column   0                  5         10  20                        32
"""

import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Geod

from etl.errors import SourceError
from etl.travel import network_cache, osm_read, osm_rules
from etl.travel.network import load, rules_hash
from geo.crs import METRIC
from geo.travel.estimate import Estimate

FILE = Path(__file__).parent / "rete_di_prova.osm"
PLACES = {int(node.get("id")): (float(node.get("lon")), float(node.get("lat"))) for node in ET.parse(FILE).iter("node")}
GEOD = Geod(ellps="WGS84")


def metres(*route):
    """Length of a route over nodes of the drawing, on the ellipsoid."""
    return GEOD.line_length(*zip(*(PLACES[node] for node in route), strict=True))


def minutes(*stretches):
    """Minutes of stretches given as (route, km/h)."""
    return sum(metres(*route) * 0.06 / speed for route, speed in stretches)


def points(nodes, **columns):
    lon, lat = zip(*(PLACES[node] for node in nodes), strict=True)
    frame = gpd.GeoDataFrame(columns, index=list(nodes), geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
    return frame.assign(municipality=[f"m{node}" for node in nodes]).to_crs(METRIC)


def trip(engine, mode, start, end):
    """Minutes from node to node; None where there is no way."""
    services = points([end], position_radius_m=0.0, located=True)
    table = engine.table(points([start], mode=mode), services, cutoff=600)
    assert (table.origin_snap_m < 1e-3).all()
    return table.minutes[0] if len(table) else None


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return load(FILE, cache=tmp_path_factory.mktemp("reti"))


# Speeds by hand, km/h: a residential street 25, with a limit of 50 four fifths of that; tertiary 40; foot 4.8; bike 15.
ROUTES = {
    "along the one-way": ("car", 21, 22, [((21, 22), 25)]),
    "against the one-way a car goes round": ("car", 22, 21, [((22, 32, 31, 21), 25)]),
    "against the one-way on foot": ("foot", 22, 21, [((22, 21), 4.8)]),
    "against the one-way a bike goes round too": ("bike", 22, 21, [((22, 32, 31, 21), 15)]),
    "over the river by the bridge, by car": (
        "car", 11, 21, [((11, 12, 13), 40), ((13, 23), 40), ((23, 22, 32, 31, 21), 25)]
    ),
    "over the river by the bridge, on foot": ("foot", 11, 21, [((11, 12, 13, 23, 22, 21), 4.8)]),
    "the bollard stops a car": ("car", 11, 41, [((11, 12, 13), 40), ((13, 42, 41), 40)]),
    "the bollard lets a bike pass": ("bike", 11, 41, [((11, 40, 41), 15)]),
    "the bollard lets people pass": ("foot", 41, 11, [((41, 40, 11), 4.8)]),
    "round the ridge on foot": ("foot", 61, 62, [((61, 51, 52, 62), 4.8)]),
    "round the ridge by car": ("car", 61, 62, [((61, 51), 25), ((51, 52), 55), ((52, 62), 25)]),
}  # fmt: skip


@pytest.mark.parametrize("case", list(ROUTES))
def test_routes_are_those_of_the_drawing(network, case):
    mode, start, end, stretches = ROUTES[case]
    assert trip(network, mode, start, end) == pytest.approx(minutes(*stretches), rel=1e-3)


def test_the_estimate_crosses_the_ridge_and_the_network_does_not(network):
    across, round_it = trip(network, "foot", 61, 62), metres(61, 62)
    origins, services = points([61], mode="foot"), points([62], position_radius_m=0.0, located=True)
    estimated = Estimate().table(origins, services, cutoff=600).minutes[0]
    assert round_it < 1_000
    assert estimated < 45
    assert across > 95
    assert len(network.table(origins, services, cutoff=60)) == 0


def test_a_bridge_is_no_place_to_start_from(network):
    middle = gpd.GeoSeries.from_xy([PLACES[13][0]], [45.053], crs="EPSG:4326").to_crs(METRIC)
    found = network.roads.nearest(middle, network.graphs["car"], farthest=1_000)
    assert found.metres[0] == pytest.approx(111, abs=1)


def test_describe_tells_file_rules_and_speeds(network):
    told = network.describe()
    assert told["file"]["dated"] == "2026-10-01"
    assert len(told["file"]["sha256"]) == 64
    assert told["rules"]["sha256"] == rules_hash()
    assert told["speeds"]["car"]["residential"] == 25
    assert "not official times" in told["nature"]
    assert told["graphs"]["car"]["barriers"] == 1
    # The bollard leaves no island: the street goes on from both sides. The path of the ridge is no road on foot.
    assert told["graphs"]["foot"]["islands_dropped_edges"] == 0
    assert told["graphs"]["foot"]["km"] == told["graphs"]["car"]["km"]


def test_the_same_file_is_read_once(tmp_path, monkeypatch):
    steps = []
    first = load(FILE, cache=tmp_path, progress=steps.append)
    assert len(list(tmp_path.iterdir())) == 1
    copy = tmp_path / "copia.osm"
    copy.write_bytes(FILE.read_bytes())
    # What is kept needs neither the library nor the file's name.
    monkeypatch.setattr(osm_read, "available", lambda: False)
    second = load(copy, cache=tmp_path, progress=steps.append)
    assert [step.split(" «")[0] for step in steps] == [
        "Preparo la rete stradale da",
        "Compongo i grafi per auto, piedi e bicicletta",
        "Uso la rete stradale già preparata da",
    ]
    assert second.describe() == first.describe()
    assert trip(second, "car", 11, 21) == trip(first, "car", 11, 21)


DAMAGE = {
    "cut off": lambda data: data[: len(data) // 2],
    "empty": lambda _data: b"",
    "something else": lambda _data: b"ciao" * 100,
    "one byte": lambda data: data[:400] + bytes([data[400] ^ 0xFF]) + data[401:],
}


@pytest.mark.parametrize("case", list(DAMAGE))
def test_a_damaged_cache_is_made_again(tmp_path, network, case):
    load(FILE, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(DAMAGE[case](whole))
    assert network_cache.load(kept) is None
    again = load(FILE, cache=tmp_path)
    assert trip(again, "car", 11, 21) == trip(network, "car", 11, 21)
    assert network_cache.load(kept) is not None
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_a_cache_whose_graphs_do_not_fit_together_is_made_again(tmp_path):
    load(FILE, cache=tmp_path)
    (kept,) = tmp_path.iterdir()
    with np.load(kept) as found:
        arrays = dict(found)
    np.savez(kept, **{**arrays, "car.nodes": np.array(3)})
    assert zipfile.is_zipfile(kept)
    assert network_cache.load(kept) is None
    load(FILE, cache=tmp_path)
    assert network_cache.load(kept) is not None


def test_other_rules_make_another_network(tmp_path, monkeypatch):
    load(FILE, cache=tmp_path)
    monkeypatch.setattr("etl.travel.osm_speeds.MAXSPEED_FACTOR", 1.0)
    osm_rules._passages.cache_clear()
    faster = load(FILE, cache=tmp_path)
    osm_rules._passages.cache_clear()
    assert len(list(tmp_path.iterdir())) == 2
    assert trip(faster, "car", 11, 12) == pytest.approx(minutes(((11, 12), 50)), rel=1e-3)


def test_a_folder_that_cannot_be_written_is_told_and_nothing_else(tmp_path):
    cache = tmp_path / "file"
    cache.write_text("")
    steps = []
    assert trip(load(FILE, cache=cache, progress=steps.append), "car", 21, 22) is not None
    assert "la prossima volta la rifaccio" in steps[-1]


def test_without_the_extra_the_error_says_how_to_add_it(tmp_path, monkeypatch):
    monkeypatch.setattr(osm_read, "available", lambda: False)
    with pytest.raises(SourceError, match=r"manca la libreria osmium.*\[network\]"):
        load(FILE, cache=tmp_path)


def test_nothing_but_reading_needs_the_extra(tmp_path):
    load(FILE, cache=tmp_path)
    program = (
        "import sys; sys.modules['osmium'] = None; from pathlib import Path; from etl.travel.network import load;"
        f"print(len(load(Path({str(FILE)!r}), cache=Path({str(tmp_path)!r})).graphs['car']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert int(done.stdout) > 10, done.stderr


def node(number, lat, lon):
    return f'<node id="{number}" lat="{lat}" lon="{lon}"/>'


def way(*refs, highway="residential"):
    passed = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="1">{passed}<tag k="highway" v="{highway}"/></way>'


def osm(*parts):
    return f'<osm version="0.6">{"".join(parts)}</osm>'


TEXT = FILE.read_text("utf-8")
HERE = node(1, 45.05, 7.6) + node(2, 45.06, 7.6)
REFUSED = {
    "missing": (None, "Il file non esiste"),
    "empty": ("", "Non è un file di OpenStreetMap"),
    "no extract": ("origine,destinazione,minuti\n1,2,3\n", "Non è un file di OpenStreetMap"),
    "broken off": (TEXT[:2_500], "interrotto o danneggiato"),
    "without anything": (osm(), "Non contiene strade percorribili"),
    "without roads": (osm(HERE), "Non contiene strade percorribili"),
    "roads without their nodes": (osm(way(7, 8)), "Non contiene strade percorribili"),
    "roads not built yet": (osm(HERE, way(1, 2, highway="construction")), "Non contiene strade percorribili"),
    "another place": (osm(node(1, 41.9, 12.5), node(2, 41.91, 12.5), way(1, 2)), "Città metropolitana di Torino"),
    "no numbers": (osm(HERE, way(1, "due")), "non è un estratto valido"),
    "another version": (osm(HERE, way(1, 2)).replace("0.6", "0.9"), "non è un estratto valido"),
    "places that are none": (osm(node(1, 95, 777), node(2, 45.06, 7.6), way(1, 2)), "non è un estratto valido"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_an_extract_that_cannot_be_used_is_refused_with_its_reason(tmp_path, case):
    text, reason = REFUSED[case]
    path = tmp_path / "rete.osm"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load(path, cache=tmp_path / "reti")
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)
    assert "OMBRA_STREETS_FILE" not in str(caught.value)
    assert not (tmp_path / "reti").exists()


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(SourceError, match="È una cartella"):
        load(tmp_path, cache=tmp_path / "reti")


def test_a_pbf_gives_the_same_network_and_a_damaged_one_is_refused(tmp_path, network):
    import osmium

    path = tmp_path / "rete.osm.pbf"
    with osmium.SimpleWriter(path) as writer:
        for item in osmium.FileProcessor(FILE):
            writer.add(item)
    found = load(path, cache=tmp_path / "reti")
    for mode, graph in found.graphs.items():
        np.testing.assert_array_equal(graph.forward, network.graphs[mode].forward)
        np.testing.assert_array_equal(graph.start, network.graphs[mode].start)
    data = path.read_bytes()
    path.write_bytes(data[:-30])
    with pytest.raises(SourceError, match="interrotto o danneggiato"):
        load(path, cache=tmp_path / "reti")
