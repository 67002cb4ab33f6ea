"""The network engine against networkx and brute force, and its promises on small roads drawn here."""

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.travel import paths, shared
from geo.travel.estimate import Estimate
from geo.travel.graph import Graph, Lines
from geo.travel.network import FARTHEST, SPREAD, WALKING_KMH, Network
from geo.travel.report import report
from geo.travel.snap import Roads

WALK = 0.06 / WALKING_KMH  # minutes per metre
NEAR = 10.0**-paths.DECIMALS  # minutes that minutes along the roads are told to


def graph_of(edges, *, nodes=None, stops=None):
    """A graph from (start, end, forward, backward); None where that direction is forbidden."""
    start, end, forward, backward = zip(*edges, strict=True) if edges else ((), (), (), ())
    return Graph(
        nodes=nodes or max((*start, *end), default=-1) + 1,
        start=np.array(start, dtype=np.int32),
        end=np.array(end, dtype=np.int32),
        line=np.arange(len(edges), dtype=np.int32),
        forward=np.array([np.inf if m is None else m for m in forward], dtype=float),
        backward=np.array([np.inf if m is None else m for m in backward], dtype=float),
        stops=np.ones(len(edges), dtype=bool) if stops is None else np.array(stops),
    )


def origins_of(points, *, mode="car", municipality=None):
    columns = {"municipality": municipality or [f"m{i}" for i in range(len(points))], "mode": mode}
    index = [f"o{i}" for i in range(len(points))]
    return gpd.GeoDataFrame(
        columns, index=index, geometry=gpd.points_from_xy(*np.reshape(points, (-1, 2)).T), crs=32632
    )


def services_of(points, *, radius=0.0, located=True, municipality=None):
    columns = {
        "municipality": municipality or [f"n{i}" for i in range(len(points))],
        "position_radius_m": np.broadcast_to(radius, len(points)).astype(float),
        "located": np.broadcast_to(located, len(points)),
    }
    index = [f"s{i}" for i in range(len(points))]
    return gpd.GeoDataFrame(
        columns, index=index, geometry=gpd.points_from_xy(*np.reshape(points, (-1, 2)).T), crs=32632
    )


def minutes_of(table):
    """Central minutes by pair of labels."""
    pairs = zip(table.origins.take(table.origin), table.services.take(table.service), strict=True)
    return dict(zip(pairs, table.minutes.tolist(), strict=True))


class Peer:
    """The same question answered by networkx, one pair at a time: edges are really split where a point lies."""

    def __init__(self, lines, graph, farthest):
        self.shapes = [shapely.LineString(p) for p in np.split(lines.points, lines.starts[1:-1])]
        self.graph, self.farthest = graph, farthest

    def place(self, x, y):
        point = shapely.Point(x, y)
        near = [
            (self.shapes[self.graph.line[i]].distance(point), i) for i in range(len(self.graph)) if self.graph.stops[i]
        ]
        metres, edge = min(near, default=(np.inf, -1))
        if metres > self.farthest:
            return None
        shape = self.shapes[self.graph.line[edge]]
        return edge, (shape.project(point) / shape.length if shape.length else 0.0), metres

    def minutes(self, one, other):
        (edge, at, metres), (edge2, at2, metres2) = one, other
        roads = nx.MultiDiGraph()
        roads.add_nodes_from([self.name(edge, at), self.name(edge2, at2)])
        for i in range(len(self.graph)):
            stops = sorted({0.0, 1.0} | ({at} if i == edge else set()) | ({at2} if i == edge2 else set()))
            for share, after in pairwise(stops):
                a, b = self.name(i, share), self.name(i, after)
                if np.isfinite(self.graph.forward[i]):
                    roads.add_edge(a, b, minutes=self.graph.forward[i] * (after - share))
                if np.isfinite(self.graph.backward[i]):
                    roads.add_edge(b, a, minutes=self.graph.backward[i] * (after - share))
        try:
            along = nx.shortest_path_length(roads, self.name(edge, at), self.name(edge2, at2), weight="minutes")
        except nx.NetworkXNoPath:
            along = np.inf
        return along + (metres + metres2) * WALK

    def name(self, edge, share):
        if share == 0.0:
            return int(self.graph.start[edge])
        return int(self.graph.end[edge]) if share == 1.0 else (edge, share)


