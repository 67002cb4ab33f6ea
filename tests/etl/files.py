"""Sources of files for the tests of loading: small tables of pharmacies and addresses, written as a publisher would."""

import csv
from collections.abc import Sequence
from pathlib import Path

from etl.sources.tabular.mapping import EditionRule, Mapping
from etl.sources.tabular.source import TabularSource

HEADER = ("codice", "nome", "indirizzo", "comune", "lat", "lon", "telefono", "piva", "fine")
# Streets of Torino that do not exist, at points within the city.
ROWS = {
    f"{n:03d}": {
        "codice": f"{n:03d}",
        "nome": f"Farmacia {n}",
        "indirizzo": f"Via di Prova {2 * n + 1}",
        "comune": "Torino",
        "lat": f"{45.06 + n * 0.000_317:.6f}",
        "lon": f"{7.66 + n * 0.000_317:.6f}",
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
