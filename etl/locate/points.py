"""What locating by address speaks of: points of street numbers, answers, and whoever can answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import shapely

# How far points can be trusted, the smaller the better: a surveyed number wins over a declared one.
SURVEYED, DECLARED = 0, 1


@dataclass(frozen=True, slots=True, order=True)
class AddressPoint:
    """A street number with its point (degrees, EPSG:4326), by the keys of :mod:`etl.locate.address`.

    ``number`` is empty for a point that stands for a street without its number. ``rank`` is ``SURVEYED`` or
    ``DECLARED``.
    """

    source_id: str
    municipality: str
    street: str
    number: str
    longitude: float
    latitude: float
    rank: int


@dataclass(frozen=True)
class Answer:
    """Where an address is: ``point`` in EPSG:4326, ``radius_m`` the error in metres that is to be expected at worst.

    ``how`` is an Italian text for people: whose points, which number. ``rank`` is the poorest of the points used.
    """

    point: shapely.Point
    precision: Literal["address", "street"]
    radius_m: float
    how: str
    rank: int = DECLARED


class Geocoder(Protocol):
    """Whoever finds an address in a municipality (ISTAT code)."""

    def find(self, municipality: str, address: str) -> Answer | None:
        """Where the address is; nothing where that is not known well enough."""


@dataclass(frozen=True)
class FirstOf:
    """Asks one after the other: the first answer at address precision, else the one with the smallest radius."""

    geocoders: Sequence[Geocoder]

    def find(self, municipality: str, address: str) -> Answer | None:
        """As :class:`Geocoder` says."""
        best: Answer | None = None
        for geocoder in self.geocoders:
            answer = geocoder.find(municipality, address)
            if answer is not None and answer.precision == "address":
                return answer
            if answer is not None and (best is None or answer.radius_m < best.radius_m):
                best = answer
        return best
