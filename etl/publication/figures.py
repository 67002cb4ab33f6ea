"""Rows of areas, residents, figures, travel times and address points. Pure: nothing is read or written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import geopandas as gpd

from etl.identity import uid
from etl.locate.points import AddressPoint
from etl.locate.territory import Municipality
from etl.record import AreaRecord, IndicatorRecord, PopulationRecord, TravelRecord
from etl.store.frames import Rows
from geo.crs import METRIC, WGS84


def areas(source_id: str, records: Sequence[AreaRecord], towns: Mapping[str, Municipality]) -> Rows:
    """Rows of ``area``; square kilometres are measured in EPSG:32632."""
    given: list[Any] = [record.geometry for record in records]
    shapes = gpd.GeoSeries(given, crs=WGS84)
    surfaces = (shapes.to_crs(METRIC).area / 1e6).tolist()
    labels = shapes.representative_point().tolist()
    return [
        {
            "id": uid("area", record.level, record.code),
            "level": record.level,
            "code": record.code,
            "name": record.name,
            "parent_id": None if record.municipality is None else towns[record.municipality].id,
            "geom": record.geometry,
            "label_point": None if record.geometry is None else label,
            "area_km2": None if record.geometry is None else surface,
            "source_id": source_id,
        }
        for record, surface, label in zip(records, surfaces, labels, strict=True)
    ]


def figures(source_id: str, records: Iterable[IndicatorRecord]) -> Rows:
    """Rows of ``indicator``."""
    return [
        {
            "area_id": uid("area", record.level, record.code),
            "year": record.year,
            "name": record.name,
            "source_id": source_id,
            "value": record.value,
        }
        for record in records
    ]


def residents(source_id: str, records: Iterable[PopulationRecord], towns: Mapping[str, Municipality]) -> Rows:
    """Rows of ``population``."""
    return [
        {
            "area_id": towns[record.municipality].id,
            "year": record.year,
            "sex": record.sex,
            "age": record.age,
            "persons": record.persons,
            "source_id": source_id,
        }
        for record in records
    ]


def travel(source_id: str, records: Iterable[TravelRecord], towns: Mapping[str, Municipality]) -> Rows:
    """Rows of ``travel_time``."""
    return [
        {
            "source_id": source_id,
            "origin_id": towns[record.origin].id,
            "destination_id": towns[record.destination].id,
            "mode": record.mode,
            "minutes": record.minutes,
            "km": record.km,
        }
        for record in records
    ]


def points(given: Iterable[AddressPoint]) -> Rows:
    """Rows of ``address_point``; of one point twice the better known."""
    rows = {
        (point.municipality, point.street, point.number, point.longitude, point.latitude): point
        for point in sorted(given, reverse=True)
    }
    names = ("source_id", "municipality", "street", "number", "longitude", "latitude", "rank")
    return [{name: getattr(point, name) for name in names} for point in rows.values()]
