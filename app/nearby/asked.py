"""What somebody asks for: from where, what, for whom, when, how far."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.nearby.territory import Municipality, Territory, metres

Mode = Literal["car", "foot", "bike"]
FARTHEST = 120.0  # minutes; beyond, no measure of Ombra tells them


@dataclass(frozen=True)
class Origin:
    """Where the way begins: degrees (EPSG:4326), metres (EPSG:32632), the municipality, None beyond the territory."""

    longitude: float
    latitude: float
    x: float
    y: float
    municipality: Municipality | None

    @classmethod
    def at(cls, longitude: float, latitude: float, territory: Territory) -> "Origin":
        """The place of a point in degrees."""
        x, y = metres(longitude, latitude)
        return cls(longitude, latitude, x, y, territory.at(longitude, latitude))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search; what is None is not asked for.

    ``types``: codes in the order of how well they answer, none for all; ``needed`` where a need in plain words named
    them. ``words``: full text. ``mode``: None is the usual one, on foot for proximity services of dense towns.
    ``minutes`` and ``metres`` of straight line: how far. ``languages``: ISO 639-1. ``open_at``: local time of Torino.
    ``residence``: where the person lives.
    """

    origin: Origin
    types: tuple[str, ...] = ()
    needed: str | None = None
    words: str | None = None
    mode: Mode | None = None
    minutes: float = FARTHEST
    metres: float | None = None
    group: str | None = None
    age: int | None = None
    language: str | None = None
    accessible: bool = False
    free: bool = False
    open_at: datetime | None = None
    residence: Municipality | None = None
    limit: int = 20

    @property
    def home(self) -> Municipality | None:
        """Where services that come to people would have to come."""
        return self.residence or self.origin.municipality

    def mode_of(self, kind: str, territory: Territory) -> Mode:
        """How a service of a type is gone to from here."""
        if self.mode is not None:
            return self.mode
        town = self.origin.municipality
        usual = territory.kinds.get(kind)
        on_foot = usual is not None and usual.on_foot_in_town and town is not None and town.dense
        return "foot" if on_foot else "car"


@dataclass(frozen=True)
class Filter:
    """What a filter did among the candidates: how many it put out, of how many it does not know."""

    name: str
    removed: int
    unknown: int
