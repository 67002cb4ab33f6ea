"""Two invented lists of pharmacies that can be compared, written as a load would leave them."""

import uuid
from datetime import date

from sqlalchemy import Connection, insert

from etl.identity import uid
from etl.link.accuracy import Accuracy
from etl.store import models as m

TODAY = date(2026, 11, 22)
KIND = "farmacia"
TOWNS = ("001272", "001191", "001219", "001171")
WHOLE = ("metropolitan_city", "201")
TORINO = ("municipality", "001272")
MODEL = "prova-prova-" + "0" * 52
MEASURED = {
    ("service", KIND): Accuracy(
        question="service",
        service_type=KIND,
        right=285,
        wrong=2,
        missed=9,
        model=MODEL[:12],
        measured_on=TODAY,
        labels="prova.csv",
    )
}


def add_list(
    connection: Connection,
    source: str,
    count: int,
    *,
    publisher: str,
    told_on: date | None = date(2024, 3, 1),
    scope: tuple[str, str] | None = WHOLE,
    towns=TOWNS,
    kind: str = KIND,
    protected: bool = False,
    status: str = "attivo",
    closed_on: date | None = None,
) -> list[uuid.UUID]:
    """Identifiers of ``count`` claims of a new source, spread over the towns."""
    names = {"id": source, "title": f"Elenco {source}", "publisher": publisher, "licence": "prova", "kind": "services"}
    connection.execute(insert(m.Source).values(**names))
    run, read = uid("prova", source), {"read": count, "accepted": count, "rejected": 0}
    connection.execute(
        insert(m.SourceRun).values(id=run, source_id=source, content_hash=source, code_version="", counts=read)
    )
    keys = [f"{number:03d}" for number in range(count)]
    rows = [
        {
            "id": uid("source_record", source, key),
            "source_id": source,
            "key": key,
            "raw": {},
            "content_hash": "",
            "accepted": True,
            "last_run_id": run,
        }
        for key in keys
    ]
    connection.execute(insert(m.SourceRecord), rows)
    claims = [
        {
            "id": uid("service", source, key),
            "source_id": source,
            "source_record_id": uid("source_record", source, key),
            "key": key,
            "location_id": uid("location", source, key),
            "record": {"key": key, "service_type": kind, "name": f"Farmacia {key}", "supply_status": status},
            "position": {"municipality": towns[number % len(towns)], "point": None},
            "told_on": told_on,
            "protected": protected,
            "closed_on": closed_on,
        }
        for number, key in enumerate(keys)
    ]
    connection.execute(insert(m.ServiceClaim), claims)
    if scope is not None:
        declare(connection, source, scope, kind=kind)
    return [claim["id"] for claim in claims]


def declare(connection: Connection, source: str, scope: tuple[str, str], *, kind: str = KIND) -> None:
    """Let a source claim to list all of a type in an area."""
    area = uid("area", *scope)
    told = {"source_id": source, "service_type_code": kind, "area_id": area, "complete": False}
    connection.execute(insert(m.SourceCoverage).values(id=uid("source_coverage", source, kind, str(area)), **told))


def join(connection: Connection, left: list[uuid.UUID], right: list[uuid.UUID], count: int) -> None:
    """Make the first ``count`` claims of two lists one service each."""
    pairs = list(zip(left, right, strict=False))[:count]
    rows = [{"entity": "service", "member_id": one, "entity_id": pair[0]} for pair in pairs for one in pair]
    connection.execute(insert(m.Identity), rows)


def two_lists(connection: Connection, *, left=60, right=48, both=40, first=None, second=None):
    """Two lists that fulfil every condition, but for what ``first`` and ``second`` say of each."""
    one = add_list(connection, "prova-a", left, **({"publisher": "Comune di Prova"} | (first or {})))
    other = add_list(connection, "prova-b", right, **({"publisher": "Regione di Prova"} | (second or {})))
    join(connection, one, other, both)
