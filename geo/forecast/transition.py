"""Two counts of the same people a year apart, checked and laid out by area, sex and age."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geo.arrays import AnySeries, Floats, Labels, Positions
from geo.checks import examples, require, unique_labels
from geo.demand import target_population
from geo.errors import InvalidInput
from geo.forecast.ages import Ages
from geo.forecast.people import SEXES, WOMEN, People

_KEYS = ["area", "sex", "age"]


@dataclass(frozen=True)
class Transition:
    """Persons of the former and of the later count: arrays of shape (areas, sexes, ages), the last age open.

    ``zones`` are the names of the zones, ``zone`` the row of its zone for each area.
    """

    areas: Labels
    zones: Labels
    zone: Positions
    ages: Ages
    former: Floats
    later: Floats

    @cached_property
    def exposed(self) -> Floats:
        """People of the former count at the age that they have at the later; nobody at age 0."""
        return aged(self.former)

    @property
    def launch(self) -> People:
        """The later count, which forecasts start from."""
        return People(self.areas, self.ages, self.later)


def transition(former: pd.DataFrame, later: pd.DataFrame, zones: AnySeries, *, ages: Ages | None = None) -> Transition:
    """Check two counts and lay them out.

    Parameters
    ----------
    former, later
        One row per ``area``, ``sex`` ('F' or 'M') and ``age`` (whole years, up to 100 = 100 and over) with
        ``persons`` >= 0, for the same areas, one year apart; every sex and every age up to the open class, zeros
        included. Ages beyond ``ages.last`` are added to it.
    zones
        Zone by area, for the same areas; a zone may be a single area.
    ages
        Single years up to 90 and over, six bands, women of 15 to 49 where None.

    Raises
    ------
    InvalidInput
        Missing columns or ages, negative or missing persons, unknown sexes, areas that are not in both counts or have
        no zone, people of an age of whom there was nobody a year before, no women of fertile age; all at once.

    >>> rows = [("A", sex, age, 10) for sex in SEXES for age in range(101)]
    >>> count = pd.DataFrame(rows, columns=["area", "sex", "age", "persons"])
    >>> found = transition(count, count, pd.Series({"A": "one"}))
    >>> found.later.shape, found.later[0, 0, -2:].tolist()
    ((1, 2, 91), [10.0, 110.0])
    """
    ages = ages or Ages()
    frames = {"former": former, "later": later}
    require(ages.faults(), _zone_faults(zones), *(_count_faults(frame, where) for where, frame in frames.items()))
    require(_area_faults(frames, zones.index), *(_age_faults(frame, where, ages) for where, frame in frames.items()))
    code, names = pd.factorize(zones, sort=True)
    laid = [_laid_out(frame, zones.index, ages) for frame in frames.values()]
    found = Transition(zones.index, pd.Index(names), code.astype(np.intp), ages, *laid)
    require(_ratio_faults(found))
    return found


def aged(persons: Floats) -> Floats:
    """People a year older: the open class keeps its own and takes those who reach it.

    >>> aged(np.array([4.0, 3.0, 2.0])).tolist()
    [0.0, 4.0, 5.0]
    """
    found = np.zeros_like(persons)
    found[..., 1:] = persons[..., :-1]
    found[..., -1] += persons[..., -1]
    return found


def women(persons: Floats, ages: Ages) -> Floats:
    """Women of fertile age in each area."""
    first, last = ages.fertile
    found: Floats = persons[..., WOMEN, first : last + 1].sum(axis=-1)
    return found


def _laid_out(frame: pd.DataFrame, areas: Labels, ages: Ages) -> Floats:
    found = np.zeros((len(areas), len(SEXES), ages.last + 1))
    age = np.minimum(frame["age"].to_numpy(dtype=np.intp), ages.last)
    cell = (areas.get_indexer(pd.Index(frame["area"])), pd.Index(SEXES).get_indexer(pd.Index(frame["sex"])), age)
    np.add.at(found, cell, frame["persons"].to_numpy(dtype=np.float64))
    return found


def _count_faults(frame: pd.DataFrame, where: str) -> list[str]:
    """The faults that any measure on people finds in them."""
    try:
        target_population(frame)
    except InvalidInput as error:
        return [f"{where} {fault}" for fault in error.faults]
    return [] if len(frame) else [f"{where} population: nobody is counted; give its rows"]


def _zone_faults(zones: AnySeries) -> list[str]:
    faults = unique_labels(zones.index, where="zones")
    without = zones.index[zones.isna()]
    if len(without):
        faults.append(f"zones: areas without a zone ({examples(without)}); name the zone of every area")
    return faults


def _area_faults(frames: dict[str, pd.DataFrame], areas: Labels) -> list[str]:
    found = {where: pd.Index(frame["area"].unique()) for where, frame in frames.items()}
    pairs = [
        ("later", found["former"].difference(found["later"]), "the former"),
        ("former", found["later"].difference(found["former"]), "the later"),
        ("zones", found["later"].difference(areas), "the later"),
    ]
    mend = "areas that merged or split between the years must be recoded to one set"
    faults = [
        f"{where}: lacks areas of {of} count ({examples(gone)}); {mend}" for where, gone, of in pairs if len(gone)
    ]
    extra = areas.difference(found["later"])
    if len(extra):
        faults.append(f"zones: areas that are not counted ({examples(extra)}); leave them out")
    return faults


def _age_faults(frame: pd.DataFrame, where: str, ages: Ages) -> list[str]:
    every = pd.MultiIndex.from_product([frame["area"].unique(), SEXES, range(ages.last + 1)], names=_KEYS)
    told = pd.MultiIndex.from_frame(frame[_KEYS].assign(age=frame["age"].clip(upper=ages.last).astype(np.int64)))
    absent = every.difference(told)
    if not len(absent):
        return []
    shown = examples(f"{area} {sex} {age}" for area, sex, age in absent)
    return [f"{where} population: {len(absent)} ages are missing (area, sex, age: {shown}); give them, zeros included"]


def _ratio_faults(found: Transition) -> list[str]:
    sudden = (found.exposed.sum(axis=0) == 0) & (found.later.sum(axis=0) > 0)
    sudden[:, 0] = False
    cells = [f"{SEXES[sex]} {age}" for sex, age in zip(*np.nonzero(sudden), strict=True)]
    faults = []
    if cells:
        faults.append(
            f"former: nobody becomes {examples(cells)} (sex, age), yet the later count has some;"
            " take more areas together, or open the last class earlier"
        )
    for where, persons in (("former", found.former), ("later", found.later)):
        if women(persons, found.ages).sum() == 0:
            faults.append(f"{where}: no women of {found.ages.fertile} years; children cannot be set against them")
    return faults
