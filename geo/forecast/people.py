"""People by area, sex and age."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Floats, FloatSeries, Labels
from geo.checks import require
from geo.forecast.ages import Ages

SEXES = ("F", "M")
WOMEN = SEXES.index("F")
_GRAIN = 2.0**16


@dataclass(frozen=True)
class People:
    """Persons of each area: an array of shape (areas, sexes, ages), the last age open."""

    areas: Labels
    ages: Ages
    persons: Floats

    def frame(self) -> pd.DataFrame:
        """Columns ``area``, ``sex``, ``age`` (the last is the open class), ``persons``; sorted as the areas are."""
        areas, sexes, ages = self.persons.shape
        return pd.DataFrame(
            {
                "area": np.repeat(self.areas.to_numpy(), sexes * ages),
                "sex": np.tile(np.repeat(np.array(SEXES, dtype=object), ages), areas),
                "age": np.tile(np.arange(ages), areas * sexes),
                "persons": self.persons.ravel(),
            }
        )

    def of(self, *, age_min: int | None = None, age_max: int | None = None, sex: str | None = None) -> FloatSeries:
        """Persons of a band of ages, both ends included, of one sex or both, in each area.

        Raises
        ------
        InvalidInput
            The band begins above the open class, whose ages are not told apart, or is empty, or the sex is unknown.

        Notes
        -----
        The open class is in the band where the band has no end, or ends in it: nobody can be left out at the top.

        >>> people = People(pd.Index(["A"]), Ages(last=3, bands=(1,), fertile=(1, 2)), np.array([[[1, 2, 3, 4.0]] * 2]))
        >>> people.of(age_min=2).tolist(), people.of(age_max=1, sex="F").tolist()
        ([14.0], [3.0])
        """
        last = self.ages.last
        low, high = age_min or 0, last if age_max is None else min(age_max, last)
        faults = [] if sex in (None, *SEXES) else [f"sex: {sex!r} is unknown; use 'F', 'M' or None for both"]
        if low > last:
            faults.append(f"age_min: {low} is above {last}, where ages are not told apart; use {last} at most")
        elif low > high:
            faults.append(f"age band: {low}-{high} is empty; exchange the two ends")
        require(faults)
        chosen = slice(None) if sex is None else slice(SEXES.index(sex), SEXES.index(sex) + 1)
        return pd.Series(self.persons[:, chosen, low : high + 1].sum(axis=(1, 2)), index=self.areas, name="persons")


def grained(persons: Floats) -> Floats:
    """Persons in multiples of 2 ** -16: sums of them are exact, in whatever order.

    >>> grained(np.array([0.1, 3.0])).tolist()
    [0.100006103515625, 3.0]
    """
    found: Floats = np.round(persons * _GRAIN) / _GRAIN
    return found
