"""What can be judged, and how a person names it: by identifier, by its beginning, or by source and key of a row."""

import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Select, String, cast, false, select, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from etl.errors import NotFound
from etl.i18n import _
from etl.link.claim import Question
from etl.store import models as m

_FEWEST = 4  # figures of an identifier that somebody writes
_MEMBER: Mapping[Question, str] = {"service": "id", "location": "location_id", "organization": "organization_id"}


@dataclass(frozen=True)
class Member:
    """A claim, a site or a body, by the first of the rows that tell it."""

    id: uuid.UUID
    source_id: str
    key: str
    name: str
    protected: bool


def known(connection: Connection, question: Question, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Member]:
    """The members among identifiers."""
    rows = _rows(question).subquery()
    statement = select(rows).where(rows.c.member.in_(list(ids)))
    found: dict[uuid.UUID, Member] = {}
    for row in connection.execute(statement.order_by(rows.c.source_id, rows.c.key, rows.c.name)):
        found.setdefault(row.member, Member(row.member, row.source_id, row.key, row.name, row.protected))
    return found


def of_rows(
    connection: Connection, question: Question, named: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], uuid.UUID]:
    """The members that rows of sources tell, each named by source and key."""
    wanted = set(named)
    rows = _rows(question).subquery()
    sources = sorted({source for source, _key in wanted})
    statement = select(rows.c.source_id, rows.c.key, rows.c.member).where(rows.c.source_id.in_(sources))
    return {(row[0], row[1]): row[2] for row in connection.execute(statement) if (row[0], row[1]) in wanted}


def find(connection: Connection, question: Question, said: str) -> uuid.UUID:
    """The member that a person names: an identifier, its beginning, or ``source:key``.

    Raises
    ------
    NotFound
        None is called so, or several are.
    """
    source, colon, key = said.strip().partition(":")
    if colon:
        found = of_rows(connection, question, [(source, key)])
        if not found:
            raise NotFound(
                _("Nessuna riga della fonte «{fonte}» ha la chiave «{chiave}».").format(fonte=source, chiave=key)
            )
        return next(iter(found.values()))
    beginning = said.strip().lower()
    if not re.fullmatch(rf"[0-9a-f][0-9a-f-]{{{_FEWEST - 1},35}}", beginning):
        why = _("«{testo}» non è un identificativo: servono almeno 4 cifre, oppure FONTE:CHIAVE.")
        raise NotFound(why.format(testo=said))
    rows = _rows(question).subquery()
    same = cast(rows.c.member, String).startswith(beginning, autoescape=True)
    members = connection.execute(select(rows.c.member).where(same).distinct().limit(2)).scalars().all()
    if not members:
        raise NotFound(_("Nessun identificativo comincia con «{testo}».").format(testo=said))
    if len(members) > 1:
        raise NotFound(_("Più identificativi cominciano con «{testo}»: scrivere più cifre.").format(testo=said))
    found_one: uuid.UUID = members[0]
    return found_one


def _rows(question: Question) -> "Select[tuple[object, ...]] | CompoundSelect[tuple[object, ...]]":
    """Rows of sources with the member that each tells; of one member perhaps several."""
    claim = m.ServiceClaim
    name = claim.record["name" if question != "organization" else "organization"].astext
    member = getattr(claim, _MEMBER[question])
    closed_to_all = false() if question == "organization" else claim.protected  # who runs a protected place is public
    told = select(
        member.label("member"), claim.source_id, claim.key, name.label("name"), closed_to_all.label("protected")
    )
    told = told.where(member.is_not(None))
    if question != "organization":
        return told
    body, record = m.OrganizationClaim, m.SourceRecord
    listed = (
        select(body.organization_id, body.source_id, record.key, body.told["name"].astext, false())
        .join(record, record.id == body.source_record_id)
        .select_from(body)
    )
    return union_all(told, listed)
