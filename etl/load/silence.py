"""What people have written of places that have become protected: as little of it may be told as of what sources say."""

from sqlalchemy import ARRAY, Connection, String, bindparam, text

from etl.link.fields import SECRET

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
    """Take back values made by hand, and notes of judgements, that could tell a protected place."""
    for statement in (_ORIGINS, _VALUES):
        bound = statement.bindparams(bindparam("secret", type_=ARRAY(String)))
        connection.execute(bound, {"secret": sorted(SECRET)})
    connection.execute(_NOTES)
