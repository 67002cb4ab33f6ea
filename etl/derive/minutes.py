"""Minutes to the nearest service of a type at every demand point, with what its position leaves open."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from etl.derive.cases import TypeCase, cases
from etl.derive.inputs import Inputs
from geo.arrays import Floats, FloatSeries, floats
from geo.travel.table import TravelEngine, TravelTable


def measured(inputs: Inputs, engine: TravelEngine, known: Iterable[TypeCase] = ()) -> Callable[[str], pd.DataFrame]:
    """Service type to its minutes, for :func:`etl.derive.compliance.results`; of the ``known`` no case is made again.

    What a run keeps of the three nearest services would not do: the position of a fourth, farther by its central time,
    may be the one that is known so badly that it may be the nearest of all.
    """
    made = {case.kind.code: case for case in known}

    def minutes(type_code: str) -> pd.DataFrame:
        if type_code not in made:
            made[type_code] = next(cases(inputs, engine, only=[type_code]))
        return of_case(made[type_code])

    return minutes


def of_case(case: TypeCase) -> pd.DataFrame:
    """Minutes to the nearest service of a type that waits at a place, by demand point.

    ``complete``, and ``confirmed``, ``confirmed_low``, ``confirmed_high``, ``all``, ``all_low``, ``all_high``: central
    time of the nearest, and the least of the lower and of the upper bounds of all, each by itself; missing where none
    is within the horizon of the run.
    """
    placed = ~case.services["area_wide"].to_numpy(dtype=bool)
    supplies = {"confirmed": placed & case.supply["confirmed"].to_numpy(dtype=bool), "all": placed}
    told: dict[str, FloatSeries] = {}
    for name, chosen in supplies.items():
        travel = case.travel.select_services(chosen)
        told |= {
            name: travel.nearest_minutes(),
            f"{name}_low": _least(travel, travel.low),
            f"{name}_high": _least(travel, travel.high),
        }
    return pd.DataFrame(told, index=case.travel.origins).assign(complete=case.complete)


def _least(travel: TravelTable, values: Floats) -> FloatSeries:
    """The least of one value per pair over the pairs of each origin, missing where there is none.

    The table holds every pair whose lower bound is within its cutoff, so that up to there nothing is left out.
    """
    least = np.full(len(travel.origins), np.inf)
    np.minimum.at(least, travel.origin, values)
    return pd.Series(floats(np.where(np.isinf(least), np.nan, least)), index=travel.origins)
