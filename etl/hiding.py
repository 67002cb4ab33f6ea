"""What was told of a place that is protected now goes to the restricted side: its claim, its raw row, its remarks.

What is public of it follows with the directory (:func:`etl.load.directory.refresh`).
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ARRAY, Connection, String, bindparam, text

from etl import runs
from etl.identity import content_hash
from etl.publication.model import own_place
from etl.store import models as m
from etl.store.frames import merge

_OF_KEYS = "source_id = :source and key = any(:keys)"
_OPEN = f"select id, key from restricted.service_claim where {_OF_KEYS} and not protected"  # noqa: S608 - fixed text
# With a place of its own, of which only the municipality is public: others may be at the old one.
_APART = text(
    """
    update restricted.service_claim c set protected = true, location_id = :place, withheld = not exists
        (select from service_type t where t.code = c.record->>'service_type' and t.protected)
    where c.id = :claim
    """
)
_TOLD = f"select id, key, raw, content_hash from source_record where {_OF_KEYS} and raw <> '{{}}'"  # noqa: S608
_EMPTIED = text("update source_record set raw = '{}', content_hash = '' where id = :id")
# Protected now: by the type that they tell themselves, or against it.
_HIDDEN = text(
    """
    select c.key from restricted.service_claim c left join service_type t on t.code = c.record->>'service_type'
    where c.source_id = :source and c.protected and (c.withheld or t.protected)
    """
)


def hide(connection: Connection, source_id: str, keys: Collection[str]) -> None:
    """Make what a source has told under some keys protected; rows of which there is nothing are passed over."""
    hide_claims(connection, source_id, keys)
    for row in _of_keys(connection, _TOLD, source_id, keys):
        hide_row(connection, row["id"], row["raw"], row["content_hash"])
    runs.hide_issues(connection, source_id, keys)


def hide_claims(connection: Connection, source_id: str, keys: Collection[str]) -> None:
    """Make the claims of some rows protected, each with a place of its own."""
    for row in _of_keys(connection, _OPEN, source_id, keys):
        connection.execute(_APART, {"claim": row["id"], "place": own_place(source_id, row["key"])})


def hide_row(connection: Connection, record_id: object, raw: Mapping[str, Any], known_hash: str) -> None:
    """Move a raw row, and its hash, from which it could be guessed, to the restricted schema."""
    kept = {"source_record_id": record_id, "raw": raw, "content_hash": known_hash or content_hash(raw)}
    merge(connection, m.RestrictedRecord, [kept])
    connection.execute(_EMPTIED, {"id": record_id})


def hidden_keys(connection: Connection, source_id: str) -> frozenset[str]:
    """Keys of the services of a source that are hidden now, whatever an older edition says of them."""
    return frozenset(connection.execute(_HIDDEN, {"source": source_id}).scalars())


def _of_keys(connection: Connection, statement: str, source_id: str, keys: Collection[str]) -> list[Any]:
    bound = text(statement).bindparams(bindparam("keys", type_=ARRAY(String)))
    return list(connection.execute(bound, {"source": source_id, "keys": sorted(keys)}).mappings()) if keys else []
