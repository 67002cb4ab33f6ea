"""Places that become protected though no file comes: the type of a service is made protected in the reference tables.

Sources that list such services are read again from the files that were kept, so that everything follows as if they
had come anew. What no source lists any more, or cannot be read again, is hidden where it stands.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import shapely
from sqlalchemy import Connection, RowMapping, delete, text

from etl import events, runs
from etl.errors import SourceError
from etl.i18n import _
from etl.identity import content_hash, uid
from etl.load.services import drop_empty
from etl.progress import Progress
from etl.sources.base import Source
from etl.store import models as m
from etl.store.frames import merge
from etl.work import Chain, reread
from geo.travel.estimate import LARGEST_RADIUS

# Open services that are not as public, or as hidden, as their type asks; rejected rows of sources that list such types.
# A service whose row cannot be read now would stay as it is: to read its source again would help nothing, at any time.
_AT_ODDS = text(
    """
    select distinct r.source_id from service s
    join service_type t on t.code = s.service_type_code
    join service_at_location sl on sl.service_id = s.id
    join location l on l.id = sl.location_id
    join field_origin o on o.entity = 'service' and o.entity_id = s.id
    join source_record r on r.id = o.source_record_id
    where s.closed_on is null and t.protected <> l.location_protected and r.accepted and r.closed_on is null
    union
    select r.source_id from source_record r join source c on c.id = r.source_id
    where not r.accepted and r.closed_on is null and r.raw <> '{}'
        and exists (select from service_type t where t.protected and t.code = any(c.service_types))
    """
)
_EXPOSED_SERVICES = text(
    """
    select distinct on (s.id) s.id, r.id as record_id, r.source_id, r.key, r.raw, r.content_hash,
        l.id as location_id, ST_AsBinary(l.geom) as point, l.municipality_id, l.location_protected,
        (select a.address_1 from address a where a.location_id = l.id limit 1) as address_1
    from service s
    join service_type t on t.code = s.service_type_code and t.protected
    join service_at_location sl on sl.service_id = s.id
    join location l on l.id = sl.location_id
    join field_origin o on o.entity = 'service' and o.entity_id = s.id
    join source_record r on r.id = o.source_record_id
    where not l.location_protected or r.raw <> '{}'
    order by s.id, l.location_protected
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
# Free text and proof could tell the place, as when the service is published (etl.publication.services).
_SILENCE = (
    "update service set alternate_name = null, description = null, evidence = null, note = null where id = :service",
    "delete from schedule where service_id = :service and description is not null",
    "update service_capacity set description = null where service_id = :service",
    "delete from field_origin where entity_id = :service and field in ('address', 'position', 'schedule')",
    "update field_origin set evidence = null where entity = 'service' and entity_id = :service",
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
    """Take back what is still public of protected places, in the caller's transaction; whether there was anything."""
    services = connection.execute(_EXPOSED_SERVICES).mappings().all()
    for row in services:
        _hide_service(connection, row)
    rows = connection.execute(_EXPOSED_ROWS).mappings().all()
    for row in rows:
        _hide_row(connection, row)
    # An address point does not tell which record it comes from: those of the source go, until it is loaded again.
    exposed = {row["source_id"] for row in services if not row["location_protected"]}
    connection.execute(delete(m.AddressPoint).where(m.AddressPoint.source_id.in_(exposed)))
    return len(services) + len(rows) > 0


def _hide_service(connection: Connection, row: RowMapping) -> None:
    if not row["location_protected"]:
        _move(connection, row)
    for statement in _SILENCE:
        connection.execute(text(statement), {"service": row["id"]})
    _hide_row(connection, row)
    events.forget(connection, {row["id"]})


def _move(connection: Connection, row: RowMapping) -> None:
    """Give a service a place of its own that tells its municipality only: others may be at the old one."""
    service, place = row["id"], uid("location", row["source_id"], row["key"])
    point = None if row["point"] is None else shapely.from_wkb(row["point"])
    connection.execute(text("delete from service_at_location where service_id = :id"), {"id": service})
    for table in ("address", "accessibility"):
        connection.execute(text(f"delete from {table} where location_id = :id"), {"id": place})  # noqa: S608 - fixed names
    hidden = {
        "id": place,
        "geom": None,
        "position_radius_m": LARGEST_RADIUS,
        "precision": "municipality",
        "coord_source": None,
        "location_protected": True,
        "municipality_id": row["municipality_id"],
    }
    merge(connection, m.Location, [hidden])
    merge(connection, m.RestrictedPosition, [{"location_id": place, "geom": point, "address_1": row["address_1"]}])
    link = {"id": uid("service_at_location", str(service), str(place)), "service_id": service, "location_id": place}
    merge(connection, m.ServiceAtLocation, [link])
    drop_empty(connection, [row["location_id"]])


def _hide_row(connection: Connection, row: RowMapping) -> None:
    if row["raw"]:
        kept = {
            "source_record_id": row["record_id"],
            "raw": row["raw"],
            "content_hash": row["content_hash"] or content_hash(row["raw"]),
        }
        merge(connection, m.RestrictedRecord, [kept])
        emptied = text("update source_record set raw = '{}', content_hash = '' where id = :id")
        connection.execute(emptied, {"id": row["record_id"]})
    runs.hide_issues(connection, row["source_id"], {row["key"]})
