"""Tags of ways and barriers against what the wiki of OpenStreetMap says they mean."""

import pytest

from etl.travel.osm_rules import MODES, passages, stops
from etl.travel.osm_speeds import limit

BOTH, AHEAD, BACK, SHUT = "both", "ahead", "back", "shut"


def ways(**tags):
    """For car, foot and bike in which directions a way may be used."""
    found = passages({key.replace("__", ":"): value for key, value in tags.items()})
    open_ways = {(True, True): BOTH, (True, False): AHEAD, (False, True): BACK}
    return tuple(
        SHUT if passage is None else open_ways[passage.forward is not None, passage.backward is not None]
        for passage in found
    )


def speed(mode, **tags):
    """Speeds ahead and back of one mode."""
    passage = passages({key.replace("__", ":"): value for key, value in tags.items()})[MODES.index(mode)]
    return passage and (passage.forward, passage.backward)


STREET = {"highway": "residential"}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (STREET, (BOTH, BOTH, BOTH)),
        (STREET | {"oneway": "yes"}, (AHEAD, BOTH, AHEAD)),
        (STREET | {"oneway": "-1"}, (BACK, BOTH, BACK)),
        (STREET | {"oneway": "reversible"}, (SHUT, BOTH, SHUT)),
        (STREET | {"oneway": "yes", "oneway:bicycle": "no"}, (AHEAD, BOTH, BOTH)),
        (STREET | {"oneway": "yes", "cycleway": "opposite"}, (AHEAD, BOTH, BOTH)),
        (STREET | {"oneway": "-1", "cycleway:left": "opposite_lane"}, (BACK, BOTH, BOTH)),
        (STREET | {"oneway": "yes", "cycleway": "lane"}, (AHEAD, BOTH, AHEAD)),
        (STREET | {"oneway:foot": "yes"}, (BOTH, AHEAD, BOTH)),
        (STREET | {"junction": "roundabout"}, (AHEAD, BOTH, AHEAD)),
        (STREET | {"junction": "roundabout", "oneway": "no"}, (BOTH, BOTH, BOTH)),
        ({"highway": "motorway"}, (AHEAD, SHUT, SHUT)),
        ({"highway": "motorway", "oneway": "no"}, (BOTH, SHUT, SHUT)),
        ({"highway": "motorway_link"}, (AHEAD, SHUT, SHUT)),
        ({"highway": "trunk"}, (BOTH, SHUT, SHUT)),
        ({"highway": "trunk", "sidewalk": "both", "bicycle": "yes"}, (BOTH, BOTH, BOTH)),
        ({"highway": "primary", "motorroad": "yes"}, (BOTH, SHUT, SHUT)),
        ({"highway": "footway"}, (SHUT, BOTH, BOTH)),
        ({"highway": "footway", "bicycle": "no"}, (SHUT, BOTH, SHUT)),
        ({"highway": "footway", "access": "yes"}, (SHUT, BOTH, BOTH)),
        ({"highway": "pedestrian", "motor_vehicle": "destination"}, (BOTH, BOTH, BOTH)),
        ({"highway": "pedestrian", "area": "yes", "motor_vehicle": "yes"}, (SHUT, BOTH, BOTH)),
        ({"highway": "cycleway"}, (SHUT, SHUT, BOTH)),
        ({"highway": "cycleway", "foot": "designated"}, (SHUT, BOTH, BOTH)),
        ({"highway": "track"}, (SHUT, BOTH, BOTH)),
        ({"highway": "track", "motor_vehicle": "yes"}, (BOTH, BOTH, BOTH)),
        ({"highway": "track", "motor_vehicle": "forestry"}, (SHUT, BOTH, BOTH)),
        ({"highway": "path", "sac_scale": "mountain_hiking"}, (SHUT, BOTH, SHUT)),
        ({"highway": "path", "sac_scale": "alpine_hiking"}, (SHUT, SHUT, SHUT)),
        ({"highway": "steps"}, (SHUT, BOTH, BOTH)),
        (STREET | {"access": "private"}, (SHUT, SHUT, SHUT)),
        (STREET | {"access": "no", "foot": "yes", "bicycle": "yes"}, (SHUT, BOTH, BOTH)),
        (STREET | {"access": "private", "vehicle": "no", "motorcar": "permissive"}, (BOTH, SHUT, SHUT)),
        (STREET | {"motor_vehicle": "no"}, (SHUT, BOTH, BOTH)),
        (STREET | {"vehicle": "no"}, (SHUT, BOTH, SHUT)),
        (STREET | {"access": "destination"}, (BOTH, BOTH, BOTH)),
        (STREET | {"barrier": "bollard"}, (SHUT, BOTH, BOTH)),
        (STREET | {"foot": "use_sidepath"}, (BOTH, SHUT, BOTH)),
        ({"highway": "construction"}, (SHUT, SHUT, SHUT)),
        ({"highway": "construction", "motor_vehicle": "yes", "foot": "yes", "bicycle": "yes"}, (SHUT, SHUT, SHUT)),
        ({"route": "ferry"}, (SHUT, SHUT, SHUT)),
        ({"route": "ferry", "access": "yes"}, (SHUT, SHUT, SHUT)),
        ({"route": "ferry", "foot": "yes", "bicycle": "yes"}, (SHUT, BOTH, BOTH)),
        ({"route": "bus"}, (SHUT, SHUT, SHUT)),
        ({}, (SHUT, SHUT, SHUT)),
    ],
    ids=str,
)
def test_who_may_use_a_way_and_in_which_direction(tags, expected):
    assert ways(**{key.replace(":", "__"): value for key, value in tags.items()}) == expected


