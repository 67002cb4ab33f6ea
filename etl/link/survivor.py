"""A service as it is published, where each value comes from, and the values that people have given it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from etl.locate.position import Position
from etl.record import ServiceRecord


@dataclass(frozen=True)
class Origin:
    """A value that a claim, or a person, tells of a field, and what became of it.

    ``value`` is JSON (:func:`etl.link.fields.told`); ``survives`` is whether it is what is published. ``rule`` says why
    it won or lost (:mod:`etl.link.rules`): ``concordi`` where it says the same as the value that won.
    """

    field: str
    claim: uuid.UUID | None
    hand: uuid.UUID | None
    value: Any
    survives: bool
    rule: str
    told_on: date | None


@dataclass(frozen=True)
class Golden:
    """A service as it is published.

    Attributes
    ----------
    record, position
        The values that survived; the record's key is that of the claim whose site is published.
    place_of
        The claim whose site is published.
    body
        The own identifier of the body, none where no claim names one.
    origins
        Every value that any claim or person tells, by field.
    closed_on
        The day on which it was closed, none while it is open. A source that still lists it does not keep it open where
        another says later that it has ended; a state made by hand opens and closes it.
    own_place
        A person has changed something of the place: it can no longer be shared with other services of that site.
    """

    record: ServiceRecord
    position: Position
    place_of: uuid.UUID
    body: uuid.UUID | None
    origins: tuple[Origin, ...]
    closed_on: date | None = None
    own_place: bool = False


@dataclass(frozen=True, kw_only=True)
class HandValue:
    """A value that a person has given to a field of a service; it wins until it is released.

    ``member_id`` is the own identifier of a claim. ``value`` is JSON as claims tell it (:func:`etl.link.fields.told`),
    None where the field is to be empty, but: ``organization`` has also ``id``, the body's identifier; ``address`` is an
    object of ``address`` and ``position``, the latter null where the point of the sources holds; a ``position``
    (:func:`etl.link.fields.place_told`) has null for ``latitude`` and ``longitude`` where none was found.
    """

    id: uuid.UUID
    member_id: uuid.UUID
    field: str
    value: Any
    author: str
    made_at: datetime
    note: str | None = None
