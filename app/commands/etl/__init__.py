"""``./ombra etl``: the sources, from their publishers' files to the database and back."""

from app.commands.etl import fetch, history, new_source, report, rollback, run, sources
from app.commands.etl.group import cli

__all__ = ["cli", "fetch", "history", "new_source", "report", "rollback", "run", "sources"]
