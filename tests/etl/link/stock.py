"""Claims of invented sources in a database, and pairs as a comparison would leave them."""

import uuid
from datetime import date

import shapely
from sqlalchemy import insert, text

from etl.identity import uid
from etl.link.claim import ServiceClaim
from etl.load.claims import keep
from etl.locate.position import Position
from etl.publication.services import service_identifier
from etl.record import ServiceRecord
from etl.store import models as m

TOWN = "001272"


def claim(source, key, name="Nido Girotondo", **others):
    """A nursery in Torino; what ``others`` name is of the record, or of the claim."""
    of_claim = {one: others.pop(one) for one in ("location_id", "organization_id", "protected") if one in others}
    longitude = others.pop("longitude", 7.68)
    record = ServiceRecord(
        **{
            "key": key,
            "service_type": "asilo_nido",
            "name": name,
            "organization": None,
            "municipality": TOWN,
            "supply_status": "attivo",
            "precision": "address",
            "latitude": 45.07,
            "longitude": longitude,
            "address": f"Via Prova {key}",
        }
        | others
    )
    position = Position(TOWN, shapely.Point(longitude, 45.07), "address", 138.0, "fonte")
    own = service_identifier(source, key)
    site = of_claim.pop("location_id", uid("location", source, key))
    body = of_claim.pop("organization_id", None)
    return ServiceClaim(
        id=own, source_id=source, key=key, location_id=site, organization_id=body, record=record, position=position,
        **of_claim,
    )  # fmt: skip


def stock(connection, claims):
    """Write claims and what they hang by; each published alone."""
    for source in sorted({one.source_id for one in claims}):
        run = uuid.uuid4()
        connection.execute(insert(m.Source).values(id=source, title=source.title(), publisher="Prova", licence="prova"))
        values = {"id": run, "source_id": source, "content_hash": "", "code_version": "", "counts": {}}
        connection.execute(insert(m.SourceRun).values(values))
        own = [one for one in claims if one.source_id == source]
        rows = [
            {"id": uid("source_record", source, one.key), "source_id": source, "key": one.key, "raw": {}}
            | {"content_hash": "", "accepted": True, "last_run_id": run}
            for one in own
        ]
        connection.execute(insert(m.SourceRecord), rows)
        keep(connection, source, own, (), date(2026, 11, 22))
    publish(connection, [[one.id] for one in claims])


def publish(connection, clusters, question="service"):
    """Each cluster under the identifier of its first member."""
    connection.execute(text("delete from identity where entity = :entity"), {"entity": question})
    rows = [
        {"entity": question, "member_id": member, "entity_id": cluster[0]} for cluster in clusters for member in cluster
    ]
    connection.execute(insert(m.Identity), rows)


def compared(connection, left, right, weight=3.0, **others):
    """A pair as it waits, with two reasons."""
    ends = sorted((left, right))
    reasons = [
        {"evidence": "nome", "told": "nomi simili", "weight": 5.5},
        {"evidence": "luogo", "told": "altra via", "weight": weight - 5.5},
    ]
    row = {"question": "service", "left_id": ends[0], "right_id": ends[1], "probability": 0.89, "weight": weight}
    row |= {"reasons": reasons, "verdict": "incerto", "decided_by": "modello"}
    connection.execute(insert(m.Match).values(row | others))
