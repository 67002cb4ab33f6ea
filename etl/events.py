"""What happened to the things that a source lists: told by comparing what it claims before a run and after it.

The proof of a thing is no part of it: a newer edition that says the same of a service has not changed the service.

Of protected places neither address nor point is looked at, nor any text in which they could stand.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, delete, insert

from etl.identity import uid
from etl.link.fields import SECRET
from etl.outcome import Event, EventKind
from etl.states import HIDDEN, State
from etl.store import models as m

# HSDS's own words for what was done to a record.
ACTIONS: Mapping[EventKind, str] = {"nuovo": "create", "chiuso": "delete"}
# Names of the field by the kind of event that a change of it is; every other field is ``modificato``.
NAMED: Mapping[str, EventKind] = {"name": "rinominato", "address": "spostato", "position": "riposizionato"}
# Two services became one, or one became two: such an event names both.
UNIONS: tuple[EventKind, ...] = ("unito", "diviso")
_BY = "ombra"


def compare(
    source_id: str, entity: str, before: Mapping[uuid.UUID, State], after: Mapping[uuid.UUID, State]
) -> list[Event]:
    """What happened between two states, sorted."""
    events: list[Event] = []
    for key, now in after.items():
        told = _differences(before[key], now) if key in before else _arrival(now)
        events += [
            Event(source_id, entity, key, now.name, *difference, place=now.fields.get("address", ""))
            for difference in told
        ]
    return sorted(events)


Difference = tuple[EventKind, str, str, str]


def _arrival(now: State) -> Iterator[Difference]:
    yield "nuovo", "", "", now.name
    if now.closed_on:
        yield "chiuso", "closed_on", "", now.closed_on


def _differences(was: State, now: State) -> Iterator[Difference]:
    if was.closed_on != now.closed_on:
        kind: EventKind = "riaperto" if not now.closed_on else "modificato" if was.closed_on else "chiuso"
        yield kind, "closed_on", was.closed_on, now.closed_on
    hidden = HIDDEN if was.protected or now.protected else frozenset()
    # Closing and reopening alter the status by themselves.
    implied = {"status", "supply_status"} if bool(was.closed_on) != bool(now.closed_on) else set()
    changed = {
        name
        for name in was.fields.keys() | now.fields.keys()
        if was.fields.get(name, "") != now.fields.get(name, "") and name not in hidden | implied
    }
    for name in sorted(changed):
        # What moved has another point as well: that is one thing, not two.
        if name != "position" or "address" not in changed:
            yield NAMED.get(name, "modificato"), name, was.fields.get(name, ""), now.fields.get(name, "")


def keep(connection: Connection, run_id: uuid.UUID, events: Sequence[Event], *, today: date) -> None:
    """Write events down as HSDS metadata."""
    rows = [
        {
            "id": uid("metadata", str(run_id), event.entity, str(event.entity_id), event.kind, event.field),
            "resource_id": event.entity_id,
            "resource_type": event.entity,
            "last_action_date": today,
            "last_action_type": ACTIONS.get(event.kind, "update"),
            "field_name": event.field,
            "previous_value": event.before,
            "replacement_value": event.after,
            "updated_by": _BY,
            "run_id": run_id,
            "event": event.kind,
        }
        for event in events
    ]
    if rows:
        connection.execute(insert(m.Metadata), rows)


def forget(connection: Connection, services_hidden: Collection[uuid.UUID]) -> None:
    """Take out of the book what it told of places that are protected now, and with what they were one."""
    book, names = m.Metadata, [str(one) for one in services_hidden]
    told = book.resource_id.in_(services_hidden)
    united = book.event.in_(UNIONS) & (told | book.previous_value.in_(names) | book.replacement_value.in_(names))
    connection.execute(delete(book).where(united | (told & book.field_name.in_(HIDDEN | SECRET))))


def figures(
    source_id: str, entity: str, before: Mapping[uuid.UUID, tuple[str, str]], after: Mapping[uuid.UUID, tuple[str, str]]
) -> list[Event]:
    """What happened to areas or figures, known by name and value."""
    events = []
    for key in before.keys() | after.keys():
        (old_name, old), (new_name, new) = before.get(key, ("", "")), after.get(key, ("", ""))
        if key not in before:
            events.append(Event(source_id, entity, key, new_name, "nuovo", "", "", new))
        elif key not in after:
            events.append(Event(source_id, entity, key, old_name, "chiuso", "", old, ""))
        else:
            if old_name != new_name:
                events.append(Event(source_id, entity, key, new_name, "rinominato", "name", old_name, new_name))
            if old != new:
                events.append(Event(source_id, entity, key, new_name, "modificato", "value", old, new))
    return sorted(events)
