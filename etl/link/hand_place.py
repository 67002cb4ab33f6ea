"""Places that a person tells by hand: an address is looked up, a point must lie in the service's municipality."""

import re
from typing import Any

import shapely
from sqlalchemy import Connection, func, select

from etl.clean.draft import Draft
from etl.i18n import _
from etl.link.fields import place_told
from etl.locate.address import parse
from etl.locate.index import AddressIndex
from etl.locate.points import AddressPoint
from etl.locate.position import ADDRESS_RADIUS_M, Position, answered, nowhere
from etl.locate.territory import Municipality, read_municipalities
from etl.store import models as m

_POINT_COLUMNS = ("source_id", "municipality", "street", "number", "longitude", "latitude", "rank")
_BETWEEN = re.compile(r"\s*[;\s]\s*|,\s+|(?<=\.\d{3}),|(?<=\d{4}),")


def point_draft(text: str) -> Draft:
    """The fields of a point: ``45.07 7.68``, ``45,07; 7,68``, ``POINT(7.68 45.07)``.

    >>> point_draft("45.0703, 7.6869")
    {'latitude': '45.0703', 'longitude': '7.6869'}
    """
    if "(" in text:
        return {"wkt": text}
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    return dict(zip(("latitude", "longitude"), parts, strict=False)) if len(parts) == 2 else {"latitude": text}


def placed(municipality: str, longitude: float, latitude: float) -> dict[str, Any]:
    """A point that a person tells, as JSON (:func:`etl.link.fields.place_told`)."""
    how = _("indicato a mano")
    position = Position(municipality, shapely.Point(longitude, latitude), "address", ADDRESS_RADIUS_M, how)
    return place_told(position) or {}


def elsewhere(connection: Connection, municipality: str, longitude: float, latitude: float) -> str | None:
    """Why a point (EPSG:4326) cannot be one of a municipality; none where it lies in it."""
    point = func.ST_SetSRID(func.ST_MakePoint(longitude, latitude), 4326)
    area = m.Area
    statement = select(area.code, area.name).where(area.level == "municipality", func.ST_Intersects(area.geom, point))
    found = {row.code: row.name for row in connection.execute(statement)}
    if municipality in found:
        return None
    if not found:
        return _("Il punto è fuori dalla Città metropolitana: scrivere prima la latitudine, poi la longitudine.")
    why = _("Il punto è nel comune di {altro}, il servizio in quello di {suo}.")
    return why.format(altro=", ".join(sorted(found.values())), suo=_name(connection, municipality))


def _name(connection: Connection, municipality: str) -> str:
    area = m.Area
    statement = select(area.name).where(area.level == "municipality", area.code == municipality)
    return connection.execute(statement).scalar() or municipality


def address_value(connection: Connection, municipality: str, address: str, before: str | None) -> dict[str, Any]:
    """The value of an address made by hand, with the position found for it, or none where only its spelling is new.

    Where nothing that is loaded knows the address, its position is the municipality.
    """
    if before is not None and parse(before) is not None and parse(before) == parse(address):
        return {"address": address, "position": None}
    answer = _index(connection, municipality).find(municipality, address)
    town = read_municipalities(connection).municipalities[municipality]
    position = nowhere(municipality, town) if answer is None else answered(municipality, answer)
    return {"address": address, "position": place_told(position) or _nowhere(town)}


def _nowhere(town: Municipality) -> dict[str, Any]:
    return {
        "latitude": None,
        "longitude": None,
        "precision": "municipality",
        "radius_m": town.radius_m,
        "coord_source": None,
    }


def _index(connection: Connection, municipality: str) -> AddressIndex:
    columns = [getattr(m.AddressPoint, name) for name in _POINT_COLUMNS]
    rows = connection.execute(select(*columns).where(m.AddressPoint.municipality == municipality))
    return AddressIndex(AddressPoint(*row) for row in rows)
