"""Values that people give to fields of services: kept with author and time, winning until their author releases them.

Callers hold the lock of loading and refresh the directory in the same transaction (:func:`etl.link.apply.apply`).
"""

import uuid
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from etl.clean.run import clean
from etl.errors import FaultsError, NotFound
from etl.i18n import _
from etl.issues import IssueLog
from etl.link import hand_book, hand_values, subject
from etl.link.claim import Question
from etl.link.fields import FIELDS, SECRET
from etl.link.subject import chosen, in_force
from etl.link.survivor import HandValue
from etl.store import models as m

__all__ = ["HandError", "HandValue", "chosen", "correct", "in_force", "release"]


class HandError(FaultsError):
    """A value cannot be given or released; nothing was written."""


def correct(
    connection: Connection,
    entity: Question,
    entity_id: uuid.UUID,
    field: str,
    value: str,
    *,
    author: str,
    note: str | None = None,
    administrator: bool = False,
) -> tuple[HandValue, list[str]]:
    """Give a field of a service a value that wins over all sources; an empty text takes the value away.

    A value that the author gave before is released; one of another author only an administrator may replace.

    Returns
    -------
    tuple
        The value as it is kept, and in Italian what is doubtful about it.

    Raises
    ------
    NotFound
        There is no such service.
    HandError
        The value cannot be given; every fault at once.
    """
    _refuse_entity(entity)
    found = subject.find(connection, entity_id)
    standing = found.by_hand.get(field)
    faults = [*_about_author(author, standing, administrator=administrator), *_about_note(note)]
    faults += _about_field(field, protected=found.protected)
    reading = hand_values.Reading()
    if field in hand_values.correctable() and not (found.protected and field in SECRET):
        reading = hand_values.read(connection, found.golden, field, value)
    if faults or reading.faults:
        raise HandError(_("Il valore non si può mettere."), [*faults, *reading.faults])
    if standing is not None:
        _release(connection, found, field, author, administrator=administrator)
    made = HandValue(
        id=uuid.uuid4(),
        member_id=found.member,
        field=field,
        value=reading.value,
        author=author.strip(),
        made_at=_now(connection),
        note=(note or "").strip() or None,
    )
    connection.execute(insert(m.HandValue), [vars(made) | {"entity": entity}])
    hand_book.tell(connection, found, subject.find(connection, found.id), today=made.made_at.date())
    return made, reading.doubts


def release(
    connection: Connection,
    entity: Question,
    entity_id: uuid.UUID,
    field: str,
    *,
    author: str,
    administrator: bool = False,
) -> HandValue:
    """Let the sources speak again of a field; the value that was released stays on record.

    Where services with a value each have become one, the value of another author counts then; an administrator
    releases that too.

    Raises
    ------
    NotFound
        There is no such service, or nobody has given the field a value.
    HandError
        The value is another author's.
    """
    _refuse_entity(entity)
    found = subject.find(connection, entity_id)
    standing = found.by_hand.get(field)
    if standing is None:
        given = ", ".join(sorted(found.by_hand)) or _("nessuno")
        why = _("Nel campo «{field}» non c'è un valore messo a mano. Campi con un valore messo a mano: {given}.")
        raise NotFound(why.format(field=field, given=given))
    if faults := _about_author(author, standing, administrator=administrator):
        raise HandError(_("Il valore non si può togliere."), faults)
    _release(connection, found, field, author, administrator=administrator)
    hand_book.tell(connection, found, subject.find(connection, found.id), today=_now(connection).date())
    return standing


def _refuse_entity(entity: Question) -> None:
    if entity != "service":
        raise HandError(_("Il valore non si può mettere."), [_("A mano si correggono per ora solo i servizi.")])


def _about_author(author: str, standing: HandValue | None, *, administrator: bool) -> list[str]:
    if not author.strip():
        return [_("Un valore messo a mano ha un autore: indicarlo con --author.")]
    if standing is None or administrator or _same_person(standing.author, author):
        return []
    why = _(
        "Il campo ha già un valore di {author}: può cambiarlo o toglierlo solo chi lo ha messo o un amministratore."
    )
    return [why.format(author=standing.author)]


def _about_note(note: str | None) -> list[str]:
    log = IssueLog()
    clean("", {"note": note or ""}, log)
    return [_("Nota: {why}").format(why=entry.message) for entry in log.entries if entry.severity == "scartato"]


def _about_field(field: str, *, protected: bool) -> list[str]:
    if field not in FIELDS:
        known = ", ".join(name for name in FIELDS if name in hand_values.correctable())
        return [_("«{field}» non è un campo: {known}.").format(field=field, known=known)]
    if field not in hand_values.correctable():
        why = _("«{field}» non si corregge a mano: correggere la fonte e caricarla di nuovo.")
        return [why.format(field=field)]
    if protected and field in SECRET:
        return [
            _("Il luogo è protetto: di «{field}» non si scrive nulla, perché potrebbe dire dov'è.").format(field=field)
        ]
    return []


def _release(connection: Connection, found: subject.Subject, field: str, author: str, *, administrator: bool) -> None:
    """Release the values that an author, or for an administrator anybody, gave to a field of any member."""
    identity, table = m.Identity, m.HandValue
    members = select(identity.member_id).where(identity.entity == "service", identity.entity_id == found.id)
    standing = connection.execute(
        select(table.id, table.author)
        .where(table.entity == "service", table.field == field, table.released_at.is_(None))
        .where(table.member_id.in_(members) | table.member_id.in_([found.id, found.member]))
    )
    released = [row.id for row in standing if administrator or _same_person(row.author, author)]
    values = {"released_at": _now(connection), "released_by": author.strip()}
    connection.execute(update(table).where(table.id.in_(released)).values(values))


def _same_person(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _now(connection: Connection) -> datetime:
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment
