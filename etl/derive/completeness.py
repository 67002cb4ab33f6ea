"""How much two lists of one type of service leave out, where they allow an estimate, and why not where they do not.

Capture-recapture (:mod:`geo.completeness`) under the conditions of :mod:`etl.derive.conditions`. An estimate is a lower
bound of what is missing: it never makes a list complete and never says where.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, groupby
from typing import Any

from sqlalchemy import Connection

from etl.derive.conditions import Comparison, Side, met, reasons
from etl.derive.lists import ServiceList, Territory, read, territory
from etl.identity import uid
from etl.link import accuracy
from etl.link.accuracy import Measured
from etl.link.parameters import parameters
from etl.store import models as m
from etl.store.frames import Missing, merge
from geo.completeness import chapman

Row = dict[str, Any]
_FIGURES = ("estimate", "low", "high", "missing_low")


def refresh(connection: Connection, *, today: date, measured: Measured | None = None, model: str | None = None) -> int:
    """Make the estimates those of the claims and clusters that are stored, in the caller's transaction.

    Parameters
    ----------
    today
        Claims that were closed until then are in no list.
    measured, model
        How often linkage errs, and the digest of its parameters; by default as ``data/linkage`` has them.

    Returns
    -------
    How many rows changed.

    Raises
    ------
    ReferenceDataError
        The table of measurements or the parameters of linkage cannot be used.
    """
    around = territory(connection)
    rows: list[Row] = []
    if around is not None and (lists := read(connection, around, today=today)):
        known = accuracy.read() if measured is None else measured
        in_force = parameters().digest if model is None else model
        rows = [_row(pair, around) for pair in _pairs(lists, around, known, in_force)]
    return merge(connection, m.CompletenessEstimate, rows, missing=Missing()).changed


def _pairs(lists: Sequence[ServiceList], around: Territory, measured: Measured, model: str) -> Iterator[Comparison]:
    for kind, group in groupby(lists, key=lambda one: one.service_type):
        error = accuracy.of(measured, "service", kind)
        for left, right in combinations(group, 2):
            for area in _areas(left, right, around):
                yield Comparison(area, _side(left, area, around), _side(right, area, around), error, model)


def _areas(left: ServiceList, right: ServiceList, around: Territory) -> list[uuid.UUID]:
    """The widest areas that both claim; where one claims nothing those of the other, else the whole."""
    if left.scope and right.scope:
        shared = [one for one in left.scope if any(around.inside(one, other) for other in right.scope)]
        shared += [one for one in right.scope if any(around.inside(one, other) for other in left.scope)]
        return sorted(around.widest(frozenset(shared)) or {around.whole})
    return sorted(left.scope | right.scope or {around.whole})


def _side(told: ServiceList, area: uuid.UUID, around: Territory) -> Side:
    return Side(told, tuple(entry for entry in told.entries if around.inside(entry.municipality, area)))


def _row(pair: Comparison, around: Territory) -> Row:
    sources = (pair.left.told.source, pair.right.told.source)
    kind, faults = pair.left.told.service_type, reasons(pair, around)
    row: Row = {
        "id": uid("completeness_estimate", kind, str(pair.area), *sources),
        "service_type_code": kind,
        "area_id": pair.area,
        "left_source": sources[0],
        "right_source": sources[1],
        "left_count": len(pair.left.services),
        "right_count": len(pair.right.services),
        "both": pair.both,
    }
    if faults or pair.error is None:
        return row | dict.fromkeys(_FIGURES) | {"applies": False, "why": " ".join(faults)}
    return row | _figures(pair) | {"applies": True, "why": met(pair, pair.error)}


def _figures(pair: Comparison) -> Row:
    error = pair.error
    found = chapman(
        len(pair.left.services),
        len(pair.right.services),
        pair.both,
        precision=None if error is None else error.precision,
        recall=None if error is None else error.recall,
    )
    return {"estimate": found.total, "low": found.low, "high": found.high, "missing_low": found.missing_low}
