"""Area conditions of rules: which municipalities a rule for rural, mountain, urban or inner areas speaks of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, bools
from geo.checks import choices, columns, require, unique_labels

EVERYWHERE = "tutte"

ZONES = ("montagna_interna", "montagna_litoranea", "collina_interna", "collina_litoranea", "pianura")
"""Altimetric zones (ISTAT)."""

DEGREES = ("citta", "piccole_citta_sobborghi", "rurale")
"""Degrees of urbanisation (Eurostat, Regulation (EU) 2017/2391): cities, towns and suburbs, rural areas."""

CLASSES = ("polo", "polo_intercomunale", "cintura", "intermedio", "periferico", "ultraperiferico")
"""Classes of the national strategy for inner areas (SNAI), A to F; the last three are the inner areas."""

TOLD_BY: Mapping[str, tuple[str, frozenset[str]]] = {
    "montana": ("altimetric_zone", frozenset(ZONES[:2])),
    "rurale": ("degurba", frozenset(DEGREES[2:])),
    # Eurostat calls urban areas cities together with towns and suburbs; everything else is not urban.
    "urbana": ("degurba", frozenset(DEGREES[:2])),
    "extraurbana": ("degurba", frozenset(DEGREES[2:])),
    "interna": ("inner_class", frozenset(CLASSES[3:])),
    **{name: ("inner_class", frozenset([name])) for name in CLASSES[2:5]},
}
"""For each condition that classes of municipalities tell: the column that does, and the classes that meet it."""


@dataclass(frozen=True)
class Condition:
    """The municipalities that certainly meet a condition, in the order given; what could not be told for lack of data.

    `untold` names the columns of classes that are wholly or partly missing where they would decide.
    """

    municipalities: tuple[str, ...]
    untold: tuple[str, ...] = ()


def tellable(condition: str) -> bool:
    """Whether some alternative of a condition can be told from classes of municipalities.

    >>> tellable("interna|rurale"), tellable("tutte"), tellable("centro_commerciale")
    (True, True, False)
    """
    return any(name == EVERYWHERE or name in TOLD_BY for name in condition.split("|"))


def resolve(condition: str, classes: pd.DataFrame) -> Condition | None:
    """The municipalities that a condition speaks of; alternatives are separated by '|'.

    `classes`, indexed by municipality: `altimetric_zone`, `degurba` and `inner_class`, one of `ZONES`, `DEGREES` and
    `CLASSES`, missing where it is not known. None where no alternative can be told at all: a station, a shopping
    centre or a residential zone is no municipality, and a class that is known nowhere tells nothing.

    Raises :class:`InvalidInput` for missing columns, repeated labels and unknown classes.

    >>> classes = pd.DataFrame({"altimetric_zone": ["pianura", "montagna_interna"], "degurba": ["citta", "rurale"],
    ...                         "inner_class": [None, None]}, index=["Torino", "Ceresole"])
    >>> resolve("interna|rurale", classes)
    Condition(municipalities=('Ceresole',), untold=('inner_class',))
    >>> resolve("interna", classes) is None
    True
    """
    require(_faults(classes))
    names = condition.split("|")
    if EVERYWHERE in names:
        return Condition(tuple(classes.index))
    told = [TOLD_BY[name] for name in names if name in TOLD_BY and classes[TOLD_BY[name][0]].notna().any()]
    if not told:
        return None
    meets = _any([bools(classes[column].isin(list(wanted))) for column, wanted in told])
    asked = dict.fromkeys(TOLD_BY[name][0] for name in names if name in TOLD_BY)
    untold = [column for column in asked if (classes[column].isna() & ~meets).any()]
    return Condition(tuple(classes.index[meets]), (*untold, *(name for name in names if name not in TOLD_BY)))


def _any(masks: Sequence[Bools]) -> Bools:
    return bools(np.logical_or.reduce(masks))


def _faults(classes: pd.DataFrame) -> list[str]:
    allowed = {"altimetric_zone": ZONES, "degurba": DEGREES, "inner_class": CLASSES}
    faults = unique_labels(classes.index, where="classes") + columns(classes, list(allowed), where="classes")
    for name, values in allowed.items():
        if name in classes:
            faults += choices(classes[name].dropna(), values, where=f"classes.{name}")
    return faults
