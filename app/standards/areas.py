"""Outcomes of statutory units seen from other areas: which units an area touches, and its part of what they lack.

A zone that crosses units has no outcome of its own: what its units lack is shared by base population and labelled so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from app.pages.features import records
from geo.arrays import FloatSeries
from geo.compliance import apportion

Row = Mapping[str, Any]
How = Literal["unita", "somma", "ripartito"]

# What a nearest pair of services lacks in metres is of nobody in particular.
NOT_SHARED = frozenset({"spacing"})
NOT_LOADED = "unita_non_caricata"


@dataclass(frozen=True)
class Share:
    """A rule seen from an area that is not its unit, or is.

    ``units``: rows of the units that it touches; ``crossed``: names of those that it cuts. ``how``: the area is a
    unit, contains units whole, or has a part of their shortfall by population. ``shortfall_*`` None where not known of
    any unit. ``unloaded``: residents of the area, of the rule's base, whose unit is not loaded.
    """

    rule_id: str
    code: str
    name: str
    units: tuple[Row, ...]
    crossed: tuple[str, ...]
    how: How
    persons: float
    unloaded: float
    shortfall_confirmed: float | None
    shortfall_all: float | None

    @property
    def inside(self) -> bool:
        """Whether the area is a part of one unit and lies nowhere else."""
        return self.how == "ripartito" and len(self.units) == 1 and not self.unloaded


def shares(outcomes: pd.DataFrame, people: pd.DataFrame, *, code: str | None = None) -> list[Share]:
    """What every rule says from every area of a level, or from the one with a code.

    ``outcomes`` and ``people`` have the columns of :func:`app.queries.compliance.outcomes` and ``shares``. The sums of
    the shortfalls over all areas, people outside of the level included, are those over the units.
    """
    found: list[Share] = []
    by_rule = dict(iter(people.groupby("rule_id")))
    for rule_id, rows in outcomes.groupby("rule_id", sort=False):
        own = by_rule[rule_id]
        found += _of_rule(rows.set_index("area_id", drop=False), own[_spoken_of(rows, own)], code)
    return found


def _spoken_of(rows: pd.DataFrame, people: pd.DataFrame) -> "pd.Series[bool]":
    """The municipalities that a rule speaks of: all of them, or those that meet its area condition."""
    told = [details["part"]["municipalities"] for details in rows["details"] if "part" in details]
    if not told:
        return pd.Series(data=True, index=people.index)
    return people["municipality"].isin([code for codes in told for code in codes])


def _of_rule(rows: pd.DataFrame, people: pd.DataFrame, wanted: str | None) -> Iterator[Share]:
    parts = people.dropna(subset=["unit"]).assign(area=people["area"].fillna(""))
    shared = {supply: _apportioned(rows, parts, supply) for supply in ("confirmed", "all")}
    sizes = parts.groupby("unit").size().to_dict()
    units = {row["area_id"]: row for row in records(rows) if row["area_id"] is not None}
    seen = people if wanted is None else people[people["area"] == wanted]
    for (code, name), inside in seen.dropna(subset=["area"]).groupby(["area", "area_name"]):
        here = inside["unit"].dropna().value_counts(sort=False).to_dict()
        # In the order of the outcomes, what lacks most first.
        touched = (
            [row for unit, row in units.items() if unit in here] if len(here) > 1 else [units[one] for one in here]
        )
        crossed = tuple(str(row["unit_name"]) for row in touched if here[row["area_id"]] < sizes[row["area_id"]])
        unloaded = float(inside.loc[inside["unit"].isna(), "persons"].sum())
        yield Share(
            rule_id=str(rows["rule_id"].iloc[0]),
            code=str(code),
            name=str(name),
            units=tuple(touched),
            crossed=crossed,
            how=_how(touched, crossed, unloaded),
            persons=float(inside["persons"].sum()),
            unloaded=unloaded,
            shortfall_confirmed=_known(shared["confirmed"], code),
            shortfall_all=_known(shared["all"], code),
        )


def _how(touched: Sequence[Row], crossed: Sequence[str], unloaded: float) -> How:
    if crossed:
        return "ripartito"
    return "unita" if len(touched) == 1 and not unloaded else "somma"


def _apportioned(rows: pd.DataFrame, parts: pd.DataFrame, supply: str) -> FloatSeries:
    """The shortfall of the units by area."""
    loaded = rows[rows["outcome_confirmed"] != NOT_LOADED]
    if rows["kind"].iloc[0] in NOT_SHARED or loaded.empty or parts.empty:
        return pd.Series(dtype="float64")
    base = parts.groupby(["unit", "area"])["persons"].sum().rename("base").reset_index()
    shortfall = pd.to_numeric(loaded[f"shortfall_{supply}"]).astype("float64")
    return apportion(shortfall, base.rename(columns={"area": "part"}))


def _known(found: FloatSeries, code: object) -> float | None:
    value = found.get(code)
    return None if value is None or pd.isna(value) else float(value)
