"""Who may use a way of OpenStreetMap, in which direction and how fast; which barriers stop whom.

Meaning of the tags: https://wiki.openstreetmap.org/wiki/Key:access, Key:oneway, Key:barrier, Key:maxspeed. Conditions
of hour or weight (``…:conditional``) and turn restrictions are not read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from etl.travel import osm_speeds as speeds

VERSION = 1  # of the rules; the tables are part of the hash by themselves

MODES = ("car", "foot", "bike")

# From the general to the particular; the most particular tag decides.
ACCESS: Mapping[str, tuple[str, ...]] = {
    "car": ("access", "vehicle", "motor_vehicle", "motorcar"),
    "foot": ("access", "foot"),
    "bike": ("access", "vehicle", "bicycle"),
}
ALLOWED = frozenset({"yes", "permissive", "designated", "official", "destination", "customers"})
DENIED = frozenset(
    {"no", "private", "agricultural", "forestry", "agricultural;forestry", "emergency", "military", "delivery"}
    | {"permit", "residents", "psv", "bus", "use_sidepath"}
)
DISMOUNT = "dismount"

_FORWARD, _BACKWARD = frozenset({"yes", "1", "true"}), frozenset({"-1", "reverse"})
_BOTH, _CLOSED = frozenset({"no", "0", "false"}), frozenset({"reversible"})
_ONEWAY: Mapping[str, tuple[str, ...]] = {
    "car": ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "foot": ("oneway:foot",),
    "bike": ("oneway:bicycle", "oneway:vehicle", "oneway"),
}
_OPPOSITE = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})

# What stops somebody; any barrier that is not named stops cars and nobody else (a bollard, a block, a chain).
OPEN_TO_CARS = frozenset(
    {"no", "entrance", "gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "cattle_grid"}
    | {"toll_booth", "border_control", "sally_port", "height_restrictor", "arch", "kerb", "rope", "coupure"}
)
CLOSED_TO_BIKES = frozenset({"kissing_gate", "stile", "turnstile", "full-height_turnstile", "log", "debris"})
CLOSED_TO_ALL = frozenset({"yes", "wall", "fence", "hedge", "retaining_wall", "city_wall", "guard_rail", "ditch"})

KEYS = frozenset(
    {key for keys in (*ACCESS.values(), *_ONEWAY.values()) for key in keys}
    | {"highway", "route", "junction", "area", "barrier", "locked", "motorroad", "tunnel", "bridge", "sidewalk"}
    | {"cycleway", "cycleway:left", "cycleway:right", "cycleway:both", "maxspeed", "maxspeed:forward"}
    | {"maxspeed:backward", "surface", "sac_scale"}
)
Tags = Mapping[str, str]


@dataclass(frozen=True)
class Passage:
    """How one mode may use a way: km/h along its nodes and against them, None where it may not."""

    forward: float | None
    backward: float | None
    stops: bool  # whether a trip may begin or end on it


def passages(tags: Tags) -> tuple[Passage | None, ...]:
    """The passage of each of :data:`MODES` on a way, None where it may not use it at all.

    >>> car, foot, bike = passages({"highway": "residential", "oneway": "yes", "maxspeed": "30"})
    >>> (car.forward, car.backward), (foot.forward, foot.backward)
    ((24.0, None), (4.8, 4.8))
    """
    return _passages(frozenset((key, value) for key, value in tags.items() if key in KEYS))


@lru_cache(maxsize=100_000)
def _passages(items: frozenset[tuple[str, str]]) -> tuple[Passage | None, ...]:
    # Some thousand combinations of tags describe all the ways of a region.
    tags = dict(items)
    if "barrier" in tags:
        stopped = stops(tags)
        return tuple(None if mode in stopped else _passage(mode, tags) for mode in MODES)
    return tuple(_passage(mode, tags) for mode in MODES)


def stops(tags: Tags) -> frozenset[str]:
    """The modes that a barrier stops, by its kind unless its own access says otherwise.

    >>> sorted(stops({"barrier": "bollard"})), sorted(stops({"barrier": "gate", "access": "private"}))
    (['car'], ['bike', 'car', 'foot'])
    """
    kind = tags["barrier"]
    stopped = set() if kind in OPEN_TO_CARS else {"car"}
    stopped |= {"bike"} if kind in CLOSED_TO_BIKES else set()
    stopped |= set(MODES) if kind in CLOSED_TO_ALL or tags.get("locked") == "yes" else set()
    for mode in MODES:
        allowed = may_use(mode, tags)
        if allowed is not None:
            stopped = stopped - {mode} if allowed else stopped | {mode}
    return frozenset(stopped)


def may_use(mode: str, tags: Tags, *, particular: bool = False) -> bool | None:
    """What the access tags say of a mode, None where nothing; ``particular``: of tags of its vehicle alone."""
    for key in reversed(ACCESS[mode][particular:]):
        value = tags.get(key)
        if value in ALLOWED or value == DISMOUNT:
            return True
        if value in DENIED:
            return False
    return None


def _passage(mode: str, tags: Tags) -> Passage | None:
    if may_use(mode, tags) is False:
        return None
    ferry = tags.get("route") == "ferry"
    speed = _ferry(mode, tags) if ferry else _SPEED[mode](tags)
    if speed is None:
        return None
    forward, backward = _directions(mode, tags)
    if not forward and not backward:
        return None
    ahead, behind = _limited(mode, tags, speed)
    return Passage(ahead if forward else None, behind if backward else None, stops=not ferry and _by_the_road(tags))


def _ferry(mode: str, tags: Tags) -> float | None:
    return speeds.FERRY if may_use(mode, tags, particular=True) else None


def _by_the_road(tags: Tags) -> bool:
    """Whether one may get off: not on a motorway, a bridge or in a tunnel."""
    fast = tags.get("highway") in ("motorway", "motorway_link") or tags.get("motorroad") == "yes"
    return not fast and tags.get("bridge", "no") == "no" and tags.get("tunnel", "no") in ("no", "building_passage")


def _car(tags: Tags) -> float | None:
    if tags.get("area") == "yes":
        return None
    usual = speeds.CAR.get(tags.get("highway", ""))
    if usual is not None:
        return usual
    known = tags.get("highway") in speeds.FOOT or tags.get("highway") in speeds.BIKE
    return speeds.CAR_ELSEWHERE if known and may_use("car", tags, particular=True) else None


def _foot(tags: Tags) -> float | None:
    highway = tags.get("highway", "")
    if tags.get("motorroad") == "yes" or highway in ("motorway", "motorway_link"):
        return None
    scale = tags.get("sac_scale")
    if scale is not None and may_use("foot", tags, particular=True) is None:
        hard = speeds.SAC_SCALE.get(scale.split(";")[0], speeds.WALKING)
        if hard is None or hard < speeds.WALKING:
            return hard
    if highway in speeds.FOOT:
        return speeds.FOOT[highway]
    beside = tags.get("sidewalk") in ("both", "left", "right", "yes")
    known = highway in speeds.CAR or highway in speeds.BIKE
    return speeds.WALKING if known and (beside or may_use("foot", tags, particular=True)) else None


def _bike(tags: Tags) -> float | None:
    highway = tags.get("highway", "")
    if tags.get("motorroad") == "yes" or highway in ("motorway", "motorway_link"):
        return None
    told = tags.get("bicycle")
    if told == DISMOUNT:
        return speeds.BIKE_PUSHED.get(highway, speeds.PUSHING)
    if tags.get("sac_scale", "strolling") not in ("strolling", "hiking") and told is None:
        return None
    if highway in speeds.BIKE:
        return speeds.BIKE[highway]
    if highway in speeds.BIKE_PUSHED and (told is None or highway == "steps"):
        return speeds.BIKE_PUSHED[highway] if _foot(tags) else None
    known = highway in speeds.CAR or highway in speeds.FOOT
    return speeds.BIKE_ELSEWHERE if known and told in ALLOWED else None


_SPEED = {"car": _car, "foot": _foot, "bike": _bike}


def _directions(mode: str, tags: Tags) -> tuple[bool, bool]:
    """Whether a mode may go along the nodes of a way, and against them."""
    against = mode == "bike" and any(
        tags.get(key) in _OPPOSITE for key in ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
    )
    for key in _ONEWAY[mode]:
        value = tags.get(key, "")
        if value in _BOTH:
            return True, True
        if value in _FORWARD:
            return True, against
        if value in _BACKWARD:
            return against, True
        if value in _CLOSED:
            return False, False
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") in ("motorway", "motorway_link")
    return True, against or mode == "foot" or not implied


def _limited(mode: str, tags: Tags, usual: float) -> tuple[float, float]:
    """Speeds along and against a way: of a car by the limit, of car and bike at most what the surface allows."""
    if mode == "foot" or tags.get("route") == "ferry":
        return usual, usual
    most = (speeds.CAR_SURFACE if mode == "car" else speeds.BIKE_SURFACE).get(tags.get("surface", ""), float("inf"))
    if mode == "bike":
        return min(usual, most), min(usual, most)
    both = speeds.limit(tags.get("maxspeed"))
    one, other = (
        usual if told is None else told * speeds.MAXSPEED_FACTOR
        for told in (speeds.limit(tags.get(f"maxspeed:{direction}")) or both for direction in ("forward", "backward"))
    )
    return min(one, most), min(other, most)


def told() -> dict[str, object]:
    """The rules as JSON, for the hash of a network."""
    groups = {
        "allowed": ALLOWED,
        "denied": DENIED,
        "open_to_cars": OPEN_TO_CARS,
        "closed_to_bikes": CLOSED_TO_BIKES,
        "closed_to_all": CLOSED_TO_ALL,
    }
    return {"version": VERSION, **{name: sorted(values) for name, values in groups.items()}}
