"""Where a text means: the areas in memory, then streets, street numbers and services in the database."""

from collections.abc import Mapping
from typing import Any

from app.hot.statements import prepared
from app.nearby.places import Gazetteer, Place, ordered
from app.nearby.search import Database
from app.queries import geocode as selects
from etl.locate.address import fold, parse, street_key
from etl.locate.index import AddressIndex
from etl.locate.points import AddressPoint

_STREETS = prepared(selects.streets())
_NUMBERS = prepared(selects.numbers())
_SERVICES = prepared(selects.services())
_SIDES = tuple(selects.SIDES)
_SERVICE_SHARE = 0.95  # a service that is called like a place comes after it


async def geocode(database: Database, gazetteer: Gazetteer, text: str, *, limit: int) -> list[Place]:
    """The places that a text may mean, the likeliest first, of all kinds."""
    found = gazetteer.named(text)
    found += await addresses(database, gazetteer, text, limit=limit)
    rows = await database.rows(_SERVICES, words=fold(text), rows=limit)
    found += [_service(row) for row in rows]
    return ordered(found)[:limit]


async def addresses(database: Database, gazetteer: Gazetteer, text: str, *, limit: int) -> list[Place]:
    """The address, where the text ends with its municipality and the gazetteer knows it; streets named like it."""
    line, town = gazetteer.split(text)
    key = parse(line)
    if key is None:
        return []
    code = "" if town is None else str(town.code)
    known = None if town is None else await _at_number(database, town, line)
    if known is not None:
        return [known]
    name = fold(line) if not key.number else fold(line).rsplit(key.number.partition("/")[0], 1)[0].strip(" ,")
    rows = await database.rows(_STREETS, street=name, code=code, rows=limit)
    return [_street(row) for row in rows]


async def _at_number(database: Database, town: Place, line: str) -> Place | None:
    """The address by the points of the gazetteer of its municipality: of registers, and of services at an address."""
    rows = await database.rows(_NUMBERS, code=town.code)
    index = AddressIndex(point for row in rows if (point := _point(row)) is not None)
    found = index.find(str(town.code), line)
    if found is None:
        return None
    return Place(
        "address" if found.precision == "address" else "street",
        line,
        town.municipality_code,
        town.municipality,
        1.0,
        found.precision,
        found.point.x,
        found.point.y,
        radius_m=found.radius_m,
    )


def _point(row: Mapping[str, Any]) -> AddressPoint | None:
    source, municipality, street, number, longitude, latitude, rank, address = row.values()
    if address is not None:
        told = parse(address)
        if told is None or not told.number or street_key(told.street) is None:
            return None
        street, number = told.street, told.number
    return AddressPoint(source, municipality, street, number, longitude, latitude, rank)


def _street(row: Mapping[str, Any]) -> Place:
    return Place(
        "street",
        row["name"],
        row["municipality_code"],
        row["municipality"],
        round(row["similarity"], 3),
        "street",
        row["longitude"],
        row["latitude"],
        _box(row),
    )


def _box(row: Mapping[str, Any]) -> tuple[float, float, float, float]:
    west, south, east, north = (row[side] for side in _SIDES)
    return west, south, east, north


def _service(row: Mapping[str, Any]) -> Place:
    return Place(
        "service",
        row["name"],
        row["municipality_code"],
        row["municipality"],
        round(row["similarity"] * _SERVICE_SHARE, 3),
        row["precision"],
        row["longitude"],
        row["latitude"],
        id=str(row["id"]),
    )
