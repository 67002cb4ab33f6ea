"""What scenarios need to know of the database: types, services, areas, bodies; each looked up when it is asked for."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import shapely
from sqlalchemy import Connection, Select, String, cast, func, or_, select

from etl.identity import uid
from etl.locate.position import own_radius
from etl.locate.territory import MunicipalityMap, read_municipalities
from etl.reference.municipality_names import name_forms
from etl.store import models as m
from geo.travel.estimate import municipality_radius

PARTS = ("quarter", "settlement")
"""Levels of places within a municipality that people call by name."""


@dataclass(frozen=True)
class ListedType:
    """A type of service; ``unit`` is that of its capacity."""

    code: str
    name: str
    unit: str
    delivery: str
    protected: bool


@dataclass(frozen=True)
class ListedService:
    """A service of the directory; ``places`` is at how many it is present, ``protected`` if one of them is."""

    id: str
    type: str
    name: str
    status: str
    delivery: str
    closed: bool
    places: int
    protected: bool


@dataclass(frozen=True)
class ListedArea:
    """An area; ``point`` stands for it where it is known by one (EPSG:4326)."""

    id: str
    level: str
    code: str
    name: str
    km2: float | None
    point: shapely.Point | None


class Directory:
    """The database as scenarios see it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # By instance: a service that is asked for twice is read once.
        self.service = cache(self._service)
        self.area = cache(self._area)

    @cached_property
    def types(self) -> dict[str, ListedType]:
        """The types of service by code."""
        kind = m.ServiceType
        rows = select(kind.code, kind.name_it, kind.capacity_unit, kind.delivery, kind.protected)
        return {row.code: ListedType(*row) for row in self._connection.execute(rows.order_by(kind.position))}

    @cached_property
    def municipalities(self) -> MunicipalityMap:
        """The municipalities with their polygons."""
        return read_municipalities(self._connection)

    def _service(self, identifier: str) -> ListedService | None:
        found = self._services(m.Service.id == _uuid(identifier))
        return found[0] if found else None

    def services(self, text: str) -> list[ListedService]:
        """Services whose identifier begins so, or that are called so; open ones before closed ones."""
        begins = cast(m.Service.id, String).startswith(text.lower(), autoescape=True)
        return self._services(or_(begins, func.lower(m.Service.name) == text.lower()))

    def services_of(self, type_code: str) -> list[ListedService]:
        """Services of a type."""
        return self._services(m.Service.service_type_code == type_code)

    def _services(self, condition: Any) -> list[ListedService]:  # noqa: ANN401  an expression of SQLAlchemy
        service, presence = m.Service, m.ServiceAtLocation
        statement = (
            select(
                cast(service.id, String),
                service.service_type_code,
                service.name,
                service.supply_status,
                service.delivery,
                or_(service.closed_on.is_not(None), service.supply_status == "chiuso").label("closed"),
                func.count(presence.id),
                func.coalesce(func.bool_or(m.Location.location_protected), False),
            )
            .outerjoin(presence, presence.service_id == service.id)
            .outerjoin(m.Location, m.Location.id == presence.location_id)
            .where(condition)
            .group_by(service.id)
            .order_by("closed", service.name, service.id)
        )
        return [ListedService(*row) for row in self._connection.execute(statement)]

    def _area(self, level: str, code: str) -> ListedArea | None:
        found = self._areas(select(m.Area.id).where(m.Area.level == level, m.Area.code == code))
        return found[0] if found else None

    def areas(self, text: str, levels: Sequence[str]) -> list[ListedArea]:
        """Areas of some levels with this code, or else called so, however the name is spelt."""
        at = m.Area.level.in_(levels)
        exact = self._areas(select(m.Area.id).where(at, m.Area.code == text))
        if exact:
            return exact
        forms = set(name_forms(text))
        named = self._connection.execute(select(m.Area.id, m.Area.name).where(at))
        ids = [row.id for row in named if forms & set(name_forms(row.name))]
        return self._areas(select(m.Area.id).where(m.Area.id.in_(ids)))

    def _areas(self, chosen: Select[Any]) -> list[ListedArea]:
        area = m.Area
        point = func.coalesce(area.label_point, area.geom)
        statement = (
            select(
                cast(area.id, String).label("id"),
                *(area.level, area.code, area.name, area.area_km2),
                func.ST_AsBinary(point).label("point"),
            )
            .where(area.id.in_(chosen))
            .order_by(area.level, area.code)
        )
        rows = self._connection.execute(statement).all()
        return [ListedArea(row.id, row.level, row.code, row.name, row.area_km2, _point(row.point)) for row in rows]

    def home(self, area_id: str) -> str | None:
        """The municipality in which a quarter or a settlement lies: identifier."""
        within = m.AreaWithin
        statement = (
            select(cast(m.Area.id, String))
            .join(within, within.ancestor_id == m.Area.id)
            .where(within.area_id == uuid.UUID(area_id), m.Area.level == "municipality")
        )
        return self._connection.execute(statement).scalar()

    def largest(self, area_id: str) -> str | None:
        """The municipality with most residents in an area: identifier."""
        within, people = m.AreaWithin, m.Population
        statement = (
            select(cast(people.area_id, String))
            .join(within, within.area_id == people.area_id)
            .where(within.ancestor_id == uuid.UUID(area_id))
            .group_by(people.area_id)
            .order_by(func.sum(people.persons).desc(), people.area_id)
            .limit(1)
        )
        return self._connection.execute(statement).scalar()

    def radius(self, area: ListedArea) -> float:
        """How far, in metres, a place somewhere in an area may lie from the point that stands for the area."""
        if area.km2:
            return float(municipality_radius([area.km2 * 1e6])[0])
        home = self.home(area.id)
        [town] = [one for one in self.municipalities.municipalities.values() if str(one.id) == home]
        return own_radius("street", town)

    def provider(self, name: str) -> str:
        """Identifier of a body: that of the directory which is called so, else one of its own."""
        body = m.Organization
        named = select(cast(body.id, String)).where(func.lower(body.name) == name.lower()).order_by(body.id).limit(1)
        return self._connection.execute(named).scalar() or str(uid("scenario_provider", name.lower()))


def _uuid(text: str) -> uuid.UUID:
    return uuid.UUID(text)


def _point(content: Any) -> shapely.Point | None:  # noqa: ANN401  bytes of the driver
    shape = None if content is None else shapely.from_wkb(bytes(content))
    return shape if isinstance(shape, shapely.Point) else None
