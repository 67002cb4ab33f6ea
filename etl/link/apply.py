"""What people decide becomes the directory: judgements, the directory and the figures in one transaction."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection, Engine

from etl import turn
from etl.derive.run import LOCK as DERIVE_LOCK
from etl.derive.run import refresh_within
from etl.load import directory
from etl.pipeline import loaded_reference, today_here
from etl.progress import Progress, silent

Made = TypeVar("Made")


def store(engine: Engine, act: Callable[[Connection], Made], *, progress: Progress = silent) -> Made:
    """Write down what somebody decides, in its turn; the directory follows when :func:`apply` is called, or a load."""
    with turn.taken(engine, progress) as connection, connection.begin():
        return act(connection)


def apply(
    engine: Engine,
    act: Callable[[Connection], Made],
    *,
    progress: Progress = silent,
    today: date | None = None,
) -> tuple[Made, directory.Directory]:
    """Write down what somebody decides, and bring directory and figures to it, all or nothing.

    Raises
    ------
    SourceError
        Nothing has ever been loaded.
    OmbraError
        What ``act`` raises; nothing was written.
    """
    day = today or today_here()
    with turn.taken(engine, progress) as connection:
        loaded_reference(connection)
        connection.commit()
        with turn.also(connection, DERIVE_LOCK), connection.begin():
            made = act(connection)
            found = directory.refresh(connection, today=day, progress=progress)
            refresh_within(connection, progress=progress, today=day)
    return made, found
