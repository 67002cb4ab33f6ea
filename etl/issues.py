"""The log of every value that was rejected, changed or is doubtful."""

from dataclasses import dataclass, field, replace
from typing import Literal

Severity = Literal["scartato", "modificato", "dubbio"]


@dataclass(frozen=True)
class IssueEntry:
    """One remark about one field of one record; ``value`` before, ``mended`` after."""

    record_key: str
    kind: str
    severity: Severity
    message: str
    field: str | None = None
    value: str | None = None
    mended: str | None = None


@dataclass
class IssueLog:
    """Collects the remarks of one run of one source."""

    entries: list[IssueEntry] = field(default_factory=list)
    _counted: dict[tuple[str, str], int] = field(default_factory=dict, repr=False, compare=False)

    def rejected(
        self, key: str, kind: str, message: str, *, field: str | None = None, value: str | None = None
    ) -> None:
        """The record, or one value of it, was left out."""
        self.entries.append(IssueEntry(key, kind, "scartato", message, field, value))

    def changed(self, key: str, kind: str, message: str, *, field: str, value: str, mended: str) -> None:
        """A value was altered and the record goes on with ``mended``."""
        self.entries.append(IssueEntry(key, kind, "modificato", message, field, value, mended))

    def doubtful(
        self, key: str, kind: str, message: str, *, field: str | None = None, value: str | None = None
    ) -> None:
        """A value goes on as it is, but someone should look at it."""
        self.entries.append(IssueEntry(key, kind, "dubbio", message, field, value))

    def counted(self, group: str, kind: str, message: str, *, field: str | None = None) -> None:
        """One more record of a group was left out for the same reason: one row for all, ``value`` is how many.

        For kinds of content that come by the hundred thousand, where a row for each would hide what matters.
        """
        at = self._counted.setdefault((group, kind), len(self.entries))
        if at == len(self.entries):
            self.entries.append(IssueEntry(group, kind, "scartato", message, field, "0"))
        self.entries[at] = replace(self.entries[at], value=str(int(self.entries[at].value or 0) + 1))
