"""What a run over files did: by file, by source, by event. The command line, the reports and the tests read it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

FileState = Literal["caricato", "invariato", "superato", "respinto"]
EventKind = Literal[
    "nuovo", "rinominato", "spostato", "riposizionato", "modificato", "chiuso", "riaperto", "unito", "diviso"
]


@dataclass(frozen=True)
class FileOutcome:
    """One claimed file: ``accepted + rejected == read`` always holds.

    ``state``: ``caricato``; ``invariato``, its content is the one already loaded; ``superato``, a later edition is
    loaded already, or a rollback has undone the file (``faults`` say so); ``respinto``, unusable, ``faults`` say why in
    Italian and nothing of its source has changed.
    """

    name: str
    source_id: str
    edition: str | None
    state: FileState
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unclaimed:
    """A file that no source recognises, and why where a source knows the name."""

    name: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class Event:
    """Something that happened to a thing that a source lists; fields other than ``nuovo`` tell before and after.

    ``place`` is its public address, which tells apart things of one name; empty where there is none.
    """

    source_id: str
    entity: str
    entity_id: uuid.UUID
    name: str
    kind: EventKind
    field: str
    before: str
    after: str
    place: str = ""


@dataclass(frozen=True)
class SourceOutcome:
    """What a run changed of one source; ``issues`` are the remarks on its present content.

    ``doubts`` are those of them that someone should look at; None where the run that loaded it did not count them.
    ``counts``: things ``new``, ``changed`` and ``closed``; of bulk contents, of which no events are told, rows.
    """

    source_id: str
    title: str
    run_id: uuid.UUID | None
    events: tuple[Event, ...] = ()
    issues: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    doubts: int | None = None

    def count(self, kind: EventKind) -> int:
        """Things to which an event of this kind happened."""
        return len({event.entity_id for event in self.events if event.kind == kind})


@dataclass(frozen=True)
class Linkage:
    """What the claims of all sources have become.

    ``services`` are open, ``merged`` those of them that several claims tell; ``merged_bodies`` are bodies that are
    known under several identifiers; ``queue`` are pairs that wait for a person.
    """

    services: int
    merged: int
    merged_bodies: int
    queue: int


@dataclass(frozen=True)
class Outcome:
    """What a run did, or with ``dry_run`` would do.

    ``linkage`` tells what the claims of all sources have become, None where the run did not look; ``unions`` are the
    published services that became one, or several.
    """

    files: tuple[FileOutcome, ...]
    unclaimed: tuple[Unclaimed, ...]
    sources: tuple[SourceOutcome, ...]
    changed: bool
    dry_run: bool = False
    linkage: Linkage | None = None
    unions: tuple[Event, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a file was unusable."""
        return any(file.state == "respinto" for file in self.files)


@dataclass(frozen=True)
class PastRun:
    """A row of the history; ``undone`` where a later run has rolled it back."""

    run_id: uuid.UUID
    source_id: str
    edition: str | None
    started_at: datetime
    state: str
    counts: dict[str, int]
    files: tuple[str, ...]
    undone: bool
