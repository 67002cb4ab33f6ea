"""What happened to the things that a source lists: told by comparing what is public before a run and after it.

The proof of a thing is no part of it: a newer edition that says the same of a service has not changed the service.

Of protected places neither address nor point is looked at, nor any text in which they could stand.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, RowMapping, delete, insert, text

from etl.identity import uid
from etl.outcome import Event, EventKind
from etl.store import models as m

# HSDS's own words for what was done to a record.
ACTIONS: Mapping[EventKind, str] = {"nuovo": "create", "chiuso": "delete"}
# Names of the field by the kind of event that a change of it is; every other field is ``modificato``.
NAMED: Mapping[str, EventKind] = {"name": "rinominato", "address": "spostato", "position": "riposizionato"}
# Of a protected place these are not read; where a place becomes protected they are not compared either.
_HIDDEN = frozenset({"address", "position", "note", "description", "alternate_name", "schedule"})
_BY = "ombra"

_SERVICES = text(
    """
    select s.id, s.name, s.closed_on, coalesce(bool_or(l.location_protected), false) as protected,
        string_agg(concat_ws(', ', a.address_1, a.address_2, a.postal_code, town.name), '; ' order by l.id) as address,
        string_agg(concat_ws(' ', ST_AsText(l.geom, 6), l.precision), '; ' order by l.id) as position,
        s.alternate_name, s.description, s.note, s.url, s.email, s.status,
        s.service_type_code, s.delivery, s.supply_status, s.expected_on, s.opening_hours, s.valid_from, s.valid_to,
        (select o.name from organization o where o.id = s.organization_id) as organization,
        (select string_agg(p.number, '; ' order by p.number) from phone p where p.service_id = s.id) as phone,
        (select string_agg(c.maximum || ' ' || c.unit, '; ' order by c.unit, c.maximum)
            from service_capacity c where c.service_id = s.id) as service_capacity,
        (select string_agg(concat_ws(' ', h.byday, h.opens_at, h.closes_at, h.description), '; ' order by h.id)
            from schedule h where h.service_id = s.id) as schedule
    from service s
    left join service_at_location sl on sl.service_id = s.id
    left join location l on l.id = sl.location_id
    left join address a on a.location_id = l.id
    left join area town on town.id = l.municipality_id
    where s.id = any(:ids) group by s.id
    """
)
_BODIES = text(
    """
    select o.id, o.name, o.closed_on, false as protected,
        (select concat_ws(', ', a.address_1, a.address_2, a.postal_code, town.name) from area town
            left join location l on l.organization_id = o.id left join address a on a.location_id = l.id
            where town.id = o.municipality_id) as address,
        (select concat_ws(' ', ST_AsText(l.geom, 6), l.precision) from location l where l.organization_id = o.id)
            as position,
        o.alternate_name, o.description, o.email, o.website, o.tax_id, o.legal_status,
        (select string_agg(p.number, '; ' order by p.number) from phone p where p.organization_id = o.id) as phone,
        (select string_agg(i.identifier_type || ' ' || i.identifier, '; ' order by i.identifier_type, i.identifier)
            from organization_identifier i where i.organization_id = o.id) as organization_identifier
    from organization o where o.id = any(:ids)
    """
)


@dataclass(frozen=True)
class State:
    """What is public of a thing: its name, the day it was closed, its fields as text."""

    name: str
    closed_on: str
    protected: bool
    fields: Mapping[str, str]


def services(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, State]:
    """State of services; those that are not in the database are absent."""
    rows = connection.execute(_SERVICES, {"ids": list(ids)}).mappings()
    return {row["id"]: _state(row) for row in rows}


def bodies(connection: Connection, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, State]:
    """State of bodies; those that are not in the database are absent."""
    rows = connection.execute(_BODIES, {"ids": list(ids)}).mappings()
    return {row["id"]: _state(row) for row in rows}


def _state(row: RowMapping) -> State:
    left_out = {"id", "closed_on", "protected"} | (_HIDDEN if row["protected"] else set())
    told = {name: "" if value is None else str(value) for name, value in row.items() if name not in left_out}
    return State(row["name"], "" if row["closed_on"] is None else str(row["closed_on"]), row["protected"], told)


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
    hidden = _HIDDEN if was.protected or now.protected else frozenset()
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
    """Take out of the book what it told of places that are protected now."""
    connection.execute(
        delete(m.Metadata).where(m.Metadata.resource_id.in_(services_hidden), m.Metadata.field_name.in_(_HIDDEN))
    )


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
