"""How far a forecast is off where the truth is known: people of the later count told from the former one.

One transition is all there is, so that what is told of people must come from others: a zone is told by the ratios of
the other zones, or an area by those of all other areas, with the factor of its zone as the zone's other areas give it.
The first tells how well ratios carry over from place to place, the second whether what the areas of a zone have in
common is told by its factor. Neither tells whether next year will be as the last: that takes a second transition.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Labels, Positions
from geo.forecast.projection import advance
from geo.forecast.ratios import Ratios, fit
from geo.forecast.transition import Transition


@dataclass(frozen=True)
class Check:
    """Persons by group (rows: zones, or areas) and by band (columns: names of :attr:`geo.forecast.Ages.names`).

    Attributes
    ----------
    observed
        The later count.
    told
        What the ratios of the others tell of it, with a factor of the zone where others of the zone give one.
    plain
        The same without factors.
    unchanged
        The former count of the same ages: what who forecasts nothing would say.
    """

    observed: pd.DataFrame
    told: pd.DataFrame
    plain: pd.DataFrame
    unchanged: pd.DataFrame

    def by(self, groups: Labels) -> "Check":
        """The same with rows summed by group, one group for each row."""
        return Check(**{name: frame.groupby(groups.to_numpy()).sum() for name, frame in vars(self).items()})

    def errors(self, of: str = "told") -> pd.DataFrame:
        """Signed errors in per cent of those observed (too many > 0), with a column ``all``; NaN where nobody was."""
        told, observed = (frame.assign(all=frame.sum(axis=1)) for frame in (getattr(self, of), self.observed))
        return 100.0 * (told - observed) / observed.where(observed > 0)

    def summary(self) -> pd.DataFrame:
        """By band and for ``all``: persons observed, then for ``told``, ``plain`` and ``unchanged`` three errors.

        ``mape_<which>``: mean of the absolute errors of the groups in per cent, each group alike. ``wape_<which>``:
        persons wrong in all groups per 100 observed, so that large groups count more. ``bias_<which>``: the error of
        all groups together in per cent, signed.
        """
        observed = self.observed.assign(all=self.observed.sum(axis=1))
        table = pd.DataFrame({"observed": observed.sum()})
        for which in ("told", "plain", "unchanged"):
            frame = getattr(self, which)
            off = frame.assign(all=frame.sum(axis=1)) - observed
            table[f"mape_{which}"] = self.errors(which).abs().mean()
            table[f"wape_{which}"] = 100.0 * off.abs().sum() / observed.sum()
            table[f"bias_{which}"] = 100.0 * off.sum() / observed.sum()
        return table


def leave_zones_out(found: Transition) -> Check:
    """Each zone told by the other zones: one row per zone. No zone has a factor, so ``told`` is ``plain``.

    >>> from geo.forecast import SEXES, transition
    >>> rows = [(area, sex, age, 10) for area in "AB" for sex in SEXES for age in range(101)]
    >>> count = pd.DataFrame(rows, columns=["area", "sex", "age", "persons"])
    >>> check = leave_zones_out(transition(count, count, pd.Series({"A": "one", "B": "two"})))
    >>> check.errors()["all"].tolist()
    [0.0, 0.0]
    """
    return _left_out(found, found.zone, found.zones)


def leave_areas_out(found: Transition) -> Check:
    """Each area told by all the other areas, the factor of its zone by those of the zone: one row per area."""
    return _left_out(found, np.arange(len(found.areas)), found.areas)


def _left_out(found: Transition, group: Positions, names: Labels) -> Check:
    """The areas of each group told by those of the others."""
    rows: dict[str, list[Floats]] = {"observed": [], "told": [], "plain": [], "unchanged": []}
    for number in range(len(names)):
        out = group == number
        ratios = fit(found, among=~out)
        rows["observed"].append(_sum(found, found.later[out]))
        rows["unchanged"].append(_sum(found, found.former[out]))
        rows["told"].append(_told(found, ratios, out, factors=True))
        rows["plain"].append(_told(found, ratios, out, factors=False))
    columns = list(found.ages.names.values())
    return Check(**{name: pd.DataFrame(np.stack(told), index=names, columns=columns) for name, told in rows.items()})


def _told(found: Transition, ratios: Ratios, out: Bools, *, factors: bool) -> Floats:
    zone = found.zone[out]
    growth = ratios.growth(found.zones, factors=factors)[zone]
    births = ratios.births_by_zone(found.zones, factors=factors)[zone]
    return _sum(found, advance(found.former[out], growth, births, ratios))


def _sum(found: Transition, persons: Floats) -> Floats:
    return found.ages.by_band(persons.sum(axis=(0, 1)))
