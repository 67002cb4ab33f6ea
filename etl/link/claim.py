"""What sources say of services and bodies: the claims that are compared, grouped, and published as one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

from etl.locate.position import Position
from etl.record import ServiceRecord

Question: TypeAlias = Literal["service", "location", "organization"]


@dataclass(frozen=True, kw_only=True)
class ServiceClaim:
    """What one source says of one service.

    Attributes
    ----------
    id
        The service's identifier as long as it stands alone (:func:`etl.publication.services.service_identifier`); the
        claim keeps it for ever, whatever service it becomes part of.
    location_id, organization_id
        The identifiers that its site and its body have as long as they stand alone.
    record, position
        What the source says, cleaned, and where it was placed.
    told_on
        The day of which the source speaks (evidence, edition, reference date), None where nothing is dated.
    protected
        Its place may be told to nobody: it is never compared with another.
    withheld
        Protected though its own type is not: a row that could not be loaded, or an edition that was undone, says so.
    closed_on
        The source has not listed it since; its values count only where no claim is open.
    """

    id: uuid.UUID
    source_id: str
    key: str
    location_id: uuid.UUID
    organization_id: uuid.UUID | None
    record: ServiceRecord
    position: Position
    told_on: date | None = None
    protected: bool = False
    closed_on: date | None = None
    withheld: bool = False


@dataclass(frozen=True, kw_only=True)
class BodyClaim:
    """A body as all sources that know it by one number, or by one name, tell it.

    ``id`` is its identifier as long as it stands alone; ``told`` holds the fields by name
    (:mod:`etl.publication.bodies`); ``sources`` are the lists that name it and whether each is a list of bodies;
    ``municipalities`` are those of its own seat, or of the services that name it where it has none.
    """

    id: uuid.UUID
    told: Mapping[str, Any]
    sources: Mapping[str, bool] = field(default_factory=dict)
    municipalities: frozenset[str] = frozenset()
