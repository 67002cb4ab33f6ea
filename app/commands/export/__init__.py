"""``./ombra export``: everything in one file, in the formats that other systems read."""

from app.commands.export import dcat, whole  # noqa: F401  each adds its commands
from app.commands.export.group import cli

__all__ = ["cli"]
