"""Scores of access of every demand point to the confirmed supply of a type (methods: access)."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, select

from etl.derive import inputs
from etl.derive.cases import TypeCase, cases
from etl.progress import Progress, silent
from etl.store import models as m
from etl.store.frames import Rows, records
from etl.travel.choice import Choice, keep_choice
from geo.arrays import FloatSeries
from geo.decay import Decay
from geo.scores import access_scores


def rows(case: TypeCase) -> Rows:
    """Rows of ``access_score`` for one type, without the run; none where no service is confirmed."""
    return records(results(case).rename_axis("area_id").reset_index())


def results(case: TypeCase, decay: Decay | None = None) -> pd.DataFrame:
    """Rows of ``access_score`` for one type, without the run: index = demand points; empty where nothing is confirmed.

    ``decay`` is that of the measures which have one, by default by zones at thirds of the threshold.
    """
    confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
    if not confirmed.any():
        return pd.DataFrame()
    scores = access_scores(
        case.base,
        counted(case.supply[confirmed]),
        case.travel.select_services(confirmed),
        threshold=case.kind.threshold,
        decay=decay,
    )
    return scores.assign(service_type_code=case.kind.code)


def counted(supply: pd.DataFrame) -> FloatSeries:
    """Capacity of the services, or one each where that of any is not known: places and sites are never added up."""
    known = supply["capacity_known"].to_numpy(dtype=bool).all()
    return supply["capacity"].astype(float) if known else pd.Series(1.0, index=supply.index)


def computed_now(connection: Connection, type_code: str, decay: Decay, *, progress: Progress = silent) -> pd.DataFrame:
    """Scores of one type with another decay, on the data and with the engine of the run that is shown.

    Columns as :func:`results`; empty where nothing is confirmed. Nothing is kept.
    """
    told = connection.execute(select(m.CoverageRun.inputs["engine"]).where(m.CoverageRun.current)).scalar()
    read = inputs.read(connection, today=date.today())  # noqa: DTZ011  the day here
    chosen = keep_choice(Choice.kept(told or {}), connection, progress)
    (case,) = cases(read, chosen.engine, only=[type_code])
    return results(case, decay)
