"""``./ombra coverage``: the runs of the measures, made, kept and compared."""

from app.commands.coverage import compare, delete, layer, name, run, runs, show, use
from app.commands.coverage.group import cli

__all__ = ["cli", "compare", "delete", "layer", "name", "run", "runs", "show", "use"]
