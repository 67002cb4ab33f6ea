"""The one shape that every source is turned into before it is located and loaded."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True)
class ServedArea:
    """An area whose residents a service is for, by the level and code of the area; ``evidence`` says who says so."""

    level: str
    code: str
    evidence: str


@dataclass(frozen=True, kw_only=True)
class ServiceRecord:
    """A service as one source tells it.

    ``latitude`` and ``longitude`` are in EPSG:4326; ``precision`` is ``address``, ``street`` or
    ``municipality`` (the point is then only the main settlement). ``supply_status`` is one of
    ``attivo``, ``da_verificare``, ``atteso``, ``programmato``, ``chiuso``. Empty ``service_areas``
    mean that the source does not say whom the service is for, not that it is for everybody.
    """

    key: str
    service_type: str
    name: str
    organization: str | None
    municipality: str
    supply_status: str
    precision: str
    latitude: float | None
    longitude: float | None
    address: str | None = None
    coord_source: str | None = None
    delivery: str = "sede"
    expected_on: date | None = None
    phone: str | None = None
    email: str | None = None
    url: str | None = None
    opening_hours: str | None = None
    evidence: str | None = None
    evidence_year: int | None = None
    note: str | None = None
    service_areas: tuple[ServedArea, ...] = ()
