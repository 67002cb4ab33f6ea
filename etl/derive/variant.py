"""What a run is to assume otherwise than the data say: services that a scenario adds, residents of another year.

A run with a variant goes the same way as any other, through the same measures into the same tables. What it reads are
the stored inputs as the variant changes them; nothing that is stored of services or people changes, and it is never
the run that pages show.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from etl.derive.inputs import Inputs
from etl.store.frames import Rows

KEY: Final = "variant"
"""Under which the parameters of a run keep what its variant tells."""
BASE: Final = "base"
"""Under which the inputs of a run with a variant name the run on the same data without it."""


class Variant(Protocol):
    """What a run is to assume otherwise than the data say."""

    def apply(self, inputs: Inputs) -> Inputs:
        """The inputs as the variant has them, new ones: what it is given stays as it is.

        Raises
        ------
        OmbraError
            The variant speaks of what the inputs do not hold; every fault is told.

        Notes
        -----
        Columns keep their order and their types, and rows of services that of their identifiers: results of types that
        the variant leaves alone are then taken over from an earlier run instead of being computed.
        """
        ...

    def told(self) -> dict[str, Any]:
        """The variant in JSON, kept with the parameters of the run and part of what names it.

        ``kind`` says which variant it is, ``name`` how people call it (None where it has none). ``services``, where it
        is there, names the services that the variant brings and that are in no table, by identifier.
        """
        ...


def told(parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the variant of a run told, out of the run's parameters; None for a run on the data as they are."""
    found: dict[str, Any] | None = parameters.get(KEY)
    return found


def names(told: Mapping[str, Any] | None) -> dict[str, str]:
    """Names of the services that a variant brings, by identifier, out of what it tells."""
    return dict((told or {}).get("services", {}))


def named(rows: Rows, told: Mapping[str, Any] | None) -> Rows:
    """Rows of ``coverage_result`` in which the services that a variant brings have their name among the nearest."""
    known = names(told)
    if not known:
        return rows
    return [row | {"nearest": [_entry(entry, known) for entry in row["nearest"]]} for row in rows]


def _entry(entry: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    name = known.get(str(entry["service"]))
    return dict(entry) if name is None else {**entry, "name": name}
