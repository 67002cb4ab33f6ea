"""Load everything: reference data, then every source, each by the same path, all in one transaction.

source -> record -> check -> locate -> publish. A crash at any moment leaves the database as it was
before; a second run over the same input changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, Engine, func, select

from etl import load, runs
from etl.i18n import _
from etl.identity import code_version, content_hash, uid
from etl.issues import IssueLog
from etl.locate.municipality import locate
from etl.record import ServiceRecord
from etl.reference import tables
from etl.reference.load import load_territory, load_vocabulary, reference_hash
from etl.sources.base import Declaration, Source
from etl.sources.builtin import BuiltinServices
from etl.store import models as m
from etl.store.frames import merge, read_frame, read_geoframe

Progress = Callable[[str], None]


def silent(_step: str) -> None:
    """Progress that nobody looks at."""


LOCK = 541_243  # advisory lock: two loads at once wait for each other
REFERENCE = Declaration(
    id="riferimento",
    title="Tabelle di riferimento e territorio",
    publisher="Ombra",
    licence="si veda ogni tabella",
    note="Le singole tabelle e i pacchetti da cui viene il territorio sono fonti a sé.",
)


@dataclass(frozen=True)
class Summary:
    """What the database holds after a load."""

    municipalities: int
    zones: int
    residents: int
    services: int
    issues: int
    changed: bool

    def lines(self) -> list[tuple[str, str]]:
        """Label and value of each figure, for the command line."""
        return [
            (_("Comuni"), f"{self.municipalities:,}".replace(",", ".")),
            (_("Zone omogenee"), f"{self.zones:,}".replace(",", ".")),
            (_("Residenti (1° gennaio 2023)"), f"{self.residents:,}".replace(",", ".")),
            (_("Servizi"), f"{self.services:,}".replace(",", ".")),
            (_("Segnalazioni sui dati"), f"{self.issues:,}".replace(",", ".")),
        ]


def load_everything(
    engine: Engine,
    *,
    progress: Progress = silent,
    folder: Path = tables.DATA,
    sources: Sequence[Source] | None = None,
) -> Summary:
    """Bring the database to the content of the reference tables and of the sources.

    Raises
    ------
    ReferenceDataError, SourceError
        With every fault found; nothing was changed.
    """
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        changed = _load_reference(connection, folder, progress)
        for source in sources if sources is not None else [BuiltinServices(folder=folder)]:
            changed |= load_source(connection, source, progress=progress)
        if changed:
            runs.new_version(connection)
        return summarise(connection, changed=changed)


def _load_reference(connection: Connection, folder: Path, progress: Progress) -> bool:
    current = content_hash([reference_hash(folder=folder), code_version()])
    if runs.last_hash(connection, REFERENCE.id) == current:
        return False
    merge(connection, m.Source, [vars(REFERENCE)])
    progress(_("Carico tassonomia e regole"))
    load_vocabulary(connection, folder=folder)
    progress(_("Carico il territorio: confini, residenti, centri abitati"))
    load_territory(connection, folder=folder)
    runs.start(connection, REFERENCE.id, current)
    return True


def load_source(connection: Connection, source: Source, *, progress: Progress = silent) -> bool:
    """Load one source; false where its content is the one already loaded."""
    declared = source.declaration
    reference = runs.last_hash(connection, REFERENCE.id)
    current = content_hash([source.content_hash(), reference, code_version()])
    if runs.last_hash(connection, declared.id) == current:
        return False
    progress(_("Carico la fonte «{title}»").format(title=declared.title))
    merge(connection, m.Source, [vars(declared)])
    run_id = runs.start(connection, declared.id, current)
    log = IssueLog()
    raws = list(source.rows())
    parsed = [source.parse(key, raw, log) for key, raw in raws]
    municipalities = _municipalities(connection)
    types = _types(connection)
    records = _known_types([record for record in parsed if record is not None], types, log)
    positions = locate(records, municipalities, log)
    runs.keep_raw(connection, declared.id, run_id, raws, set(positions))
    publication = load.build(declared.id, records, positions, types, municipalities)
    done = load.publish(connection, declared.id, publication)
    _declare_coverage(connection, source)
    protected = {record.key for record in records if types.loc[record.service_type, "protected"]}
    runs.write_issues(connection, declared.id, run_id, log, protected)
    counts = {
        "read": len(raws),
        "accepted": len(positions),
        "rejected": len(raws) - len(positions),
        "new": done.inserted,
        "changed": done.updated,
        "closed": done.deleted,
        "issues": len(log.entries),
    }
    runs.finish(connection, run_id, counts)
    return True


def _known_types(records: Sequence[ServiceRecord], types: pd.DataFrame, log: IssueLog) -> list[ServiceRecord]:
    for record in records:
        if record.service_type not in types.index:
            log.rejected(
                record.key,
                "tipo_sconosciuto",
                _("Il tipo «{code}» non è in service_types.csv.").format(code=record.service_type),
                field="service_type",
                value=record.service_type,
            )
    return [record for record in records if record.service_type in types.index]


def _types(connection: Connection) -> pd.DataFrame:
    return read_frame(
        connection, select(m.ServiceType.code, m.ServiceType.protected, m.ServiceType.term_id), index="code"
    )


def _municipalities(connection: Connection) -> gpd.GeoDataFrame:
    geometry = func.ST_AsBinary(m.Area.geom).label("geometry")
    statement = select(m.Area.code, m.Area.id, m.Area.name, m.Area.degurba, m.Area.area_km2, geometry).where(
        m.Area.level == "municipality"
    )
    return read_geoframe(connection, statement, index="code")


def _declare_coverage(connection: Connection, source: Source) -> None:
    """Completeness by area; an exception becomes a row of its own, because the smaller area wins."""
    rows = []
    for row in source.coverage().itertuples(index=False, name="Row"):
        area = uid("area", row.territory_level, row.territory_code)
        rows.append(
            {
                "id": uid("source_coverage", source.declaration.id, row.service_type, str(area)),
                "source_id": source.declaration.id,
                "service_type_code": row.service_type,
                "area_id": area,
                "complete": row.complete,
                "listed": row.listed,
                "official_total": row.official_total,
                "official_year": row.official_year,
                "note": row.note,
            }
        )
    merge(
        connection,
        m.SourceCoverage,
        rows,
        within="t.source_id = %(source)s",
        parameters={"source": source.declaration.id},
    )


def summarise(connection: Connection, *, changed: bool = False) -> Summary:
    """The figures of the territory and of the directory as they are in the database."""
    count = select(func.count())
    areas = m.Area.level
    latest = select(func.max(m.Population.year)).scalar_subquery()
    last_runs = select(func.max(m.SourceRun.started_at)).group_by(m.SourceRun.source_id)
    latest_runs = select(m.SourceRun.id).where(m.SourceRun.started_at.in_(last_runs))
    return Summary(
        municipalities=connection.execute(count.where(areas == "municipality")).scalar_one(),
        zones=connection.execute(count.where(areas == "zona_omogenea")).scalar_one(),
        residents=connection.execute(
            select(func.coalesce(func.sum(m.Population.persons), 0)).where(m.Population.year == latest)
        ).scalar_one(),
        services=connection.execute(count.where(m.Service.closed_on.is_(None))).scalar_one(),
        issues=connection.execute(count.where(m.Issue.run_id.in_(latest_runs))).scalar_one(),
        changed=changed,
    )
