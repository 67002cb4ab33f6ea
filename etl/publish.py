"""Write one edition of a source into the database: the run, the raw rows, what is public of them, what happened."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from etl import coverage, events, received, runs
from etl.batch import Batch
from etl.i18n import _
from etl.issues import IssueEntry
from etl.load import bodies as load_bodies
from etl.load import figures as load_figures
from etl.load import services as load_services
from etl.locate.position import Located
from etl.outcome import Event
from etl.publication import bodies, services
from etl.record import OrganizationRecord, ServiceRecord
from etl.sources.base import BULK
from etl.standing import Standing, find
from etl.store.frames import Merged
from etl.surroundings import Surroundings

_CHANGED = frozenset({"rinominato", "spostato", "riposizionato", "modificato", "riaperto"})


@dataclass(frozen=True)
class Ready:
    """An edition that may be published: placed, checked, with the files that brought it."""

    batch: Batch
    around: Surroundings
    located: Located
    content: str
    files: Sequence[Mapping[str, Any]] = ()
    parcels: Sequence[received.Parcel] = ()
    state: str = "caricato"
    undoes: uuid.UUID | None = None


@dataclass(frozen=True)
class Published:
    """What publishing has done."""

    run_id: uuid.UUID
    counts: dict[str, int]
    events: list[Event] = field(default_factory=list)


def publish(connection: Connection, ready: Ready, *, today: date) -> Published:
    """Make the database say what an edition says, in the caller's transaction."""
    batch, source_id = ready.batch, ready.batch.declaration.id
    standing = find(connection, batch)
    hidden = ready.around.protected(batch) | standing.protected
    runs.declare(connection, batch.declaration)
    received.keep(connection, ready.parcels)
    _tell_undated(connection, ready)
    run_id = _start(connection, ready)
    if batch.declaration.kind not in BULK:
        accepted = batch.accepted
        runs.keep_raw(connection, source_id, run_id, batch.rows, accepted, protected=hidden, today=today)
    merged, told = _content(connection, ready, standing, today)
    points = load_figures.publish_points(connection, source_id, ready.around.points.get(source_id, ()))
    if batch.declaration.kind == "addresses":
        merged = points
    coverage.declare(connection, source_id, batch.coverage)
    runs.hide_issues(connection, source_id, hidden)
    runs.write_issues(connection, source_id, run_id, batch.log, protected=hidden)
    events.keep(connection, run_id, told, today=today)
    events.forget(connection, {services.service_identifier(source_id, key) for key in hidden})
    counts = batch.counts | _changes(merged, told) | _remarks(batch.log.entries)
    runs.finish(connection, run_id, counts)
    return Published(run_id, counts, told)


def _tell_undated(connection: Connection, ready: Ready) -> None:
    """A file without a date takes the place of another, which may be the newer one: only a person can tell."""
    batch, latest = ready.batch, runs.latest(connection, ready.batch.declaration.id)
    if batch.edition or latest is None or ready.state != "caricato":
        return
    loaded, now = {file["sha256"] for file in latest.files}, {file.sha256 for file in batch.files}
    fresh = [file.name for file in batch.files if file.sha256 not in loaded]
    replaced = sorted(file["name"] for file in latest.files if file["sha256"] not in now)
    if fresh and replaced:
        why = _("{new} non dice di quando è e prende il posto di {old}: se è più vecchio, annullare il caricamento.")
        told = why.format(new=", ".join(fresh), old=", ".join(replaced))
        batch.log.doubtful("", "edizione_senza_data", told)


def _remarks(entries: Sequence[IssueEntry]) -> dict[str, int]:
    """Remarks, each once, and those among them that someone should look at."""
    told = set(entries)
    return {"issues": len(told), "doubts": sum(entry.severity == "dubbio" for entry in told)}


def _start(connection: Connection, ready: Ready) -> uuid.UUID:
    return runs.start(
        connection,
        ready.batch.declaration.id,
        ready.content,
        edition=ready.batch.edition,
        state=ready.state,
        files=ready.files,
        undoes=ready.undoes,
    )


def _changes(merged: Merged, told: Sequence[Event]) -> dict[str, int]:
    """Things new, altered and closed; of bulk contents rows, of which no event is told."""

    def count(kinds: frozenset[str]) -> int:
        return len({event.entity_id for event in told if event.kind in kinds})

    if not told:
        return {"new": merged.inserted, "changed": merged.updated, "closed": merged.deleted}
    return {"new": count(frozenset({"nuovo"})), "changed": count(_CHANGED), "closed": count(frozenset({"chiuso"}))}


def _content(connection: Connection, ready: Ready, standing: Standing, today: date) -> tuple[Merged, list[Event]]:
    match ready.batch.declaration.kind:
        case "services":
            return load_figures.NOTHING, _services(connection, ready, standing, today)
        case "organizations":
            return load_figures.NOTHING, _bodies(connection, ready, standing, today)
        case "indicators" | "areas":
            return load_figures.NOTHING, _figures(connection, ready)
        case _:
            return load_figures.publish(connection, ready.batch, ready.around), []


def _services(connection: Connection, ready: Ready, standing: Standing, today: date) -> list[Event]:
    source_id, towns = ready.batch.declaration.id, ready.around.municipalities.municipalities
    listed = [record for record in ready.batch.records if isinstance(record, ServiceRecord)]
    content = services.build(source_id, listed, ready.located.positions, ready.around.types, towns, today=today)
    ids = load_services.open_services(connection, source_id) | set(content.services)
    before = events.services(connection, ids)
    claims = [*content.claims, *load_bodies.standing(connection, source_id, standing.stay, content.claims)]
    load_bodies.publish(connection, source_id, claims, towns, today=today)
    load_services.publish(connection, source_id, content, today=today, stay=standing.stay)
    return events.compare(source_id, "service", before, events.services(connection, ids))


def _bodies(connection: Connection, ready: Ready, standing: Standing, today: date) -> list[Event]:
    source_id, towns = ready.batch.declaration.id, ready.around.municipalities.municipalities
    listed = [record for record in ready.batch.records if isinstance(record, OrganizationRecord)]
    content = bodies.build(source_id, listed, ready.located.positions, today=today)
    ids = load_bodies.claimed(connection, source_id) | {claim.organization_id for claim in content.claims}
    before = events.bodies(connection, ids)
    claims = [*content.claims, *load_bodies.standing(connection, source_id, standing.stay, content.claims)]
    load_bodies.publish(connection, source_id, claims, towns, today=today)
    return events.compare(source_id, "organization", before, events.bodies(connection, ids))


def _figures(connection: Connection, ready: Ready) -> list[Event]:
    source_id, kind = ready.batch.declaration.id, ready.batch.declaration.kind
    before = load_figures.state(connection, source_id, kind)
    load_figures.publish(connection, ready.batch, ready.around)
    entity = "area" if kind == "areas" else "indicator"
    return events.figures(source_id, entity, before, load_figures.state(connection, source_id, kind))
