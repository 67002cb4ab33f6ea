"""A service of HSDS at one of its locations as a draft, and what of it has no field in a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from etl.clean.draft import SEPARATOR, Draft
from etl.i18n import _
from etl.received_rows import masked_text
from etl.record import Capacity, ServedArea
from etl.reference import tables
from etl.reference.municipalities import municipalities
from etl.reference.territory import METROPOLITAN_CODE, zone_code
from etl.sources.base import Raw
from etl.sources.hsds_json import Thing, inner, text, things
from etl.sources.where import finder

STATUSES = {"active": "attivo", "temporarily closed": "da_verificare", "inactive": "chiuso", "defunct": "chiuso"}
OMBRA = "ombra"  # in the name of our own taxonomy, whose codes are service types
UNITS = {"places": "posti", "place": "posti", "beds": "posti letto", "bed": "posti letto", "letti": "posti letto"}
_METROPOLITAN = frozenset({"città metropolitana di torino", "provincia di torino", "torino (città metropolitana)"})


@dataclass(frozen=True)
class Parts:
    """The objects that a row is made of; empty ones where it has none."""

    service: Thing
    at: Thing

    @property
    def location(self) -> Thing:
        """Where the service is."""
        return inner(self.at, "location")

    @property
    def organization(self) -> Thing:
        """Whose service it is."""
        return inner(self.service, "organization")

    def nearest(self, name: str) -> list[Thing]:
        """The list that speaks most closely of the service at this place: of both, of the service, of the place."""
        return next((found for one in (self.at, self.service, self.location) if (found := things(one, name))), [])


def parts(raw: Raw) -> Parts:
    """The objects of a row."""
    return Parts(inner(raw, "service"), inner(raw, "service_at_location"))


def drafted(row: Parts) -> Draft:
    """What the row says, under the names of the fields, without its type."""
    service, location, address = row.service, row.location, _address(row.location)
    told = {
        "name": text(service, "name"),
        "alternate_name": text(service, "alternate_name"),
        "description": text(service, "description"),
        "organization": text(row.organization, "name"),
        "organization_tax_id": text(row.organization, "tax_id"),
        "supply_status": STATUSES.get(text(service, "status").lower(), "da_verificare"),
        "delivery": "remoto" if text(location, "location_type") == "virtual" else "",
        "address": text(address, "address_1"),
        "postal_code": text(address, "postal_code"),
        "phone": SEPARATOR.join(dict.fromkeys(_phones(row))),
        "email": text(service, "email") or _office_email(row),
        "url": text(service, "url") or text(row.organization, "website"),
        "opening_hours": _described(row),
        "accessibility": " ".join(text(one, "description") for one in things(location, "accessibility")),
        "latitude": text(location, "latitude"),
        "longitude": text(location, "longitude"),
        "evidence_year": (text(service, "assured_date") or text(service, "last_modified"))[:4],
        "note": _note(row),
    }
    return {name: value.strip() for name, value in {**told, **_place(location, address)}.items() if value.strip()}


def service_type(row: Parts, types: Mapping[str, str]) -> tuple[str | None, list[str]]:
    """The type that the terms of the service mean, and the terms as told.

    A term of Ombra's own taxonomy is a type by its code. Of the others ``types`` decides, by ``taxonomy:code``, code,
    name or identifier, upper and lower case alike; where several terms have a type the first in ``types`` wins.
    """
    terms = [
        inner(one, "taxonomy_term") for name in ("service", "at") for one in things(getattr(row, name), "attributes")
    ]
    terms = [term for term in terms if term]
    names = sorted({told for term in terms for told in _names(term)})
    for term in terms:
        if OMBRA in _taxonomy(term).casefold() and text(term, "code") in _codes():
            return text(term, "code"), names
    folded = {name.casefold() for name in names}
    return next((meant for told, meant in types.items() if told.strip().casefold() in folded), None), names


def capacities(row: Parts) -> tuple[Capacity, ...]:
    """How much there is of what, where the largest number is told; free places are no capacity."""
    found = set()
    for one in things(row.service, "capacities"):
        unit, most = text(inner(one, "unit"), "name").lower(), text(one, "maximum")
        if unit and most.replace(".", "", 1).isdecimal() and 0 < float(most) < 1_000_000:
            found.add(Capacity(UNITS.get(unit, unit), float(most), masked_text(text(one, "description")) or None))
    return tuple(sorted(found, key=lambda one: (one.unit, one.maximum, one.description or "")))


def served(row: Parts, *, evidence: str) -> tuple[tuple[ServedArea, ...], list[str]]:
    """Areas of ours that the service is declared for, and the names that are none of ours.

    Where one name is unknown no area counts: a service for Torino and for a place not understood is not for Torino
    alone.
    """
    told = [text(one, "name") for one in row.nearest("service_areas") if text(one, "name")]
    known = {name: _area(name) for name in told}
    unknown = sorted({name for name, area in known.items() if area is None})
    if unknown:
        return (), unknown
    areas = {ServedArea(area[0], area[1], evidence) for area in known.values() if area is not None}
    return tuple(sorted(areas)), []


def _area(name: str) -> tuple[str, str] | None:
    folded = " ".join(name.split()).casefold()
    if folded in _METROPOLITAN:
        return "metropolitan_city", METROPOLITAN_CODE
    if folded in _zones():
        return "zona_omogenea", _zones()[folded]
    found = municipalities().recognise(name=folded.removeprefix("comune di "))
    return None if found is None else ("municipality", found.code)


@cache
def _zones() -> dict[str, str]:
    zones = tables.zone_omogenee()
    pairs = zip(zones["zone_name"].tolist(), zones["zone_number"].tolist(), strict=True)
    return {str(name).casefold(): zone_code(number) for name, number in pairs}


@cache
def _codes() -> frozenset[str]:
    return frozenset(tables.service_types()["code"])


def _names(term: Thing) -> list[str]:
    taxonomy, code = _taxonomy(term), text(term, "code")
    told = [code, text(term, "name"), text(term, "id"), f"{taxonomy}:{code}" if taxonomy and code else ""]
    return [one for one in told if one]


def _taxonomy(term: Thing) -> str:
    return text(term, "taxonomy") or text(inner(term, "taxonomy_detail"), "name")


def _address(location: Thing) -> Thing:
    addresses = things(location, "addresses")
    there = [one for one in addresses if text(one, "address_type") == "physical"]
    return (there or addresses or [{}])[0]


def _place(location: Thing, address: Thing) -> Draft:
    """The municipality: by code, else by the city's name, else by where the point lies."""
    city = text(address, "city")
    if "istat" in text(location, "external_identifier_type").casefold():
        return {"istat_code": text(location, "external_identifier"), "municipality": city}
    if city and municipalities().recognise(name=city) is not None:
        return {"municipality": city}
    place = _lies_in(text(location, "longitude"), text(location, "latitude"))
    return {"istat_code": place, "locality": city} if place else {"municipality": city}


