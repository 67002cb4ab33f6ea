"""Sources of files for the tests of loading: small tables of pharmacies and addresses, written as a publisher would."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from etl.pipeline import run
from etl.sources.tabular.mapping import EditionRule, Mapping
from etl.sources.tabular.source import TabularSource
from tests.etl.tools import BOOKS, fingerprint, scalar

TODAY = date(2026, 11, 22)

HEADER = ("codice", "nome", "indirizzo", "comune", "lat", "lon", "telefono", "piva", "fine")
# Streets of Torino that do not exist, at points within the city.
ROWS = {
    f"{n:03d}": {
        "codice": f"{n:03d}",
        "nome": f"Farmacia {n}",
        "indirizzo": f"Via di Prova {2 * n + 1}",
        "comune": "Torino",
        "lat": f"{45.061_713 + n * 0.000_317:.6f}",
        "lon": f"{7.661_937 + n * 0.000_317:.6f}",
        "telefono": "011 5550100",
        "piva": "",
        "fine": "",
    }
    for n in range(12)
}


def mapping(source_id: str, pattern: str, **told: object) -> Mapping:
    """A mapping of the table above; ``told`` overrides."""
    values: dict[str, object] = {
        "id": source_id,
        "title": source_id.title(),
        "publisher": "Prova",
        "licence": "CC0-1.0",
        "files": (pattern,),
        "format": "csv",
        "delimiter": ";",
        "edition": EditionRule(pattern=r"(?P<year>\d{4})"),
        "key": ("codice",),
        "positions": "rilevate",
        "fields": {
            "name": "nome",
            "address": "indirizzo",
            "municipality": "comune",
            "latitude": "lat",
            "longitude": "lon",
            "phone": "telefono",
            "valid_to": "fine",
            "service_type": {"constant": "farmacia"},
        },
    }
    return Mapping.model_validate(values | told)


PHARMACIES = TabularSource(mapping("farmacie-prova", "farmacie-*.csv"))
# The same table as a list of services of another type, whose points place the addresses of others.
REGISTER = TabularSource(
    mapping(
        "civici-prova",
        "civici-*.csv",
        fields={
            "name": "nome",
            "address": "indirizzo",
            "municipality": "comune",
            "latitude": "lat",
            "longitude": "lon",
            "service_type": {"constant": "ludoteca"},
        },
    )
)
BODIES = TabularSource(
    mapping("enti-prova", "enti-*.csv", kind="organizations", fields={"name": "nome", "tax_id": "piva"})
)


def rows(**changes: dict[str, str] | None) -> list[dict[str, str]]:
    """The rows, some of them changed (by key, ``n003=...``) or left out (None)."""
    told = {key.removeprefix("n"): value for key, value in changes.items()}
    kept = {key: row | (told.get(key) or {}) for key, row in ROWS.items() if told.get(key, {}) is not None}
    return list(kept.values())


def write(folder: Path, name: str, table: Sequence[dict[str, str]]) -> Path:
    """Write a table as a file of the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(table)
    return path


# What the edition of the year after says otherwise.
CHANGES = rows(
    n000={"nome": "Farmacia Nuova"},
    n001={"indirizzo": "Via Altra 3", "lat": "45.071131", "lon": "7.667137"},
    n002={"lat": "45.063391"},
    n003=None,
    n004={"telefono": "011 5550101"},
    n005={"fine": "31/12/2024"},
)

SOURCES = (PHARMACIES, REGISTER, BODIES)
# A run of measures says when it was made; its identifier says of what.
RESULTS = frozenset({"coverage_run", "coverage_change", "access_score", "run_input"})
# Tables with a time in each row: what else they say is compared by itself.
APART = frozenset({"service", "identity", "completeness_estimate"})


def go(engine, folder, **choices):
    return run(engine, folder=folder, **{"sources": SOURCES, "today": TODAY} | choices)


def directory(engine) -> dict[str, str]:
    """What is public, without times and without what a run writes about itself."""
    return {
        table: told
        for table, told in fingerprint(engine, leave_out=BOOKS | RESULTS | APART, rewritten=False).items()
        if not table.endswith("_result") and table != "service_reach"
    } | {
        "service": scalar(
            engine,
            "select md5(string_agg(t::text, '' order by id)) from (select id, organization_id, name, status,"
            " supply_status, opening_hours, valid_to, closed_on from service) t",
        ),
        "identity": scalar(
            engine,
            "select md5(string_agg(concat_ws(' ', entity, member_id, entity_id), ';' order by entity, member_id))"
            " from identity where entity_id in"
            " (select id from service union all select id from location union all select id from organization)",
        ),
        "completeness_estimate": scalar(
            engine,
            "select md5(string_agg(concat_ws(' ', id, left_count, right_count, estimate, low, high, why), ';'"
            " order by id)) from completeness_estimate",
        ),
        "measures": scalar(
            engine,
            "select md5(string_agg(concat_ws(' ', area_id, service_type_code, status, nearest_all), ';'"
            " order by area_id, service_type_code)) from coverage_result r"
            " join coverage_run c on c.id = r.run_id and c.current",
        ),
    }


def kinds(outcome, source_id="farmacie-prova") -> dict[str, set[tuple[str, str]]]:
    """Names and fields by kind of event."""
    (source,) = [source for source in outcome.sources if source.source_id == source_id]
    found: dict[str, set[tuple[str, str]]] = {}
    for event in source.events:
        found.setdefault(event.kind, set()).add((event.name, event.field))
    return found
