"""Write one edition of a source into the database: the run, the raw rows, what it claims, what happened.

What is public of services and bodies follows from the claims of all sources (:mod:`etl.load.directory`).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from etl import coverage, events, hiding, received, runs, states
from etl.batch import Batch
from etl.i18n import _
from etl.issues import IssueEntry
from etl.load import bodies as load_bodies
from etl.load import claims as load_claims
from etl.load import figures as load_figures
from etl.locate.position import Located
from etl.outcome import Event
from etl.publication import bodies
from etl.publication import claims as claimed
from etl.publication.model import service_identifier
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
    standing = find(connection, batch, ready.around)
    hidden = ready.around.protected(batch) | standing.protected
    runs.declare(connection, batch.declaration)
    received.keep(connection, ready.parcels)
    _tell_undated(connection, ready)
    run_id = _start(connection, ready)
    if batch.declaration.kind not in BULK:
        accepted = batch.accepted
        runs.keep_raw(connection, source_id, run_id, batch.rows, accepted, protected=hidden, today=today)
    hiding.hide(connection, source_id, standing.protected)
    merged, told = _content(connection, ready, standing, today)
    points = load_figures.publish_points(connection, source_id, ready.around.points.get(source_id, ()))
    if batch.declaration.kind == "addresses":
        merged = points
    coverage.declare(connection, source_id, batch.coverage)
    runs.hide_issues(connection, source_id, hidden)
    runs.write_issues(connection, source_id, run_id, batch.log, protected=hidden)
    events.keep(connection, run_id, told, today=today)
    events.forget(connection, {service_identifier(source_id, key) for key in hidden})
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
    batch, towns = ready.batch, ready.around.municipalities.municipalities
    source_id = batch.declaration.id
    listed = [record for record in batch.records if isinstance(record, ServiceRecord)]
    dated = (batch.edition, batch.declaration.reference_date) if batch.files else ()
    said = claimed.build(
        source_id,
        listed,
        ready.located.positions,
        ready.around.types,
        dated=dated,
        today=today,
        withheld=batch.withheld,
    )
    bodies_named = claimed.named_bodies([claim.record for claim in said])
    before = states.services(load_claims.read(connection, source_id=source_id), towns)
    # Bodies first: which of them stay hangs on the claims as they were.
    stay = load_bodies.standing(connection, source_id, standing.stay, bodies_named)
    load_bodies.keep(connection, source_id, [*bodies_named, *stay])
    load_claims.keep(connection, source_id, said, standing.stay, today)
    after = states.services(load_claims.read(connection, source_id=source_id), towns)
    return events.compare(source_id, "service", before, after)


def _bodies(connection: Connection, ready: Ready, standing: Standing, today: date) -> list[Event]:
    source_id, towns = ready.batch.declaration.id, ready.around.municipalities.municipalities
    listed = [record for record in ready.batch.records if isinstance(record, OrganizationRecord)]
    content = bodies.build(source_id, listed, ready.located.positions, today=today)
    before = states.bodies(load_bodies.told(connection, source_id), towns)
    fresh = {claim.organization_id for claim in content} - before.keys()
    before |= states.closed_bodies(connection, fresh)
    load_bodies.keep(
        connection, source_id, [*content, *load_bodies.standing(connection, source_id, standing.stay, content)]
    )
    after = states.bodies(load_bodies.told(connection, source_id), towns)
    forgotten = {body: replace(was, closed_on=str(today)) for body, was in before.items() if body not in after}
    return events.compare(source_id, "organization", before, after | forgotten)


def _figures(connection: Connection, ready: Ready) -> list[Event]:
    source_id, kind = ready.batch.declaration.id, ready.batch.declaration.kind
    before = load_figures.state(connection, source_id, kind)
    load_figures.publish(connection, ready.batch, ready.around)
    entity = "area" if kind == "areas" else "indicator"
    return events.figures(source_id, entity, before, load_figures.state(connection, source_id, kind))
