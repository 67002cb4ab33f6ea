"""The rule that the access score of a type is judged by, and its thresholds as the measures take them."""

from etl.derive.registry import Registry, Standard
from geo.supply import CapacityRule


def capacity_standard(registry: Registry, code: str) -> Standard | None:
    """The rule that the access score of a type is judged by: the first of the registry that can judge it.

    Only acts that were read in full: a partly read threshold (one Ospedale di Comunità for 100,000 residents, where
    another text says 50,000) would put nearly everybody in shadow on the strength of a draft; it stays among the
    outcomes by statutory unit, with its verification. Only rules that hold everywhere and count what the directory
    lists: a rule on hubs does not judge a list that does not tell hubs from spokes, and a rule on several types
    together (nests and the services that complement them) does not judge one of them.
    """
    for standard in registry.standards.values():
        if (
            standard.service_types == (code,)
            and standard.kind == "coverage"
            and standard.law
            and standard.everywhere
            and standard.verification == "letto"
            and standard.supply_bound is None
            and standard.base_kind == "residenti"
        ):
            return standard
    return None


def per_person(standard: Standard) -> CapacityRule | None:
    """Thresholds as capacity units per person: 1 per 20,000 residents, 33 places per 100 children."""

    def convert(threshold: float) -> float:
        return standard.per / threshold if standard.comparator == "<=" else threshold / standard.per

    if standard.minimum is None:
        return None
    return CapacityRule(convert(standard.minimum), None if standard.objective is None else convert(standard.objective))
