"""What the content of a source is checked and placed against: types, municipalities, areas, the addresses of others.

All of it is read once, before anything is written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import Connection, select

from etl.batch import Batch
from etl.identity import content_hash
from etl.locate.contribute import contributions
from etl.locate.index import AddressIndex
from etl.locate.points import AddressPoint, Geocoder
from etl.locate.territory import MunicipalityMap, read_municipalities
from etl.publication.model import TypeOfService
from etl.record import AddressRecord, AreaRecord, ServiceRecord
from etl.sources.base import Kind
from etl.store import models as m

AreaName = tuple[str, str]  # level and code
PLACED: frozenset[Kind] = frozenset({"services", "organizations"})


@dataclass(frozen=True)
class Surroundings:
    """What is in the database and what the sources in hand bring to it.

    Attributes
    ----------
    reference
        Hash of the reference data that are loaded.
    areas
        Level and code of the areas, by the source that they come from.
    points
        Address points by source: of the sources in hand those of their latest edition.
    residents
        For each year of which residents are loaded, the source that they come from.
    """

    reference: str
    types: Mapping[str, TypeOfService]
    municipalities: MunicipalityMap
    areas: Mapping[AreaName, str]
    points: Mapping[str, Sequence[AddressPoint]]
    residents: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def index(self) -> Geocoder:
        """Answers addresses from the points."""
        return AddressIndex(point for source in sorted(self.points) for point in self.points[source])

    @cached_property
    def addresses_hash(self) -> str:
        """Hash of the address points, whatever their order."""
        return _points_hash(self.points)

    def protected(self, batch: Batch) -> set[str]:
        """Keys of what must not be told: services of protected types, and the rejected rows of sources that have some.

        What an edition that was undone told to be protected is among them (``batch.withheld``).

        Nobody can say of a row that could not be read whether it tells a protected place.
        """
        told = self._told_protected(batch) | batch.withheld
        return told | (set(batch.rows) - batch.accepted) if self.lists_protected(batch) else told

    def lists_protected(self, batch: Batch) -> bool:
        """Whether a source lists services of protected types."""
        return any(map(self.is_protected, batch.declaration.service_types)) or len(self._told_protected(batch)) > 0

    def is_protected(self, code: str | None) -> bool:
        """Whether a type of service is protected; one that does not exist is not."""
        return code is not None and code in self.types and self.types[code].protected

    def _told_protected(self, batch: Batch) -> set[str]:
        services = (record for record in batch.records if isinstance(record, ServiceRecord))
        return {record.key for record in services if self.is_protected(record.service_type)}


def read(connection: Connection, reference: str) -> Surroundings:
    """What the database says, without the address points."""
    return Surroundings(
        reference, _types(connection), read_municipalities(connection), _areas(connection), {}, _residents(connection)
    )


def with_content(connection: Connection, around: Surroundings, batches: Iterable[Batch]) -> Surroundings:
    """The surroundings once the latest editions of the sources in hand are in them, and with the address points."""
    latest = {batch.declaration.id: batch for batch in batches}
    # Of two sources in hand that bring one area it is the first one's; one that is loaded already keeps its areas.
    brought = {
        (record.level, record.code): source
        for source in sorted(latest, reverse=True)
        for record in latest[source].records
        if isinstance(record, AreaRecord)
    }
    points = {source: _contributed(around, batch) for source, batch in latest.items()}
    return replace(
        around,
        areas=brought | {name: source for name, source in around.areas.items() if source not in latest},
        points=_points(connection, latest) | {source: given for source, given in points.items() if given},
        residents={year: source for year, source in around.residents.items() if source not in latest},
    )


def _contributed(around: Surroundings, batch: Batch) -> list[AddressPoint]:
    told = [*batch.placeables, *_registered(batch)]
    hidden = around.protected(batch)
    declared = batch.declaration
    return contributions(declared.id, declared.positions, told, around.municipalities, leave_out=hidden)


def _registered(batch: Batch) -> list[AddressRecord]:
    return [record for record in batch.records if isinstance(record, AddressRecord)]


def addresses_loaded(connection: Connection) -> str:
    """Hash of the address points that are in the database."""
    return _points_hash(_points(connection, ()))


def _points_hash(points: Mapping[str, Sequence[AddressPoint]]) -> str:
    return content_hash([[source, sorted(map(repr, points[source]))] for source in sorted(points)])


def _types(connection: Connection) -> dict[str, TypeOfService]:
    statement = select(m.ServiceType.code, m.ServiceType.protected, m.ServiceType.term_id)
    return {code: TypeOfService(protected, term) for code, protected, term in connection.execute(statement)}


def _areas(connection: Connection) -> dict[AreaName, str]:
    statement = select(m.Area.level, m.Area.code, m.Area.source_id)
    return {(level, code): source for level, code, source in connection.execute(statement)}


def _points(connection: Connection, in_hand: Collection[str]) -> dict[str, list[AddressPoint]]:
    point = m.AddressPoint
    columns = (
        *(point.source_id, point.municipality, point.street, point.number),
        *(point.longitude, point.latitude, point.rank),
    )
    found: dict[str, list[AddressPoint]] = {}
    for row in connection.execute(select(*columns).where(point.source_id.not_in(in_hand))):
        found.setdefault(row.source_id, []).append(AddressPoint(*row))
    return found


def _residents(connection: Connection) -> dict[int, str]:
    statement = select(m.Population.year, m.Population.source_id).distinct()
    return {row.year: row.source_id for row in connection.execute(statement)}
