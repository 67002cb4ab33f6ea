"""A row on its way from raw to record: text by the name of the field, under names that every source shares."""

from typing import TypeAlias

# Only fields that hold something are present. Steps of cleaning change, drop and add fields; all values are text.
Draft: TypeAlias = dict[str, str]

# What a mapping may fill. Fields in which a source may hold several values hold them joined by " ; ".
FIELDS = frozenset(
    {
        *("name", "alternate_name", "description", "note", "service_type", "supply_status", "delivery"),
        # A service's body, by name and tax code; the body itself where the source lists bodies.
        *("organization", "organization_tax_id", "tax_id", "legal_status", "identifiers"),
        # Where: any of the codes or the name of the municipality; ``street_number`` where it has its own column.
        *("istat_code", "cadastral_code", "municipality", "locality", "address", "street_number", "postal_code"),
        # A point: degrees (EPSG:4326), or x and y or WKT in the mapping's CRS.
        *("latitude", "longitude", "x", "y", "wkt"),
        *("phone", "email", "pec", "url", "opening_hours", "capacity", "accessibility"),
        *("valid_from", "valid_to", "expected_on", "evidence", "evidence_year"),
    }
)
# What cleaning adds.
ADDED = frozenset({"osm_hours"})
SEPARATOR = " ; "
