"""Scores of access of every demand point to the confirmed supply of a type (methods: access)."""

import pandas as pd

from etl.derive.cases import TypeCase
from etl.store.frames import Rows, records
from geo.arrays import FloatSeries
from geo.scores import access_scores


def rows(case: TypeCase) -> Rows:
    """Rows of ``access_score`` for one type, without the run; none where no service is confirmed."""
    return records(results(case).rename_axis("area_id").reset_index())


def results(case: TypeCase) -> pd.DataFrame:
    """Rows of ``access_score`` for one type, without the run: index = demand points."""
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    if not confirmed.any():
        return pd.DataFrame()
    scores = access_scores(
        case.base,
        counted(case.supply[confirmed]),
        case.travel.select_services(confirmed),
        threshold=case.kind.threshold,
    )
    return scores.assign(service_type_code=case.kind.code)


def counted(supply: pd.DataFrame) -> FloatSeries:
    """Capacity of the services, or one each where that of any is not known: places and sites are never added up."""
    known = supply["capacity_known"].to_numpy(dtype=bool).all()
    return supply["capacity"].astype(float) if known else pd.Series(1.0, index=supply.index)
