"""Points that do not say where a record is: one point for many addresses, rounded degrees, the middle of a polygon.

The limits are argued from real lists. In the Ministry of Health's pharmacies of 2018 one point stands for 42 streets,
and 49 more points for 2 to 8 numbers of one street each. Among 432 libraries and 420 services of the City, points are
truly shared, by up to 14 records (a campus, a nursery above another, a centre and a toy library of one operator): all
but two of these points have one address, and two have two entrances on different streets.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import shapely
from pyproj import Geod

from etl.i18n import _
from etl.locate.address import Address, parse
from etl.locate.houses import LIMIT_M, METRES_A_NUMBER, SHORTEST_STREET_M
from etl.locate.streets import Streets
from etl.record import Placeable
from etl.sources.base import Positions

# Houses on one point that are no longer believed; two entrances share a building, three do not.
HOUSES = {"rilevate": 3, "dichiarate": 3, "scarse": 2}
NEIGHBOURS = 4  # numbers of one street that may well be one building
SAME_POINT = 6  # decimals of a degree: 0.1 m
ROUNDED = {2: None, 3: 100.0}  # decimals of both degrees: error in metres; None, too much to keep
AT_CENTROID_M = 5.0
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True)
class Suspicion:
    """Why a point is not where the record is; ``radius_m`` the error that makes it true, none where nothing does."""

    kind: str
    message: str
    radius_m: float | None = None


def distance_m(one: shapely.Point, other: shapely.Point) -> float:
    """Metres between two points in EPSG:4326, on the ellipsoid."""
    return float(_GEOD.inv(one.x, one.y, other.x, other.y)[2])


def suspicions(
    records: Sequence[Placeable],
    points: Mapping[str, shapely.Point],
    centroids: Mapping[str, shapely.Point],
    *,
    trust: Positions,
) -> dict[str, Suspicion]:
    """What speaks against the points of records, by the key of the record.

    ``points`` are the records' own (EPSG:4326), ``centroids`` those of the municipalities' polygons. Points whose
    source claims no more than the municipality are not looked at.
    """
    claimed = [record for record in records if record.key in points and record.precision != "municipality"]
    found: dict[str, Suspicion] = {}
    for record in claimed:
        point = points[record.key]
        centroid = centroids.get(record.municipality or "")
        suspicion = _rounded(point) or (centroid and _at_centroid(point, centroid))
        if suspicion:
            found[record.key] = suspicion
    return found | _shared(claimed, points, HOUSES[trust])


def _rounded(point: shapely.Point) -> Suspicion | None:
    for decimals, radius in ROUNDED.items():
        if round(point.x, decimals) == point.x and round(point.y, decimals) == point.y:
            message = _("Le coordinate sono arrotondate a {decimals} decimali.").format(decimals=decimals)
            return Suspicion("coordinate_tonde", message, radius)
    return None


def _at_centroid(point: shapely.Point, centroid: shapely.Point) -> Suspicion | None:
    if distance_m(point, centroid) > AT_CENTROID_M:
        return None
    return Suspicion("centro_del_comune", _("Il punto è il baricentro del comune, non la sede."))


def _shared(records: Sequence[Placeable], points: Mapping[str, shapely.Point], limit: int) -> dict[str, Suspicion]:
    """Suspicions of records that share a point with too many other houses."""
    together: dict[tuple[float, float], list[Placeable]] = defaultdict(list)
    for record in records:
        point = points[record.key]
        together[round(point.x, SAME_POINT), round(point.y, SAME_POINT)].append(record)
    found: dict[str, Suspicion] = {}
    for sharing in together.values():
        if len(sharing) >= limit and (suspicion := _of_group(sharing, limit)):
            found |= {record.key: suspicion for record in sharing}
    return found


def _of_group(sharing: Sequence[Placeable], limit: int) -> Suspicion | None:
    addresses = {parsed for record in sharing if record.address and (parsed := parse(record.address))}
    streets = _houses_by_street(addresses)
    houses = sum(_buildings(numbers) for numbers in streets.values())
    if houses < limit:
        return None
    if len(streets) > 1:
        return Suspicion(
            "punto_di_ripiego",
            _("Lo stesso punto è dato a {records} voci di {houses} indirizzi diversi.").format(
                records=len(sharing), houses=houses
            ),
        )
    (numbers,) = streets.values()
    radius = max(SHORTEST_STREET_M, METRES_A_NUMBER * (max(numbers) - min(numbers)))
    message = _("Lo stesso punto è dato a {houses} civici diversi della via.").format(houses=houses)
    return Suspicion("punto_della_via", message, radius if radius <= LIMIT_M else None)


def _houses_by_street(addresses: set[Address]) -> dict[str, set[int]]:
    """Numbers by street, spellings of one street together."""
    known = Streets(address.street for address in addresses)
    streets: dict[str, set[int]] = defaultdict(set)
    for address in addresses:
        numbers = streets[known.same(address.street)[0]]
        if address.house is not None:
            numbers.add(address.house)
    return streets


def _buildings(numbers: set[int]) -> int:
    """How many buildings numbers of one street must be; one where there is no number."""
    ordered = sorted(numbers)
    return 1 + sum(after - before > NEIGHBOURS for before, after in pairwise(ordered))
