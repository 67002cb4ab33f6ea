"""What people have written of places that are protected: as little of it may be told as of what sources say."""

from collections import defaultdict

from sqlalchemy import ARRAY, Connection, String, bindparam, delete, text

from etl import events, hiding
from etl.link.fields import SECRET
from etl.store import models as m

# Every row of a service to which a person has given a type that is protected now.
_BY_TYPE = text(
    """
    select distinct c.id, c.source_id, c.key from hand_value h
    join service_type t on t.code = h.value #>> '{}' and t.protected
    join identity given on given.entity = 'service' and given.member_id = h.member_id
    join identity beside on beside.entity = 'service' and beside.entity_id = given.entity_id
    join restricted.service_claim c on c.id = beside.member_id
    where h.entity = 'service' and h.field = 'service_type' and h.released_at is null and not c.protected
    order by c.source_id, c.key
    """
)
_BY_HAND = (
    "select h.id from hand_value h join restricted.service_claim c on c.id = h.member_id"
    " where h.entity = 'service' and c.protected and h.field = any(:secret)"
)
_ORIGINS = text(f"delete from field_origin where hand_value_id in ({_BY_HAND})")  # noqa: S608 - fixed text
_VALUES = text(f"delete from hand_value where id in ({_BY_HAND})")  # noqa: S608 - fixed text
_NOTES = text(
    "update judgement j set note = null from restricted.service_claim c"
    " where j.note is not null and c.protected and c.id in (j.left_id, j.right_id)"
)


def silence(connection: Connection) -> None:
    """Hide what a person has said to be of a type that is protected now, and what persons wrote of protected places.

    Values made by hand, and notes of judgements, are taken back where they could tell such a place.
    """
    _hide_by_type(connection)
    for statement in (_ORIGINS, _VALUES):
        bound = statement.bindparams(bindparam("secret", type_=ARRAY(String)))
        connection.execute(bound, {"secret": sorted(SECRET)})
    connection.execute(_NOTES)


def _hide_by_type(connection: Connection) -> None:
    claims = connection.execute(_BY_TYPE).all()
    keys: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        keys[claim.source_id].append(claim.key)
    for source_id, own in keys.items():
        hiding.hide(connection, source_id, own)
    if claims:
        events.forget(connection, {claim.id for claim in claims})
        # As where a type of a source is protected: a point of an address does not tell which row it comes from.
        connection.execute(delete(m.AddressPoint).where(m.AddressPoint.source_id.in_(list(keys))))