def random_network(rng):
    """Points joined at random: parallel roads, loops, bends, one-ways, roads of no length, islands."""
    nodes = int(rng.integers(2, 9))
    where = rng.integers(0, 12, (nodes, 2)) * 250.0
    edges, shapes = [], []
    for _ in range(int(rng.integers(1, 14))):
        a, b = rng.integers(0, nodes, 2)
        bend = [tuple(rng.integers(0, 3000, 2).astype(float))] if a == b or rng.random() < 0.3 else []
        forward, backward = rng.integers(0, 12, 2).astype(float) + rng.choice([0.0, 0.5, 0.1])
        one_way = rng.random()
        edges.append((a, b, None if one_way < 0.15 else forward, None if one_way > 0.8 else backward))
        shapes.append([tuple(where[a]), *bend, tuple(where[b])])
    stops = rng.random(len(edges)) < 0.85
    return Lines.of(shapes), graph_of(edges, nodes=nodes, stops=stops)


@settings(max_examples=150)
@given(seed=st.integers(0, 100_000))
def test_minutes_equal_networkx_on_split_edges(seed):
    rng = np.random.default_rng(seed)
    lines, graph = random_network(rng)
    farthest = float(rng.choice([60.0, 400.0, 1_500.0]))
    peer = Peer(lines, graph, farthest)
    # Whole hundreds lie on the roads and on each other now and then; both counts are the fewer in turn.
    starts = rng.integers(0, 31, (int(rng.integers(1, 7)), 2)) * 100.0
    ends = rng.integers(0, 31, (int(rng.integers(1, 7)), 2)) * 100.0
    cutoff = float(rng.choice([5.0, 20.0, 90.0]))
    origins, services = origins_of(starts), services_of(ends)
    table = Network(lines=lines, graphs={"car": graph}, farthest_m=farthest).table(origins, services, cutoff=cutoff)
    expected = {}
    for i, start in enumerate(starts):
        for j, end in enumerate(ends):
            one, other = peer.place(*start), peer.place(*end)
            if one is None or other is None:
                continue
            straight = float(np.hypot(*(start - end)))
            found = straight * WALK if straight <= min(one[2], other[2]) else peer.minutes(one, other)
            expected[f"o{i}", f"s{j}"] = found
    found = minutes_of(table)
    # At the cutoff itself the last digit decides.
    assert {pair for pair, minutes in expected.items() if minutes <= cutoff - NEAR} <= found.keys()
    assert found.keys() <= {pair for pair, minutes in expected.items() if minutes <= cutoff + NEAR}
    assert found == {pair: pytest.approx(expected[pair], abs=NEAR) for pair in found}
    snapped = [place and place[2] for place in (peer.place(*start) for start in starts)]
    np.testing.assert_allclose(table.origin_snap_m, [np.nan if m is None else m for m in snapped], atol=1e-9)


