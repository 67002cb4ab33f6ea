"""The report on sources as every face shows it: command line, page, file, API."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.reports import words
from app.reports.completeness import Compared
from etl.i18n import _


@dataclass(frozen=True)
class Part:
    """A part of the quality score: 0 to 1, None where it does not apply."""

    code: str
    value: float | None

    @property
    def name(self) -> str:
        """What it measures."""
        return words.said(words.PARTS, self.code)

    @property
    def explanation(self) -> str:
        """How it is measured."""
        return words.said(words.EXPLANATIONS, self.code)

    @property
    def hundredths(self) -> int | None:
        """The value out of 100."""
        return None if self.value is None else round(100 * self.value)


@dataclass(frozen=True)
class Example:
    """One remark: its sentence, the value before and after."""

    message: str
    value: str | None
    mended: str | None


@dataclass(frozen=True)
class IssueKind:
    """Remarks of one kind on one field."""

    kind: str
    severity: str
    field: str | None
    count: int
    examples: tuple[Example, ...] = ()

    @property
    def name(self) -> str:
        """The kind in words."""
        return words.kind(self.kind)

    @property
    def outcome(self) -> str:
        """What was done: left out, changed, doubtful."""
        return words.said(words.SEVERITIES, self.severity)

    @property
    def of(self) -> str:
        """The field in words; empty where the remark is on the whole row."""
        return words.field(self.field)


@dataclass(frozen=True)
class Change:
    """Something that happened to a thing of the source in its last run."""

    event: str
    name: str
    field: str
    before: str
    after: str

    @property
    def said(self) -> str:
        """The event in words, with what was and what is."""
        return words.change(self.event, self.field, self.before, self.after)


@dataclass(frozen=True, kw_only=True)
class SourceReport:
    """A source with what its last run brought; counts are None where nothing of it is loaded.

    ``compared``: its lists beside those of other sources, and what both leave out.
    """

    id: str
    title: str
    publisher: str
    licence: str
    kind: str | None
    address: str | None
    territory: str | None
    note: str | None
    reference_date: str | None
    refresh_days: int | None
    service_types: tuple[str, ...]
    run_id: UUID | None
    loaded_at: datetime | None
    edition: str | None
    read: int | None
    accepted: int | None
    rejected: int | None
    things: int
    events: dict[str, int]
    issues: int | None
    severities: dict[str, int]
    age_days: int | None
    dated: str | None
    overdue: bool | None
    score: float | None
    parts: tuple[Part, ...]
    kinds: tuple[IssueKind, ...] = ()
    changes: tuple[Change, ...] = ()
    compared: tuple[Compared, ...] = ()

    @property
    def loaded(self) -> bool:
        """Whether something of it is in the database."""
        return self.read is not None

    @property
    def lists_services(self) -> bool:
        """Whether it is a loaded list of services, of which one may ask how many are missing."""
        return self.loaded and self.kind == "services"

    @property
    def points(self) -> int | None:
        """The score to the unit."""
        return None if self.score is None else round(self.score)

    @property
    def reference(self) -> str | None:
        """The edition that is loaded, or the date that the source declares, as people write dates."""
        label = self.edition or self.reference_date
        return None if label is None else words.period(label)

    @property
    def content(self) -> str:
        """What it lists, in words."""
        return words.said(words.KINDS, self.kind or "")

    @property
    def freshness(self) -> str:
        """How old it is and whether it should have been renewed, in words."""
        if self.age_days is None:
            return _("data non dichiarata")
        told = words.dated(self.dated, self.age_days)
        return _("{età}, da rinnovare").format(età=told) if self.overdue else told

    @property
    def happened(self) -> list[tuple[str, int]]:
        """Events of the last run in words, those that happened."""
        return [(words.said(words.EVENTS, event), count) for event, count in self.events.items() if count]
