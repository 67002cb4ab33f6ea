"""What a scenario changes: services added, closed, opened, moved, given another capacity. Plain values and their JSON.

Each change names the service that it speaks of, so that one which is gone since can still be told.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError

from etl.errors import OmbraError
from etl.i18n import _
from etl.identity import uid

ADDED: Final = "scenario_service"
"""First part of the key of services that only scenarios have."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a service is to be, as people call it (``name``): a point, or somewhere in an area.

    Attributes
    ----------
    point
        Longitude and latitude, EPSG:4326.
    level, code
        The area, where there is no point.
    """

    name: str
    point: tuple[float, float] | None = None
    level: str | None = None
    code: str | None = None

    @classmethod
    def at(cls, longitude: float, latitude: float, name: str | None = None) -> "Place":
        """A point in degrees, EPSG:4326; its name are its coordinates where nobody gives it one."""
        return cls(name=name or f"{longitude:.5f}, {latitude:.5f}", point=(longitude, latitude))

    @property
    def key(self) -> str:
        """What tells a place from another; the name does not."""
        if self.point is not None:
            return "{:.6f} {:.6f}".format(*self.point)
        return f"{self.level}:{self.code}"


@dataclass(frozen=True, kw_only=True)
class Add:
    """A service that there is not.

    Attributes
    ----------
    capacity
        In the unit of the type; None is not known.
    provider
        Name of the body that runs it; None is a body of its own.
    serves
        Areas that it is for; none: everybody, or, where residence decides, its municipality.
    """

    type: str
    name: str
    place: Place
    capacity: float | None = None
    provider: str | None = None
    serves: tuple[Place, ...] = ()
    certainty: Literal["confermata", "incerta"] = "confermata"
    action: Literal["add"] = "add"

    @property
    def service(self) -> str:
        """Identifier of the service: the same addition has the same in every scenario and on every machine."""
        return str(uid(ADDED, self.type, self.name, self.place.key))


@dataclass(frozen=True, kw_only=True)
class _Known:
    """A service of the directory, by its identifier, with type and name as they were when the scenario was written."""

    service: str
    type: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Close(_Known):
    """A service that closes."""

    action: Literal["close"] = "close"


@dataclass(frozen=True, kw_only=True)
class Open(_Known):
    """A service that is uncertain or planned, and is taken to be open."""

    action: Literal["open"] = "open"


@dataclass(frozen=True, kw_only=True)
class Move(_Known):
    """A service that goes elsewhere."""

    place: Place
    action: Literal["move"] = "move"


@dataclass(frozen=True, kw_only=True)
class Resize(_Known):
    """A service with another capacity, in the unit of its type."""

    capacity: float
    action: Literal["resize"] = "resize"


OfDirectory: TypeAlias = Close | Open | Move | Resize
Change: TypeAlias = Add | OfDirectory

_LIST: Final[TypeAdapter[tuple[Change, ...]]] = TypeAdapter(tuple[Change, ...])


@dataclass(frozen=True)
class Changes:
    """The changes of a scenario, in the order in which they were written, which does not matter.

    >>> place = Place(name="Susa", level="municipality", code="001270")
    >>> changes = Changes((Add(type="casa_comunita", name="Nuova", place=place),))
    >>> Changes.kept(changes.told()) == changes
    True
    """

    items: tuple[Change, ...]

    def __iter__(self) -> Iterator[Change]:
        """The changes one by one."""
        return iter(self.items)

    def __len__(self) -> int:
        """How many changes there are."""
        return len(self.items)

    def __add__(self, others: Iterable[Change]) -> "Changes":
        """These changes and others."""
        return Changes((*self.items, *others))

    @cached_property
    def added(self) -> dict[uuid.UUID, str]:
        """Names of the services that it adds, by identifier."""
        return {uuid.UUID(one.service): one.name for one in self.items if isinstance(one, Add)}

    @property
    def types(self) -> tuple[str, ...]:
        """Types of the services that it touches."""
        return tuple(sorted({one.type for one in self.items}))

    def told(self) -> list[dict[str, Any]]:
        """The changes in JSON."""
        told: list[dict[str, Any]] = _LIST.dump_python(self.items, mode="json", exclude_none=True)
        return told

    @classmethod
    def kept(cls, told: object) -> "Changes":
        """The changes out of their JSON.

        Raises
        ------
        OmbraError
            They were written by another version of the program.
        """
        try:
            return cls(_LIST.validate_python(told))
        except ValidationError as error:
            why = _("I cambiamenti di questo scenario non si leggono con il programma di oggi: scriverlo di nuovo.")
            raise OmbraError(why) from error
