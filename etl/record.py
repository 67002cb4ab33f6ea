"""The shapes that every source is turned into before its content is located and loaded: one for each kind of content.

Coordinates are in EPSG:4326. ``municipality`` is the ISTAT code of a municipality of today; ``key`` names the raw
row within its source and never changes for the same thing.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal, TypeAlias

from shapely.geometry.base import BaseGeometry

Precision = Literal["address", "street", "municipality"]


@dataclass(frozen=True, order=True)
class ServedArea:
    """An area whose residents a service is for, by the level and code of the area; ``evidence`` says who says so."""

    level: str
    code: str
    evidence: str


@dataclass(frozen=True, order=True)
class Opening:
    """One weekly opening as HSDS's ``schedule`` tells it: days (``MO,TU``), from and to, perhaps a season."""

    byday: str
    opens_at: time
    closes_at: time
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, order=True)
class Capacity:
    """How many of a unit (``posti``, ``letti``) a service has."""

    unit: str
    maximum: float
    description: str | None = None


@dataclass(frozen=True, order=True)
class Identifier:
    """A number by which a register knows a body: ``scheme`` (``ipa``, ``runts``) and ``value``."""

    scheme: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ServiceRecord:
    """A service as one source tells it.

    ``precision`` is what the source claims of its own point: ``address``, ``street`` or ``municipality`` (the point
    is then only the main settlement). ``supply_status`` is one of ``attivo``, ``da_verificare``, ``atteso``,
    ``programmato``, ``chiuso``. Empty ``service_areas`` mean that the source does not say whom the service is for,
    not that it is for everybody. ``phones`` are in E.164 (``+390114439190``, extension as ``;ext=12``).
    ``opening_hours`` is the source's own text, ``osm_hours`` the same in OpenStreetMap's ``opening_hours`` syntax,
    ``openings`` the weekly openings of it; the last two are empty where the text is not certain.
    """

    key: str
    service_type: str
    name: str
    organization: str | None
    municipality: str
    supply_status: str
    precision: Precision
    latitude: float | None
    longitude: float | None
    address: str | None = None
    postal_code: str | None = None
    locality: str | None = None
    coord_source: str | None = None
    delivery: str = "sede"
    expected_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    alternate_name: str | None = None
    description: str | None = None
    organization_tax_id: str | None = None
    phones: tuple[str, ...] = ()
    email: str | None = None
    url: str | None = None
    opening_hours: str | None = None
    osm_hours: str | None = None
    openings: tuple[Opening, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    accessibility: str | None = None
    evidence: str | None = None
    evidence_year: int | None = None
    note: str | None = None
    service_areas: tuple[ServedArea, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OrganizationRecord:
    """A body as one source tells it; it may have neither address nor municipality (a list of tax codes)."""

    key: str
    name: str
    tax_id: str | None = None
    alternate_name: str | None = None
    description: str | None = None
    legal_status: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    municipality: str | None = None
    address: str | None = None
    postal_code: str | None = None
    precision: Precision = "municipality"
    latitude: float | None = None
    longitude: float | None = None
    coord_source: str | None = None
    phones: tuple[str, ...] = ()
    email: str | None = None
    url: str | None = None
    valid_to: date | None = None
    evidence: str | None = None
    evidence_year: int | None = None


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """A street number with its point: a row of a register of addresses."""

    key: str
    municipality: str
    street: str
    number: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    """One figure about an area in a year.

    ``level`` and ``code`` name the area; records of areas that have merged carry today's code and are summed or
    averaged before they are made (:mod:`etl.reference.recode`).
    """

    key: str
    level: str
    code: str
    year: int
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class PopulationRecord:
    """Residents of a municipality on 1 January of ``year`` by sex (F, M) and single year of age (100: and over)."""

    key: str
    municipality: str
    year: int
    sex: str
    age: int
    persons: int


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """A piece of territory of level ``layer`` or ``census_section``; geometry in EPSG:4326, perhaps none."""

    key: str
    level: str
    code: str
    name: str
    municipality: str | None
    geometry: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class TravelRecord:
    """Minutes, and perhaps kilometres, from one municipality to another by a mode (``car``, ``public``, ``foot``)."""

    key: str
    origin: str
    destination: str
    mode: str
    minutes: float
    km: float | None


Placeable: TypeAlias = ServiceRecord | OrganizationRecord
Record: TypeAlias = Placeable | AddressRecord | IndicatorRecord | PopulationRecord | AreaRecord | TravelRecord
