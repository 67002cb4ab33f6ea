"""The invented territory: 8 municipalities, 2 zones, 2 districts that cross them, 12 demand points. See README.md.

Places are kilometres east and north of the south-western corner of a rectangle of 60 by 40 km.
"""

from dataclasses import dataclass

import geopandas as gpd
import shapely
from shapely import Point
from sqlalchemy import Connection

from etl.identity import uid
from etl.store import models as m
from etl.store.frames import merge

SOURCE = "giocattolo"
CITY = ("metropolitan_city", "999")
EAST, NORTH = 360_000, 4_980_000  # EPSG:32632
WIDTH, HEIGHT = 15, 20  # kilometres of every municipality: four columns in two rows


@dataclass(frozen=True)
class Town:
    """A municipality; ``people`` are its residents of 2, 40 and 80 years."""

    code: str
    column: int
    row: int
    zone: str
    district: str | None
    people: tuple[int, int, int]
    altimetric: str
    degurba: str
    inner: int | None


TOWNS = {
    "Alfa": Town("900001", 0, 1, "Z1", "D1", (400, 6000, 1600), "pianura", "citta", 1),
    "Beta": Town("900002", 1, 1, "Z1", "D1", (100, 1500, 400), "pianura", "rurale", 3),
    "Gamma": Town("900003", 2, 1, "Z2", "D1", (200, 3000, 800), "pianura", "piccole_citta_sobborghi", 3),
    "Delta": Town("900004", 3, 1, "Z2", "D1", (50, 750, 200), "montagna_interna", "rurale", 5),
    "Epsilon": Town("900005", 0, 0, "Z1", "D2", (150, 2250, 600), "pianura", "rurale", 3),
    "Zeta": Town("900006", 1, 0, "Z1", "D2", (50, 750, 200), "collina_interna", "rurale", 4),
    "Eta": Town("900007", 2, 0, "Z2", "D2", (25, 375, 100), "collina_interna", "rurale", None),
    "Theta": Town("900008", 3, 0, "Z2", None, (20, 380, 100), "montagna_interna", "rurale", 6),
}

# Code: level, town, kilometres east and north, weight within the town.
POINTS = {
    "a1": ("quarter", "Alfa", (12.0, 28.0), 3.0),
    "a2": ("quarter", "Alfa", (13.0, 24.0), 1.0),
    "b1": ("settlement", "Beta", (22.0, 28.0), 1.0),
    "g1": ("settlement", "Gamma", (38.0, 28.0), 300.0),
    "g2": ("settlement", "Gamma", (42.0, 24.0), 100.0),
    "d1": ("settlement", "Delta", (54.0, 30.0), 1.0),
    "e1": ("census_section", "Epsilon", (12.0, 12.0), 1000.0),
    "e2": ("census_section", "Epsilon", (12.0, 16.0), 1000.0),
    "z1": ("settlement", "Zeta", (22.0, 12.0), 1.0),
    "h1": ("settlement", "Eta", (38.0, 12.0), 1.0),
    "t1": ("settlement", "Theta", (48.0, 12.0), 4.0),
    "t2": ("settlement", "Theta", (57.0, 12.0), 1.0),
}

# What the census tells of its sections: all, up to 14, from 65, from 75.
SECTIONS = {"e1": (1000, 100, 100, 50), "e2": (1000, 0, 600, 250)}
FIGURES = ("popolazione", "eta_0_14", "eta_65_oltre", "eta_75_oltre")


def area_id(level: str, code: str) -> str:
    """Identifier of an area."""
    return str(uid("area", level, code))


def town_id(name: str) -> str:
    """Identifier of a municipality by its name."""
    return area_id("municipality", TOWNS[name].code)


def point_id(code: str) -> str:
    """Identifier of a demand point."""
    return area_id(POINTS[code][0], code)


def geographic(shape: shapely.Geometry) -> shapely.Geometry:
    """From kilometres in the rectangle to degrees."""
    metres = shapely.transform(shape, lambda places: places * 1_000.0 + (EAST, NORTH))
    return gpd.GeoSeries([metres], crs=32632).to_crs(4326).iloc[0]


