"""Selects on service types and rules."""

import uuid

from sqlalchemy import any_, func, literal, select

from app.queries.kinds import AnySelect
from app.queries.runs import of_run
from etl.store import models as m


def service_types() -> AnySelect:
    """Service types with their taxonomy term and the number of open services, in the order of the table."""
    count = (
        select(func.count())
        .where(m.Service.service_type_code == m.ServiceType.code, m.Service.closed_on.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            m.ServiceType.code,
            m.TaxonomyTerm.code.label("term"),
            *(column for column in m.ServiceType.__table__.c if column.name not in ("code", "term_id")),
            count.label("services"),
        )
        .join(m.TaxonomyTerm, m.TaxonomyTerm.id == m.ServiceType.term_id)
        .order_by(m.ServiceType.position)
    )


def standards(*, type_code: str | None = None, law: bool | None = None, run: uuid.UUID | None = None) -> AnySelect:
    """Rules in the order of the table, with whether a run evaluated them: the one that is shown, or another."""
    evaluated = select(m.RuleResult.rule_id).where(of_run(m.RuleResult.run_id, run), m.RuleResult.outcomes > 0)
    in_status = select(m.TypeResult.rule_id).where(of_run(m.TypeResult.run_id, run))
    used = m.Standard.id.in_(evaluated) | m.Standard.id.in_(in_status)
    statement = select(*m.Standard.__table__.c, used.label("evaluated")).order_by(m.Standard.position)
    if type_code is not None:
        statement = statement.where(literal(type_code) == any_(m.Standard.service_types))
    return statement if law is None else statement.where(m.Standard.law == law)
