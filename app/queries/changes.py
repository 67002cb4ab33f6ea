"""Selects on the order in which services changed, for statements that are compiled once."""

from sqlalchemy import BigInteger, Integer, bindparam, select

from app.queries.kinds import AnySelect
from etl.store import models as m

COLUMNS = ("seq", "id", "kind", "changed_at", "merged_into")


def since() -> AnySelect:
    """The last change of each service after the number ``since``, oldest first; at most ``rows``."""
    change = m.ServiceChange
    return (
        select(change.seq, change.service_id.label("id"), change.kind, change.changed_at, change.merged_into)
        .where(change.seq > bindparam("since", type_=BigInteger))
        .order_by(change.seq)
        .limit(bindparam("rows", type_=Integer))
    )


def latest() -> AnySelect:
    """The number of the last change of all; none before the first."""
    return select(m.ServiceChange.seq).order_by(m.ServiceChange.seq.desc()).limit(1)
