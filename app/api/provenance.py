"""Where the values of a service come from, as the API tells it."""

import uuid
from datetime import date

from sqlalchemy.orm import Session

from app.api import schemas
from app.errors import InvalidParameter
from app.queries import origins as queries
from app.reports.provenance import Field, Telling, field_name, field_named, fields
from etl.i18n import _
from etl.identity import uid
from etl.link.fields import FIELDS, as_text
from etl.link.hand_book import BY_HAND


def origins(session: Session, service_id: uuid.UUID, field: str | None) -> list[schemas.FieldOrigins]:
    """The published fields of a service, or one of them.

    Raises
    ------
    InvalidParameter
        There is no such field.
    """
    wanted = None if field is None else field_named(field)
    if field is not None and wanted is None:
        known = ", ".join(FIELDS)
        raise InvalidParameter(_("field: «{campo}» non è un campo: {noti}.").format(campo=field, noti=known))
    return [_field(one) for one in fields(session, service_id, wanted)]


def _field(found: Field) -> schemas.FieldOrigins:
    told = [
        schemas.ToldValue(**{name: getattr(one, name) for name in schemas.ToldValue.model_fields})
        for one in found.tellings
    ]
    name = field_name(found.field)
    return schemas.FieldOrigins(field=found.field, name=name, value=found.value, text=found.text, origins=told)


def metadata(session: Session, service_id: uuid.UUID) -> list[schemas.ServiceMetadata]:
    """What happened to a service, the latest first, then where each present value comes from."""
    book = [schemas.ServiceMetadata(**row._asdict()) for row in session.execute(queries.changes(service_id))]
    return book + [_origin(service_id, one) for one in fields(session, service_id)]


def _origin(service_id: uuid.UUID, found: Field) -> schemas.ServiceMetadata:
    """The present value of a field as a replacement of the best of those that lost."""
    winner = found.tellings[0]
    lost = next((one for one in found.tellings if not one.survives and one.rule != "concordi"), None)
    return schemas.ServiceMetadata(
        id=uid("metadata", "origin", str(service_id), found.field),
        resource_id=service_id,
        resource_type="service",
        last_action_date=_day(winner),
        last_action_type="update",
        field_name=found.field,
        previous_value="" if lost is None else as_text(found.field, lost.value),
        replacement_value=as_text(found.field, found.value),
        updated_by=BY_HAND if winner.by_hand else winner.source,
        event="origine",
        source_id=winner.source_id,
    )


def _day(winner: Telling) -> date:
    """The day of which the value speaks, or on which its source was read: HSDS wants one."""
    return winner.told_on or winner.loaded_on or date.min
