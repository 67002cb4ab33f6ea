"""Places by name: what is written, and which municipalities, quarters and settlements may be meant by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, Protocol

from rapidfuzz import fuzz

from etl.locate.address import fold

PlaceKind = Literal["municipality", "quarter", "settlement", "street", "address", "service"]
KINDS: tuple[PlaceKind, ...] = ("municipality", "quarter", "settlement", "address", "street", "service")
LEAST = 0.72  # likeness from which on a name may be meant; one letter wrong in four still may
SAME = 0.999
_CLOSE = 0.08  # a place that is less like than another by more than this is not meant besides it


@dataclass(frozen=True)
class Place:
    """A place that may be meant.

    ``similarity`` from 0 to 1. ``precision``: address, street, or municipality for a point that stands for a whole
    place. Degrees (EPSG:4326); ``bbox`` west, south, east, north. ``code`` of an area, ``id`` of a service.
    """

    kind: PlaceKind
    name: str
    municipality_code: str | None
    municipality: str | None
    similarity: float
    precision: str
    longitude: float | None
    latitude: float | None
    bbox: tuple[float, float, float, float] | None = None
    radius_m: float | None = None
    code: str | None = None
    id: str | None = None

    @property
    def label(self) -> str:
        """The name with its municipality, where that is not the same."""
        return self.name if self.municipality in (None, self.name) else f"{self.name} ({self.municipality})"


class Centre(Protocol):
    """Where a municipality's main inhabited place is, in degrees."""

    @property
    def longitude(self) -> float:
        """East of Greenwich."""
        ...

    @property
    def latitude(self) -> float:
        """North of the equator."""
        ...


def plain(text: str) -> str:
    """What two spellings of a name have in common.

    >>> plain("San Mauro  Torinese"), plain("Sant'Ambrogio")
    ('san mauro torinese', 'sant ambrogio')
    """
    return " ".join("".join(letter if letter.isalnum() else " " for letter in fold(text)).split())


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Municipalities, quarters and settlements, and the municipalities by their plain name."""

    places: tuple[Place, ...]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], centres: Mapping[str, "Centre"]) -> "Gazetteer":
        """From the rows of :func:`app.queries.geocode.areas`, and where the centre of each municipality is, by code.

        A settlement with its municipality's name is that one. In a valley the middle of the surface is a glacier.
        """
        found = [_area(row) for row in rows]
        found = [
            one
            if one.kind != "municipality" or (centre := centres.get(str(one.code))) is None
            else replace(one, longitude=centre.longitude, latitude=centre.latitude)
            for one in found
        ]
        towns = {place.name for place in found if place.kind == "municipality"}
        return cls(tuple(one for one in found if one.kind == "municipality" or one.name not in towns))

    @cached_property
    def _names(self) -> Sequence[tuple[str, Place]]:
        return [(plain(place.name), place) for place in self.places]

    @cached_property
    def _towns(self) -> Mapping[str, Place]:
        return {name: place for name, place in self._names if place.kind == "municipality"}

    def named(self, text: str) -> list[Place]:
        """The areas that a text may mean, the likeliest first.

        A name that begins with the text is nearly as good as the whole one, a slip costs by its letters.
        """
        wanted = plain(text)
        scored = ((_alike(wanted, name), place) for name, place in self._names) if wanted else ()
        found = [replace(place, similarity=round(score, 3)) for score, place in scored if score >= LEAST]
        return ordered(found)

    def split(self, text: str) -> tuple[str, Place | None]:
        """The text without the municipality at its end, and that municipality: "Via Roma 10, Susa".

        The whole text is never taken for a municipality.
        """
        words = text.replace(",", " , ").split()
        for start in range(1, len(words)):
            town = self._towns.get(plain(" ".join(words[start:])))
            if town is not None and plain(" ".join(words[:start])):
                return " ".join(words[:start]).strip(" ,").replace(" ,", ","), town
        return text, None


def ordered(places: Iterable[Place]) -> list[Place]:
    """By likeness in steps of five hundredths, then by kind, then by likeness."""
    return sorted(
        places, key=lambda one: (-round(one.similarity * 20), KINDS.index(one.kind), -one.similarity, one.label)
    )


def meant(places: Sequence[Place]) -> list[Place]:
    """Those of the ordered places that may be meant: one where it is clear, several where nobody can tell."""
    if not places:
        return []
    best = places[0]
    if best.similarity >= SAME and best.kind == "municipality":
        return [best]
    return [one for one in places if one.similarity >= best.similarity - _CLOSE and one.longitude is not None]


def _alike(wanted: str, name: str) -> float:
    if wanted == name:
        return 1.0
    if name.startswith(wanted + " "):
        return 0.95
    whole = fuzz.ratio(wanted, name) / 100
    # A slip at the first letter is rare: names that begin alike come first.
    return whole * (1.0 if wanted[0] == name[0] else 0.9)


def _area(row: Mapping[str, Any]) -> Place:
    box = tuple(row[name] for name in ("west", "south", "east", "north"))
    west, south, east, north = box
    return Place(
        row["level"],
        row["name"],
        row["municipality_code"],
        row["municipality"],
        1.0,
        "municipality",
        row["longitude"],
        row["latitude"],
        None if (west, south) == (east, north) else (west, south, east, north),
        code=row["code"],
    )
