"""A cleaned draft becomes a record. A text that fits no field is told and left out, never an exception."""

from collections.abc import Sequence
from functools import cache

from etl.clean.draft import SEPARATOR
from etl.clean.hours import openings
from etl.i18n import _
from etl.record import Capacity, Identifier, OrganizationRecord, Precision, ServiceRecord
from etl.reference import tables
from etl.sources.builtin import OLDEST_FRESH_YEAR
from etl.sources.tabular.editions import last_day
from etl.sources.tabular.row import Row

__all__ = ["Row", "one_name", "organization", "service", "several"]

STATUSES = frozenset({"attivo", "da_verificare", "atteso", "programmato", "chiuso"})
DELIVERIES = frozenset({"sede", "domicilio", "itinerante", "remoto"})


def service(row: Row) -> list[ServiceRecord]:
    """The service that a row tells of; none, with the reasons, where it has no name, type or municipality."""
    wanted = {
        "name": ("nome_mancante", _("Il servizio non ha un nome.")),
        "service_type": ("tipo_mancante", _("Il servizio non ha un tipo.")),
        "istat_code": ("comune_mancante", _("Non si sa in quale comune è.")),
    }
    if not _complete(row, wanted) or not _known_type(row):
        return []
    latitude, longitude, precision = _point(row)
    return [
        ServiceRecord(
            key=row.key,
            service_type=row.draft["service_type"],
            name=row.draft["name"],
            organization=row.get("organization"),
            municipality=row.draft["istat_code"],
            supply_status=_status(row),
            precision=precision,
            latitude=latitude,
            longitude=longitude,
            address=row.get("address"),
            postal_code=row.get("postal_code"),
            locality=row.get("locality"),
            coord_source=None if latitude is None else row.mapping.publisher,
            delivery=row.one_of("delivery", DELIVERIES, _delivery(row.draft["service_type"])),
            expected_on=row.date("expected_on"),
            valid_from=row.date("valid_from"),
            valid_to=row.date("valid_to"),
            alternate_name=row.get("alternate_name"),
            description=row.get("description"),
            organization_tax_id=row.get("organization_tax_id"),
            phones=several(row.get("phone")),
            email=_email(row),
            url=row.get("url"),
            opening_hours=row.get("opening_hours"),
            osm_hours=row.get("osm_hours"),
            openings=openings(row.draft["osm_hours"]) if row.get("osm_hours") else (),
            capacities=_capacities(row),
            accessibility=row.get("accessibility"),
            evidence=row.get("evidence") or row.mapping.address,
            evidence_year=row.year(),
            note=row.get("note"),
        )
    ]


def organization(row: Row) -> list[OrganizationRecord]:
    """The body that a row tells of; a name is all it needs."""
    nameless = {"name": ("nome_mancante", _("L'ente non ha un nome."))}
    outside = any(entry.kind == "fuori_territorio" for entry in row.log.entries)
    if not _complete(row, nameless) or outside:
        return []
    latitude, longitude, precision = _point(row)
    return [
        OrganizationRecord(
            key=row.key,
            name=row.draft["name"],
            tax_id=row.get("tax_id") or row.get("organization_tax_id"),
            alternate_name=row.get("alternate_name"),
            description=row.get("description"),
            legal_status=row.get("legal_status"),
            identifiers=_identifiers(row),
            municipality=row.get("istat_code"),
            address=row.get("address"),
            postal_code=row.get("postal_code"),
            precision=precision,
            latitude=latitude,
            longitude=longitude,
            coord_source=None if latitude is None else row.mapping.publisher,
            phones=several(row.get("phone")),
            email=_email(row),
            url=row.get("url"),
            valid_to=row.date("valid_to"),
            evidence=row.get("evidence") or row.mapping.address,
            evidence_year=row.year(),
        )
    ]


def several(told: str | None) -> tuple[str, ...]:
    """The values of a field that holds several.

    >>> several("+390114439190 ; +390114439191"), several(None)
    (('+390114439190', '+390114439191'), ())
    """
    return tuple(part for part in (told or "").split(SEPARATOR) if part.strip())


def _complete(row: Row, wanted: dict[str, tuple[str, str]]) -> bool:
    """Whether the fields are there; one that cleaning has already rejected is not told twice."""
    told = {entry.field for entry in row.log.entries if entry.severity == "scartato"}
    absent = [name for name in wanted if not row.get(name)]
    place = {"istat_code", "cadastral_code", "municipality"}
    for name in absent:
        if name not in told and not (name == "istat_code" and told & place):
            kind, why = wanted[name]
            row.log.rejected(row.key, kind, why, field=name)
    return not absent


def _known_type(row: Row) -> bool:
    if row.draft["service_type"] in _deliveries():
        return True
    why = _("Il tipo di servizio non esiste: usarne uno di service_types.csv o aggiungerlo là.")
    row.log.rejected(row.key, "tipo_sconosciuto", why, field="service_type", value=row.draft["service_type"])
    return False


@cache
def _deliveries() -> dict[str, str]:
    types = tables.service_types()
    return dict(zip(types["code"].tolist(), types["delivery"].tolist(), strict=True))


def _delivery(service_type: str) -> str:
    return _deliveries()[service_type]


def _status(row: Row) -> str:
    """Closed where the list itself says so; to be verified where nothing dated and recent shows that it operates."""
    end, at = row.date("valid_to"), last_day(row.edition)
    if end is not None and at is not None and end <= at:
        return "chiuso"
    status = row.one_of("supply_status", STATUSES, "attivo")
    seen = row.year()
    shown = seen is not None and seen >= OLDEST_FRESH_YEAR
    return "da_verificare" if status == "attivo" and not shown else status


def _point(row: Row) -> tuple[float | None, float | None, Precision]:
    latitude, longitude = row.number("latitude"), row.number("longitude")
    if latitude is None or longitude is None:
        return None, None, "municipality"
    return latitude, longitude, row.mapping.precision


def _email(row: Row) -> str | None:
    return (several(row.get("email")) or several(row.get("pec")) or (None,))[0]


def _capacities(row: Row) -> tuple[Capacity, ...]:
    places = row.number("capacity")
    return () if places is None else (Capacity(row.mapping.capacity_unit or "posti", places),)


def _identifiers(row: Row) -> tuple[Identifier, ...]:
    scheme = row.mapping.identifier_scheme
    if scheme is None:
        return ()
    return tuple(sorted(Identifier(scheme, value) for value in several(row.get("identifiers"))))


def one_name(records: Sequence[ServiceRecord]) -> dict[str, str]:
    """One name for each body known by its tax code: the most frequent, then the shortest, then by letter."""
    names: dict[str, dict[str, int]] = {}
    for record in records:
        if record.organization_tax_id and record.organization:
            found = names.setdefault(record.organization_tax_id, {})
            found[record.organization] = found.get(record.organization, 0) + 1
    return {tax_id: min(found, key=lambda name: (-found[name], len(name), name)) for tax_id, found in names.items()}
