"""The services of the toy territory and the minutes to them, written by hand. See README.md."""

import csv
import uuid
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from shapely import Point
from sqlalchemy import Connection

from etl.identity import uid
from etl.store import models as m
from etl.store.frames import merge
from tests.etl.derive.toy.territory import POINTS, area_id, geographic, point_id, town_id

TODAY = date(2026, 11, 22)
PAST, FUTURE = date(2026, 6, 30), date(2027, 6, 30)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A service. ``at``: kilometres; without, it is known by its town only. ``areas``: level and code, or a town."""

    type: str
    town: str
    at: tuple[float, float] | None = None
    provider: str
    status: str = "attivo"
    expected: date | None = None
    delivery: str = "sede"
    areas: tuple[tuple[str, str] | str, ...] = ()
    capacity: dict[str, float] = field(default_factory=dict)
    ages: tuple[int | None, int | None] = (None, None)
    hours: tuple[str, int, int] | None = None  # days, from hour, to hour
    radius: float = 0.0


def _nido(town: str, places: float | None, provider: str = "P1", status: str = "attivo") -> Offer:
    capacity = {} if places is None else {"posti": places}
    return Offer(type="nido", town=town, at=(1, 1), provider=provider, status=status, capacity=capacity)


def _spazio(town: str, places: float, **told) -> Offer:
    return Offer(type="spazio", town=town, at=(2, 2), provider="P1", capacity={"posti": places}, **told)


def _incontro(east: float) -> Offer:
    return Offer(type="incontro", town="Alfa", at=(east, 30.0), provider="P1")


def _ambulatorio(town: str, medici: float, assistiti: float | None, status: str = "attivo") -> Offer:
    figures = {"medici": medici} | ({} if assistiti is None else {"assistiti": assistiti})
    return Offer(type="ambulatorio", town=town, at=(3, 3), provider="P1", status=status, capacity=figures)


# In this order, which is also that of their identifiers.
OFFERS = {
    "s1": Offer(type="sportello", town="Alfa", at=(12, 29), provider="P1"),
    "s2": Offer(type="sportello", town="Beta", at=(22, 27), provider="P2"),
    "s3": Offer(type="sportello", town="Zeta", at=(22, 13), provider="P1", status="da_verificare"),
    "s4": Offer(type="sportello", town="Epsilon", at=(12, 10.5), provider="P1", status="atteso", expected=PAST),
    "s5": Offer(type="sportello", town="Delta", at=(54, 31), provider="P1", status="atteso", expected=FUTURE),
    "s6": Offer(type="sportello", town="Eta", at=(38, 14.9), provider="P1", radius=500.0),
    "s7": Offer(type="sportello", town="Theta", at=(48, 13), provider="P1", status="chiuso"),
    "n01": _nido("Alfa", 46),
    "n02": _nido("Epsilon", 60),
    "n03": _nido("Gamma", 46),
    "n04": _nido("Gamma", 30),
    "n05": _nido("Gamma", 30, provider="P2"),
    "n06": _nido("Zeta", 5),
    "n07": _nido("Zeta", 10, status="da_verificare"),
    "n08": _nido("Beta", None),
    "n09": _nido("Delta", 8),
    "n10": _nido("Eta", 5),
    "k1": Offer(type="consorzio", town="Alfa", at=(12, 29), provider="P1", areas=("Alfa", "Epsilon")),
    "k2": Offer(type="consorzio", town="Zeta", at=(22, 13), provider="P2"),
    "k3": Offer(type="consorzio", town="Gamma", at=(38, 27), provider="P3"),
    "h1": Offer(
        type="domiciliare",
        town="Alfa",
        provider="P1",
        delivery="domicilio",
        areas=("Alfa",),
        capacity={"posti": 40, "ore": 150, "utenti": 200},
    ),
    "h2": Offer(
        type="domiciliare",
        town="Gamma",
        provider="P1",
        delivery="itinerante",
        areas=(("zona_omogenea", "Z2"),),
        capacity={"posti": 72},
    ),
    "h3": Offer(
        type="domiciliare",
        town="Epsilon",
        provider="P2",
        delivery="remoto",
        areas=(("distretto", "D2"),),
        capacity={"posti": 90, "ore": 100, "utenti": 100},
    ),
    "h4": Offer(type="domiciliare", town="Beta", at=(22, 29), provider="P3", capacity={"posti": 20}),
    "i1": Offer(type="ignoto", town="Beta", provider="P1", delivery="itinerante"),
    "i2": Offer(type="ignoto", town="Alfa", at=(12, 29), provider="P1"),
    "w1": Offer(type="centro", town="Alfa", at=(12, 29), provider="P1", capacity={"posti": 100}),
    "w2": Offer(type="centro", town="Alfa", at=(13, 25), provider="P2", capacity={"posti": 60}),
    "x1": _spazio("Beta", 8, hours=("MO", 9, 12)),
    "x2": _spazio("Beta", 8, hours=("MO,TU", 11, 13)),
    "x3": _spazio("Beta", 6, hours=("MO", 9, 13)),
    "u1": _spazio("Epsilon", 4),
    "u2": _spazio("Epsilon", 4, status="da_verificare"),
    "u3": _spazio("Epsilon", 4, status="atteso", expected=FUTURE),
    "m1": _spazio("Eta", 1, ages=(0, 14)),
    "m2": _spazio("Eta", 1, ages=(65, None)),
    "o1": _spazio("Theta", 1, hours=("MO", 9, 12)),
    "o2": _spazio("Theta", 1, hours=("TU", 9, 12)),
    "f1": _incontro(11.0),
    "f2": _incontro(11.15),
    "f3": _incontro(11.36),
    "f4": _incontro(11.7),
    "f5": Offer(type="incontro", town="Zeta", at=(22, 13), provider="P1"),
    "f6": Offer(type="incontro", town="Zeta", at=(23, 13), provider="P2"),
    "q1": _ambulatorio("Alfa", 2, 3200),
    "q2": _ambulatorio("Beta", 1, 900),
    "q3": _ambulatorio("Gamma", 1, None),
    "q4": _ambulatorio("Delta", 1, 1300),
    "q5": _ambulatorio("Epsilon", 1, 1600, status="da_verificare"),
    "c1": Offer(type="stimato", town="Beta", at=(22, 30), provider="P1"),
    "c2": Offer(type="stimato", town="Eta", provider="P2", radius=5000.0),
    "p1": Offer(type="piedi", town="Alfa", at=(13, 24.9), provider="P1"),
    "p2": Offer(type="piedi", town="Beta", at=(22, 29), provider="P2"),
}

MINUTES: dict[str, dict[str, float]] = {
    "s1": {"a1": 3, "a2": 14, "b1": 12, "e1": 25, "e2": 18},
    "s2": {"a1": 12, "b1": 4, "g1": 18, "g2": 12, "z1": 15, "d1": 40},
    "s3": {"z1": 8},
    "s4": {"e1": 6, "e2": 18},
    "s5": {"d1": 5},
    "s6": {"h1": 14, "t1": 17},
    "s7": {"t1": 3, "t2": 3},
    "n01": {"a1": 4, "a2": 9},
    "n02": {"e1": 5, "e2": 12},
    "n03": {"g1": 3, "g2": 9},
    "n04": {"g1": 4},
    "n05": {"g1": 5},
    "n06": {"z1": 4},
    "n07": {"z1": 3},
    "n08": {"b1": 5},
    "n09": {"d1": 10},
    "n10": {"h1": 4, "t1": 9},
    "k1": {"a1": 3, "a2": 9, "b1": 10, "e1": 12},
    "k2": {"z1": 4, "h1": 12, "g2": 8},
    "k3": {"g1": 5},
    "h4": {"b1": 4},
    "i2": {"a1": 3},
    "w1": {"a1": 4, "a2": 9},
    "w2": {"a1": 9, "a2": 4, "b1": 14},
    "x1": {"a2": 10, "b1": 5},
    "x2": {"a2": 10, "b1": 5, "z1": 10, "g2": 10},
    "x3": {"b1": 5, "z1": 10, "g2": 10},
    "u1": {"e1": 4, "e2": 4},
    "u2": {"e1": 4, "e2": 4},
    "u3": {"e1": 4, "e2": 4},
    "m1": {"h1": 4},
    "m2": {"h1": 4},
    "o1": {"t1": 4},
    "o2": {"t1": 4},
    "f1": {"a1": 3, "f2": 5, "f3": 7, "f4": 8},
    "f2": {"a1": 3, "f1": 5, "f3": 6, "f4": 5},
    "f3": {"a1": 3, "f1": 4, "f2": 6, "f4": 5},
    "f4": {"a1": 3, "f1": 5, "f2": 5, "f3": 5},
    "f5": {"z1": 3, "f6": 2},
    "f6": {"z1": 3, "f5": 2},
}
"""Minutes to each service from the points, and from other services."""


def presence_id(key: str) -> str:
    """Identifier of a service at its place, in the order of :data:`OFFERS`."""
    return str(uuid.UUID(int=(10 << 120) + list(OFFERS).index(key)))


def service_id(key: str) -> str:
    """Identifier of a service."""
    return str(uid("service", "toy", key))


def write(connection: Connection) -> None:
    """Write bodies, services, places, areas, capacities and hours."""
    bodies = sorted({offer.provider for offer in OFFERS.values()})
    rows = [{"id": uid("organization", "toy", body), "name": body, "description": ""} for body in bodies]
    merge(connection, m.Organization, rows)
    offers = OFFERS.items()
    merge(connection, m.Service, [_service(key, offer) for key, offer in offers])
    merge(connection, m.Location, [_location(key, offer) for key, offer in offers])
    presences = [
        {"id": presence_id(key), "service_id": service_id(key), "location_id": uid("location", "toy", key)}
        for key in OFFERS
    ]
    merge(connection, m.ServiceAtLocation, presences)
    merge(connection, m.ServiceArea, [row for key, offer in offers for row in _areas(key, offer)])
    merge(connection, m.ServiceCapacity, [row for key, offer in offers for row in _capacities(key, offer)])
    merge(connection, m.Schedule, [row for key, offer in offers for row in _hours(key, offer)])


def write_minutes(path: Path) -> Path:
    """Write the table of minutes as the matrix engine reads it."""
    with path.open("w", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["origin", "destination", "minutes"])
        for key, told in MINUTES.items():
            for origin, minutes in told.items():
                start = point_id(origin) if origin in POINTS else presence_id(origin)
                lines.writerow([start, presence_id(key), minutes])
    return path


def _service(key: str, offer: Offer) -> dict:
    return {
        "id": service_id(key),
        "organization_id": uid("organization", "toy", offer.provider),
        "name": key,
        "status": "active",
        "service_type_code": offer.type,
        "delivery": offer.delivery,
        "supply_status": offer.status,
        "expected_on": offer.expected,
        "minimum_age": offer.ages[0],
        "maximum_age": offer.ages[1],
    }


def _location(key: str, offer: Offer) -> dict:
    return {
        "id": uid("location", "toy", key),
        "geom": None if offer.at is None else geographic(Point(offer.at)),
        "precision": "municipality" if offer.at is None else "address",
        "position_radius_m": offer.radius,
        "municipality_id": town_id(offer.town),
    }


def _areas(key: str, offer: Offer) -> list[dict]:
    areas = [town_id(area) if isinstance(area, str) else area_id(*area) for area in offer.areas]
    return [
        {"id": uid("service_area", "toy", key, area), "service_id": service_id(key), "area_id": area} for area in areas
    ]


def _capacities(key: str, offer: Offer) -> list[dict]:
    return [
        {"id": uid("capacity", "toy", key, unit), "service_id": service_id(key), "unit": unit, "maximum": maximum}
        for unit, maximum in offer.capacity.items()
    ]


def _hours(key: str, offer: Offer) -> list[dict]:
    if offer.hours is None:
        return []
    days, opens, closes = offer.hours
    told = {"byday": days, "opens_at": time(opens), "closes_at": time(closes), "freq": "WEEKLY"}
    return [{"id": uid("schedule", "toy", key), "service_id": service_id(key)} | told]
