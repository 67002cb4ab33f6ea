"""What the publishers' files say, read and placed as a load would, each edition a list of its own."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, create_engine

from etl import pipeline
from etl.identity import slug, uid
from etl.intake import choose, take_in
from etl.link.claim import BodyClaim, ServiceClaim
from etl.locate.position import Position
from etl.progress import Progress
from etl.publication import bodies
from etl.publication.model import Claim, TypeOfService, listed_body, named_body
from etl.record import OrganizationRecord, ServiceRecord
from etl.sources.builtin import BuiltinServices
from etl.sources.catalogue import catalogue
from etl.store.embedded import Cluster
from etl.store.engine import prepare
from etl.store.migrate import upgrade
from etl.work import Chain, make_ready, survey, without_files
from tests.databases import OPTIONS, make_home, remove_home

TODAY = date(2026, 11, 22)
Row = tuple[str, str]  # list and key: what a label names


@dataclass
class Material:
    """Claims of all lists.

    Attributes
    ----------
    claims
        By list and key. A list is a source, or ``source@edition`` where the files hold several editions of it.
    bodies
        As all lists together tell them.
    body_of
        The body of each row, of services and of lists of bodies; rows that name none are missing.
    duplicate_free
        Lists that hold nothing twice, as their sources declare.
    """

    claims: dict[Row, ServiceClaim] = field(default_factory=dict)
    bodies: list[BodyClaim] = field(default_factory=list)
    body_of: dict[Row, uuid.UUID] = field(default_factory=dict)
    duplicate_free: set[str] = field(default_factory=set)

    def of(self, *lists: str) -> list[ServiceClaim]:
        """The claims of some lists."""
        return [claim for (name, _key), claim in self.claims.items() if name in lists]

    def keys(self, name: str) -> list[str]:
        """The keys of a list."""
        return [key for of, key in self.claims if of == name]


@dataclass(frozen=True)
class Edition:
    """One edition of a source, placed."""

    source: str
    label: str
    records: Sequence[ServiceRecord | OrganizationRecord]
    positions: Mapping[str, Position]


def read(folder: Path, progress: Progress) -> Material:
    """Read the files of a folder, and what comes with Ombra."""
    with _database() as engine:
        progress("preparo un database da buttare")
        upgrade(engine)
        pipeline.load_everything(engine)
        progress("leggo e colloco gli elenchi")
        with engine.connect() as connection, TemporaryDirectory() as kept:
            editions, types = _placed(connection, folder, Path(kept), progress)
    return assemble(editions, types)


@contextmanager
def _database() -> Iterator[Engine]:
    home = make_home()
    try:
        engine = create_engine(Cluster(home, options=OPTIONS).ensure_running())
        try:
            prepare(engine)
            yield engine
        finally:
            engine.dispose()
    finally:
        remove_home(home)


def _placed(
    connection: Connection, folder: Path, kept: Path, progress: Progress
) -> tuple[list[Edition], Mapping[str, TypeOfService]]:
    known = catalogue()
    reference = pipeline.loaded_reference(connection)
    intake = take_in(connection, folder, known, choose(known, ()), progress, kept, again=False)
    chains: list[Chain] = [*intake.chains, without_files(connection, BuiltinServices())]
    for chain in chains:
        chain.forced, chain.latest = True, None  # as into an empty database
    around = survey(connection, chains, reference)
    editions = [
        Edition(ready.batch.declaration.id, ready.batch.edition, list(_placeable(ready.batch.records)), positions)
        for ready in make_ready(chains, around, progress, today=TODAY)
        if (positions := ready.located.positions) or ready.batch.records
    ]
    return [edition for edition in editions if edition.records], around.types


def _placeable(records: Iterable[object]) -> Iterator[ServiceRecord | OrganizationRecord]:
    return (record for record in records if isinstance(record, ServiceRecord | OrganizationRecord))


def assemble(editions: Sequence[Edition], types: Mapping[str, TypeOfService]) -> Material:
    """Claims and bodies of the editions."""
    material, told = Material(), dict[uuid.UUID, list[tuple[str, Claim]]]()
    several = Counter(edition.source for edition in editions)
    free = {source.declaration.id for source in catalogue() if source.declaration.duplicate_free}
    for edition in editions:
        name = f"{edition.source}@{edition.label}" if several[edition.source] > 1 else edition.source
        if edition.source in free:
            material.duplicate_free.add(name)
        for record in edition.records:
            if isinstance(record, ServiceRecord):
                _add_service(material, name, edition, record, protected=types[record.service_type].protected)
            else:
                body = listed_body(edition.source, record.key, record.tax_id, record.identifiers)
                material.body_of[name, record.key] = body
        services = [record for record in edition.records if isinstance(record, ServiceRecord)]
        lists = [record for record in edition.records if isinstance(record, OrganizationRecord)]
        listed = bodies.build(edition.source, lists, edition.positions, today=TODAY)
        for claim in [*listed, *map(_naming, (one for one in services if one.organization is not None))]:
            told.setdefault(claim.organization_id, []).append((name, claim))
    towns: dict[uuid.UUID, set[str]] = {}
    for one in material.claims.values():
        if one.organization_id is not None:
            towns.setdefault(one.organization_id, set()).add(one.position.municipality)
    material.bodies = [_body(body, claims, towns.get(body, set())) for body, claims in sorted(told.items())]
    return material


def _naming(record: ServiceRecord) -> Claim:
    name = str(record.organization)
    body = named_body(name, record.organization_tax_id)
    fields = {"name": name, "tax_id": record.organization_tax_id}
    return Claim(body, 1, None, {field: value for field, value in fields.items() if value is not None})


def _add_service(material: Material, name: str, edition: Edition, record: ServiceRecord, *, protected: bool) -> None:
    position = edition.positions.get(record.key)
    if position is None:
        return
    body = None if record.organization is None else named_body(record.organization, record.organization_tax_id)
    if body is not None:
        material.body_of[name, record.key] = body
    material.claims[name, record.key] = ServiceClaim(
        id=uid("service", name, record.key),
        source_id=name,
        key=record.key,
        location_id=_site(name, record, position),
        organization_id=body,
        record=record,
        position=position,
        protected=protected,
    )


def _site(name: str, record: ServiceRecord, position: Position) -> uuid.UUID:
    """The site as it stands alone: rows of one list at one located address share it."""
    if position.precision == "municipality" or record.address is None:
        return uid("location", name, record.key)
    return uid("location", name, position.municipality, slug(record.address))


def _body(body: uuid.UUID, claims: Sequence[tuple[str, Claim]], towns: set[str]) -> BodyClaim:
    fields, _origins = bodies.first_told(claims)
    seat = fields.get("municipality")
    return BodyClaim(
        id=body,
        told={name: value for name, value in fields.items() if value is not None},
        sources={name: claim.rank == 0 for name, claim in claims},
        municipalities=frozenset(towns if seat is None else {seat}),
    )
