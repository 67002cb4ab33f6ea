"""``./ombra scenario``: what would be if services opened, closed, moved or grew; written, computed, compared."""

from app.commands.scenario import compare, edit, new, run, show  # noqa: F401  each adds its commands
from app.commands.scenario.group import cli

__all__ = ["cli"]
