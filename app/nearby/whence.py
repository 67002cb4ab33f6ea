"""Where a search begins, from whatever the person has told: a point, an address, a place, a municipality."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from app.faults import InvalidParameter
from app.nearby.asked import Origin
from app.nearby.geocoding import addresses
from app.nearby.known import Known
from app.nearby.places import Place, meant
from app.nearby.search import Database
from etl.errors import NotFound
from etl.i18n import _

_MOST_TOLD = 6


class Whence(Protocol):
    """What may be told of where to begin; one of them is."""

    lat: float | None
    lon: float | None
    address: str | None
    place: str | None
    municipality: str | None


@dataclass(frozen=True)
class Start:
    """Degrees (EPSG:4326), how they were told, and the place that was found for a text."""

    longitude: float
    latitude: float
    how: str
    place: Place | None = None

    def told(self, origin: Origin) -> dict[str, Any]:
        """What the answer says of it."""
        town = origin.municipality
        return {
            "lon": self.longitude,
            "lat": self.latitude,
            "how": self.how,
            "place": None if self.place is None else self.place.label,
            "precision": "point" if self.place is None else self.place.precision,
            "municipality_code": None if town is None else town.code,
            "municipality": None if town is None else town.name,
            "zone": None if town is None else town.zone,
        }


async def start(database: Database, asked: Whence, known: Known) -> Start:
    """The place to begin from.

    Raises
    ------
    NotFound
        A text names no place that is known.
    InvalidParameter
        It may name several; they are told.
    """
    if asked.lat is not None and asked.lon is not None:
        return Start(asked.lon, asked.lat, "point")
    if asked.municipality is not None:
        town = known.territory.by_code[asked.municipality]
        return Start(town.longitude, town.latitude, "municipality", _of_town(known, town.code))
    if asked.place is not None:
        return _started("place", asked.place, known.gazetteer.named(asked.place))
    text = asked.address or ""
    return _started("address", text, await addresses(database, known.gazetteer, text, limit=_MOST_TOLD))


def _of_town(known: Known, code: str) -> Place | None:
    return next((one for one in known.gazetteer.places if one.kind == "municipality" and one.code == code), None)


def _started(parameter: str, text: str, places: Sequence[Place]) -> Start:
    found = meant(places)
    if not found:
        why = _("{nome}: «{testo}» non si trova; provare con il comune, o con lat e lon.")
        raise NotFound(why.format(nome=parameter, testo=text))
    if len(found) > 1:
        why = _("{nome}: «{testo}» può essere {luoghi}; scriverne uno per intero, o usare lat e lon.")
        listed = "; ".join(one.label for one in found[:_MOST_TOLD])
        raise InvalidParameter(why.format(nome=parameter, testo=text, luoghi=listed))
    [place] = found
    if place.longitude is None or place.latitude is None:
        raise NotFound(_("{nome}: di «{testo}» non si conosce il punto.").format(nome=parameter, testo=text))
    return Start(place.longitude, place.latitude, parameter, place)
