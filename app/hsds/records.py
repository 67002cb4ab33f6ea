"""Rows of the tables of HSDS as its records: which columns each has, and which records belong to it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Session

from etl.store import models as m

Record: TypeAlias = dict[str, Any]
Ids: TypeAlias = Collection[uuid.UUID]


@dataclass(frozen=True)
class Kind:
    """A table of HSDS: its model and the columns that the standard knows, by their names there.

    ``needed`` are those that the standard demands and our table may lack, with what stands for them.
    """

    model: Any
    columns: tuple[str, ...]
    needed: Mapping[str, Any] = field(default_factory=dict)


PHONE = Kind(m.Phone, ("id", "service_id", "organization_id", "location_id", "number", "type", "description"))
SCHEDULE = Kind(
    m.Schedule,
    (
        *("id", "service_id", "location_id", "valid_from", "valid_to", "freq", "byday"),
        *("opens_at", "closes_at", "description"),
    ),
)
LANGUAGE = Kind(m.Language, ("id", "service_id", "location_id", "code", "name", "note"))
COST = Kind(m.CostOption, ("id", "service_id", "option", "currency", "amount", "amount_description"))
DOCUMENT = Kind(m.RequiredDocument, ("id", "service_id", "document", "uri"))
AREA = Kind(
    m.ServiceArea, ("id", "service_id", "service_at_location_id", "name", "description", "extent", "extent_type")
)
CONTACT = Kind(m.Contact, ("id", "organization_id", "service_id", "name", "title", "department", "email"))
# A postal code is demanded, and many lists do not tell it.
ADDRESS = Kind(
    m.Address,
    (
        *("id", "location_id", "address_1", "address_2", "city", "region", "state_province", "postal_code"),
        *("country", "address_type"),
    ),
    needed={"postal_code": ""},
)
ACCESSIBILITY = Kind(m.Accessibility, ("id", "location_id", "description", "details", "url"))
IDENTIFIER = Kind(
    m.OrganizationIdentifier, ("id", "organization_id", "identifier_scheme", "identifier_type", "identifier")
)
ORGANIZATION = Kind(
    m.Organization,
    (
        *("id", "name", "alternate_name", "description", "email", "website", "tax_id", "legal_status"),
        "parent_organization_id",
    ),
)
SERVICE = Kind(
    m.Service,
    (
        *("id", "organization_id", "name", "alternate_name", "description", "url", "email", "status"),
        *("eligibility_description", "minimum_age", "maximum_age", "assured_date", "alert", "last_modified"),
    ),
)
CAPACITY = Kind(m.ServiceCapacity, ("id", "service_id", "available", "maximum", "description", "updated"))
PLACED = Kind(m.ServiceAtLocation, ("id", "service_id", "location_id", "description"))
# Read otherwise than the rest, because not every point is told.
LOCATION = Kind(m.Location, ("id", "location_type", "organization_id", "name", "description", "latitude", "longitude"))
TAXONOMY = Kind(m.Taxonomy, ("id", "name", "description", "uri", "version"))
TERM = Kind(m.TaxonomyTerm, ("id", "taxonomy_id", "code", "name", "description", "parent_id", "language"))


def record(kind: Kind, row: Any) -> Record:  # noqa: ANN401 - a row of any table
    """A row as JSON has it; what is not known is left out, as the standard wants it."""
    told = {name: plain(getattr(row, name)) for name in kind.columns}
    return {name: value for name, value in {**kind.needed, **_known(told)}.items() if value is not None}


def _known(told: Record) -> Record:
    return {name: value for name, value in told.items() if value is not None and value != ""}


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """A value as JSON has it.

    >>> plain(time(9, 30)), plain(Decimal("1.50")), plain(None)
    ('09:30', 1.5, None)
    """
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def of(session: Session, kind: Kind, column: str, ids: Ids) -> dict[uuid.UUID, list[Record]]:
    """The records whose ``column`` is one of the ids, by it; one statement however many there are."""
    owner = getattr(kind.model, column)
    asked = bindparam("ids", list(ids), type_=ARRAY(UUID(as_uuid=True)))
    rows = session.execute(
        select(*(getattr(kind.model, name) for name in kind.columns))
        .where(owner == any_(asked))
        .order_by(kind.model.id)
    )
    found: dict[uuid.UUID, list[Record]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(record(kind, row))
    return found


def one_each(session: Session, kind: Kind, ids: Ids) -> dict[uuid.UUID, Record]:
    """The records of these identifiers, by them."""
    return {key: rows[0] for key, rows in of(session, kind, "id", ids).items()}


def with_parts(told: Record, parts: Iterable[tuple[str, list[Record]]]) -> Record:
    """A record with the lists of what belongs to it, without the empty ones."""
    return told | {name: rows for name, rows in parts if rows}
