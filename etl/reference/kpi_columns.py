"""The table ``kpi.csv``: the indicators of the plan, each by a formula that the run of the measures knows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd
import pandera.pandas as pa

from etl.i18n import _
from etl.reference.columns import Table, choice, free, match, number, rule, several, text

LEVELS: Final = ("metropolitan_city", "zona_omogenea")
"""Levels of area that an indicator may be told for; the whole is always one of them."""


@dataclass(frozen=True)
class Formula:
    """What a formula needs and gives.

    Attributes
    ----------
    unit
        Of its value.
    types
        How many service types a row may name: ``one``, ``any`` (none stands for all) or ``none``.
    levels
        Levels of :data:`LEVELS` that it can be told for.
    """

    unit: str
    types: Literal["one", "any", "none"]
    levels: tuple[str, ...] = LEVELS


FORMULAS: Final[Mapping[str, Formula]] = {
    "persone_in_ombra": Formula("persone", "one"),
    "quota_in_ombra": Formula("%", "any"),
    "quota_senza_dati": Formula("%", "any"),
    "tipi_valutati": Formula("tipi", "any"),
    "unita_sotto_la_legge": Formula("unità", "any", LEVELS[:1]),
    "schede_verificate": Formula("%", "any"),
    "gruppi_aperti": Formula("gruppi", "any"),
    "enti_registrati": Formula("enti", "none"),
    "giorni_di_approvazione": Formula("giorni", "none"),
    "ricerche_senza_risposta": Formula("ricerche", "none"),
}


def kpi_table(types: Collection[str], unknown: str) -> Table:
    """Columns and rules of ``kpi.csv``; ``types`` are the service types, ``unknown`` says what to do of others."""
    columns = {
        "id": match("[a-z][a-z0-9-]*", _("solo lettere minuscole, cifre e trattino"), unique=True),
        "title_it": text(),
        "description_it": text(),
        "formula": choice(*FORMULAS),
        "service_types": several(types, unknown, empty=True),
        "unit": choice(*dict.fromkeys(formula.unit for formula in FORMULAS.values())),
        "direction": choice("su", "giu"),
        "target": number(0, 1e9, kind="float", empty=True),
        "target_source": free(),
        "action": free(),
        "levels": several(LEVELS),
    }
    return Table("reference/kpi.csv", columns, _rules())


def _rules() -> list[pa.Check]:
    return [
        rule(_unit_is_of_formula, _("«unit» non è l'unità della formula; usare quella scritta in data/README.md")),
        rule(_types_suit_formula, _("«service_types»: questa formula vuole un solo tipo, o nessuno; correggere")),
        rule(_levels_suit_formula, _("«levels»: la formula vale per altri livelli, e sempre per metropolitan_city")),
        rule(_target_is_sourced, _("un valore da raggiungere vuole la sua fonte in «target_source», e viceversa")),
    ]


def _unit_is_of_formula(frame: pd.DataFrame) -> "pd.Series[bool]":
    units = frame["formula"].map({name: formula.unit for name, formula in FORMULAS.items()})
    return units.isna() | (units == frame["unit"])


def _types_suit_formula(frame: pd.DataFrame) -> "pd.Series[bool]":
    wanted = frame["formula"].map({name: formula.types for name, formula in FORMULAS.items()})
    count = frame["service_types"].map(lambda cell: len([part for part in cell.split("|") if part.strip()]))
    return ~((wanted == "one") & (count != 1)) & ~((wanted == "none") & (count != 0))


def _levels_suit_formula(frame: pd.DataFrame) -> "pd.Series[bool]":
    rows = zip(frame["formula"], frame["levels"], strict=True)
    return pd.Series([_suits(formula, levels.split("|")) for formula, levels in rows], index=frame.index)


def _suits(formula: str, levels: Collection[str]) -> bool:
    known = FORMULAS.get(formula)
    return known is None or (LEVELS[0] in levels and set(levels) <= set(known.levels))


def _target_is_sourced(frame: pd.DataFrame) -> "pd.Series[bool]":
    return (frame["target"] == "") == (frame["target_source"] == "")
