"""The path that every source takes: source -> record -> check -> locate -> publish."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from etl import load, runs
from etl.errors import SourceError
from etl.i18n import _
from etl.identity import uid
from etl.issues import IssueLog
from etl.locate.municipality import Gazetteer, Position, locate, read_gazetteer
from etl.publication import Publication, TypeOfService, build
from etl.record import ServiceRecord
from etl.sources.base import Edition, Raw, Source
from etl.store import models as m
from etl.store.frames import Merged, Missing, Rows, merge, plain, records

FEW = 10  # a list shorter than this may well lose half of its services at once


@dataclass
class Batch:
    """The content of a source on its way: raw rows by key, records, positions, and what was remarked."""

    raws: dict[str, Raw]
    records: list[ServiceRecord] = field(default_factory=list)
    positions: dict[str, Position] = field(default_factory=dict)
    log: IssueLog = field(default_factory=IssueLog)


def ingest(connection: Connection, source: Source, content: str) -> None:
    """Load what a source lists now, in the caller's transaction; ``content`` is the hash that names it.

    Raises
    ------
    SourceError
        The source is unusable, repeats a key, or has suddenly lost most of its services.
    """
    source_id = source.declaration.id
    types = _types(connection)
    gazetteer = read_gazetteer(connection)
    batch = _read(source, types, gazetteer)
    publication = build(source_id, batch.records, batch.positions, types, gazetteer.municipalities)
    _refuse_sudden_loss(connection, source, publication)
    runs.declare(connection, source.declaration)
    run_id = runs.start(connection, source_id, content)
    protected = {record.key for record in batch.records if types[record.service_type].protected}
    runs.keep_raw(connection, source_id, run_id, batch.raws, batch.positions.keys(), protected=protected)
    done = load.publish(connection, source_id, publication)
    declared = _declare_coverage(connection, source, batch.records)
    _doubt_totals(declared, batch.log)
    runs.write_issues(connection, source_id, run_id, batch.log, protected=protected)
    runs.finish(connection, run_id, _counts(batch, done))


def _read(source: Source, types: Mapping[str, TypeOfService], gazetteer: Gazetteer) -> Batch:
    (edition,) = source.editions([])
    batch = Batch(_by_key(source, edition))
    for key, raw in batch.raws.items():
        for record in source.parse(key, raw, edition.label, batch.log):
            if isinstance(record, ServiceRecord) and _known_type(record, types, batch.log):
                batch.records.append(record)
    batch.positions = locate(batch.records, gazetteer, batch.log)
    return batch


def _by_key(source: Source, edition: Edition) -> dict[str, Raw]:
    raws: dict[str, Raw] = {}
    twice: dict[str, None] = {}
    for key, raw in edition.rows():
        if key in raws:
            twice[key] = None
        raws[key] = raw
    if twice:
        raise SourceError(
            _("Fonte «{title}»: lo stesso servizio compare due volte; nulla è stato caricato.").format(
                title=source.declaration.title
            ),
            [_("Togliere o distinguere per nome: {key}.").format(key=key) for key in twice],
        )
    return raws


def _known_type(record: ServiceRecord, types: Mapping[str, TypeOfService], log: IssueLog) -> bool:
    if record.service_type in types:
        return True
    log.rejected(
        record.key,
        "tipo_sconosciuto",
        _("Il tipo «{code}» non è in service_types.csv.").format(code=record.service_type),
        field="service_type",
        value=record.service_type,
    )
    return False


def _refuse_sudden_loss(connection: Connection, source: Source, publication: Publication) -> None:
    """A truncated file looks like a source that has closed nearly everything: a person must look first."""
    before = load.open_services(connection, source.declaration.id)
    lost = before - set(publication.services)
    if len(before) < FEW or len(lost) * 2 <= len(before):
        return
    raise SourceError(
        _("Fonte «{title}»: sembra troncata; nulla è stato caricato.").format(title=source.declaration.title),
        [
            _(
                "Elencava {before} servizi e ne perderebbe {lost}: controllare che il file sia intero. Se la "
                "riduzione è voluta, farla in più volte, ogni volta meno della metà."
            ).format(before=len(before), lost=len(lost))
        ],
    )


def _counts(batch: Batch, done: Merged) -> dict[str, int]:
    return {
        "read": len(batch.raws),
        "accepted": len(batch.positions),
        "rejected": len(batch.raws) - len(batch.positions),
        "new": done.inserted,
        "changed": done.updated,
        "closed": done.deleted,
        "issues": len(set(batch.log.entries)),
    }


def _types(connection: Connection) -> dict[str, TypeOfService]:
    statement = select(m.ServiceType.code, m.ServiceType.protected, m.ServiceType.term_id)
    return {code: TypeOfService(protected, term) for code, protected, term in connection.execute(statement)}


def _declare_coverage(connection: Connection, source: Source, found: Sequence[ServiceRecord]) -> Sequence[Raw]:
    source_id = source.declaration.id
    declared = records(source.coverage(found).astype(object))
    rows = [_coverage_row(source_id, row) for row in declared]
    rows += [row for row in _exceptions(source_id, declared) if row["id"] not in {known["id"] for known in rows}]
    missing = Missing("t.source_id = %(source)s", {"source": source_id})
    merge(connection, m.SourceCoverage, rows, missing=missing)
    return declared


def _doubt_totals(declared: Sequence[Raw], log: IssueLog) -> None:
    """A list that calls itself complete and holds another number than the official one should be looked at."""
    for row in declared:
        listed, official = plain(row["listed"]), plain(row["official_total"])
        if row["complete"] and None not in (listed, official) and listed != official:
            log.doubtful(
                f"{row['service_type']}/{row['territory_code']}",
                "totale_non_coincide",
                _("L'elenco è dichiarato completo con {listed} servizi, ma il totale ufficiale è {official}.").format(
                    listed=listed, official=official
                ),
                field="listed",
                value=str(listed),
            )


def _coverage_row(source_id: str, row: Raw) -> Raw:
    area = uid("area", row["territory_level"], row["territory_code"])
    return {
        "id": _coverage_id(source_id, row["service_type"], area),
        "source_id": source_id,
        "service_type_code": row["service_type"],
        "area_id": area,
    } | {name: row[name] for name in ("complete", "listed", "official_total", "official_year", "note")}


def _exceptions(source_id: str, declared: Sequence[Raw]) -> Rows:
    """A row of its own for each exception, with the opposite answer, because the smaller area wins."""
    figures = dict.fromkeys(("listed", "official_total", "official_year"))
    return [
        _coverage_row(
            source_id,
            {
                "service_type": row["service_type"],
                "territory_level": row["except_level"],
                "territory_code": row["except_code"],
                "complete": not row["complete"],
                "note": row["note"],
            }
            | figures,
        )
        for row in declared
        if row["complete"] and isinstance(row.get("except_code"), str)
    ]


def _coverage_id(source_id: str, service_type: str, area: uuid.UUID) -> uuid.UUID:
    return uid("source_coverage", source_id, service_type, str(area))
