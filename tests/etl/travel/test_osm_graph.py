"""Graphs of ways against networkx on every single step between two nodes of the same file."""

import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.progress import silent
from etl.travel import osm_read
from etl.travel.osm_graph import build
from etl.travel.osm_rules import MODES, passages, stops
from geo.crs import METRIC
from geo.travel.network import Network

BARRIERS = ("bollard", "gate", "kissing_gate", "wall")
TAGS = (
    {"highway": "residential"},
    {"highway": "residential", "oneway": "yes"},
    {"highway": "tertiary", "oneway": "-1", "maxspeed": "50"},
    {"highway": "footway"},
    {"highway": "service", "access": "private"},
    {"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"},
    {"highway": "primary", "maxspeed:forward": "90", "maxspeed:backward": "50"},
    {"building": "yes"},
)


class Town:
    """Random ways over random nodes: crossing, repeated, circular, cut off at the edge of the extract."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        count = int(rng.integers(3, 12))
        numbers = rng.choice(np.arange(1, 100_000), count, replace=False).tolist()
        self.nodes = {
            number: (round(float(lon), 7), round(float(lat), 7))
            for number, lon, lat in zip(
                numbers, rng.uniform(7.6, 7.62, count), rng.uniform(45.0, 45.02, count), strict=True
            )
        }
        self.barriers = {number: str(rng.choice(BARRIERS)) for number in numbers if rng.random() < 0.15}
        known = [*numbers, *(100_000 + i for i in range(count // 4))]  # the last ones are not in the extract
        self.ways = []
        for _ in range(int(rng.integers(1, 9))):
            refs = rng.choice(known, int(rng.integers(2, 7))).tolist()
            self.ways.append((refs, TAGS[rng.integers(len(TAGS))]))

    def write(self, path):
        def tags(found):
            return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in found.items())

        text = ['<osm version="0.6">']
        for number, (refs, found) in enumerate(self.ways, start=1):
            passed = "".join(f'<nd ref="{ref}"/>' for ref in refs)
            text.append(f'<way id="{number}">{passed}{tags(found)}</way>')
        # Nodes after ways, which no rule of the format forbids.
        for number, (lon, lat) in self.nodes.items():
            barrier = {"barrier": self.barriers[number]} if number in self.barriers else {}
            text.append(f'<node id="{number}" lat="{lat}" lon="{lon}">{tags(barrier)}</node>')
        path.write_text("".join([*text, "</osm>"]))

    def peer(self, mode):
        """Every step of every way as an edge; a node that stops the mode is another one in each step."""
        points = gpd.GeoSeries.from_xy(*zip(*self.nodes.values(), strict=True), crs="EPSG:4326").to_crs(METRIC)
        place = dict(zip(self.nodes, zip(points.x, points.y, strict=True), strict=True))
        blocked = {node for node, kind in self.barriers.items() if mode in stops({"barrier": kind})}
        roads, ends = nx.MultiDiGraph(), defaultdict(int)
        for refs, tags in self.ways:
            passage = passages(tags)[MODES.index(mode)]
            if passage is None:
                continue
            for step in pairwise(refs):
                if step[0] == step[1] or not set(step) <= place.keys():
                    continue
                metres = float(np.hypot(*np.subtract(place[step[0]], place[step[1]])))
                one, other = (self._end(node, blocked, ends) for node in step)
                for a, b, speed in ((one, other, passage.forward), (other, one, passage.backward)):
                    roads.add_nodes_from([a, b])
                    if speed is not None:
                        roads.add_edge(a, b, minutes=metres * 0.06 / speed)
        return roads, place

    def _end(self, node, blocked, ends):
        ends[node] += 1
        return (node, ends[node]) if node in blocked else node


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1_000_000), mode=st.sampled_from(MODES))
def test_minutes_between_nodes_equal_those_of_single_steps(tmp_path, seed, mode):
    town = Town(seed)
    town.write(tmp_path / "town.osm")
    roads = build(osm_read.read(tmp_path / "town.osm", silent), smallest_island=1)
    expected, place = town.peer(mode)
    nodes = [node for node in expected if not isinstance(node, tuple)]
    frame = gpd.GeoDataFrame(
        {"municipality": [str(node) for node in nodes], "mode": mode, "position_radius_m": 0.0, "located": True},
        index=nodes,
        geometry=gpd.points_from_xy(*np.reshape([place[node] for node in nodes], (-1, 2)).T),
        crs=METRIC,
    )
    engine = Network(lines=roads.lines, graphs=roads.graphs)
    table = engine.table(frame, frame, cutoff=1_000)
    found = {
        pair[:2]: pair[2]
        for pair in table.to_frame()[["origin", "service", "minutes"]].itertuples(index=False, name=None)
    }
    lengths = dict(nx.all_pairs_dijkstra_path_length(expected, weight="minutes"))
    wanted = {
        (one, other): minutes
        for one, reached in lengths.items()
        for other, minutes in reached.items()
        if not isinstance(one, tuple) and not isinstance(other, tuple)
    }
    assert found == {pair: pytest.approx(minutes, abs=1e-6) for pair, minutes in wanted.items()}


def test_numbers_below_zero_of_a_drawing_never_uploaded_are_read(tmp_path):
    (tmp_path / "town.osm").write_text(
        '<osm version="0.6"><node id="-1" lat="45.0" lon="7.6"/><node id="-2" lat="45.01" lon="7.6"/>'
        '<way id="-3"><nd ref="-1"/><nd ref="-2"/><tag k="highway" v="primary"/></way></osm>'
    )
    assert len(build(osm_read.read(tmp_path / "town.osm", silent)).graphs["car"]) == 1


def test_a_node_without_a_place_breaks_its_way(tmp_path):
    (tmp_path / "town.osm").write_text(
        '<osm version="0.6"><node id="1" lat="45.0" lon="7.6"/><node id="2"/><node id="3" lat="45.01" lon="7.6"/>'
        '<node id="4" lat="45.02" lon="7.6"/>'
        '<way id="3"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><tag k="highway" v="primary"/></way></osm>'
    )
    graph = build(osm_read.read(tmp_path / "town.osm", silent)).graphs["car"]
    assert (graph.nodes, len(graph)) == (2, 1)


def test_a_stub_that_one_cannot_leave_is_left_out_and_counted(tmp_path):
    (tmp_path / "town.osm").write_text(
        '<osm version="0.6"><node id="1" lat="45.0" lon="7.6"/><node id="2" lat="45.01" lon="7.6"/>'
        '<node id="3" lat="45.02" lon="7.6"/><way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>'
        '<way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="oneway" v="yes"/></way></osm>'
    )
    roads = build(osm_read.read(tmp_path / "town.osm", silent))
    assert len(roads.graphs["car"]) == 1
    assert len(roads.graphs["foot"]) == 2
    assert roads.summary["car"]["islands_dropped_edges"] == 1
    assert roads.summary["car"]["islands_dropped_km"] == pytest.approx(1.1, abs=0.05)


def test_only_the_reader_imports_the_extra():
    root = Path(__file__).parents[3]
    names = ("etl.travel.osm_graph", "etl.travel.osm_rules", "etl.travel.network", "geo.travel.network")
    program = f"import sys, importlib; [importlib.import_module(n) for n in {names!r}]; print('osmium' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout == "False\n"
