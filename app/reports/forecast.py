"""Forecasts as people read them: persons of a target group by area or by age, today and in the years to come."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection

from app.queries.forecast import municipalities
from etl.derive.forecast import LABEL, faults, read, require
from etl.derive.registry import Band
from etl.errors import NotFound
from etl.i18n import _
from etl.store.frames import read_frame
from geo.arrays import FloatSeries
from geo.forecast import ASSUMPTIONS, People

Row = dict[str, Any]

AGE: Final = "age"
LEVELS: Final[Mapping[str, str]] = {
    "territorio": "metropolitan_city",
    "zona": "zona_omogenea",
    "distretto": "distretto",
    "municipality": "municipality",
}
"""Level of the areas by what a forecast may be told by, beside :data:`AGE`."""

GROUPS: Final = (0, 3, 6, 11, 14, 19, 30, 50, 65, 75, 80, 90)
"""First ages of the groups that services speak of: nursery, schools, youth, work, old age."""


EVERYBODY: Final = Band()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of a forecast.

    Attributes
    ----------
    by
        One of :data:`LEVELS`, or :data:`AGE`: groups of ages, of the whole or of the area ``within``.
    years, assumptions
        Which; where empty 5 and 10 years ahead, and all.
    band
        The people who count.
    within
        Code of an area.
    """

    by: str = "zona"
    years: tuple[int, ...] = ()
    assumptions: tuple[str, ...] = ()
    band: Band = EVERYBODY
    within: str | None = None


def figures(connection: Connection, asked: Asked) -> list[Row]:
    """Persons by area, group of ages, year and assumption, each with those of the year of the launch.

    Raises
    ------
    OmbraError
        Years, assumptions or ages that no forecast tells, an area without municipalities, no two counts.
    """
    basis = read(connection)
    years, assumptions = asked.years or basis.horizons, asked.assumptions or tuple(ASSUMPTIONS)
    require([*faults(years, assumptions, basis.launch), *_band_faults(asked.band, basis.oldest)])
    bands = list(_groups(asked.band)) if asked.by == AGE else [asked.band]
    people = {code: basis.people((basis.launch, *years), code) for code in assumptions}
    found = _tables(people, bands, _members(connection, asked))
    launch = found[assumptions[0], basis.launch]
    order = (
        (area, band, year, code)
        for area in launch.index
        for band in range(len(bands))
        for year in years
        for code in assumptions
    )
    return [
        _row(area, bands[band], launch.loc[area, band], found[code, year].loc[area, band])
        | {"rank": rank, "year": year, "assumption": code, "launch_year": basis.launch}
        for rank, (area, band, year, code) in enumerate(order, start=1)
    ]


def _row(area: str, band: Band, launch: float, persons: float) -> Row:
    return {
        "id": area,
        "age_min": band.age_min,
        "age_max": band.age_max,
        "sex": band.sex,
        "persons_launch": launch,
        "persons": persons,
        "change": persons - launch,
        "change_percent": 100.0 * (persons / launch - 1.0) if launch else None,
        "label": LABEL,
    }


def _tables(
    people: Mapping[str, Mapping[int, People]], bands: Sequence[Band], members: pd.DataFrame
) -> dict[tuple[str, int], pd.DataFrame]:
    """By assumption and year, persons by area (rows, in their order) and by number of the band (columns)."""
    return {
        (code, year): pd.DataFrame({number: _summed(found, band, members) for number, band in enumerate(bands)})
        for code, by_year in people.items()
        for year, found in by_year.items()
    }


def _summed(people: People, band: Band, members: pd.DataFrame) -> FloatSeries:
    persons = people.of(age_min=band.age_min, age_max=band.age_max, sex=band.sex)
    told = members["area"].map(persons).astype("float64")
    return told.groupby(members["ancestor"], sort=False).sum()


def _members(connection: Connection, asked: Asked) -> pd.DataFrame:
    """Municipalities of each area that the rows speak of."""
    if asked.by != AGE:
        return read_frame(connection, municipalities(level=LEVELS[asked.by]))
    whole = asked.within is None
    found = read_frame(
        connection, municipalities(level=LEVELS["territorio"]) if whole else municipalities(code=asked.within)
    )
    if found.empty:
        why = _("La previsione è per comune: l'area «{codice}» non ne contiene nessuno per intero.")
        raise NotFound(why.format(codice=asked.within))
    return found


def _band_faults(band: Band, oldest: int) -> list[str]:
    low, high = band.age_min or 0, oldest if band.age_max is None else band.age_max
    if low > oldest:
        return [_("Oltre i {anni} anni la previsione non distingue le età.").format(anni=oldest)]
    if low > high:
        return [_("Età da {prima} a {ultima}: nessuno. Scambiarle.").format(prima=low, ultima=high)]
    return []


def _groups(band: Band) -> Iterator[Band]:
    """The groups of ages, as far as they are in the band."""
    low, high = band.age_min or 0, math.inf if band.age_max is None else band.age_max
    for first, following in pairwise((*GROUPS, math.inf)):
        start, end = max(first, low), min(following - 1, high)
        if start <= end:
            yield Band(int(start), None if math.isinf(end) else int(end), band.sex)
