"""Rules and outcomes, read through a session."""

import uuid
from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from app.queries import compliance
from app.standards.areas import Share, shares
from etl.derive.evaluable import why_not
from etl.derive.registry import read_registry
from etl.store import models as m
from etl.store.frames import read_frame


@dataclass(frozen=True)
class Listed:
    """A rule of the registry, and why it is not evaluated (code); None where it is."""

    rule: m.Standard
    why_not: str | None


def outcomes(
    session: Session, *, type_code: str | None = None, rule_id: str | None = None, run: uuid.UUID | None = None
) -> pd.DataFrame:
    """Outcomes on statutory units, with their rules; of the run that is shown, or another."""
    return read_frame(session.connection(), compliance.outcomes(type_code=type_code, rule_id=rule_id, run=run))


def on_areas(
    session: Session,
    found: pd.DataFrame,
    level: str,
    *,
    type_code: str | None = None,
    rule_id: str | None = None,
    code: str | None = None,
    run: uuid.UUID | None = None,
) -> list[Share]:
    """The same outcomes, those of :func:`outcomes`, seen from the areas of a level or from the one with a code."""
    statement = compliance.shares(level, type_code=type_code, rule_id=rule_id, run=run)
    return shares(found, read_frame(session.connection(), statement), code=code)


def listed(session: Session, *, type_code: str | None = None) -> list[Listed]:
    """The rules in the order of their table with what stands against evaluating them."""
    registry = read_registry(session.connection())
    rules = session.query(m.Standard).order_by(m.Standard.position).all()
    chosen = [rule for rule in rules if type_code is None or type_code in rule.service_types]
    return [Listed(rule, why_not(registry.standards[rule.id], registry)) for rule in chosen]