@pytest.mark.parametrize(
    ("mode", "tags", "expected"),
    [
        ("car", {"highway": "motorway"}, (90, None)),
        ("car", {"highway": "motorway", "maxspeed": "IT:motorway"}, (104, None)),
        ("car", {"highway": "residential"}, (25, 25)),
        ("car", {"highway": "residential", "maxspeed": "30"}, (24, 24)),
        ("car", {"highway": "primary", "maxspeed__forward": "90", "maxspeed": "50"}, (72, 40)),
        ("car", {"highway": "primary", "maxspeed": "signals"}, (65, 65)),
        ("car", {"highway": "unclassified", "maxspeed": "20 mph"}, (pytest.approx(25.74, abs=0.01),) * 2),
        ("car", {"highway": "living_street", "maxspeed": "walk"}, (pytest.approx(5.6),) * 2),
        ("car", {"highway": "secondary", "surface": "gravel"}, (40, 40)),
        ("car", {"highway": "residential", "surface": "gravel"}, (25, 25)),
        ("foot", {"highway": "residential", "maxspeed": "30", "surface": "gravel"}, (4.8, 4.8)),
        ("foot", {"highway": "steps"}, (2.4, 2.4)),
        ("foot", {"highway": "path", "sac_scale": "hiking"}, (4.8, 4.8)),
        ("foot", {"highway": "path", "sac_scale": "mountain_hiking"}, (3.2, 3.2)),
        ("bike", {"highway": "residential", "maxspeed": "30"}, (15, 15)),
        ("bike", {"highway": "track", "surface": "gravel"}, (6, 6)),
        ("bike", {"highway": "footway"}, (4, 4)),
        ("bike", {"highway": "path", "bicycle": "dismount"}, (4, 4)),
        ("foot", {"route": "ferry", "foot": "yes"}, (5, 5)),
    ],
)
def test_how_fast_a_way_is_travelled(mode, tags, expected):
    assert speed(mode, **tags) == expected


@pytest.mark.parametrize(
    ("tags", "stopped"),
    [
        ({"barrier": "bollard"}, {"car"}),
        ({"barrier": "block"}, {"car"}),
        ({"barrier": "gate"}, set()),
        ({"barrier": "gate", "locked": "yes"}, {"car", "foot", "bike"}),
        ({"barrier": "gate", "access": "private"}, {"car", "foot", "bike"}),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, {"car", "bike"}),
        ({"barrier": "gate", "motor_vehicle": "no"}, {"car"}),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, set()),
        ({"barrier": "kissing_gate"}, {"car", "bike"}),
        ({"barrier": "stile"}, {"car", "bike"}),
        ({"barrier": "wall"}, {"car", "foot", "bike"}),
        ({"barrier": "toll_booth"}, set()),
        ({"barrier": "no"}, set()),
        ({"barrier": "never seen"}, {"car"}),
    ],
    ids=lambda one: str(sorted(one) if isinstance(one, set) else one),  # two workers must name a test alike
)
def test_whom_a_barrier_stops(tags, stopped):
    assert stops(tags) == stopped


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (STREET, True),
        ({"highway": "motorway"}, False),
        (STREET | {"bridge": "yes"}, False),
        (STREET | {"tunnel": "yes"}, False),
        (STREET | {"tunnel": "building_passage"}, True),
        ({"highway": "trunk", "motorroad": "yes"}, False),
    ],
    ids=str,
)
def test_where_a_trip_may_begin(tags, expected):
    assert passages(tags)[0].stops is expected


def test_a_limit_that_tells_no_speed_is_none():
    assert [limit(tag) for tag in ("", "variable", "50 @ (22:00-06:00)", "-5", "1e3")] == [None] * 5
    assert limit(" 50 km/h ") == 50
    assert limit("IT:rural") == 90
