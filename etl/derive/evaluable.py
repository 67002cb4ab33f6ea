"""Which rules the engine computes, and why it does not compute the others: they are listed as such, never guessed."""

from etl.derive.cases import FARTHEST
from etl.derive.registry import Registry, Standard
from geo.rules import EVALUATED_KINDS

# Statutory geographies by the level of area that holds them; regions and nations are larger than the territory.
LEVELS = {
    "comune": "municipality",
    "bacino": "bacino",
    "distretto": "distretto",
    "ats": "ats",
    "ambito": "ambito",
    "asl": "asl",
    "provincia": "metropolitan_city",
}
PEOPLE_BASES = ("residenti", "nessuna")
NO_UNIT = frozenset({"sede", "ente", "punto"})
REACH_KINDS = ("time", "distance")
LOAD_KINDS = ("load", "intensity")

WHY_NOT = (
    *("accesso", "area", "class", "conformity", "non_letta", "tipo", "soglia", "unita", "condizione"),
    *("protetto", "cifra", "base", "limite", "orizzonte"),
)
"""Codes of the reasons why a rule is not evaluated; the first that holds is given."""


def why_not(standard: Standard, registry: Registry) -> str | None:
    """Why a rule is not evaluated, one of :data:`WHY_NOT`; None where it is."""
    if standard.verification == "criterio":
        return "accesso"
    if standard.kind not in EVALUATED_KINDS:
        return standard.kind
    reasons = {
        "non_letta": not standard.read,
        "tipo": not standard.service_types,
        "soglia": standard.minimum is None,
        "unita": NO_UNIT.issuperset(standard.geography),
        "condizione": registry.conditions.get(standard.area_condition) is None,
        # A second lock: protected places count by their zones, and of one municipality nothing is told at all.
        "protetto": "municipality" in map(LEVELS.get, standard.geography) and _any_protected(standard, registry),
    }
    return next((code for code, holds in reasons.items() if holds), None) or _by_kind(standard, registry)


def _any_protected(standard: Standard, registry: Registry) -> bool:
    return any(registry.kinds[code].protected for code in standard.service_types if code in registry.kinds)


def _by_kind(standard: Standard, registry: Registry) -> str | None:
    if standard.kind in LOAD_KINDS:
        held = {unit for code, unit in registry.figures if code in standard.service_types}
        return None if standard.figure_unit in held else "cifra"
    if standard.base_kind not in PEOPLE_BASES:
        return "base"
    if standard.kind not in REACH_KINDS:
        return None
    if standard.base_kind != "residenti":
        return "base"
    if (standard.comparator == ">=") != (standard.reach is not None):
        return "limite"
    farthest = standard.minimum if standard.reach is None else standard.reach
    # Minutes are known up to a horizon: beyond it that nobody is near cannot be told from that nobody was looked for.
    return "orizzonte" if standard.kind == "time" and (farthest or 0.0) > FARTHEST else None


def evaluated(registry: Registry) -> list[str]:
    """The rules that the engine computes, in the order of their table."""
    return [code for code, standard in registry.standards.items() if why_not(standard, registry) is None]
