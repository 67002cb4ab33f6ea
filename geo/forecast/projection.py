"""People of the years to come, under assumptions that are named and never averaged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geo.arrays import Floats, Labels
from geo.checks import require
from geo.forecast.people import WOMEN, People, grained
from geo.forecast.ratios import Ratios
from geo.forecast.transition import Transition, aged, women

FARTHEST: Final = 10
"""Years ahead at most: what one year tells is stretched far enough by then."""

CLOSED: Final = 50
"""Age below which ``senza_movimento`` has nobody come or go."""


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What is assumed of the years to come; as it stands, that they are as the one observed.

    Attributes
    ----------
    held
        The total is held at that of the later count: every year all people are multiplied by one number.
    closed
        Below :data:`CLOSED` years nobody comes, goes or dies (ratios of 1); above, and everywhere, the ratios of the
        whole without zone factors, most of which is mortality.
    falling
        Children per woman go on falling as from the former count to the later one; they stay where they have risen.
    alike
        Zones have no factors of their own.
    """

    held: bool = False
    closed: bool = False
    falling: bool = False
    alike: bool = False


ASSUMPTIONS: Final[Mapping[str, Assumption]] = {
    "tendenza": Assumption(),
    "corretta": Assumption(held=True),
    "senza_movimento": Assumption(closed=True),
    "natalita_in_calo": Assumption(falling=True),
    "zone_uguali": Assumption(alike=True),
}
"""Scenarios by code. Two counts cannot tell which holds: their spread is no confidence interval. One year's drift of
the total is the least sure of what they tell (counts are revised), so that ``corretta`` takes it out, as forecasts are
controlled to a total of their own (Baker et al. 2017, section 4.3)."""


def project(
    found: Transition, ratios: Ratios, *, years: Sequence[int], assumption: str = "tendenza"
) -> dict[int, People]:
    """People of each area after each of `years` (1 to 10) from the later count, under one of :data:`ASSUMPTIONS`.

    Each area has the ratios of its zone. Persons are >= 0, fractions included: they are expectations, and rounding
    would lose people in small places. Fractions are multiples of 2 ** -16, so that sums are exact in whatever order:
    those of the zones are that of the whole.

    Raises :class:`InvalidInput`: an unknown assumption, years out of range.

    >>> import pandas as pd
    >>> from geo.forecast import SEXES, fit, transition
    >>> rows = [("A", sex, age, 100 if age < 100 else 0) for sex in SEXES for age in range(101)]
    >>> count = pd.DataFrame(rows, columns=["area", "sex", "age", "persons"])
    >>> found = transition(count, count, pd.Series({"A": "one"}))
    >>> after = project(found, fit(found), years=[1, 10])
    >>> [float(after[year].persons.sum()) for year in after]
    [20000.0, 20000.0]
    """
    require(_faults(years, assumption))
    assumed = ASSUMPTIONS[assumption]
    growth = _growth(ratios, found.zones, assumed)[found.zone]
    births = ratios.births_by_zone(found.zones, factors=not (assumed.alike or assumed.closed))[found.zone]
    fall = min(1.0, ratios.births / ratios.births_former) if assumed.falling and ratios.births_former else 1.0
    kept, persons, whole = {}, found.later, float(found.later.sum())
    for year in range(1, max(years, default=0) + 1):
        persons = advance(persons, growth, births * fall**year, ratios)
        if assumed.held:
            persons = persons * (whole / float(persons.sum()))
        if year in years:
            kept[year] = People(found.areas, found.ages, grained(persons))
    return {year: kept[year] for year in years}


def advance(persons: Floats, growth: Floats, births: Floats, ratios: Ratios) -> Floats:
    """People a year later: all a year older times `growth`, and `births` children per woman of fertile age then."""
    later = aged(persons) * growth
    children = births * women(later, ratios.ages)
    later[:, WOMEN, 0] = children * ratios.girls
    later[:, 1 - WOMEN, 0] = children * (1.0 - ratios.girls)
    return later


def _growth(ratios: Ratios, zones: Labels, assumed: Assumption) -> Floats:
    growth = ratios.growth(zones, factors=not (assumed.alike or assumed.closed))
    if assumed.closed:
        growth[:, :, 1 : min(CLOSED, ratios.ages.last)] = 1.0
    return growth


def _faults(years: Sequence[int], assumption: str) -> list[str]:
    faults = [f"years: {year} is out of range; ask for 1 to {FARTHEST}" for year in years if not 1 <= year <= FARTHEST]
    if assumption not in ASSUMPTIONS:
        faults.append(f"assumption: {assumption!r} is unknown; use one of {', '.join(ASSUMPTIONS)}")
    return faults
