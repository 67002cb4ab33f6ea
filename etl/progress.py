"""How long work tells its steps: one line of text each, to whoever asked for it."""

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(_step: str) -> None:
    """Progress that nobody looks at."""