def write(connection: Connection) -> None:
    """Write areas, containment, residents, demand points and classes."""
    merge(connection, m.Source, [{"id": SOURCE, "title": "Giocattolo", "publisher": "Prova", "licence": "CC0-1.0"}])
    merge(connection, m.Area, _areas())
    merge(connection, m.AreaWithin, _within())
    merge(connection, m.Population, [row for name in TOWNS for row in _residents(name)])
    merge(connection, m.DemandPoint, [_demand(code) for code in POINTS])
    merge(connection, m.Indicator, _indicators())


def _areas() -> list[dict]:
    whole = {"level": CITY[0], "code": CITY[1], "geom": shapely.box(0, 0, 60, 40), "km2": 2400.0, "parent": None}
    wide = [
        {"level": level, "code": code, "geom": None, "km2": None, "parent": area_id(*CITY)}
        for level, codes in (("zona_omogenea", ("Z1", "Z2")), ("distretto", ("D1", "D2")))
        for code in codes
    ]
    towns = [
        {
            "level": "municipality",
            "code": town.code,
            "name": name,
            "geom": shapely.box(*_corner(town), _corner(town)[0] + WIDTH, _corner(town)[1] + HEIGHT),
            "km2": float(WIDTH * HEIGHT),
            "parent": area_id("zona_omogenea", town.zone),
            "altimetric_zone": town.altimetric,
            "degurba": town.degurba,
        }
        for name, town in TOWNS.items()
    ]
    points = [
        {
            "level": level,
            "code": code,
            # A section has a surface, and the point of it that stands for it.
            "geom": Point(place).buffer(0.5) if level == "census_section" else Point(place),
            "label_point": Point(place) if level == "census_section" else None,
            "km2": None,
            "parent": town_id(town),
        }
        for code, (level, town, place, _weight) in POINTS.items()
    ]
    return [_area(**told) for told in [whole, *wide, *towns, *points]]


def _corner(town: Town) -> tuple[int, int]:
    return town.column * WIDTH, town.row * HEIGHT


def _area(*, level, code, geom, km2, parent, name=None, label_point=None, altimetric_zone=None, degurba=None) -> dict:
    return {
        "id": area_id(level, code),
        "level": level,
        "code": code,
        "name": name or code,
        "parent_id": parent,
        "geom": None if geom is None else geographic(geom),
        "label_point": None if label_point is None else geographic(label_point),
        "area_km2": km2,
        "altimetric_zone": altimetric_zone,
        "degurba": degurba,
        "source_id": SOURCE,
        "attributes": {},
    }


def _within() -> list[dict]:
    own = [CITY, *(("zona_omogenea", code) for code in ("Z1", "Z2")), *(("distretto", code) for code in ("D1", "D2"))]
    pairs = [(area_id(*one), area_id(*other)) for one in own for other in {one, CITY}]
    for name, town in TOWNS.items():
        around = [town_id(name), area_id("zona_omogenea", town.zone), area_id(*CITY)]
        around += [] if town.district is None else [area_id("distretto", town.district)]
        inside = [town_id(name), *(point_id(code) for code, told in POINTS.items() if told[1] == name)]
        pairs += [(one, other) for one in inside for other in around]
    pairs += [(point_id(code), point_id(code)) for code in POINTS]
    return [{"area_id": one, "ancestor_id": other} for one, other in dict.fromkeys(pairs)]


def _residents(name: str) -> list[dict]:
    """Half women, half men; of an odd number one woman more. Nobody else of any age."""
    told = zip((2, 40, 80), TOWNS[name].people, strict=True)
    return [
        {"area_id": town_id(name), "year": 2023, "sex": sex, "age": age, "persons": persons, "source_id": SOURCE}
        for age, people in told
        for sex, persons in (("F", people - people // 2), ("M", people // 2))
    ]


def _demand(code: str) -> dict:
    level, town, _place, weight = POINTS[code]
    return {
        "area_id": point_id(code),
        "municipality_id": town_id(town),
        "weight": weight,
        "demand_precision": level,
    }


def _indicators() -> list[dict]:
    told = [
        (point_id(code), 2011, figure, value)
        for code, values in SECTIONS.items()
        for figure, value in zip(FIGURES, values, strict=True)
    ]
    told += [(town_id(name), 2020, "classe_snai", town.inner) for name, town in TOWNS.items() if town.inner]
    names = ("area_id", "year", "name", "value")
    return [dict(zip(names, row, strict=True)) | {"source_id": SOURCE} for row in told]
