"""The tables of an HSDS tabular data package: which columns each has, and where nested records go in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.hsds import records as r
from app.hsds.records import Kind, Record

_TYPES: Final = {
    "minimum_age": "number",
    "maximum_age": "number",
    "latitude": "number",
    "longitude": "number",
    "amount": "number",
    "available": "number",
    "maximum": "number",
    "assured_date": "date",
    "valid_from": "date",
    "valid_to": "date",
    "last_action_date": "date",
    "last_modified": "datetime",
    "updated": "datetime",
    "opens_at": "time",
    "closes_at": "time",
}
# A time as 09:30: the seconds that the format has by default say nothing of an office's hours.
_FORMATS: Final = {"time": "%H:%M"}
_KEYS: Final = {
    f"{table}_id": table
    for table in ("organization", "service", "location", "service_at_location", "taxonomy_term", "taxonomy", "unit")
}
_REQUIRED: Final = {"id", "link_id", "taxonomy_term_id"}
_METADATA: Final = (
    *("id", "resource_id", "resource_type", "last_action_date", "last_action_type"),
    *("field_name", "previous_value", "replacement_value", "updated_by"),
)


@dataclass(frozen=True)
class Table:
    """A table of the package: the name of the resource, its file, its columns; ``parts``: tables of nested lists."""

    name: str
    file: str
    columns: tuple[str, ...]
    parts: Mapping[str, str] = field(default_factory=dict)

    def resource(self) -> dict[str, Any]:
        """Its part of the descriptor (https://specs.frictionlessdata.io/tabular-data-resource/)."""
        keys = [
            {"fields": name, "reference": {"resource": _KEYS[name], "fields": "id"}}
            for name in self.columns
            if name in _KEYS
        ]
        return {
            "name": self.name,
            "path": self.file,
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [_field(name) for name in self.columns],
                "primaryKey": "id",
                **({"foreignKeys": keys} if keys else {}),
            },
        }

    def row(self, told: Record) -> Record:
        """The columns that a record fills."""
        return {name: told[name] for name in self.columns if told.get(name) is not None}


def _field(name: str) -> dict[str, Any]:
    kind = _TYPES.get(name, "string")
    told: dict[str, Any] = {"name": name, "type": kind}
    if kind in _FORMATS:
        told["format"] = _FORMATS[kind]
    if name in _REQUIRED:
        told["constraints"] = {"required": True} | ({"unique": True} if name == "id" else {})
    return told


def _of(name: str, file: str, kind: Kind, **parts: str) -> Table:
    return Table(name, file, kind.columns, parts)


_ALL: Final = (
    _of(
        *("organization", "organizations.csv", r.ORGANIZATION),
        phones="phone",
        contacts="contact",
        organization_identifiers="organization_identifier",
    ),
    _of(
        *("service", "services.csv", r.SERVICE),
        phones="phone",
        languages="language",
        cost_options="cost_option",
        required_documents="required_document",
        contacts="contact",
        schedules="schedule",
        service_areas="service_area",
        capacities="service_capacity",
        attributes="attribute",
        metadata="metadata",
    ),
    _of(
        *("location", "locations.csv", r.LOCATION),
        addresses="address",
        accessibility="accessibility",
        phones="phone",
        schedules="schedule",
        languages="language",
    ),
    _of("service_at_location", "service_at_location.csv", r.PLACED),
    _of("taxonomy", "taxonomies.csv", r.TAXONOMY),
    _of("taxonomy_term", "taxonomy_terms.csv", r.TERM),
    Table("attribute", "attributes.csv", ("id", "link_id", "taxonomy_term_id", "link_entity", "value")),
    _of("phone", "phones.csv", r.PHONE),
    _of("contact", "contacts.csv", r.CONTACT),
    _of("address", "addresses.csv", r.ADDRESS),
    _of("schedule", "schedules.csv", r.SCHEDULE),
    _of("service_area", "service_areas.csv", r.AREA),
    _of("required_document", "required_documents.csv", r.DOCUMENT),
    _of("language", "languages.csv", r.LANGUAGE),
    _of("accessibility", "accessibility.csv", r.ACCESSIBILITY),
    _of("cost_option", "cost_options.csv", r.COST),
    _of("organization_identifier", "organization_identifiers.csv", r.IDENTIFIER),
    Table("service_capacity", "service_capacity.csv", (*r.CAPACITY.columns, "unit_id"), {"unit": "unit"}),
    Table("unit", "units.csv", ("id", "name")),
    Table("metadata", "metadata.csv", _METADATA),
)
TABLES: Final[Mapping[str, Table]] = {table.name: table for table in _ALL}
