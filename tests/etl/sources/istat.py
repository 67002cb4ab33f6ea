"""What tests of several sources need: files as received, and the issues of a log at a glance."""

import hashlib
from pathlib import Path

from etl.issues import IssueLog
from etl.sources.base import Received


def received(path: Path) -> Received:
    return Received(path, path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def issues(log: IssueLog) -> dict[tuple[str, str], str | None]:
    """Value by key and kind of issue."""
    return {(entry.record_key, entry.kind): entry.value for entry in log.entries}
