"""A generated extract of a large city: streets with bends, and many more buildings, in bounded memory."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SIDE = 200  # crossings a side; 79,600 streets of five steps each, and 150,000 buildings
BUILDINGS = 150_000
STEP = 0.0009

PROGRAM = """
import json, resource, sys
from pathlib import Path
import geopandas as gpd, numpy as np
from etl.travel.network import load

def memory(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

before = memory()
engine = load(Path(sys.argv[1]), cache=Path(sys.argv[2]))
rng = np.random.default_rng(1)
x, y = rng.uniform(7.0, 7.17, 400), rng.uniform(44.8, 44.97, 400)
points = gpd.GeoSeries.from_xy(x, y, crs=4326).to_crs(32632)
frame = gpd.GeoDataFrame({"municipality": "m", "mode": "car", "position_radius_m": 0.0, "located": True},
    index=range(400), geometry=points.to_numpy(), crs=32632)
table = engine.table(frame[:100], frame[100:], cutoff=120)
print(json.dumps({"edges": len(engine.graphs["car"]), "pairs": len(table), "mb": memory() - before,
    "unplaced": int(np.isnan(table.origin_snap_m).sum())}))
"""


@pytest.fixture(scope="module")
def extract(tmp_path_factory):
    import osmium
    from osmium.osm.mutable import Node, Way

    path = tmp_path_factory.mktemp("grande") / "citta.osm.pbf"
    rng = np.random.default_rng(2)
    count = SIDE * SIDE
    place = np.array(np.divmod(np.arange(count), SIDE)).T * STEP + rng.uniform(-STEP / 4, STEP / 4, (count, 2))
    across = np.arange(count).reshape(SIDE, SIDE)
    streets = np.concatenate(
        [
            np.column_stack([across[:, :-1].ravel(), across[:, 1:].ravel()]),
            np.column_stack([across[:-1].ravel(), across[1:].ravel()]),
        ]
    )
    shares = np.arange(1, 5)[:, None] / 5
    with osmium.SimpleWriter(path) as writer:
        for number, (lat, lon) in enumerate(place.tolist(), start=1):
            writer.add_node(Node(id=number, location=(7.0 + lon, 44.8 + lat)))
        for number, (one, other) in enumerate(streets.tolist()):
            bends = place[one] + (place[other] - place[one]) * shares + rng.normal(0, STEP / 20, (4, 2))
            for bend, (lat, lon) in enumerate(bends.tolist()):
                writer.add_node(Node(id=count + 1 + number * 4 + bend, location=(7.0 + lon, 44.8 + lat)))
        last = count + 4 * len(streets)
        for number in range(4 * BUILDINGS):
            writer.add_node(Node(id=last + 1 + number, location=(7.0, 44.8 + number * 1e-7)))
        for number, (one, other) in enumerate(streets.tolist()):
            bends = range(count + 1 + number * 4, count + 5 + number * 4)
            writer.add_way(Way(id=number + 1, nodes=[one + 1, *bends, other + 1], tags={"highway": "residential"}))
        for number in range(BUILDINGS):
            corners = [last + 1 + number * 4 + corner for corner in (0, 1, 2, 3, 0)]
            writer.add_way(Way(id=len(streets) + 1 + number, nodes=corners, tags={"building": "yes"}))
    return path, len(streets)


@pytest.mark.slow
def test_a_city_is_read_and_travelled_in_bounded_memory(extract, tmp_path):
    path, streets = extract
    root = Path(__file__).parents[3]
    words = [sys.executable, "-c", PROGRAM, str(path), str(tmp_path)]
    runs = [subprocess.run(words, capture_output=True, text=True, check=True, cwd=root) for _ in range(2)]
    first, again = (json.loads(run.stdout) for run in runs)
    assert first["edges"] == again["edges"] == streets
    assert first["pairs"] == again["pairs"] == 100 * 300
    assert first["unplaced"] == 0
    assert first["mb"] < 300
    assert again["mb"] < 200
