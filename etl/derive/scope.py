"""What a rule is held against: its statutory units, the part of each that it speaks of, and who lives there."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.derive.evaluable import LEVELS
from etl.derive.inputs import Inputs
from etl.derive.registry import Standard
from etl.derive.served import persons, served, shares
from geo.arrays import AnySeries, BoolSeries, FloatSeries, TextSeries
from geo.conditions import EVERYWHERE

NOT_LOADED = "non-caricata"


@dataclass(frozen=True)
class Scope:
    """The municipalities that a rule speaks of, with the unit of each.

    Attributes
    ----------
    membership
        Unit of each municipality that the rule speaks of: its identifier, or :data:`NOT_LOADED`.
    units
        By unit with some such municipality: ``base`` (persons of the rule's base population), ``complete``,
        ``loaded``.
    complete
        By municipality, everywhere: whether the lists of all the rule's types are complete.
    served
        ``service``, ``municipality``, ``point`` and ``persons`` of the rule's base population, everywhere: whom
        services are for (see :func:`etl.derive.served.served`).
    told
        By unit, for a rule with an area condition, what of the unit it speaks of; empty for the others.
    """

    membership: TextSeries
    units: pd.DataFrame
    complete: BoolSeries
    served: pd.DataFrame
    told: dict[str, dict[str, Any]]

    def unit_of(self, municipalities: AnySeries) -> AnySeries:
        """The unit in which a place lies, missing outside of what the rule speaks of."""
        return municipalities.map(self.membership)

    def serving(self, supply: pd.DataFrame) -> pd.DataFrame:
        """A row for each service and each unit in which somebody is whom it serves."""
        pairs = self._pairs(supply)
        return _joined(pairs[["service", "unit"]].dropna().drop_duplicates(), supply)

    def sharing(self, supply: pd.DataFrame) -> pd.DataFrame:
        """As :meth:`serving`, with ``capacity`` and ``figure`` shared among the units that a service serves.

        Each unit gets as much as there live persons of the rule's base whom the service is for; all together, with the
        municipalities that the rule does not speak of, get the whole and no more. A unit without any gets nothing.
        ``share`` (above 0, up to 1) tells the part of the service that is counted.
        """
        pairs = self._pairs(supply)
        of_units = pairs.assign(share=shares(pairs)).groupby(["service", "unit"], sort=False)["share"].sum()
        found = _joined(of_units[of_units > 0].reset_index(), supply)
        shared = [name for name in ("capacity", "figure") if name in found]
        return found.assign(**{name: found[name] * found["share"] for name in shared})

    def _pairs(self, supply: pd.DataFrame) -> pd.DataFrame:
        """Whom the services of ``supply`` are for, with the unit; missing where the rule does not speak of it."""
        pairs = self.served[self.served["service"].isin(supply.index)]
        return pairs.assign(unit=self.unit_of(pairs["municipality"]))

    def details(self, unit: str) -> dict[str, Any]:
        """What is said of a unit beside its outcome."""
        return self.told.get(unit, {})


def _joined(pairs: pd.DataFrame, supply: pd.DataFrame) -> pd.DataFrame:
    """A row of ``supply`` for each of its services in ``pairs``."""
    return pairs.join(supply, on="service", how="inner").drop(columns="service").reset_index(drop=True)


class Scopes:
    """Makes scopes; keeps what several rules share: in which unit of a level each municipality lies."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._memberships: dict[str | None, TextSeries] = {}
        self._served = served(inputs)
        codes, names = inputs.units["code"].tolist(), inputs.units["name"].tolist()
        self.names = dict(zip(inputs.units.index.tolist(), zip(codes, names, strict=True), strict=True))
        """Code and name of each area."""

    def scope(self, standard: Standard) -> Scope:
        """The scope of a rule that can be evaluated."""
        condition = self._inputs.registry.conditions[standard.area_condition]
        if condition is None:
            raise ValueError(f"{standard.id}: no data tell where the rule holds")
        membership = self._membership(standard)
        complete = _complete(self._inputs, standard, membership.index)
        base = self._inputs.persons(standard.band).reindex(membership.index)
        everything = pd.DataFrame({"unit": membership, "base": base, "complete": complete})
        everywhere = standard.area_condition == EVERYWHERE
        part = everything if everywhere else everything[everything.index.isin(condition.municipalities)]
        units = part.groupby("unit").agg(base=("base", "sum"), complete=("complete", "all"))
        parts = () if everywhere else part.groupby("unit")
        return Scope(
            membership=part["unit"],
            units=units.assign(loaded=units.index != NOT_LOADED),
            complete=complete,
            served=self._served.assign(persons=self._persons(standard)),
            told={str(unit): self._part(rows, everything, condition.untold) for unit, rows in parts},
        )

    def _persons(self, standard: Standard) -> FloatSeries:
        """Persons of the base behind each row of those served; those of points only where some row is of one."""
        base = self._inputs.persons(standard.band)
        in_parts = self._served["point"].notna().any()
        return persons(self._served, base, self._inputs.placed_persons(standard.band) if in_parts else base)

    def _membership(self, standard: Standard) -> TextSeries:
        """Statutory unit of each municipality: its identifier, or :data:`NOT_LOADED`."""
        level = next((LEVELS[name] for name in standard.geography if name in LEVELS), None)
        if level not in self._memberships:
            self._memberships[level] = _members(self._inputs, level)
        return self._memberships[level]

    def _part(self, rows: pd.DataFrame, everything: pd.DataFrame, untold: tuple[str, ...]) -> dict[str, Any]:
        """The municipalities of a unit that the rule speaks of, out of how many, and the same for the base."""
        whole = everything[everything["unit"] == rows["unit"].iloc[0]]
        part = {
            "municipalities": sorted(self.names[municipality][0] for municipality in rows.index),
            "of": len(whole),
            "of_persons": float(whole["base"].sum()),
        }
        return {"part": part, **({"missing": list(untold)} if untold else {})}


def _members(inputs: Inputs, level: str | None) -> TextSeries:
    municipalities = inputs.units.index[inputs.units["level"] == "municipality"]
    units = inputs.units.index[inputs.units["level"] == level]
    pairs = inputs.within[inputs.within["area"].isin(municipalities) & inputs.within["ancestor"].isin(units)]
    return pairs.set_index("area")["ancestor"].reindex(municipalities).fillna(NOT_LOADED).astype(object)


def _complete(inputs: Inputs, standard: Standard, municipalities: "pd.Index[str]") -> BoolSeries:
    """Where the lists of every one of the rule's types are declared complete."""
    declared = inputs.complete[inputs.complete["complete"] & inputs.complete["type"].isin(standard.service_types)]
    lists = declared.groupby("municipality").size().reindex(municipalities, fill_value=0)
    return lists == len(standard.service_types)
