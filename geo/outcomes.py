"""What a rule says of a unit once it is known whether its thresholds are met: the same for every kind of rule."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.arrays import Bools, Floats, Labels

OUTCOMES = ("sotto_minimo", "minimo", "obiettivo", "non_determinabile", "unita_non_caricata")

CAUSES = ("nessuno", "elenco", "capacita", "assenza", "posizione")
"""Why an outcome cannot be determined: nobody to serve, incomplete list, unknown capacity or figure, no service at all
for a rule on each service to be held against, positions not known well enough."""

Words = npt.NDArray[Any]


@dataclass(frozen=True)
class Threshold:
    """One threshold held against every unit.

    `met`: it certainly is. `doubt`: why that cannot be told, '' where it can. `missing`: in the rule's unit.
    """

    met: Bools
    doubt: Words
    missing: Floats

    @property
    def shortfall(self) -> Floats:
        """What is missing: 0 where met, NaN where not determinable."""
        return np.where(self.met, 0.0, np.where(self.doubt == "", self.missing, np.nan))


def doubts(**causes: Bools) -> Words:
    """The first of some causes that holds in each unit, '' where none does."""
    return np.select(list(causes.values()), list(causes), default="").astype(object)


def outcomes(
    index: Labels, loaded: Bools, value: Floats, minimum: Threshold, objective: Threshold | None
) -> pd.DataFrame:
    """`value`, `outcome`, `cause`, `shortfall` and `shortfall_objective` of each unit.

    An objective counts only where the minimum is met; without one its shortfall is NaN everywhere.
    """
    unmet = np.zeros(len(index), dtype=np.bool_)
    excels = minimum.met & (unmet if objective is None else objective.met)
    clauses = {
        "unita_non_caricata": ~loaded,
        "obiettivo": excels,
        "minimo": minimum.met,
        "non_determinabile": minimum.doubt != "",
    }
    outcome = np.select(list(clauses.values()), list(clauses), default="sotto_minimo")
    unknown = np.full(len(index), np.nan)
    cause = [doubt if one == "non_determinabile" else None for doubt, one in zip(minimum.doubt, outcome, strict=True)]
    found = {
        "value": np.where(loaded, value, np.nan),
        "outcome": outcome,
        "cause": pd.Series(cause, index, dtype=object),
        "shortfall": np.where(loaded, minimum.shortfall, np.nan),
        "shortfall_objective": np.where(loaded, unknown if objective is None else objective.shortfall, np.nan),
    }
    return pd.DataFrame(found, index=index)
