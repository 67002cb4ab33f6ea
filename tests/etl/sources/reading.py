"""Reads files with a source as a run does, without a database."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from etl.issues import IssueEntry, IssueLog
from etl.sources.base import Received

SAMPLES = Path(__file__).parent / "samples" / "tabelle"


@dataclass
class Read:
    """What one edition gave: raw rows by key, records by key, how many rows were accepted, remarks."""

    label: str
    rows: list
    records: list
    accepted: int
    issues: list[IssueEntry]

    @property
    def rejected(self):
        return len(self.rows) - self.accepted

    def record(self, key):
        [found] = [record for record in self.records if record.key == key]
        return found

    def kinds(self, severity="scartato"):
        return Counter(entry.kind for entry in self.issues if entry.severity == severity)


def read(source, *files):
    """Every edition that files hold, the oldest first."""
    return [
        _edition(source, edition)
        for edition in source.editions([Received(file, file.name, file.name) for file in files])
    ]


def read_one(source, *files):
    [found] = read(source, *files)
    return found


def _edition(source, edition):
    log, rows, records, accepted = IssueLog(), list(edition.rows()), [], 0
    for key, raw in rows:
        before = len(log.entries)
        found = source.parse(key, raw, edition.label, log)
        rejections = [entry for entry in log.entries[before:] if entry.severity == "scartato"]
        assert found or rejections, f"row {key} vanished without an issue"
        accepted += bool(found)
        records += found
    return Read(edition.label, rows, list(source.finish(records)), accepted, log.entries)
