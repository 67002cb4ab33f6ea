"""``./ombra etl``: the sources, from their publishers' files to the database and back."""

from app.commands.etl import (
    correct,
    fetch,
    history,
    new_source,
    release,
    report,
    review,
    rollback,
    run,
    sources,
    train_linkage,
    why,
)
from app.commands.etl.group import cli

__all__ = [
    "cli",
    "correct",
    "fetch",
    "history",
    "new_source",
    "release",
    "report",
    "review",
    "rollback",
    "run",
    "sources",
    "train_linkage",
    "why",
]