def _lies_in(longitude: str, latitude: str) -> str:
    try:
        return finder().at([float(longitude)], [float(latitude)])[0] or ""
    except ValueError:
        return ""


def _phones(row: Parts) -> list[str]:
    contacts = [phone for one in row.nearest("contacts") for phone in things(one, "phones")]
    found = row.nearest("phones") or contacts or things(row.organization, "phones")
    voices = [one for one in found if text(one, "type").lower() not in {"fax", "pager", "textphone"}]
    return [_with_extension(text(one, "number"), text(one, "extension")) for one in voices if text(one, "number")]


def _with_extension(number: str, extension: str) -> str:
    return f"{number} int. {extension}" if extension else number


def _office_email(row: Parts) -> str:
    """Of an office, else of the organization; contacts with a name are gone already."""
    offices = [text(one, "email") for one in row.nearest("contacts")]
    return next((told for told in [*offices, text(row.organization, "email")] if told), "")


def _described(row: Parts) -> str:
    told = [text(one, "description") for one in row.nearest("schedules")]
    return "; ".join(dict.fromkeys(one for one in told if one))


def _note(row: Parts) -> str:
    """What has no field of its own: costs, languages, documents, warnings."""
    costs = [_cost(one) for one in things(row.service, "cost_options")]
    languages = [text(one, "name") for one in row.nearest("languages")]
    documents = [text(one, "document") for one in things(row.service, "required_documents")]
    told = [
        _labelled(_("Costi"), [text(row.service, "fees_description"), *costs]),
        _labelled(_("Lingue"), languages),
        _labelled(_("Documenti"), documents),
        _labelled(_("A chi si rivolge"), [text(row.service, "eligibility_description")]),
        _labelled(_("Avviso"), [text(row.service, "alert")]),
    ]
    return " ".join(part for part in told if part)


def _labelled(label: str, texts: Sequence[str]) -> str:
    told = "; ".join(dict.fromkeys(one.rstrip(" .") for one in texts if one))
    return f"{label}: {told}." if told else ""


def _cost(option: Thing) -> str:
    amount = " ".join(part for part in (text(option, "amount"), text(option, "currency").upper()) if part)
    return ", ".join(part for part in (text(option, "option"), amount, text(option, "amount_description")) if part)
