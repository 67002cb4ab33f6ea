"""What the services of one edition claim, and which bodies they name. Pure."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from etl.identity import slug, uid
from etl.link.claim import ServiceClaim
from etl.locate.position import Position
from etl.publication.model import Claim, TypeOfService, named_body, own_place, service_identifier
from etl.quality.parts import told_date
from etl.record import ServiceRecord


def build(
    source_id: str,
    records: Sequence[ServiceRecord],
    positions: Mapping[str, Position],
    types: Mapping[str, TypeOfService],
    *,
    dated: Sequence[str | None],
    today: date,
    withheld: Collection[str] = (),
) -> list[ServiceClaim]:
    """Claims of the located records, in order of identifiers.

    Parameters
    ----------
    dated
        Labels that date the edition as a whole, the best first (:func:`etl.quality.parts.told_date`).
    today
        A service whose validity has ended by then is closed on the day of its end.
    withheld
        Keys of what is protected though its type is not.
    """
    edition = next((day for label in dated if (day := told_date(label)) is not None), None)
    made = [
        _claim(
            source_id,
            record,
            positions[record.key],
            edition,
            today,
            by_type=types[record.service_type].protected,
            withheld=record.key in withheld,
        )
        for record in records
        if record.key in positions
    ]
    return sorted(made, key=lambda claim: claim.id)


def _claim(
    source_id: str,
    record: ServiceRecord,
    position: Position,
    edition: date | None,
    today: date,
    *,
    by_type: bool,
    withheld: bool,
) -> ServiceClaim:
    protected = by_type or withheld
    named, ended = record.organization, record.valid_to is not None and record.valid_to <= today
    return ServiceClaim(
        id=service_identifier(source_id, record.key),
        source_id=source_id,
        key=record.key,
        location_id=_location_id(source_id, record, position, protected=protected),
        organization_id=None if named is None else named_body(named, record.organization_tax_id),
        record=record,
        position=position,
        told_on=edition or told_date(None if record.evidence_year is None else f"{record.evidence_year:04d}"),
        protected=protected,
        closed_on=record.valid_to if ended else None,
        withheld=withheld and not by_type,
    )


def _location_id(source_id: str, record: ServiceRecord, position: Position, *, protected: bool) -> uuid.UUID:
    """Services of one source at one located address share a place; an unlocated service has its own."""
    if protected or position.precision == "municipality" or record.address is None:
        return own_place(source_id, record.key)
    return uid("location", source_id, position.municipality, slug(record.address))


def named_bodies(records: Sequence[ServiceRecord]) -> list[Claim]:
    """The bodies that services name; of several spellings of one the first."""
    told: dict[uuid.UUID, dict[str, Any]] = {}
    for record in sorted(records, key=lambda record: record.organization or "", reverse=True):
        if record.organization is not None:
            body = named_body(record.organization, record.organization_tax_id)
            told[body] = {"name": record.organization, "tax_id": record.organization_tax_id}
    return [Claim(body, 1, None, fields) for body, fields in told.items()]
