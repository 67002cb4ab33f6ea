"""The rows of every public table that stand for the content of a source, on their way into the database."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from etl.identity import slug, uid
from etl.record import Identifier
from etl.store.frames import Rows

FINEST_FIRST = ("address", "street", "municipality")


@dataclass(frozen=True)
class TypeOfService:
    """What publishing needs to know of a service type."""

    protected: bool
    term_id: uuid.UUID


@dataclass(frozen=True)
class Claim:
    """What one source says of a body; ``told`` holds the fields by name (:mod:`etl.publication.bodies`).

    ``rank`` 0: the source is a list of bodies; 1: it names the body of a service.
    """

    organization_id: uuid.UUID
    rank: int
    source_record_id: uuid.UUID | None
    told: dict[str, Any]


@dataclass
class Publication:
    """Rows by table, in the order in which foreign keys allow them to be written."""

    location: Rows = field(default_factory=list)
    restricted: Rows = field(default_factory=list)
    address: Rows = field(default_factory=list)
    accessibility: Rows = field(default_factory=list)
    service: Rows = field(default_factory=list)
    service_at_location: Rows = field(default_factory=list)
    service_area: Rows = field(default_factory=list)
    phone: Rows = field(default_factory=list)
    schedule: Rows = field(default_factory=list)
    service_capacity: Rows = field(default_factory=list)
    attribute: Rows = field(default_factory=list)
    field_origin: Rows = field(default_factory=list)

    @property
    def services(self) -> list[uuid.UUID]:
        """Identifiers of the services."""
        return [row["id"] for row in self.service]


def named_body(name: str, tax_id: str | None) -> uuid.UUID:
    """A body that a service names: by its tax code where it is told, else by its name, however it is spelt."""
    return uid("organization", slug(name)) if tax_id is None else body_of_tax(tax_id)


def body_of_tax(tax_id: str) -> uuid.UUID:
    """The body of a tax code, whoever names it."""
    return uid("organization", "tax", tax_id)


def listed_body(source_id: str, key: str, tax_id: str | None, identifiers: tuple[Identifier, ...]) -> uuid.UUID:
    """A body of a list: by tax code, else by the number of a register, else by its row; never by its name.

    Two bodies of one name are two until somebody has judged otherwise.
    """
    if tax_id is not None:
        return body_of_tax(tax_id)
    if identifiers:
        first = min(identifiers)
        return uid("organization", first.scheme, first.value)
    return uid("organization", source_id, key)


def service_identifier(source_id: str, key: str) -> uuid.UUID:
    """Identifier that the service of a row has as long as it stands alone, and its claim for ever."""
    return uid("service", source_id, key)


def own_place(source_id: str, key: str) -> uuid.UUID:
    """Identifier of a place that no other service is at: a protected or an unlocated one."""
    return uid("location", source_id, key)
