"""What a search nearby must know of the territory: where a point lies, how it lies, which types of service there are.

Made anew when the data change, never at a request: some hundred municipalities and service types.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Transformer

from etl.derive.journeys import DENSE
from geo.arrays import Floats, Positions, floats
from geo.crs import METRIC
from geo.travel.terrain import Ends

EVERYBODY = "MUL"  # the user area of the services that are for several groups
_TO_METRES = Transformer.from_crs("EPSG:4326", METRIC, always_xy=True)

Row = Mapping[str, Any]


def metres(longitude: Any, latitude: Any) -> tuple[Any, Any]:  # noqa: ANN401 - numbers or arrays, as they come
    """Degrees (EPSG:4326) as metres (EPSG:32632), east and north."""
    return _TO_METRES.transform(longitude, latitude)


@dataclass(frozen=True)
class Municipality:
    """A municipality: its zone, every area that it lies in (itself too), its main inhabited place in degrees."""

    id: uuid.UUID
    code: str
    name: str
    zone_id: uuid.UUID | None
    zone: str | None
    dense: bool
    within: frozenset[uuid.UUID]
    longitude: float
    latitude: float


@dataclass(frozen=True)
class Kind:
    """A service type: whom it is for, how it is reached, and whether any service comes to people or is protected."""

    code: str
    name: str
    users: frozenset[str]
    age_min: int | None
    age_max: int | None
    residence_bound: bool
    on_foot_in_town: bool
    listed: int
    comes: bool
    hidden: bool


@dataclass(frozen=True, eq=False)
class Territory:
    """Municipalities in the order of their codes, their shapes (EPSG:4326), and service types by code.

    ``ends`` says how each of them lies; ``boxes`` where its services do, west, south, east, north in metres
    (EPSG:32632), NaN where it has none. The last row of both stands for what lies in none of them.
    """

    municipalities: tuple[Municipality, ...]
    shapes: tuple[shapely.Geometry, ...]
    ends: Ends
    boxes: Floats
    kinds: Mapping[str, Kind]

    @classmethod
    def of(cls, towns: Iterable[Row], types: Iterable[Row], boxes: Iterable[Row]) -> "Territory":
        """From the rows of ``municipalities``, ``kinds`` and ``boxes`` of :mod:`app.queries.nearby`."""
        rows = list(towns)
        frame = pd.DataFrame(
            {
                "altimetric_zone": [row["altimetric_zone"] for row in rows],
                "altitude_m": pd.Series([row["altitude_m"] for row in rows], dtype="float64"),
            }
        )
        return cls(
            tuple(_municipality(row) for row in rows),
            tuple(shapely.from_wkb([row["shape"] for row in rows])),
            _with_nowhere(Ends.of(frame)),
            _boxes([row["id"] for row in rows], boxes),
            {row["code"]: _kind(row) for row in types},
        )

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)

    @cached_property
    def _by_id(self) -> Mapping[uuid.UUID, int]:
        return {town.id: place for place, town in enumerate(self.municipalities)}

    @cached_property
    def by_code(self) -> Mapping[str, Municipality]:
        """Municipalities by ISTAT code."""
        return {town.code: town for town in self.municipalities}

    def at(self, longitude: float, latitude: float) -> Municipality | None:
        """The municipality that a point (EPSG:4326) lies in, on a border the first of the two; None beyond all."""
        found = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return self.municipalities[int(found.min())] if len(found) else None

    def place(self, municipality: uuid.UUID | None) -> int:
        """The position in :attr:`ends`; the last one where the municipality is not known."""
        return -1 if municipality is None else self._by_id.get(municipality, -1)

    def places(self, municipalities: npt.NDArray[np.bytes_]) -> Positions:
        """The same for many, of each the 16 bytes of its identifier."""
        told, which = np.unique(municipalities, return_inverse=True)
        return np.array([self.place(uuid.UUID(bytes=one.ljust(16, b"\0"))) for one in told.tolist()], dtype=np.intp)[
            which
        ]

    def away(self, x: float, y: float) -> Floats:
        """Metres in a straight line to the nearest spot where a municipality has services, by :attr:`boxes`."""
        west, south, east, north = self.boxes.T
        aside = np.maximum(np.maximum(west - x, x - east), 0.0)
        along = np.maximum(np.maximum(south - y, y - north), 0.0)
        return floats(np.hypot(aside, along))


def _with_nowhere(ends: Ends) -> Ends:
    def longer(values: Floats) -> Floats:
        return np.append(values, np.nan)

    return Ends(longer(ends.rugged), longer(ends.altitude))


def _boxes(towns: list[uuid.UUID], rows: Iterable[Row]) -> Floats:
    told = {row["municipality"]: [row[side] for side in ("west", "south", "east", "north")] for row in rows}
    nowhere = [np.nan] * 4
    return np.array([told.get(town, nowhere) for town in [*towns, None]], dtype=np.float64)


def _municipality(row: Row) -> Municipality:
    names = ("id", "code", "name", "zone_id", "zone", "longitude", "latitude")
    return Municipality(
        **{name: row[name] for name in names}, dense=row["degurba"] == DENSE, within=frozenset(row["within"])
    )


def _kind(row: Row) -> Kind:
    names = ("code", "age_min", "age_max", "residence_bound", "listed", "comes", "hidden")
    return Kind(
        **{name: row[name] for name in names},
        name=row["name_it"],
        users=frozenset(row["users"]),
        on_foot_in_town=row["travel_mode"] == "foot_in_town",
    )
