"""Where a record is taken to be, and how well that is known."""

import math
from dataclasses import dataclass, field

import shapely

from etl.locate.points import Answer
from etl.locate.territory import Municipality
from etl.record import Placeable, Precision

# Errors measured on the built-in services (facts, servizi_reali_notes): the worst address lay 138 m off,
# a street 290 m in the dense city and 1,100 m elsewhere.
ADDRESS_RADIUS_M = 138.0
STREET_RADIUS_M = {"citta": 290.0}
STREET_RADIUS_ELSEWHERE_M = 1_100.0


@dataclass(frozen=True)
class Position:
    """Where a record is taken to be: the ``municipality`` its source declares, perhaps a point in it (EPSG:4326).

    ``coord_source`` says where the point comes from: the record's own word for it, or whose points placed it.
    """

    municipality: str
    point: shapely.Point | None
    precision: Precision
    radius_m: float
    coord_source: str | None = None


@dataclass(frozen=True)
class Located:
    """What locating has made of records: every key is in exactly one of the three.

    ``positions`` by key, of those in a municipality that exists; ``unplaced`` are accepted though in no municipality
    (bodies of which only the name and the tax code are known); ``rejected`` declare a municipality that does not exist.
    """

    positions: dict[str, Position] = field(default_factory=dict)
    unplaced: set[str] = field(default_factory=set)
    rejected: set[str] = field(default_factory=set)

    @property
    def accepted(self) -> set[str]:
        """Keys of the records that go on."""
        return set(self.positions) | self.unplaced


def own_point(record: Placeable) -> shapely.Point | None:
    """The point that a record tells, in EPSG:4326."""
    if record.longitude is None or record.latitude is None:
        return None
    if not (math.isfinite(record.longitude) and math.isfinite(record.latitude)):
        return None
    return shapely.Point(record.longitude, record.latitude)


def own_radius(precision: Precision, municipality: Municipality) -> float:
    """Expected error, in metres, of a point of which its source claims a precision."""
    if precision == "address":
        return ADDRESS_RADIUS_M
    if precision == "street":
        return STREET_RADIUS_M.get(municipality.degurba or "", STREET_RADIUS_ELSEWHERE_M)
    return municipality.radius_m


def answered(code: str, answer: Answer) -> Position:
    """The position that an answer gives."""
    return Position(code, answer.point, answer.precision, answer.radius_m, answer.how)


def nowhere(code: str, municipality: Municipality) -> Position:
    """Somewhere in the municipality, without a point."""
    return Position(code, None, "municipality", municipality.radius_m)
