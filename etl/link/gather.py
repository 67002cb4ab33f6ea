"""What the files of a folder say of services and bodies, placed as a load would place it; nothing is written."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine

from etl import pipeline
from etl.identity import slug, uid
from etl.intake import choose, take_in
from etl.link.claim import BodyClaim, ServiceClaim
from etl.locate.position import Position
from etl.progress import Progress
from etl.publication import bodies
from etl.publication.model import Claim, TypeOfService, named_body
from etl.publication.services import service_identifier
from etl.publish import Ready
from etl.record import OrganizationRecord, ServiceRecord
from etl.sources.base import Source
from etl.sources.builtin import BuiltinServices
from etl.work import Chain, make_ready, survey, without_files


@dataclass(frozen=True)
class Gathered:
    """Claims on services and bodies, of the newest edition of each source."""

    services: Sequence[ServiceClaim]
    bodies: Sequence[BodyClaim]


def gather(engine: Engine, folder: Path, sources: Sequence[Source], progress: Progress, *, today: date) -> Gathered:
    """Read and place the files of a folder, and the services that come with Ombra.

    Raises
    ------
    SourceError
        The folder does not exist, or no territory is loaded.
    """
    with engine.connect() as connection, TemporaryDirectory(prefix="ombra-") as kept:
        ready, types = _placed(connection, folder, sources, Path(kept), progress, today)
        connection.rollback()
    claims = [claim for one in ready for claim in _claims(one, types)]
    return Gathered(sorted(claims, key=lambda claim: claim.id), _bodies(ready, claims, today))


def _placed(
    connection: Connection, folder: Path, sources: Sequence[Source], kept: Path, progress: Progress, today: date
) -> tuple[list[Ready], Mapping[str, TypeOfService]]:
    reference = pipeline.loaded_reference(connection)
    intake = take_in(connection, folder, sources, choose(sources, ()), progress, kept, again=True)
    chains: list[Chain] = [*intake.chains, without_files(connection, BuiltinServices())]
    for chain in chains:
        chain.forced, chain.latest = True, None  # as into an empty database: what is loaded already is read too
    around = survey(connection, chains, reference)
    newest = {ready.batch.declaration.id: ready for ready in make_ready(chains, around, progress, today=today)}
    return list(newest.values()), around.types


def _claims(ready: Ready, types: Mapping[str, TypeOfService]) -> Iterable[ServiceClaim]:
    source, positions = ready.batch.declaration.id, ready.located.positions
    for record in ready.batch.records:
        if isinstance(record, ServiceRecord) and record.key in positions:
            position = positions[record.key]
            named = record.organization
            yield ServiceClaim(
                id=service_identifier(source, record.key),
                source_id=source,
                key=record.key,
                location_id=_site(source, record, position),
                organization_id=None if named is None else named_body(named, record.organization_tax_id),
                record=record,
                position=position,
                protected=types[record.service_type].protected,
            )


def _site(source: str, record: ServiceRecord, position: Position) -> uuid.UUID:
    if position.precision == "municipality" or record.address is None:
        return uid("location", source, record.key)
    return uid("location", source, position.municipality, slug(record.address))


def _bodies(ready: Iterable[Ready], claims: Iterable[ServiceClaim], today: date) -> list[BodyClaim]:
    told: dict[uuid.UUID, list[tuple[str, Claim]]] = defaultdict(list)
    towns: dict[uuid.UUID, set[str]] = defaultdict(set)
    for one in ready:
        source = one.batch.declaration.id
        listed = [record for record in one.batch.records if isinstance(record, OrganizationRecord)]
        for claim in bodies.build(source, listed, one.located.positions, today=today):
            told[claim.organization_id].append((source, claim))
    for service in claims:
        if service.organization_id is not None and not service.protected:
            towns[service.organization_id].add(service.position.municipality)
            fields = {"name": service.record.organization, "tax_id": service.record.organization_tax_id}
            told[service.organization_id].append((service.source_id, Claim(service.organization_id, 1, None, fields)))
    return [_body(body, by, towns[body]) for body, by in sorted(told.items())]


def _body(body: uuid.UUID, claims: Sequence[tuple[str, Claim]], towns: set[str]) -> BodyClaim:
    fields, _origins = bodies.first_told(claims)
    seat = fields.get("municipality")
    return BodyClaim(
        id=body,
        told={name: value for name, value in fields.items() if value is not None},
        sources={source: claim.rank == 0 for source, claim in claims},
        municipalities=frozenset(towns if seat is None else {seat}),
    )
