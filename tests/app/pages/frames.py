"""Small frames in the form that the pages read, for tests without a database."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import Point, box

from geo.statuses import STATUSES

SQUARES = {"001": "Alto", "002": "Basso", "003": "Corte <i>d'Oro</i>", "004": "Duomo"}


def gap(code: str, name: str, **given: Any) -> dict[str, Any]:
    """A row of gaps: everybody reached, unless told otherwise."""
    row: dict[str, Any] = {
        "code": code,
        "name": name,
        "level": "municipality",
        "parent_name": "Zona prova",
        "rule_id": "LAV-prova",
        "threshold": 30.0,
        "persons": 1000.0,
        "assessed": 1000.0,
        "unknown": 0.0,
        "unknown_minus": 0.0,
        "listed": 1000.0,
        "farthest": 120.0,
        "shadow_confirmed": 0.0,
        "shadow_confirmed_minus": 0.0,
        "shadow_confirmed_plus": 0.0,
        "shadow_all": 0.0,
        "shadow_all_minus": 0.0,
        "shadow_all_plus": 0.0,
        "probable": 0.0,
        "majority": "presente",
        "minutes_confirmed": 12.0,
        "rank": int(code[-1]),
        "act": "criterio di lavoro",
        "law": False,
    }
    row |= {f"persons_{status}": 0.0 for status in STATUSES} | {"persons_presente": 1000.0}
    return row | given


def gaps() -> pd.DataFrame:
    """Four municipalities: uncovered, reached, unknown, in doubt."""
    unknown = dict.fromkeys(["shadow_confirmed", "shadow_all", "minutes_confirmed"])
    return pd.DataFrame(
        [
            gap(
                "001",
                SQUARES["001"],
                majority="scoperta",
                shadow_confirmed=1000.0,
                shadow_all=1000.0,
                minutes_confirmed=None,
            ),
            gap("002", SQUARES["002"], persons=5000.0, assessed=5000.0),
            gap("003", SQUARES["003"], majority="senza_dati", assessed=0.0, unknown=1000.0, **unknown),
            gap(
                "004",
                SQUARES["004"],
                majority="incerta",
                shadow_confirmed=400.0,
                persons_presente=600.0,
                persons_incerta=400.0,
            ),
        ]
    )


def squares() -> gpd.GeoSeries:
    """Four squares of about 8 × 11 km in a row, by code."""
    shapes = [box(7.0 + 0.1 * at, 45.0, 7.1 + 0.1 * at, 45.1) for at in range(4)]
    return gpd.GeoSeries(shapes, index=list(SQUARES), crs="EPSG:4326")


def service(name: str, **given: Any) -> dict[str, Any]:
    """A confirmed service at an address."""
    row: dict[str, Any] = {
        "id": name,
        "name": name,
        "type": "prova",
        "type_name": "Servizio di prova",
        "organization": "Ente di prova",
        "address": "Via Prova 1",
        "municipality": SQUARES["001"],
        "zone": "Zona prova",
        "phone": "011 000000",
        "hours": None,
        "certainty": "confermata",
        "precision": "address",
        "location_protected": False,
        "evidence_year": 2024,
        "reach": None,
        "lon": 7.05,
        "lat": 45.05,
    }
    return row | given


def services(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Services by identifier."""
    frame = pd.DataFrame(list(rows), columns=list(service("x")))
    return frame.set_index(frame["id"].rename("service_id"))


def point(code: str, name: str, **given: Any) -> dict[str, Any]:
    """The result at a demand point: reached by one confirmed service."""
    row: dict[str, Any] = {
        "code": code,
        "name": name,
        "level": "settlement",
        "threshold": 30.0,
        "persons": 800.0,
        "status": "presente",
        "reason": "presenza_senza_regola",
        "fragile": False,
        "bordo": False,
        "stimata": True,
        "complete": True,
        "nearest_confirmed": 8.0,
        "shadow_confirmed": 0.0,
        "nearest": [],
    }
    return row | given


def near(service_id: str, **given: Any) -> dict[str, Any]:
    """An entry of the nearest services as the measures store it."""
    row = {"service": service_id, "minutes": 8.0, "low": 8.0, "high": 8.0, "certainty": "confermata", "located": True}
    return row | given


def settlements() -> gpd.GeoDataFrame:
    """One town in the middle of each square."""
    middles = [Point(shape.centroid.x, shape.centroid.y) for shape in squares()]
    return gpd.GeoDataFrame(
        {"name": list(SQUARES.values()), "persons": [900.0, 50_000.0, 20.0, 3000.0], "kind": "comune"},
        geometry=middles,
        crs="EPSG:4326",
    )


def outcome(unit_name: str, **given: Any) -> dict[str, Any]:
    """A row of outcomes: a unit below the minimum by three services."""
    row: dict[str, Any] = {
        "rule_id": "R",
        "area_id": f"id {unit_name}",
        "unit_code": unit_name,
        "unit_name": unit_name,
        "base": 100_000.0,
        "complete": True,
        "capacity_confirmed": 2.0,
        "capacity_all": 2.0,
        "value_confirmed": 50_000.0,
        "value_all": 50_000.0,
        "outcome_confirmed": "sotto_minimo",
        "outcome_all": "sotto_minimo",
        "cause_confirmed": None,
        "cause_all": None,
        "shortfall_confirmed": 3.0,
        "shortfall_all": 3.0,
        "shortfall_objective_confirmed": None,
        "shortfall_objective_all": None,
        "details": {},
        "service_types": ["prova"],
        "title_it": "Regola",
        "kind": "coverage",
        "comparator": "<=",
        "minimum": 20_000.0,
        "objective": None,
        "unit": "residenti per sede",
        "per": 1.0,
        "capacity_unit": "sede",
        "supply_bound": None,
        "figure_unit": None,
        "base_kind": "residenti",
        "geography": "distretto",
        "area_condition": "tutte",
        "act": "L. 1/2000",
        "article": None,
        "law": True,
        "verification": "parziale",
        "position": 1,
    }
    return row | given


def not_loaded(**given: Any) -> dict[str, Any]:
    """The row that stands for all the units whose membership is not loaded."""
    unsaid = dict.fromkeys(["outcome_confirmed", "outcome_all"], "unita_non_caricata")
    nothing = dict.fromkeys(["area_id", "value_confirmed", "value_all", "shortfall_confirmed", "shortfall_all"])
    return outcome("", **{"unit_code": "non-caricata", **unsaid, **nothing, **given})
