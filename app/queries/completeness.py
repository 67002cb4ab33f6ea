"""Selects on what two lists of one type leave out."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.queries.kinds import AnySelect
from etl.store import models as m


def completeness(*, type_code: str | None = None, source_id: str | None = None) -> AnySelect:
    """Pairs of lists that were compared, by type, sources and area; those of one type, or with one source."""
    told, left, right = m.CompletenessEstimate, aliased(m.Source), aliased(m.Source)
    statement = (
        select(
            told.service_type_code.label("type"),
            m.ServiceType.name_it.label("type_name"),
            m.Area.level.label("area_level"),
            m.Area.code.label("area_code"),
            m.Area.name.label("area_name"),
            told.left_source,
            left.title.label("left_title"),
            told.right_source,
            right.title.label("right_title"),
            told.left_count,
            told.right_count,
            told.both,
            told.applies,
            told.estimate,
            told.low,
            told.high,
            told.missing_low,
            told.why,
        )
        .join(m.ServiceType, m.ServiceType.code == told.service_type_code)
        .join(m.Area, m.Area.id == told.area_id)
        .outerjoin(left, left.id == told.left_source)
        .outerjoin(right, right.id == told.right_source)
        .order_by(m.ServiceType.position, told.left_source, told.right_source, m.Area.level, m.Area.code)
    )
    if type_code is not None:
        statement = statement.where(told.service_type_code == type_code)
    if source_id is not None:
        statement = statement.where(or_(told.left_source == source_id, told.right_source == source_id))
    return statement
