"""What the directory is made from beside the claims, and a hash that names all of it."""

from datetime import date

from sqlalchemy import Connection, Select, select, text, union

from etl.identity import code_version, content_hash
from etl.link import engine, trust
from etl.publication.model import TypeOfService
from etl.store import models as m

_TABLES = {
    "restricted.service_claim": "t.id",
    "organization_claim": "t.organization_id, t.source_id",
    "judgement": "t.id",
    "hand_value": "t.id",
}
# Ends told by hand that have come: what they are of is closed from that day on.
_ENDED = text(
    "select count(*) from hand_value where entity = 'service' and field = 'valid_to' and released_at is null"
    " and cast(value #>> '{}' as date) <= :today"
)
_WHOLE = "select coalesce(md5(string_agg(md5(t::text), '' order by {order})), '') from {table} t"


def digest(connection: Connection, parameters: str, today: date) -> str:
    """Hash of all that the public tables follow from: equal where making them again would change nothing.

    ``parameters`` is the hash of the linkage's own files, ``today`` the day on which they are made.
    """
    tables = [
        connection.execute(text(_WHOLE.format(table=table, order=order))).scalar_one()
        for table, order in _TABLES.items()
    ]
    kind = m.ServiceType
    sources = connection.execute(_sources())
    kinds = connection.execute(select(kind.code, kind.protected, kind.term_id).order_by(kind.code))
    towns = select(m.Area.code, m.Area.id, m.Area.name).where(m.Area.level == "municipality").order_by(m.Area.code)
    ended = connection.execute(_ENDED, {"today": today}).scalar_one()
    around = [[list(row) for row in rows] for rows in (sources, kinds, connection.execute(towns))]
    return content_hash([tables, ended, around, parameters, trust.digest(), engine.available(), code_version()])


def _sources() -> Select[str, str | None, bool]:
    """Only those that claim something: streets or an indicator that arrive leave the directory as it is."""
    source = m.Source
    claiming = union(select(m.ServiceClaim.source_id), select(m.OrganizationClaim.source_id))
    columns = (source.id, source.positions, source.duplicate_free)
    return select(*columns).where(source.id.in_(claiming)).order_by(source.id)


def duplicate_free(connection: Connection) -> frozenset[str]:
    """The lists that hold each thing once."""
    return frozenset(connection.execute(select(m.Source.id).where(m.Source.duplicate_free)).scalars())


def types(connection: Connection) -> dict[str, TypeOfService]:
    """What publishing needs to know of each type of service."""
    kind = m.ServiceType
    rows = connection.execute(select(kind.code, kind.protected, kind.term_id))
    return {code: TypeOfService(protected, term) for code, protected, term in rows}
