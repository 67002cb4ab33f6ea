"""What stays hidden though an edition does not say that it is protected: a later edition, since undone, did.

A rollback takes back what an edition says, but nobody can take back that a place must not be found. Only an edition
that comes after the one that said so makes it public again.
"""

from sqlalchemy import Connection, select

from etl import hiding, runs
from etl.batch import Batch
from etl.i18n import _
from etl.record import ServiceRecord
from etl.store import models as m
from etl.surroundings import Surroundings


def withhold(
    connection: Connection, batch: Batch, latest: runs.Latest | None, around: Surroundings, *, back: bool
) -> None:
    """Mark the services of an edition that stay hidden, and remark on them; ``back``: a rollback brings the edition."""
    source_id = batch.declaration.id
    if batch.declaration.kind != "services" or latest is None or not _is_earlier(connection, batch, latest, back=back):
        return
    batch.withheld = hiding.hidden_keys(connection, source_id)
    services = [one for one in batch.records if isinstance(one, ServiceRecord) and one.key in batch.withheld]
    against = sum(not around.is_protected(one.service_type) for one in services)
    if against:
        why = _(
            "{count} luoghi che un'edizione più recente, poi annullata, dice protetti restano nascosti. Tornano "
            "pubblici quando li dice pubblici un'edizione successiva a quella."
        )
        batch.log.doubtful("", "protezione_mantenuta", why.format(count=against))


def _is_earlier(connection: Connection, batch: Batch, latest: runs.Latest, *, back: bool) -> bool:
    """Whether an edition that was undone may have said more than this one."""
    if back:
        # An edition that is put back in its place after one before it tells what it told.
        return not (latest.edition and batch.edition > latest.edition) or _before_undone(connection, batch)
    hashes = {file["sha256"] for file in latest.files}
    again = latest.state == "ripristinato" and any(file.sha256 in hashes for file in batch.files)
    return (again and batch.edition == latest.edition) or _before_undone(connection, batch)


def _before_undone(connection: Connection, batch: Batch) -> bool:
    """Whether an edition of a later time was undone; of undated editions nobody can tell."""
    undone = runs.undone(connection, batch.declaration.id)
    told = select(m.SourceRun.edition).where(m.SourceRun.id.in_(undone))
    later = max((edition or "" for edition in connection.execute(told).scalars()), default="")
    return batch.edition != "" and batch.edition < later
