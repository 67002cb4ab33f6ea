"""What a rule is held against: its statutory units, the part of each that it speaks of, and who lives there."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from etl.derive.evaluable import LEVELS
from etl.derive.inputs import Inputs
from etl.derive.registry import Standard
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
    base
        By municipality, everywhere: persons of the rule's base population.
    within
        ``area``, ``ancestor``: containment through all levels.
    told
        By unit, for a rule with an area condition, what of the unit it speaks of; empty for the others.
    """

    membership: TextSeries
    units: pd.DataFrame
    complete: BoolSeries
    base: FloatSeries
    within: pd.DataFrame
    told: dict[str, dict[str, Any]]

    def unit_of(self, municipalities: AnySeries) -> AnySeries:
        """The unit in which a place lies, missing outside of what the rule speaks of."""
        return municipalities.map(self.membership)

    def serving(self, supply: pd.DataFrame, municipalities: AnySeries, areas: pd.DataFrame) -> pd.DataFrame:
        """A row for each service and each unit that it serves: by its declared areas, else where it stands."""
        served = self._served(municipalities, areas).drop(columns="share")
        return self._joined(served.drop_duplicates(), supply)

    def sharing(self, supply: pd.DataFrame, municipalities: AnySeries, areas: pd.DataFrame) -> pd.DataFrame:
        """As :meth:`serving`, with ``capacity`` shared among the units that a service serves.

        Each unit gets as much as there live persons of the rule's base in what is served of it; all together, with the
        municipalities that the rule does not speak of, get the whole and no more.
        """
        served = self._served(municipalities, areas).groupby(["service", "unit"], sort=False)["share"].sum()
        found = self._joined(served.reset_index(), supply)
        return found.assign(capacity=found["capacity"] * found["share"]).drop(columns="share")

    def _joined(self, served: pd.DataFrame, supply: pd.DataFrame) -> pd.DataFrame:
        rows = supply.drop(columns="unit", errors="ignore")
        return served.join(rows, on="service", how="inner").drop(columns="service").reset_index(drop=True)

    def _served(self, municipalities: AnySeries, areas: pd.DataFrame) -> pd.DataFrame:
        """``service``, ``unit`` and ``share`` of each municipality served of which the rule speaks.

        A part of a municipality, such as a quarter, stands for the municipality: rules know no smaller one.
        """
        declared = areas[areas["service"].isin(municipalities.index)]
        towns = self.within[self.within["area"].isin(self.base.index)]
        parts = self.within[self.within["ancestor"].isin(self.base.index)]
        by_area = pd.concat(
            [
                _met(declared, towns.rename(columns={"ancestor": "area", "area": "municipality"})),
                _met(declared, parts.rename(columns={"ancestor": "municipality"})),
            ]
        )
        standing = municipalities[~municipalities.index.isin(declared["service"])].dropna()
        by_place = pd.DataFrame({"service": standing.index, "municipality": standing.to_numpy()})
        pairs = pd.concat([by_area, by_place]).drop_duplicates().astype(object)
        shares = pairs.assign(unit=self.unit_of(pairs["municipality"]), share=self._shares(pairs))
        return shares.dropna(subset=["unit"])[["service", "unit", "share"]]

    def _shares(self, pairs: pd.DataFrame) -> AnySeries:
        """The part of a service that is for each municipality; equal ones where no person of the base lives."""
        persons = pairs["municipality"].map(self.base).astype("float64").fillna(0.0)
        by_service = persons.groupby(pairs["service"])
        total, count = by_service.transform("sum"), by_service.transform("size")
        return (persons / total.where(total > 0)).where(total > 0, 1.0 / count)

    def details(self, unit: str) -> dict[str, Any]:
        """What is said of a unit beside its outcome."""
        return self.told.get(unit, {})


def _met(declared: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    return declared.merge(areas[["area", "municipality"]], on="area")[["service", "municipality"]]


class Scopes:
    """Makes scopes; keeps what several rules share: in which unit of a level each municipality lies."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._memberships: dict[str | None, TextSeries] = {}
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
            base=base,
            within=self._inputs.within,
            told={str(unit): self._part(rows, everything, condition.untold) for unit, rows in parts},
        )

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
