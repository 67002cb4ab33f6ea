"""Records of HSDS with what belongs to them, many at a time: a handful of statements for a page.

Of a protected place nothing is told but the service, its body and how to reach them: neither the location nor the
presence at it, and no free text that might say where it is.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Session

from app.hsds import records as r
from app.hsds.records import Ids, Record, of, one_each, with_parts
from app.queries.hsds import PUBLIC_PRECISIONS
from etl.identity import uid
from etl.store import models as m

_SILENT = ("description", "alternate_name", "eligibility_description", "alert")  # of a service at a protected place
Parts = Mapping[str, tuple[r.Kind, str]]
OF_SERVICE: Parts = {
    "phones": (r.PHONE, "service_id"),
    "languages": (r.LANGUAGE, "service_id"),
    "cost_options": (r.COST, "service_id"),
    "required_documents": (r.DOCUMENT, "service_id"),
    "contacts": (r.CONTACT, "service_id"),
}
# May tell where a service is.
OF_OPEN_SERVICE: Parts = {"schedules": (r.SCHEDULE, "service_id"), "service_areas": (r.AREA, "service_id")}
OF_ORGANIZATION: Parts = {
    "phones": (r.PHONE, "organization_id"),
    "contacts": (r.CONTACT, "organization_id"),
    "organization_identifiers": (r.IDENTIFIER, "organization_id"),
}
OF_LOCATION: Parts = {
    "addresses": (r.ADDRESS, "location_id"),
    "accessibility": (r.ACCESSIBILITY, "location_id"),
    "phones": (r.PHONE, "location_id"),
    "schedules": (r.SCHEDULE, "location_id"),
    "languages": (r.LANGUAGE, "location_id"),
}


def services(session: Session, ids: Sequence[uuid.UUID], *, full: bool) -> list[Record]:
    """Services in the order of ``ids``; ``full`` with body, places, hours and all that belongs to them."""
    found, hidden = one_each(session, r.SERVICE, ids), _protected(session, ids)
    told = [_silenced(found[one]) if one in hidden else found[one] for one in ids if one in found]
    terms = attributes(session, "service", ids)
    if not full:
        return [with_parts(one, [("attributes", terms.get(uuid.UUID(one["id"]), []))]) for one in told]
    open_ids = [one for one in ids if one not in hidden]
    parts = _parts(session, OF_SERVICE, ids) + _parts(session, OF_OPEN_SERVICE, open_ids)
    parts += [("service_at_locations", presences_of(session, open_ids)), ("attributes", terms)]
    parts += [("capacities", capacities(session, ids))]
    bodies = one_each(session, r.ORGANIZATION, {uuid.UUID(one["organization_id"]) for one in told if _has_body(one)})
    return [_full(one, parts, bodies) for one in told]


def organizations(
    session: Session, ids: Sequence[uuid.UUID], *, full: bool, with_services: bool = False
) -> list[Record]:
    """Bodies in the order of ``ids``.

    ``full`` with how to reach them and how registers know them; ``with_services`` with their open services in full.
    """
    found = one_each(session, r.ORGANIZATION, ids)
    parts = _parts(session, OF_ORGANIZATION, ids) if full or with_services else []
    if with_services:
        parts.append(("services", services_of(session, ids)))
    return [_joined(found[one], parts) for one in ids if one in found]


def services_of(session: Session, bodies: Ids) -> dict[uuid.UUID, list[Record]]:
    """The open services of bodies in full, by the body."""
    listed = m.ServiceListing
    statement = select(listed.id).where(listed.organization_id == any_(_array(bodies))).order_by(listed.id)
    found: dict[uuid.UUID, list[Record]] = {}
    for one in services(session, session.execute(statement).scalars().all(), full=True):
        told = {name: value for name, value in one.items() if name != "organization"}
        found.setdefault(uuid.UUID(one["organization_id"]), []).append(told)
    return found


def locations(session: Session, ids: Sequence[uuid.UUID], *, full: bool = True) -> list[Record]:
    """Public places in the order of ``ids``; a point known only by its municipality is not given as one."""
    found = _places(session, ids)
    if not full:
        return [found[one] for one in ids if one in found]
    parts = _parts(session, OF_LOCATION, list(found))
    told = [_joined(found[one], parts) for one in ids if one in found]
    without = [uuid.UUID(one["id"]) for one in told if "addresses" not in one]
    towns = _towns(session, without)
    return [with_parts(one, [("addresses", towns[one["id"]])]) if one["id"] in towns else one for one in told]


def presences(session: Session, ids: Sequence[uuid.UUID], *, full: bool) -> list[Record]:
    """Presences of services at public places in the order of ``ids``; ``full`` with the place and the service."""
    found = one_each(session, r.PLACED, ids)
    told = [found[one] for one in ids if one in found]
    wanted = [uuid.UUID(one["location_id"]) for one in told]
    places = {one["id"]: one for one in locations(session, wanted, full=full)}
    told = [one | {"location": places[one["location_id"]]} for one in told if one["location_id"] in places]
    if not full:
        return told
    kept = services(session, list({uuid.UUID(one["service_id"]) for one in told}), full=False)
    by_id = {one["id"]: one for one in kept}
    return [one | {"service": by_id[one["service_id"]]} for one in told if one["service_id"] in by_id]


def presences_of(session: Session, service_ids: Ids) -> dict[uuid.UUID, list[Record]]:
    """The presences of services at public places, each with its place, by the service."""
    found = of(session, r.PLACED, "service_id", service_ids)
    wanted = {uuid.UUID(one["location_id"]) for rows in found.values() for one in rows}
    places = {one["id"]: one for one in locations(session, list(wanted))}
    return {
        service: [one | {"location": places[one["location_id"]]} for one in rows if one["location_id"] in places]
        for service, rows in found.items()
    }


def attributes(session: Session, entity: str, ids: Ids) -> dict[uuid.UUID, list[Record]]:
    """The taxonomy terms given to records, by the record."""
    given, term = m.Attribute, m.TaxonomyTerm
    rows = session.execute(
        select(
            given.id, given.link_id, given.value, *(getattr(term, name).label(f"t_{name}") for name in r.TERM.columns)
        )
        .join(term, term.id == given.taxonomy_term_id)
        .where(given.link_entity == entity, given.link_id == any_(_array(ids)))
        .order_by(given.id)
    )
    found: dict[uuid.UUID, list[Record]] = {}
    for row in rows:
        own = {name: r.plain(getattr(row, f"t_{name}")) for name in r.TERM.columns}
        told = {"id": str(row.id), "link_id": str(row.link_id), "link_entity": entity, "value": row.value}
        told |= {"taxonomy_term_id": own["id"], "taxonomy_term": {k: v for k, v in own.items() if v is not None}}
        found.setdefault(row.link_id, []).append({k: v for k, v in told.items() if v is not None})
    return found


def capacities(session: Session, ids: Ids) -> dict[uuid.UUID, list[Record]]:
    """The places that services have, by the service; where nobody knows how many are free the standard has no word."""
    own = m.ServiceCapacity
    rows = session.execute(
        select(own)
        .where(own.service_id == any_(_array(ids)), own.available.is_not(None))
        .order_by(own.service_id, own.id)
    ).scalars()
    found: dict[uuid.UUID, list[Record]] = {}
    for row in rows:
        unit = {"id": str(uid("unit", row.unit)), "name": row.unit}
        told = r.record(r.CAPACITY, row) | {"unit_id": unit["id"], "unit": unit}
        found.setdefault(row.service_id, []).append(told)
    return found


def _parts(session: Session, parts: Parts, ids: Ids) -> list[tuple[str, dict[uuid.UUID, list[Record]]]]:
    return [(name, of(session, kind, column, ids)) for name, (kind, column) in parts.items()]


def _joined(told: Record, parts: Iterable[tuple[str, Mapping[uuid.UUID, list[Record]]]]) -> Record:
    own = uuid.UUID(told["id"])
    return with_parts(told, [(name, rows.get(own, [])) for name, rows in parts])


def _full(
    told: Record, parts: Iterable[tuple[str, Mapping[uuid.UUID, list[Record]]]], bodies: Mapping[uuid.UUID, Record]
) -> Record:
    body = bodies.get(uuid.UUID(told["organization_id"])) if _has_body(told) else None
    return _joined(told, parts) | ({} if body is None else {"organization": body})


def _has_body(told: Record) -> bool:
    return "organization_id" in told


def _silenced(told: Record) -> Record:
    return {name: value for name, value in told.items() if name not in _SILENT}


def _protected(session: Session, ids: Ids) -> set[uuid.UUID]:
    """Services that have a protected place: all that is told of them is told as of one."""
    here, place = m.ServiceAtLocation, m.Location
    statement = select(here.service_id).join(place, place.id == here.location_id)
    return set(
        session.execute(statement.where(here.service_id == any_(_array(ids)), place.location_protected)).scalars()
    )


def _places(session: Session, ids: Ids) -> dict[uuid.UUID, Record]:
    place = m.Location
    shown = place.precision.in_(PUBLIC_PRECISIONS)
    rows = session.execute(
        select(
            *(place.id, place.location_type, place.organization_id, place.name, place.description),
            func.ST_Y(place.geom).label("latitude"),
            func.ST_X(place.geom).label("longitude"),
            shown.label("shown"),
        ).where(place.id == any_(_array(ids)), ~place.location_protected)
    )
    return {row.id: _place(row._asdict()) for row in rows}


def _towns(session: Session, ids: Ids) -> dict[str, list[Record]]:
    """An address with nothing but the municipality for each place of which no more is known."""
    place, town = m.Location, m.Area
    rows = session.execute(
        select(place.id, town.name)
        .join(town, town.id == place.municipality_id)
        .where(place.id == any_(_array(ids)), ~place.location_protected)
    )
    known = {"address_1": "", "state_province": "TO", "postal_code": "", "country": "IT"}
    return {
        str(row.id): [
            {"id": str(uid("address", str(row.id), "municipality")), "location_id": str(row.id), "city": row.name}
            | known
            | {"address_type": "physical"}
        ]
        for row in rows
    }


def _place(row: Record) -> Record:
    hidden = {"shown"} if row["shown"] else {"shown", "latitude", "longitude"}
    told = {name: r.plain(value) for name, value in row.items() if name not in hidden}
    return {name: value for name, value in told.items() if value is not None and value != ""}


def _array(ids: Ids) -> Any:  # noqa: ANN401 - a parameter of any statement
    return bindparam(None, list(ids), type_=ARRAY(UUID(as_uuid=True)))
