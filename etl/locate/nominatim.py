"""Nominatim, the geocoder of OpenStreetMap, behind the same interface as the index; off unless a server is named.

Answers are kept on disk as received, so that each address is asked once. The public server's rules of use allow one
request a second and no bulk geocoding: name a server of one's own (https://nominatim.org/release-docs/latest/api/Search/,
structured query; https://nominatim.org/release-docs/latest/api/Output/, ``jsonv2``).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import shapely

from etl.fetching.client import Polite, Wanted
from etl.fetching.keeping import FetchFailed
from etl.fetching.manners import Manners
from etl.locate.address import Address, number_key, parse, split_kind
from etl.locate.houses import LIMIT_M
from etl.locate.points import DECLARED, Answer
from etl.locate.streets import LIKENESSES
from etl.locate.suspicious import distance_m
from etl.locate.territory import MunicipalityMap
from etl.settings import StoreSettings

FOLDER = "nominatim"
HOUSE_RADIUS_M = 140.0  # points of volunteers, declared
# Names under which ``address`` tells the street that a result stands for or is in.
ROADS = ("road", "pedestrian", "square", "footway", "hamlet", "isolated_dwelling", "neighbourhood")
STREETS = frozenset({"highway"})
SQUARES = frozenset({"square"})
# A server that cannot be reached will not be reached for the next address either.
MANNERS = Manners(connect=10, read=20, whole=30, attempts=2, backoff=1, patience=5, largest=1024**2)


class Nominatim(AbstractContextManager["Nominatim"]):
    """Asks a server for addresses, one a second, within their municipality.

    Parameters
    ----------
    base
        Address of the server, without ``/search``.
    cache
        Folder in which answers are kept.

    Attributes
    ----------
    fault
        Why the server was given up, in Italian; from then on only kept answers are given.
    """

    def __init__(self, base: str, municipalities: MunicipalityMap, cache: Path, *, manners: Manners = MANNERS) -> None:
        self._base = base.rstrip("/")
        self._municipalities = municipalities
        self._cache = cache
        self._polite = Polite(manners)
        self.fault: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._polite.__exit__(kind, error, trace)

    def find(self, municipality: str, address: str) -> Answer | None:
        """Where an address is, as the server says, if that lies in the municipality and in the street asked for."""
        asked = parse(address)
        known = self._municipalities.municipalities.get(municipality)
        if asked is None or known is None:
            return None
        results = self._results(address, known.name)
        answers = [self._answer(result, asked, municipality) for result in results]
        fit = [answer for answer in answers if answer is not None]
        return min(fit, key=lambda answer: (answer.precision, answer.radius_m), default=None)

    def _results(self, address: str, city: str) -> Sequence[Mapping[str, Any]]:
        """What the server answers, or has answered before."""
        query = urlencode(
            {
                # Street and number; what comes after them (postal code, town) has parameters of its own.
                "street": " ".join(" ".join(address.split(",")[:2]).split()),
                "city": city,
                "country": "Italia",
                "countrycodes": "it",
                "format": "jsonv2",
                "addressdetails": 1,
                "limit": 5,
            }
        )
        asked = f"{self._base}/search?{query}"
        kept = self._cache / f"{hashlib.sha256(asked.encode()).hexdigest()}.json"
        if not kept.exists() and not self._receive(asked, kept):
            return []
        return _places(kept)

    def _receive(self, address: str, kept: Path) -> bool:
        if self.fault is not None:
            return False
        self._cache.mkdir(parents=True, exist_ok=True)
        arriving = kept.with_suffix(".part")
        try:
            self._polite.receive(Wanted(address, arriving))
        except FetchFailed as error:
            self.fault = str(error)
            return False
        arriving.replace(kept)
        return True

    def _answer(self, result: Mapping[str, Any], asked: Address, municipality: str) -> Answer | None:
        point, details = _point(result), result.get("address")
        if point is None or not isinstance(details, Mapping) or not _same_street(details, asked):
            return None
        if not shapely.intersects_xy(self._municipalities.polygons[municipality], point.x, point.y):
            return None
        if asked.number and _same_number(details, asked):
            return Answer(point, "address", HOUSE_RADIUS_M, "OpenStreetMap (Nominatim)", DECLARED)
        radius = _street_radius(result, point)
        return None if radius is None else Answer(point, "street", radius, "OpenStreetMap (Nominatim)", DECLARED)


def from_settings(municipalities: MunicipalityMap, settings: StoreSettings | None = None) -> Nominatim | None:
    """The server that ``OMBRA_NOMINATIM_URL`` names; nothing where none is named."""
    told = settings or StoreSettings()
    if told.nominatim_url is None:
        return None
    return Nominatim(str(told.nominatim_url), municipalities, told.state / FOLDER)


def _places(kept: Path) -> list[Mapping[str, Any]]:
    """The results of an answer as received; none where it is not a list of places."""
    try:
        told = json.loads(kept.read_bytes())
    except ValueError:
        return []
    return [place for place in told if isinstance(place, Mapping)] if isinstance(told, list) else []


def _point(result: Mapping[str, Any]) -> shapely.Point | None:
    """Latitude and longitude come as text."""
    try:
        return shapely.Point(float(result["lon"]), float(result["lat"]))
    except (KeyError, TypeError, ValueError):
        return None


def _same_street(details: Mapping[str, Any], asked: Address) -> bool:
    """Whether a result is in the street asked for: the server also answers with streets of a similar name."""
    kind, words = split_kind(asked.street)
    for name in ROADS:
        told = parse(str(details[name])) if name in details else None
        if told is None:
            continue
        told_kind, told_words = split_kind(told.street)
        alike = words == told_words or any(likeness(words, told_words) for likeness in LIKENESSES)
        if alike and kind in ("", told_kind):
            return True
    return False


def _same_number(details: Mapping[str, Any], asked: Address) -> bool:
    told = number_key(str(details.get("house_number", "")))
    return bool(told) and told.partition("/")[0] == asked.number.partition("/")[0]


def _street_radius(result: Mapping[str, Any], point: shapely.Point) -> float | None:
    """How far the street reaches from the point; nothing where the result is no street, or a very long one."""
    if result.get("category") not in STREETS and result.get("type") not in SQUARES:
        return None
    try:
        south, north, west, east = (float(edge) for edge in result["boundingbox"])
    except (KeyError, TypeError, ValueError):
        return None
    radius = max(distance_m(point, shapely.Point(x, y)) for x in (west, east) for y in (south, north))
    return radius if radius <= LIMIT_M else None
