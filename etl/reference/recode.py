"""Figures about the municipalities of any year, put on those of today.

Municipalities merge, and their figures are summed, averaged or taken as they are. Municipalities are also carved out
of others: no figure tells what part of the old one was theirs, so the old figure stays where it was and the new
municipality has none. That is said, never filled with zero.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import pandas as pd

from etl.i18n import _
from etl.issues import IssueLog
from etl.reference import tables
from etl.reference.municipalities import Municipalities, municipalities

How = Literal["sum", "mean", "first"]


@dataclass(frozen=True)
class Recoded:
    """Figures on the municipalities of today, and what happened on the way.

    Attributes
    ----------
    frame
        Index ``code``: ISTAT codes of today, sorted; the columns of the frame that was given. A municipality without
        any row is not in it; a figure that one of its parts lacks is missing.
    merged
        Codes of the rows that became one, by today's code.
    unknown
        Codes of rows that are no municipality of ours, sorted; their figures are in no row.
    absent
        Codes of today's municipalities without a row, sorted.
    """

    frame: pd.DataFrame
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def recode(
    frame: pd.DataFrame,
    *,
    how: Mapping[str, How],
    weights: Mapping[str, str] | None = None,
    known: Municipalities | None = None,
) -> Recoded:
    """Put figures on the municipalities of today; sums over the rows that are ours stay exactly as they were.

    Parameters
    ----------
    frame
        Index: ISTAT or cadastral codes of any year, as text, each once; columns: numbers, NaN where missing.
    how
        For each column ``sum`` (persons, euro), ``mean`` (weighted) or ``first`` (the same for all the parts).
    weights
        For each column of means the column with the number of what the mean is of.

    Raises
    ------
    KeyError
        ``how`` lacks a column of the frame, or a mean has no weights.
    """
    places = known or municipalities()
    told = {str(code): _code_of(str(code), places) for code in frame.index}
    parts: dict[str, list[str]] = {}
    for former, code in sorted(told.items()):
        if code is not None:
            parts.setdefault(code, []).append(former)
    by_code = frame.set_axis(frame.index.map(str), axis=0)
    rows = {code: _row(by_code.loc[formers], how, weights or {}) for code, formers in sorted(parts.items())}
    return Recoded(
        pd.DataFrame.from_dict(rows, orient="index", columns=list(frame.columns)).rename_axis("code"),
        {code: tuple(formers) for code, formers in sorted(parts.items()) if len(formers) > 1},
        tuple(sorted(former for former, code in told.items() if code is None)),
        tuple(sorted(set(places.names) - set(parts))),
    )


def combine(values: Sequence[float], how: How, weights: Sequence[float] | None = None) -> float:
    """One figure out of those of the parts; NaN where a part has none.

    A mean whose weights are all zero is the plain mean. ``first`` takes the first value, which callers order.

    Raises
    ------
    KeyError
        A mean without weights.

    >>> combine([701.0, 379.0, 209.0], "sum"), combine([10.0, 20.0], "mean", [3.0, 1.0])
    (1289.0, 12.5)
    """
    if any(math.isnan(value) for value in values):
        return math.nan
    match how:
        case "sum":
            return math.fsum(values)
        case "first":
            return values[0]
        case "mean":
            if weights is None:
                raise KeyError("a mean needs weights")
            total = math.fsum(weights)
            if total == 0:
                return math.fsum(values) / len(values)
            return math.fsum(value * weight for value, weight in zip(values, weights, strict=True)) / total


def tell_absent(codes: Iterable[str], log: IssueLog, *, what: str, known: Municipalities | None = None) -> None:
    """One remark for each municipality of today that a table says nothing about.

    Parameters
    ----------
    codes
        Municipalities that the table has, by today's code.
    what
        What the table tells, as a person reads it: ``popolazione 2011``.
    """
    places = known or municipalities()
    for code in sorted(set(places.names) - set(codes)):
        log.doubtful(code, "comune_senza_dato", _reason(code, places.names[code], what), field="istat_code", value=code)


def _reason(code: str, name: str, what: str) -> str:
    origins = carved_from().get(code, ())
    if not origins:
        why = _("{name}: nessun dato su «{what}» nella fonte; il valore manca, non è zero.")
        return why.format(name=name, what=what)
    why = _(
        "{name}: nessun dato su «{what}» nella fonte. Il comune è nato da parte di {origins}, e la loro cifra non si "
        "può dividere: resta a loro, e qui il valore manca, non è zero."
    )
    return why.format(name=name, what=what, origins=", ".join(origins))


@cache
def carved_from() -> Mapping[str, tuple[str, ...]]:
    """Names of the municipalities that gave land to one of today, by its code."""
    changes = tables.municipality_changes()
    carved = changes[changes["kind"] == "scorporo"]
    return {str(code): tuple(sorted(part["former_name"])) for code, part in carved.groupby("istat_code")}


def _code_of(text: str, places: Municipalities) -> str | None:
    found = places.recognise(istat=text, cadastral=text)
    return None if found is None else found.code


def _row(part: pd.DataFrame, how: Mapping[str, How], weights: Mapping[str, str]) -> list[float]:
    return [
        combine(
            [float(value) for value in part[column]],
            how[str(column)],
            [float(weight) for weight in part[weights[str(column)]]] if how[str(column)] == "mean" else None,
        )
        for column in part.columns
    ]
