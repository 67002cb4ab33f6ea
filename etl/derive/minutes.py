"""Minutes to the nearest service of a type at every demand point, as the access results of a run hold them."""

import uuid
from collections.abc import Callable

import pandas as pd
from sqlalchemy import Connection, String, cast, select

from etl.store import models as m
from etl.store.frames import read_frame


def stored(connection: Connection, run_id: uuid.UUID) -> Callable[[str], pd.DataFrame]:
    """Service type to the minutes that a run has kept of it, for :func:`etl.derive.compliance.results`.

    The frame is indexed by demand point: ``complete``, and ``confirmed``, ``confirmed_low``, ``confirmed_high``,
    ``all``, ``all_low``, ``all_high``: minutes to the nearest service with the interval of its position, missing where
    none is within the horizon of the run.
    """

    def minutes(type_code: str) -> pd.DataFrame:
        result = m.CoverageResult
        statement = select(
            cast(result.area_id, String).label("id"),
            result.complete,
            result.nearest_confirmed.label("confirmed"),
            result.nearest_confirmed_low.label("confirmed_low"),
            result.nearest_confirmed_high.label("confirmed_high"),
            result.nearest_all.label("all"),
            result.nearest,
        ).where(result.run_id == run_id, result.service_type_code == type_code)
        found = read_frame(connection, statement, index="id")
        told = pd.DataFrame([_bounds(entries) for entries in found.pop("nearest")], index=found.index, dtype=float)
        told = told.reindex(columns=["low", "high"])
        numbers = found.drop(columns="complete").astype("float64")
        # The services known by interval are those listed as nearest; the confirmed ones are among all.
        low = pd.concat([numbers["confirmed_low"], told["low"], numbers["all"]], axis=1).min(axis=1)
        high = pd.concat([numbers["confirmed_high"], told["high"]], axis=1).min(axis=1).fillna(numbers["all"])
        return numbers.assign(all_low=low, all_high=high, complete=found["complete"])

    return minutes


def _bounds(entries: list[dict[str, float | None]]) -> dict[str, float | None]:
    """Least of the lower and of the upper bounds of the nearest services; services without a place have none."""
    bounds = {name: [entry[name] for entry in entries if entry[name] is not None] for name in ("low", "high")}
    return {name: min(values, default=None) for name, values in bounds.items()}  # type: ignore[type-var]
