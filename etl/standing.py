"""What stays as it was although an edition does not tell it anew: its row is there and cannot be read.

Only what an edition no longer lists is closed. A row that was rejected for a fault is still listed; one that says
that the thing is elsewhere, or of a kind that the source does not list, is not. Where a row that cannot be loaded says
that its place is protected, or might say so, what was told of it before does not stay public.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from etl.batch import Batch
from etl.i18n import _
from etl.identity import uid
from etl.issues import IssueLog
from etl.load import bodies, claims
from etl.publication.model import service_identifier
from etl.record import Placeable
from etl.sources.tabular.rows import BROKEN, KEYLESS, MARK, WHY
from etl.store import models as m
from etl.surroundings import Surroundings

# A row rejected because nobody may know its place must not leave the earlier one public.
_SECRET = frozenset({"luogo_protetto"})


@dataclass(frozen=True)
class Standing:
    """Claims of services, or of a list of bodies raw records, that stay.

    ``protected`` are keys of what must not be public any more, by whatever was told of it before.
    """

    stay: frozenset[uuid.UUID] = frozenset()
    protected: frozenset[str] = frozenset()


def find(connection: Connection, batch: Batch, around: Surroundings) -> Standing:
    """What of a source stays as it was under an edition; the log of the edition tells which and why."""
    source_id = batch.declaration.id
    if batch.withdrawn:
        return Standing()
    if batch.declaration.kind == "services":
        stay = _staying(batch, claims.open_claims(connection, source_id), service_identifier)
        return Standing(stay, _protected(connection, batch, around, stay))
    if batch.declaration.kind == "organizations":
        return Standing(_staying(batch, bodies.claiming_rows(connection, source_id), _row_identifier))
    return Standing()


def _row_identifier(source_id: str, key: str) -> uuid.UUID:
    return uid("source_record", source_id, key)


def _staying(batch: Batch, there: set[uuid.UUID], identify: Callable[[str, str], uuid.UUID]) -> frozenset[uuid.UUID]:
    source_id = batch.declaration.id
    absent = there - {identify(source_id, record.key) for record in batch.records if isinstance(record, Placeable)}
    rejected = {identify(source_id, key): key for key in batch.rows.keys() - batch.accepted}
    listed = {one: rejected[one] for one in absent & rejected.keys()}
    kinds = _kinds(batch)
    unread = {one: key for one, key in listed.items() if _still_there(batch, key, kinds.get(key, set()))}
    for key in sorted(unread.values()):
        why = _("La riga c'è ma non si può leggere: resta quel che diceva prima, fino a quando è corretta.")
        batch.log.doubtful(key, "riga_non_aggiornata", why)
    nameless = _nameless(batch, kinds)
    unlisted = absent - listed.keys()
    if not nameless or not unlisted:
        return frozenset(unread)
    why = _(
        "{rows} righe non hanno una chiave che si legga: potrebbero essere fra le {count} che mancano, che perciò non "
        "sono chiuse. Correggere il file e caricarlo di nuovo."
    )
    batch.log.doubtful(nameless[0], "chiusure_sospese", why.format(rows=len(nameless), count=len(unlisted)))
    return frozenset(unread) | unlisted


def _nameless(batch: Batch, kinds: dict[str, set[str]]) -> list[str]:
    """Keys that stand for rows whose own cannot be read: each may be any of those that are missing."""
    return sorted(
        key for key, told in kinds.items() if BROKEN in told or (KEYLESS in told and _stands_for_one(batch, key))
    )


def _stands_for_one(batch: Batch, key: str) -> bool:
    """Whether a row without a key would be one of the list if it had one; a total or a note below a table is not."""
    row = {name: value for name, value in batch.rows[key].items() if name not in (MARK, WHY)}
    return len(batch.source.parse(key, row, batch.edition, IssueLog())) > 0


def _kinds(batch: Batch) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in batch.log.entries:
        if entry.severity == "scartato":
            found.setdefault(entry.record_key, set()).add(entry.kind)
    return found


def _still_there(batch: Batch, key: str, kinds: set[str]) -> bool:
    return not kinds & _SECRET and batch.source.left_out(batch.rows[key], kinds) is not None


def _protected(
    connection: Connection, batch: Batch, around: Surroundings, stay: frozenset[uuid.UUID]
) -> frozenset[str]:
    """Keys of rejected rows that tell, or may tell, a protected place, and of what such rows without a key may be."""
    secret = _secret(batch, around)
    claim = m.ServiceClaim
    staying = connection.execute(select(claim.key, claim.protected).where(claim.id.in_(stay))).all()
    hidden = {key for key, protected in staying if protected and key in batch.rows}
    if not secret.isdisjoint(_nameless(batch, _kinds(batch))):
        hidden |= {key for key, _protected in staying if key not in batch.rows}
    return frozenset(secret | batch.kept_back | hidden)


def _secret(batch: Batch, around: Surroundings) -> set[str]:
    """Keys of rejected rows that name a protected type, or none that can be told where the source lists such."""
    doubtful = around.lists_protected(batch)
    found = set()
    for key in batch.rows.keys() - batch.accepted:
        code = batch.source.named_type(batch.rows[key])
        if around.is_protected(code) if code in around.types else doubtful:
            found.add(key)
    return found