@settings(max_examples=40)
@given(seed=st.integers(0, 100_000))
def test_a_smaller_block_and_the_other_direction_change_nothing(seed):
    rng = np.random.default_rng(seed)
    lines, graph = random_network(rng)
    network = Network(lines=lines, graphs={"car": graph})
    # More origins than services, then fewer: searched from the services, then from the origins.
    ends = rng.integers(0, 31, (3, 2)) * 100.0
    starts = rng.integers(0, 31, (6, 2)) * 100.0
    whole = minutes_of(network.table(origins_of(starts), services_of(ends), cutoff=60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "CELLS", 1)
        assert minutes_of(network.table(origins_of(starts), services_of(ends), cutoff=60)) == whole
    single = {}
    for i, start in enumerate(starts):
        one = minutes_of(network.table(origins_of([start]), services_of(ends), cutoff=60))
        single |= {(f"o{i}", service): minutes for (_, service), minutes in one.items()}
    assert single == {pair: pytest.approx(minutes, abs=NEAR) for pair, minutes in whole.items()}


@settings(max_examples=40)
@given(seed=st.integers(0, 100_000))
def test_a_network_among_known_places_tells_the_same_tables(seed):
    """Tables of any of the places, by any mode and cutoff, in any order; strangers too."""
    rng = np.random.default_rng(seed)
    lines, graph = random_network(rng)
    other = replace(graph, forward=graph.forward * 3, backward=graph.backward * 2)
    network = Network(lines=lines, graphs={"car": graph, "foot": other}, farthest_m=600.0)
    origins = origins_of(rng.integers(0, 31, (int(rng.integers(1, 8)), 2)) * 100.0)
    radius = rng.choice([0.0, 300.0, 2_000.0], 6)
    services = services_of(rng.integers(0, 31, (6, 2)) * 100.0, radius=radius, located=radius < 2_000.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shared, "BLOCK", int(rng.choice([1, 1_000])))
        sharing = network.among(origins, services)
        for _ in range(4):
            asked = origins.iloc[rng.permutation(len(origins))[: rng.integers(0, len(origins) + 1)]]
            asked = asked.assign(mode=rng.choice(["car", "foot"], len(asked)))
            wanted = services.iloc[rng.permutation(6)[: rng.integers(0, 7)]]
            if rng.random() < 0.2:
                wanted = services_of([(950.0, 40.0)])
            cutoff = float(rng.choice([5.0, 20.0, 90.0]))
            found, alone = (engine.table(asked, wanted, cutoff=cutoff) for engine in (sharing, network))
            assert minutes_of(found) == pytest.approx(minutes_of(alone), abs=NEAR)
            np.testing.assert_allclose(found.low, alone.low, atol=NEAR)
            np.testing.assert_array_equal(found.origin_snap_m, alone.origin_snap_m)
            np.testing.assert_array_equal(found.service_snap_m, alone.service_snap_m)


def test_among_known_places_every_way_is_looked_for_once(monkeypatch):
    asked = []

    def counted(_graph, starts, ends, **_options):
        asked.append((len(starts), len(ends)))
        return iter(())

    monkeypatch.setattr(shared, "minutes_between", counted)
    origins = origins_of([(0, 0), (1000, 0), (2000, 0)])
    services = services_of([(3000, 0), (4000, 0), (3000, 0)], radius=[0.0, 500.0, 0.0])
    sharing = hairpin().among(origins, services)
    for rows in ([0, 1], [0], [1, 0]):
        sharing.table(origins.iloc[rows], services.iloc[[rows[0]]], cutoff=30)
    # Two services at one address; a wider table than the first, though not beyond what the doubt about places asks for.
    sharing.table(origins, services, cutoff=30)
    assert asked == [(2, 2), (1, 2)]
    # From two places to three it is searched from the two.
    sharing.table(origins, services, cutoff=60)
    assert asked[2:] == [(3, 2)]


def test_between_too_many_places_nothing_is_shared(monkeypatch):
    monkeypatch.setattr(shared, "MOST", 3)
    origins, services = origins_of([(0, 0), (1000, 0)]), services_of([(3000, 0), (4000, 0)])
    sharing = hairpin().among(origins, services)
    assert sharing.shared is None
    assert minutes_of(sharing.table(origins, services, cutoff=30))["o0", "s1"] == 4.0


def test_no_digit_hangs_on_what_other_places_there_are():
    """Results of a type are taken over from an earlier run as they are, though services of others came and went."""
    rng = np.random.default_rng(5)
    lines, graph = random_network(rng)
    network = Network(lines=lines, graphs={"car": graph})
    origins, ends = origins_of(rng.uniform(0, 3_000, (9, 2))), rng.uniform(0, 3_000, (40, 2))
    few = services_of(ends[:2])
    tables = [network.among(origins, services_of(ends[:count])).table(origins, few, cutoff=90) for count in (2, 12, 40)]
    assert len(tables[0])
    for table in tables[1:]:
        assert table.minutes.tobytes() == tables[0].minutes.tobytes()


# One road of 4 km at 1 min/km along the x axis, one parallel 2 km north of it, reached only at its western end.
HAIRPIN = Lines.of([[(0, 0), (4000, 0)], [(0, 0), (0, 2000)], [(0, 2000), (4000, 2000)]])
HAIRPIN_GRAPH = graph_of([(0, 1, 4.0, 4.0), (0, 2, 2.0, 2.0), (2, 3, 4.0, 4.0)])


def hairpin(**changes):
    return Network(lines=HAIRPIN, graphs={"car": HAIRPIN_GRAPH}, **changes)


def test_time_on_foot_to_the_road_counts_at_both_ends():
    table = hairpin().table(origins_of([(1000, -80)]), services_of([(3000, 160)]), cutoff=30)
    assert table.minutes.tolist() == [pytest.approx(2.0 + 1.0 + 2.0)]
    assert table.origin_snap_m.tolist() == [80]
    assert table.service_snap_m.tolist() == [160]
    assert (table.engine, table.estimated) == ("network", True)


def test_points_far_from_any_road_are_not_placed_and_are_reported():
    origins = origins_of([(1000, 0), (1000, -1001)])
    services = services_of([(3000, 0), (3000, 1000), (9000, 0)])
    table = hairpin().table(origins, services, cutoff=60)
    assert minutes_of(table) == {("o0", "s0"): 2.0, ("o0", "s1"): pytest.approx(2.0 + 1000 * WALK)}
    assert np.isnan(table.origin_snap_m).tolist() == [False, True]
    assert np.isnan(table.service_snap_m).tolist() == [False, False, True]
    told = report(table, origins["mode"])
    assert told["origin_snap_m"]["unplaced"] == told["service_snap_m"]["unplaced"] == 1
    assert told["origins_without_service"] == told["services_unreached"] == 1
    far = hairpin().unplaced(origins)
    assert far.to_dict() == {"o1": pytest.approx(1001.0)}
    near = hairpin(farthest_m=100.0).table(origins, services, cutoff=60)
    assert np.isnan(near.service_snap_m).tolist() == [False, True, True]


def test_a_point_is_as_far_as_the_nearest_road_where_its_mode_may_stop():
    graph = replace(HAIRPIN_GRAPH, stops=np.array([False, True, True]))
    network = Network(lines=HAIRPIN, graphs={"car": graph, "foot": HAIRPIN_GRAPH, "bike": graph_of([])})
    points = origins_of([(3000, -500), (3000, -500), (3000, -500)], mode=["car", "foot", "bike"])
    assert network.unplaced(points).to_dict() == {"o0": pytest.approx(2500.0), "o2": np.inf}
    with pytest.raises(InvalidInput, match=r"points\.mode"):
        hairpin().unplaced(points)


def test_neighbours_far_from_the_road_walk_to_each_other():
    # 900 m off the road; the road would be 22.5 minutes, the neighbour is 100 m away.
    table = hairpin().table(origins_of([(1000, -900)]), services_of([(1100, -900), (1000, -900)]), cutoff=5)
    assert minutes_of(table) == {("o0", "s0"): pytest.approx(100 * WALK), ("o0", "s1"): 0.0}


def test_a_trip_starts_on_a_road_where_one_may_stop():
    graph = replace(HAIRPIN_GRAPH, stops=np.array([False, True, True]))
    table = Network(lines=HAIRPIN, graphs={"car": graph}).table(
        origins_of([(300, 10)]), services_of([(1000, 2000)]), cutoff=60
    )
    assert table.minutes.tolist() == [pytest.approx(300 * WALK + 1.99 + 1.0)]


def test_a_network_goes_round_where_the_estimate_goes_across():
    there = origins_of([(4000, 0)], mode="car"), services_of([(4000, 2000)])
    assert hairpin().table(*there, cutoff=60).minutes.tolist() == [10.0]
    assert Estimate().table(*there, cutoff=60).minutes[0] < 7.0


@pytest.mark.parametrize("metres", [400.0, 5_000.0])
def test_the_interval_is_that_of_the_radius_of_the_position(metres):
    table = hairpin().table(origins_of([(0, 0)]), services_of([(4000, 0)], radius=metres), cutoff=10)
    spread = metres / 1000 * SPREAD["car"]
    assert table.minutes.tolist() == [4.0]
    assert table.low.tolist() == [max(4.0 - spread, 0.0)]
    assert table.high.tolist() == [pytest.approx(4.0 + spread)]


def test_a_pair_is_kept_while_its_low_is_within_the_cutoff():
    there = origins_of([(0, 0)]), services_of([(4000, 0), (4000, 0)], radius=[300.0, 0.0])
    table = hairpin().table(*there, cutoff=3.5)
    assert minutes_of(table) == {("o0", "s0"): 4.0}
    assert table.nearest_minutes().isna().all()


def test_a_pair_exactly_at_the_cutoff_is_kept():
    assert minutes_of(hairpin().table(origins_of([(0, 0)]), services_of([(4000, 0)]), cutoff=4)) == {("o0", "s0"): 4.0}
    assert not len(hairpin().table(origins_of([(0, 0)]), services_of([(4000, 0)]), cutoff=3.99))


def test_a_service_known_by_its_municipality_is_apart_from_its_own_people():
    services = services_of([(0, 0), (0, 0)], radius=2_000.0, located=[False, True], municipality=["here", "here"])
    origins = origins_of([(0, 0), (1000, 0)], municipality=["here", "elsewhere"])
    found = minutes_of(hairpin().table(origins, services, cutoff=30))
    assert found == {("o0", "s0"): 5.88, ("o0", "s1"): 0.0, ("o1", "s0"): 1.0, ("o1", "s1"): 1.0}


def test_a_missing_municipality_equals_no_other():
    services = services_of([(0, 0)], radius=2_000.0, located=False, municipality=[None])
    origins = origins_of([(0, 0)], municipality=[None])
    assert hairpin().table(origins, services, cutoff=30).minutes.tolist() == [0.0]


def test_each_origin_travels_by_its_own_mode():
    on_foot = graph_of([(0, 1, 50.0, 50.0), (0, 2, 25.0, 25.0), (2, 3, 50.0, 50.0)], stops=[True, False, False])
    network = Network(lines=HAIRPIN, graphs={"car": HAIRPIN_GRAPH, "foot": on_foot})
    origins = origins_of([(0, 0), (0, 0), (0, 0)], mode=["car", "foot", "car"])
    services = services_of([(4000, 0), (4000, 2000), (4000, 1010)])
    table = network.table(origins, services, cutoff=60)
    found = minutes_of(table)
    assert found["o0", "s0"] == found["o2", "s0"] == 4.0
    assert found["o1", "s0"] == 50.0
    # On foot the northern road is no place to stop: too far away, so the service is placed for cars alone.
    assert ("o1", "s1") not in found
    assert found["o0", "s1"] == 6.0
    # Nearest to the northern road by car, and out of reach of the southern one on foot.
    assert table.service_snap_m.tolist() == [0, 0, 990]


def test_small_islands_are_left_out_and_large_ones_stay():
    def ring(first, size):
        return [(first + i, first + (i + 1) % size, 1.0, None) for i in range(size)]

    graph = graph_of([*ring(0, 6), *ring(6, 4), *ring(10, 3), (0, 6, 1.0, None), (0, 13, 1.0, None)])
    left, kept = graph.without_islands(4)
    assert kept.tolist() == [True] * 10 + [False] * 3 + [True, False]
    assert (left.nodes, len(left)) == (10, 11)
    assert left.line.tolist() == [*range(10), 13]
    only, kept = graph.without_islands(100)
    assert (only.nodes, int(kept.sum())) == (6, 6)
    assert graph_of([]).without_islands()[0].nodes == 0


def test_lines_know_their_shapes_and_lengths():
    lines = Lines.of([[(0, 0), (3, 4), (3, 5)], [(9, 9), (9, 9)]])
    assert lines.metres.tolist() == [6.0, 0.0]
    assert shapely.length(lines.shapes).tolist() == [6.0, 0.0]
    assert Lines.of([]).metres.size == len(Lines.of([]).shapes) == 0


def test_an_empty_network_places_nobody():
    network = Network(lines=Lines.of([]), graphs={"car": graph_of([])})
    table = network.table(origins_of([(0, 0)]), services_of([(0, 0)]), cutoff=60)
    assert len(table) == 0
    assert np.isnan(table.origin_snap_m).all()
    nobody = hairpin().table(origins_of([(0, 0)]).iloc[:0], services_of([(0, 0)]), cutoff=60)
    assert len(nobody) == 0
    assert nobody.service_snap_m is None
    assert len(hairpin().table(origins_of([(0, 0)]), services_of([(0, 0)]).iloc[:0], cutoff=60)) == 0


def test_the_nearest_road_is_found_beyond_a_nearer_one_that_is_no_stop():
    lines = Lines.of([[(0, 0), (10, 0)], [(0, 40), (10, 40)], [(0, 45), (10, 45)]])
    graph = graph_of([(0, 1, 1.0, 1.0), (2, 3, 1.0, 1.0), (4, 5, 1.0, 1.0)], stops=[False, True, True])
    found = Roads(lines).nearest(gpd.GeoSeries.from_xy([5.0], [1.0], crs=32632), graph, farthest=FARTHEST)
    assert (found.edge.tolist(), found.metres.tolist()) == ([1], [39.0])


def test_describe_tells_what_the_times_depend_on():
    told = hairpin(provenance={"file": {"sha256": "x"}}, farthest_m=500.0).describe()
    assert told["engine"] == hairpin().name == "network"
    assert (told["farthest_m"], told["walking_kmh"], told["file"]) == (500.0, 4.8, {"sha256": "x"})


def test_wrong_points_are_refused_with_all_faults():
    origins = origins_of([(0, 0)], mode="bike")
    services = services_of([(0, 0)], radius=-1.0).drop(columns="municipality")
    with pytest.raises(InvalidInput) as caught:
        hairpin().table(origins, services, cutoff=-1)
    assert len(caught.value.faults) == 4
    assert "use one of car" in str(caught.value)


WRONG = {
    "nodes outside": ({"nodes": 3}, "outside 0-2"),
    "minutes below 0": ({"forward": np.array([-1.0, 1.0, 1.0])}, "graph.forward"),
    "minutes missing": ({"backward": np.array([np.nan, 1.0, 1.0])}, "graph.backward"),
    "no direction": ({"forward": np.full(3, np.inf), "backward": np.full(3, np.inf)}, "in no direction"),
    "one line for two": ({"line": np.array([0, 0, 1], dtype=np.int32)}, "a line of its own"),
    "lengths that differ": ({"stops": np.array([True])}, "arrays of one length"),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_a_graph_that_would_mislead_is_refused(case):
    changes, message = WRONG[case]
    with pytest.raises(InvalidInput, match=message):
        replace(HAIRPIN_GRAPH, **changes)


@pytest.mark.parametrize(
    ("points", "starts", "message"),
    [
        ([[0.0, np.nan], [1.0, 1.0]], [0, 2], "finite coordinates"),
        ([[0.0, 0.0], [1.0, 1.0]], [0, 3], "last their number"),
        ([[0.0, 0.0], [1.0, 1.0]], [0, 1, 2], "fewer than two points"),
    ],
)
def test_shapes_that_cannot_be_drawn_are_refused(points, starts, message):
    with pytest.raises(InvalidInput, match=message):
        Lines(points=np.array(points), starts=np.array(starts, dtype=np.int64))


def test_a_network_of_unknown_modes_or_other_lines_is_refused():
    with pytest.raises(InvalidInput) as caught:
        Network(lines=Lines.of([]), graphs={"boat": HAIRPIN_GRAPH}, farthest_m=0.0)
    assert len(caught.value.faults) == 3
