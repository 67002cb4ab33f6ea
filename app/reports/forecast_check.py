"""How far the forecast is off where the truth is known, zone by zone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, String, cast, select

from etl.derive.forecast import LABEL, read
from etl.i18n import _
from etl.store import models as m
from geo.forecast import Check, leave_areas_out, leave_zones_out

Row = dict[str, Any]
ALL = "all"


@dataclass(frozen=True)
class Checked:
    """Both checks, of the later of two years told from the former.

    Attributes
    ----------
    former, later
        The two years.
    zones
        Each zone told by the others.
    areas
        Each municipality told by the others, its zone's factor by those of the zone.
    places
        Code and name of the zones, by identifier.
    """

    former: int
    later: int
    zones: Check
    areas: Check
    zone_of_area: pd.Index
    places: Mapping[str, tuple[str, str]]

    def by_zone(self) -> Check:
        """The municipalities told one by one, summed by zone."""
        return self.areas.by(self.zone_of_area)

    def rows(self) -> list[Row]:
        """A row for each check, zone and band, with persons and errors in per cent (too many > 0)."""
        return [
            row | {"former_year": self.former, "year": self.later, "label": LABEL}
            for name, check in (("zona", self.zones), ("comune", self.by_zone()))
            for row in self._rows(name, check)
        ]

    def _rows(self, name: str, check: Check) -> Iterator[Row]:
        errors = {which: check.errors(which) for which in ("told", "plain", "unchanged")}
        totals = {which: frame.assign(all=frame.sum(axis=1)) for which, frame in vars(check).items()}
        for zone in sorted(check.observed.index, key=lambda zone: self.places[zone]):
            code, title = self.places[zone]
            for band in totals["observed"].columns:
                yield {
                    "left_out": name,
                    "zone_code": code,
                    "zone_name": title,
                    # With a word, or a spreadsheet takes 1-14 for a day of January.
                    "band": _("tutti") if band == ALL else _("{eta} anni").format(eta=band),
                    **{which: float(totals[which].loc[zone, band]) for which in totals},
                    **{f"error_{which}": float(errors[which].loc[zone, band]) for which in errors},
                }


def checked(connection: Connection) -> Checked:
    """Make both checks.

    Raises
    ------
    OmbraError
        There are no two counts.
    """
    basis = read(connection)
    found = basis.transition
    return Checked(
        basis.former,
        basis.launch,
        leave_zones_out(found),
        leave_areas_out(found),
        found.zones[found.zone],
        _places(connection),
    )


def _places(connection: Connection) -> dict[str, tuple[str, str]]:
    statement = select(cast(m.Area.id, String), m.Area.code, m.Area.name).where(m.Area.level == "zona_omogenea")
    return {area: (code, name) for area, code, name in connection.execute(statement)}
