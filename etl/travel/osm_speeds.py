"""How fast a way is travelled: the speed limit where it is tagged, else the usual speed of its class.

Car: usual speeds by class, and four fifths of a tagged limit, are those of the car profile of OSRM
(https://github.com/Project-OSRM/osrm-backend, profiles/car.lua; BSD-2-Clause): what is driven between crossings, not
what is allowed. Bike: its profile for bicycles. On foot: the comfortable gait of adults as in
:mod:`geo.travel.estimate`, 4.8 km/h; half of it on steps and two thirds on mountain paths are working assumptions. No
speed here knows of traffic, of the hour or of slopes.
"""

import re
from collections.abc import Mapping

MAXSPEED_FACTOR = 0.8
WALKING = 4.8
PUSHING = 4.0
FERRY = 5.0

CAR: Mapping[str, float] = {
    "motorway": 90,
    "motorway_link": 45,
    "trunk": 85,
    "trunk_link": 40,
    "primary": 65,
    "primary_link": 30,
    "secondary": 55,
    "secondary_link": 25,
    "tertiary": 40,
    "tertiary_link": 20,
    "unclassified": 25,
    "residential": 25,
    "road": 25,
    "living_street": 10,
    "service": 15,
}
CAR_ELSEWHERE = 10.0  # on a way of another class that is tagged for cars

_RIDDEN = (
    *("cycleway", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link", "residential"),
    *("unclassified", "living_street", "road", "service"),
)
BIKE: Mapping[str, float] = {**dict.fromkeys(_RIDDEN, 15.0), "track": 12.0, "path": 13.0}
BIKE_ELSEWHERE = 15.0  # on a way of another class that is tagged for bicycles
BIKE_PUSHED: Mapping[str, float] = {"footway": PUSHING, "pedestrian": PUSHING, "platform": PUSHING, "steps": 2.0}

_WALKED = (
    *("primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified"),
    *("residential", "road", "living_street", "service", "track", "path", "pedestrian", "footway", "platform"),
    "corridor",
)
FOOT: Mapping[str, float] = {**dict.fromkeys(_WALKED, WALKING), "steps": WALKING / 2}

# Hiking scale of the Swiss Alpine Club: beyond T2 a path asks for sure feet or hands, and leads nobody to a service.
SAC_SCALE: Mapping[str, float | None] = {
    "strolling": WALKING,
    "hiking": WALKING,
    "mountain_hiking": 3.2,
    "demanding_mountain_hiking": None,
    "alpine_hiking": None,
    "demanding_alpine_hiking": None,
    "difficult_alpine_hiking": None,
}

# The most that a surface allows, km/h.
CAR_SURFACE: Mapping[str, float] = {
    **dict.fromkeys(("cement", "compacted", "fine_gravel"), 80.0),
    **dict.fromkeys(("paving_stones", "metal", "bricks"), 60.0),
    **dict.fromkeys(
        ("grass", "wood", "sett", "grass_paver", "gravel", "unpaved", "ground", "dirt", "pebblestone"), 40.0
    ),
    **dict.fromkeys(("cobblestone", "clay"), 30.0),
    **dict.fromkeys(("earth", "stone", "rocky", "sand"), 20.0),
    "mud": 10.0,
}
BIKE_SURFACE: Mapping[str, float] = {
    **dict.fromkeys(("wood", "metal", "paving_stones", "compacted", "fine_gravel", "ground"), 10.0),
    **dict.fromkeys(("sett",), 9.0),
    **dict.fromkeys(("dirt",), 8.0),
    **dict.fromkeys(("cobblestone",), 7.0),
    **dict.fromkeys(("unpaved", "gravel", "pebblestone", "grass_paver", "earth", "grass"), 6.0),
    **dict.fromkeys(("mud", "sand", "woodchips"), 3.0),
}

# Limits of the Italian highway code (D.Lgs. 285/1992, art. 142) by the names that tags give them; walking pace.
NAMED_LIMIT: Mapping[str, float] = {
    "it:urban": 50,
    "it:rural": 90,
    "it:trunk": 110,
    "it:motorway": 130,
    "walk": 7,
    "it:walk": 7,
}
_LIMIT = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?")
_MPH = 1.609344
_LARGEST = 150.0


def limit(tag: str | None) -> float | None:
    """The speed limit of a tag in km/h; None where it tells none that can be used (``none``, ``signals``, a slip).

    >>> [limit(tag) for tag in ("50", "30 mph", "IT:urban", "walk", "none", "50;30", "0", "5000", None)]
    [50.0, 48.28032, 50.0, 7.0, None, None, None, None, None]
    """
    text = (tag or "").strip().lower()
    if text in NAMED_LIMIT:
        return float(NAMED_LIMIT[text])
    found = _LIMIT.fullmatch(text)
    if found is None:
        return None
    speed = float(found.group(1)) * (_MPH if found.group(2) == "mph" else 1.0)
    return speed if 0 < speed <= _LARGEST else None


def told() -> dict[str, object]:
    """Every figure here, as JSON: what the minutes of a network depend on."""
    return {
        "maxspeed_factor": MAXSPEED_FACTOR,
        "car": {**CAR, "other": CAR_ELSEWHERE, "ferry": FERRY},
        "bike": {**BIKE, "other": BIKE_ELSEWHERE, "pushed": dict(BIKE_PUSHED), "ferry": FERRY},
        "foot": {**FOOT, "sac_scale": dict(SAC_SCALE), "ferry": FERRY},
        "surface": {"car": dict(CAR_SURFACE), "bike": dict(BIKE_SURFACE)},
        "named_limits": dict(NAMED_LIMIT),
        "source": "OSRM car and bicycle profiles (BSD-2-Clause); walking 4.8 km/h, Bohannon 1997",
    }
