"""Places that become protected though no file comes: the type of a service is made protected in the reference tables.

Sources that list such services are read again from the files that were kept, so that everything follows as if they
had come anew. What no source lists any more, or cannot be read again, is hidden where it stands.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from sqlalchemy import Connection, RowMapping, delete, text

from etl import events, hiding, runs
from etl.errors import SourceError
from etl.i18n import _
from etl.progress import Progress
from etl.sources.base import Source
from etl.store import models as m
from etl.work import Chain, reread

# Open claims that are not as public, or as hidden, as their type asks; rejected rows of sources that list such types.
# A service whose row cannot be read now would stay as it is: to read its source again would help nothing, at any time;
# and so with what is withheld against its own type.
_AT_ODDS = text(
    """
    select distinct c.source_id from restricted.service_claim c
    join service_type t on t.code = c.record->>'service_type'
    join source_record r on r.id = c.source_record_id
    where c.closed_on is null and t.protected <> c.protected and not c.withheld and r.accepted
        and r.closed_on is null
    union
    select r.source_id from source_record r join source c on c.id = r.source_id
    where not r.accepted and r.closed_on is null and r.raw <> '{}'
        and exists (select from service_type t where t.protected and t.code = any(c.service_types))
    """
)
_EXPOSED_CLAIMS = text(
    """
    select c.id, c.protected, r.id as record_id, r.source_id, r.key, r.raw, r.content_hash
    from restricted.service_claim c
    join service_type t on t.code = c.record->>'service_type' and t.protected
    join source_record r on r.id = c.source_record_id
    where not c.protected or r.raw <> '{}'
    order by c.id
    """
)
_EXPOSED_ROWS = text(
    """
    select r.id as record_id, r.source_id, r.key, r.raw, r.content_hash from source_record r
    join source c on c.id = r.source_id
    where not r.accepted and r.raw <> '{}'
        and exists (select from service_type t where t.protected and t.code = any(c.service_types))
    """
)


def at_odds(
    connection: Connection, sources: Sequence[Source], in_hand: Collection[str], folder: Path, progress: Progress
) -> list[Chain]:
    """Sources of files that list places which must become hidden, or public, read again from the files kept.

    One that cannot be read again is left out, and told; ``folder`` takes the files.
    """
    found = []
    for source_id in sorted(set(connection.execute(_AT_ODDS).scalars()) - set(in_hand)):
        source = next((source for source in sources if source.declaration.id == source_id), None)
        latest = runs.latest(connection, source_id)
        if source is None or latest is None or not latest.files:
            progress(_("«{id}» non si può rileggere: i suoi luoghi protetti sono nascosti.").format(id=source_id))
            continue
        try:
            batch = reread(connection, source, latest, folder / source_id)
        except SourceError as error:
            progress(
                _("«{id}» non si può rileggere: i suoi luoghi protetti sono nascosti ({why}).").format(
                    id=source_id, why=error
                )
            )
            continue
        found.append(Chain(source, [batch], latest, files=latest.files, state=latest.state, forced=True))
    return found


def hide(connection: Connection) -> bool:
    """Take back what is still told of protected places, in the caller's transaction; whether there was anything.

    What is public of them follows with the directory (:func:`etl.load.directory.refresh`).
    """
    claims = connection.execute(_EXPOSED_CLAIMS).mappings().all()
    for row in claims:
        if not row["protected"]:
            hiding.hide_claims(connection, row["source_id"], [row["key"]])
        _hide_row(connection, row)
    events.forget(connection, {row["id"] for row in claims})
    rows = connection.execute(_EXPOSED_ROWS).mappings().all()
    for row in rows:
        _hide_row(connection, row)
    # An address point does not tell which record it comes from: those of the source go, until it is loaded again.
    exposed = {row["source_id"] for row in claims if not row["protected"]}
    connection.execute(delete(m.AddressPoint).where(m.AddressPoint.source_id.in_(exposed)))
    return len(claims) + len(rows) > 0


def _hide_row(connection: Connection, row: RowMapping) -> None:
    if row["raw"]:
        hiding.hide_row(connection, row["record_id"], row["raw"], row["content_hash"])
    runs.hide_issues(connection, row["source_id"], {row["key"]})
