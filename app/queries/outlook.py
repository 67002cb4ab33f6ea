"""Select on the coverage of areas: persons, status, minutes and scores of access side by side, of one run."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, Subquery, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute

from app.queries.areas import BBox
from app.queries.gaps import Supply, gaps
from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m

R = m.CoverageResult
S = m.AccessScore


@dataclass(frozen=True)
class Asked:
    """What coverage is asked for: one type at one level, in one run (None: the one that is shown)."""

    type_code: str
    level: str
    run: uuid.UUID | None = None


def coverage(
    asked: Asked,
    *,
    supply: Supply = "confermata",
    rule_id: str | None = None,
    bbox: BBox | None = None,
    within: str | None = None,
) -> AnySelect:
    """As :func:`app.queries.gaps.gaps`, with the median of the minutes, the scores of access, the engine and the run.

    ``score_*`` are means over the people of the type's target group at the points that have the score: capacity units
    per person. ``rank`` is unique.
    """
    ranked = gaps(type_code=asked.type_code, level=asked.level, supply=supply, bbox=bbox, within=within, run=asked.run)
    listed, medians, scores = ranked.order_by(None).subquery("listed"), _medians(asked), _scores(asked)
    statement = (
        select(
            *listed.c,
            medians.c.minutes_median,
            scores.c.score_e2sfca,
            scores.c.score_balanced,
            m.CoverageRun.engine,
            m.CoverageRun.id.label("run"),
        )
        .select_from(listed)
        .join(m.CoverageRun, of_run(m.CoverageRun.id, asked.run))
        .outerjoin(medians, medians.c.id == listed.c.id)
        .outerjoin(scores, scores.c.id == listed.c.id)
        .order_by(listed.c.rank)
    )
    return statement if rule_id is None else statement.where(listed.c.rule_id == rule_id)


def _areas(asked: Asked) -> ScalarSelect[uuid.UUID]:
    return select(m.Area.id).where(m.Area.level == asked.level).scalar_subquery()


def _medians(asked: Asked) -> Subquery:
    """Minutes that half the people of an area need at most, of those within the range of the computation."""
    area = m.AreaWithin.ancestor_id
    order = (R.nearest_confirmed, R.area_id)
    ordered = (
        select(
            area.label("id"),
            R.nearest_confirmed.label("minutes"),
            func.sum(R.persons).over(partition_by=area, order_by=order, rows=(None, 0)).label("so_far"),
            func.sum(R.persons).over(partition_by=area).label("total"),
        )
        .join(m.AreaWithin, m.AreaWithin.area_id == R.area_id)
        .where(of_run(R.run_id, asked.run), R.service_type_code == asked.type_code)
        .where(R.nearest_confirmed.is_not(None), R.persons > 0, area.in_(_areas(asked)))
        .subquery("ordered")
    )
    half = ordered.c.so_far >= ordered.c.total / 2
    median = func.min(ordered.c.minutes).label("minutes_median")
    return select(ordered.c.id, median).where(half).group_by(ordered.c.id).subquery("medians")


def _scores(asked: Asked) -> Subquery:
    area = m.AreaWithin.ancestor_id
    here = (R.run_id == S.run_id) & (R.service_type_code == S.service_type_code) & (R.area_id == S.area_id)
    return (
        select(area.label("id"), _mean(S.enhanced, "score_e2sfca"), _mean(S.balanced, "score_balanced"))
        .select_from(S)
        .join(R, here)
        .join(m.AreaWithin, m.AreaWithin.area_id == S.area_id)
        .where(of_run(S.run_id, asked.run), S.service_type_code == asked.type_code, area.in_(_areas(asked)))
        .group_by(area)
        .subquery("scores")
    )


def _mean(score: InstrumentedAttribute[float | None], name: str) -> ColumnElement[float]:
    # In the order of the places: the same sum whatever way the planner reads them, so that a permalink lasts.
    people = func.sum(aggregate_order_by(R.persons, R.area_id)).filter(score.is_not(None))
    weighted = func.sum(aggregate_order_by(R.persons * score, R.area_id))
    return (weighted / func.nullif(people, 0.0)).label(name)
