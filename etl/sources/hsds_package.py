"""Services out of a tabular data package of HSDS (3.0 and 3.1): ``datapackage.json`` and its CSV tables.

In a folder or in a ZIP. https://docs.openreferral.org/en/v3.1/hsds/serialization.html
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from etl.errors import SourceError
from etl.i18n import _
from etl.sources import json_file
from etl.sources.hsds_json import text
from etl.sources.readers import archive
from etl.sources.readers.content import LARGEST_FILE, Unreadable
from etl.sources.readers.table import read_table

PACKAGE = "datapackage.json"
Tables = Mapping[str, Sequence[dict[str, Any]]]

# Tables by the name of their resource, and the file that holds them where the package does not say.
FILES = {
    "organization": "organizations.csv",
    "service": "services.csv",
    "service_at_location": "service_at_location.csv",
    "location": "locations.csv",
    "address": "addresses.csv",
    "phone": "phones.csv",
    "contact": "contacts.csv",
    "schedule": "schedules.csv",
    "service_area": "service_areas.csv",
    "language": "languages.csv",
    "accessibility": "accessibility.csv",
    "cost_option": "cost_options.csv",
    "required_document": "required_documents.csv",
    "service_capacity": "service_capacity.csv",
    "unit": "units.csv",
    "attribute": "attributes.csv",
    "taxonomy_term": "taxonomy_terms.csv",
    "taxonomy": "taxonomies.csv",
}
# Field of an object that holds the rows of another table, by table; rows point back by ``<table>_id``.
_WITHIN = {
    "service": {
        "phones": "phone",
        "schedules": "schedule",
        "service_areas": "service_area",
        "languages": "language",
        "cost_options": "cost_option",
        "required_documents": "required_document",
        "contacts": "contact",
        "capacities": "service_capacity",
        "service_at_locations": "service_at_location",
    },
    "service_at_location": {
        "phones": "phone",
        "schedules": "schedule",
        "service_areas": "service_area",
        "contacts": "contact",
    },
    "location": {
        "addresses": "address",
        "phones": "phone",
        "schedules": "schedule",
        "languages": "language",
        "accessibility": "accessibility",
        "contacts": "contact",
    },
}
# Field of an object that holds one row of another table, by the column that points to it.
_ONE = {
    "service": {"organization": ("organization_id", "organization")},
    "service_at_location": {"location": ("location_id", "location")},
    "service_capacity": {"unit": ("unit_id", "unit")},
    "attribute": {"taxonomy_term": ("taxonomy_term_id", "taxonomy_term")},
    "taxonomy_term": {"taxonomy_detail": ("taxonomy_id", "taxonomy")},
}


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder of a data package: that of its ``datapackage.json``, or a ZIP opened under guard.

    Raises
    ------
    Unreadable
        The archive is unsafe, damaged, or holds no data package.
    """
    if not archive.is_archive(path):
        yield path.parent
        return
    _copy, parts = archive.rebuilt(path, lambda name: name.endswith((".csv", ".json")), room=LARGEST_FILE)
    packages = sorted(
        (name for name in parts if PurePosixPath(name).name == PACKAGE), key=lambda name: (len(name), name)
    )
    if not packages:
        raise Unreadable(_("Nell'archivio non c'è «datapackage.json»: non è un pacchetto HSDS."))
    root = PurePosixPath(packages[0]).parent
    with tempfile.TemporaryDirectory(prefix="ombra-hsds-") as folder:
        for name, content in parts.items():
            if PurePosixPath(name).parent == root:
                (Path(folder) / PurePosixPath(name).name).write_bytes(content)
        yield Path(folder)


def package_services(folder: Path) -> list[object]:
    """The services of a data package with everything that belongs to them, in the shape of the API.

    Raises
    ------
    Unreadable
        ``datapackage.json`` or a table cannot be read; every fault is told.
    """
    tables = _tables(folder)
    if "service" not in tables:
        raise Unreadable(_("Nel pacchetto manca la tabella dei servizi («services.csv»)."))
    return list(_nested("service", tables))


def _tables(folder: Path) -> Tables:
    package = json_file.read(folder / PACKAGE)
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list):
        raise Unreadable(_("«datapackage.json» non elenca le sue tabelle («resources»)."))
    names = FILES | {text(one, "name"): text(one, "path") for one in resources if isinstance(one, dict)}
    found: dict[str, list[dict[str, Any]]] = {}
    faults: list[str] = []
    for table, name in names.items():
        path = folder / PurePosixPath(name).name
        if table not in FILES or not path.is_file() or path.stat().st_size == 0:
            continue
        try:
            found[table] = _records(path)
        except Unreadable as error:
            faults += [f"{path.name}: {fault}" for fault in error.faults]
    if faults:
        raise Unreadable(*faults)
    # A number of a contact is a person's.
    found["phone"] = [row for row in found.get("phone", []) if not row.get("contact_id")]
    return found


def _records(path: Path) -> list[dict[str, Any]]:
    try:
        table = read_table(path, format="csv")
    except SourceError as error:
        raise Unreadable(*error.faults) from None
    if table.broken:
        why = _("la riga {row} non si legge ({why})")
        raise Unreadable(*(why.format(row=row.number, why=row.message) for row in table.broken[:20]))
    return [{name: cell for name, cell in cells.items() if cell.strip()} for _number, cells in table.rows]


def _nested(table: str, tables: Tables) -> Iterator[dict[str, Any]]:
    """The rows of a table, each with the rows that belong to it."""
    by_parent = {
        (inner, table): _grouped(_nested(inner, tables) if inner in _ONE else tables.get(inner, ()), f"{table}_id")
        for inner in _WITHIN.get(table, {}).values()
    }
    one = {
        name: (column, {row.get("id"): row for row in _nested(inner, tables)})
        for name, (column, inner) in _ONE.get(table, {}).items()
    }
    attributes = _grouped(_linked(table, tables), "link_id") if table != "attribute" else {}
    for row in tables.get(table, ()):
        identity = row.get("id", "")
        whole: dict[str, Any] = dict(row)
        for name, inner in _WITHIN.get(table, {}).items():
            whole[name] = by_parent[inner, table].get(identity, [])
        for name, (column, rows) in one.items():
            whole[name] = rows.get(row.get(column))
        if attributes.get(identity):
            whole["attributes"] = attributes[identity]
        yield whole


def _linked(table: str, tables: Tables) -> list[dict[str, Any]]:
    """Attributes by what they speak of: identifiers are unique across tables, and ``link_entity`` is often wrong."""
    return list(_nested("attribute", tables)) if table in {"service", "service_at_location"} else []


def _grouped(rows: Any, column: str) -> dict[str, list[dict[str, Any]]]:  # noqa: ANN401
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.get(column, ""), []).append(row)
    return found


def is_package(path: Path) -> bool:
    """Whether a file is (in) a data package, by its name or what it is."""
    return path.name == PACKAGE or path.suffix.lower() == ".csv" or archive.is_archive(path)


def package_faults(path: Path) -> list[str]:
    """Why a package cannot be one of HSDS; empty where it can."""
    try:
        with unpacked(path) as folder:
            package = json.dumps(json_file.read(folder / PACKAGE))
    except Unreadable as error:
        return [f"{path.name}: {fault}" for fault in error.faults]
    if "services.csv" not in package and '"service"' not in package:
        return [_("{name}: il pacchetto non ha la tabella dei servizi di HSDS.").format(name=path.name)]
    return []
