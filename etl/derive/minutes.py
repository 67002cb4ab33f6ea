"""Minutes to the nearest service of a type at every demand point, as the access results of a run hold them."""

import uuid
from collections.abc import Callable
from typing import Any

import pandas as pd
from sqlalchemy import Connection, String, cast, select

from etl.store import models as m
from etl.store.frames import read_frame

ROUNDED = 0.05  # minutes; half of the last digit with which the nearest services are kept


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
            # Of a point that the engine could not place nothing is known, as where the list is not complete.
            (result.complete & (result.reason != "punto_non_collocato")).label("complete"),
            result.nearest_confirmed.label("confirmed"),
            result.nearest_confirmed_low.label("confirmed_low"),
            result.nearest_confirmed_high.label("confirmed_high"),
            result.nearest_all.label("all"),
            result.nearest,
        ).where(result.run_id == run_id, result.service_type_code == type_code)
        found = read_frame(connection, statement, index="id")
        entries = found.pop("nearest")
        numbers = found.drop(columns="complete").astype("float64")
        # The services known by interval are those listed as nearest: one that is central may be farther at the least.
        every, sure = _bounds(entries), _bounds(entries, only="confermata")
        sure_low = pd.concat([numbers["confirmed_low"], sure["low"]], axis=1).min(axis=1)
        sure_high = pd.concat([numbers["confirmed_high"], sure["high"]], axis=1).min(axis=1)
        low = pd.concat([sure_low, every["low"], numbers["all"]], axis=1).min(axis=1)
        high = pd.concat([sure_high, every["high"]], axis=1).min(axis=1).fillna(numbers["all"])
        told = {"confirmed_low": sure_low, "confirmed_high": sure_high, "all_low": low, "all_high": high}
        return numbers.assign(**told, complete=found["complete"])

    return minutes


def _bounds(listed: "pd.Series[Any]", *, only: str | None = None) -> pd.DataFrame:
    """Least of the lower and of the upper bounds of the nearest services; services without a place have none.

    They are kept rounded: each is taken as far outwards as the rounding may have moved it.
    """
    rows = [[entry for entry in entries if only in (None, entry["certainty"])] for entries in listed]
    found = {
        name: [min((e[name] for e in entries if e[name] is not None), default=None) for entries in rows]
        for name in ("low", "high")
    }
    bounds = pd.DataFrame(found, index=listed.index, dtype=float)
    return bounds.assign(low=(bounds["low"] - ROUNDED).clip(lower=0.0), high=bounds["high"] + ROUNDED)
