"""What one year tells of the next: cohort change ratios, zone factors and child-woman ratios.

Hamilton & Perry 1962, "A short method for projecting population by age from one decennial census to another", Social
Forces 41: 163-170; Smith, Tayman & Swanson 2013, "A Practitioner's Guide to State and Local Population Projections",
chapter 7; Baker, Swanson, Tayman & Tedrow 2017, "Cohort Change Ratios and their Applications".
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats
from geo.forecast.ages import Ages
from geo.forecast.credibility import Credibility, credibility
from geo.forecast.people import SEXES, WOMEN
from geo.forecast.transition import Transition, women


@dataclass(frozen=True)
class Ratios:
    """What is carried on from year to year.

    Attributes
    ----------
    change
        Index: age at the end of the year, from 1 to the open class; columns F and M: people of that age over those who
        were a year younger a year before (the open class: over those who were in it or reach it), all areas together.
    factors
        Index: zones; columns: first ages, 0 for births and then the bands; what multiplies the ratios of the whole.
    credibility
        As ``factors``: how far the zone's own ratio was believed, 0 to 1.
    births, births_former
        Children of age 0 per woman of fertile age at the later and at the former count, all areas together.
    girls
        Share of girls among children of age 0, both counts together.
    """

    ages: Ages
    change: pd.DataFrame
    factors: pd.DataFrame
    credibility: pd.DataFrame
    births: float
    births_former: float
    girls: float

    def growth(self, zones: pd.Index, *, factors: bool = True) -> Floats:
        """Ratios of zones: shape (zones, sexes, ages), 0 at age 0; ``factors`` False: those of the whole everywhere."""
        whole = np.zeros((len(SEXES), self.ages.last + 1))
        whole[:, 1:] = self.change.to_numpy().T
        if not factors:
            return np.repeat(whole[None], len(zones), axis=0)
        own = self.factors.loc[zones, list(self.ages.bands)].to_numpy()
        lengths = np.diff([*self.ages.bands, self.ages.last])
        by_age = np.ones((len(zones), self.ages.last + 1))
        by_age[:, 1 : self.ages.last] = np.repeat(own, lengths, axis=1)
        return whole[None] * by_age[:, None, :]

    def births_by_zone(self, zones: pd.Index, *, factors: bool = True) -> Floats:
        """Children per woman in each zone."""
        own = self.factors.loc[zones, 0].to_numpy() if factors else np.ones(len(zones))
        return self.births * own


def fit(found: Transition, *, among: Bools | None = None) -> Ratios:
    """The ratios of a transition.

    Ratios by sex and single year of age are those of all areas together. A zone's factor for a band is what its people
    of the band are over what those ratios expect of them, shrunk to 1 by :func:`geo.forecast.credibility.credibility`
    with the areas as members; the factors of a band are then scaled so that zones together have the people that they
    have: factors move people between zones and change no total of a band. Zones that expect nobody have 1. Births are
    treated alike, children of age 0 against the women of fertile age of the same count (child-woman ratio). Of an age
    that nobody had or reached the ratio is 1.

    `among` leaves areas out (a check); zones without areas have factors of 1.

    >>> from geo.forecast import transition
    >>> rows = [("A", sex, age, 100) for sex in SEXES for age in range(101)]
    >>> former = pd.DataFrame(rows, columns=["area", "sex", "age", "persons"])
    >>> later = former.assign(persons=former["persons"].where(former["age"] != 30, 102))
    >>> fit(transition(former, later, pd.Series({"A": "one"}))).change.loc[29:31, "F"].tolist()
    [1.0, 1.02, 1.0]
    """
    kept = np.ones(len(found.areas), dtype=np.bool_) if among is None else among
    former, later, zone = found.former[kept], found.later[kept], found.zone[kept]
    change = _over(later.sum(axis=0), found.exposed[kept].sum(axis=0))
    births = _child_woman(later, found.ages)
    expected = (found.exposed[kept] * change).sum(axis=1)
    expected[:, 0] = births * women(later, found.ages)
    # The open class, which comes last, has no factor.
    hoped = found.ages.by_band(expected)[:, :-1]
    seen = found.ages.by_band(later.sum(axis=1))[:, :-1]
    told = [credibility(one, other, zone, len(found.zones)) for one, other in zip(seen.T, hoped.T, strict=True)]
    by_zone = np.stack([np.bincount(zone, one, len(found.zones)) for one in hoped.T])
    columns = [0, *found.ages.bands]
    factors = np.stack([_scaled(one, people) for one, people in zip(told, by_zone, strict=True)])
    born = (former + later)[:, :, 0].sum(axis=0)
    return Ratios(
        found.ages,
        pd.DataFrame(change[:, 1:].T, index=pd.RangeIndex(1, found.ages.last + 1, name="age"), columns=list(SEXES)),
        pd.DataFrame(factors.T, index=found.zones, columns=columns),
        pd.DataFrame(np.stack([one.weight for one in told]).T, index=found.zones, columns=columns),
        births,
        _child_woman(former, found.ages),
        float(born[WOMEN] / born.sum()) if born.sum() else 0.5,
    )


def _child_woman(persons: Floats, ages: Ages) -> float:
    mothers = float(women(persons, ages).sum())
    return float(persons[:, :, 0].sum()) / mothers if mothers else 0.0


def _over(later: Floats, exposed: Floats) -> Floats:
    return np.divide(later, exposed, out=np.ones_like(later), where=exposed > 0)


def _scaled(told: Credibility, expected: Floats) -> Floats:
    """Factors with which the zones together have the people that were observed."""
    together = float((told.shrunk * expected).sum())
    scale = told.centre * float(expected.sum()) / together if together else 1.0
    return np.where(expected > 0, told.shrunk * scale, 1.0)
