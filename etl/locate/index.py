"""An index of addresses in memory: what located records and registers of street numbers know, asked by address."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import numpy as np
import shapely
from pyproj import Transformer
from scipy.spatial import cKDTree

from etl.i18n import _
from etl.locate.address import parse, split_kind
from etl.locate.houses import House, Houses, Spot
from etl.locate.points import AddressPoint, Answer
from etl.locate.streets import Streets
from etl.locate.words import SQUARES

# Two spellings are of one street only where the street's points lie this close, in metres.
CLOSE_M = 500.0


class AddressIndex:
    """Answers where an address is, from points of other addresses; the same whatever the order of the points.

    Distances are taken in EPSG:32632. A street whose name had to be mended, or of which the number is not known,
    is answered with precision ``street``; beyond 1,100 m there is no answer.
    """

    def __init__(self, points: Iterable[AddressPoint]) -> None:
        given = list(points)
        to_metres = Transformer.from_crs(4326, 32632, always_xy=True)
        self._to_degrees = Transformer.from_crs(32632, 4326, always_xy=True)
        x, y = to_metres.transform([one.longitude for one in given], [one.latitude for one in given])
        self._by_street: dict[str, dict[str, list[House]]] = defaultdict(lambda: defaultdict(list))
        for point, east, north in zip(given, np.round(x, 3).tolist(), np.round(y, 3).tolist(), strict=True):
            found = House(point.number, point.rank, east, north, point.source_id)
            self._by_street[point.municipality][point.street].append(found)
        self._streets = cache(self._streets_of)
        self._houses = cache(self._houses_of)

    def find(self, municipality: str, address: str) -> Answer | None:
        """Where an address of a municipality (ISTAT code) is; nothing where that is not known well enough."""
        asked = parse(address)
        if asked is None or municipality not in self._by_street:
            return None
        keys, mended = self._streets(municipality).meant(asked.street)
        if not keys:
            return None
        spot = self._houses(municipality, keys).find(asked.number)
        return None if spot is None else self._answer(spot, mended=mended)

    def _streets_of(self, municipality: str) -> Streets:
        return Streets(self._by_street[municipality], near=lambda one, other: self._near(municipality, one, other))

    def _houses_of(self, municipality: str, keys: tuple[str, ...]) -> Houses:
        known = self._by_street[municipality]
        square = any(split_kind(key)[0] in SQUARES for key in keys)
        return Houses([house for key in keys for house in known[key]], square=square)

    def _near(self, municipality: str, one: str, other: str) -> bool:
        first, second = (self._houses(municipality, (key,)).points for key in (one, other))
        distances, _which = cKDTree(first).query(second)
        return float(np.min(distances)) <= CLOSE_M

    def _answer(self, spot: Spot, *, mended: bool) -> Answer:
        longitude, latitude = self._to_degrees.transform(spot.x, spot.y)
        return Answer(
            # Seven decimals are a centimetre: the same point on every machine.
            shapely.Point(round(longitude, 7), round(latitude, 7)),
            "street" if mended else spot.precision,
            spot.radius_m,
            _told(spot, mended=mended),
            spot.rank,
        )


def _told(spot: Spot, *, mended: bool) -> str:
    sources = ", ".join(spot.sources)
    first, last = (str(number) for number in (spot.numbers[:1] + spot.numbers[-1:] or ("", "")))
    told = {
        "same": _("{sources}: stesso civico"),
        "beside": _("{sources}: civico vicino {first}"),
        "between": _("{sources}: interpolato fra i civici {first} e {last}"),
        "street": _("{sources}: punto della via"),
    }[spot.how].format(sources=sources, first=first, last=last)
    return _("{told}; nome della via corretto").format(told=told) if mended else told
