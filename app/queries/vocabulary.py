"""Selects on service types and rules."""

from sqlalchemy import any_, func, literal, select

from app.queries.kinds import AnySelect
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


def standards(*, type_code: str | None = None, law: bool | None = None) -> AnySelect:
    """Rules in the order of the table, with whether the current run evaluated them."""
    evaluated = (
        select(m.ComplianceResult.rule_id)
        .join(m.CoverageRun, m.CoverageRun.id == m.ComplianceResult.run_id)
        .where(m.CoverageRun.current)
    )
    in_status = (
        select(m.CoverageResult.rule_id)
        .join(m.CoverageRun, m.CoverageRun.id == m.CoverageResult.run_id)
        .where(m.CoverageRun.current)
    )
    used = m.Standard.id.in_(evaluated) | m.Standard.id.in_(in_status)
    statement = select(*m.Standard.__table__.c, used.label("evaluated")).order_by(m.Standard.position)
    if type_code is not None:
        statement = statement.where(literal(type_code) == any_(m.Standard.service_types))
    return statement if law is None else statement.where(m.Standard.law == law)
