"""Invented services in the real territory, as inputs of a run."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from etl.derive import inputs
from etl.derive.cases import CaseMaker, TypeCase
from geo.crs import METRIC
from geo.travel.estimate import Estimate

TORINO, SUSA, PINEROLO = "001272", "001270", "001191"


def area(read: inputs.Inputs, level: str, code: str) -> str:
    """Identifier of an area."""
    chosen = read.units[(read.units["level"] == level) & (read.units["code"] == code)]
    return str(chosen.index[0])


def main_point(read: inputs.Inputs, municipality: str) -> Point:
    """Where most people of a municipality live."""
    points = read.points[read.points["municipality"] == area(read, "municipality", municipality)]
    return points.sort_values("weight").geometry.iloc[-1]


def with_services(
    read: inputs.Inputs, kind: str, services: list[dict], *, areas=(), complete: bool = True
) -> inputs.Inputs:
    """The inputs with these services of a type alone; ``areas``: pairs of service and (level, code) that it covers.

    A service is at the main point of its ``town`` (Torino, unless told; None is beyond the territory, at ``geometry``).
    """
    rows = [_row(read, kind, number, told) for number, told in enumerate(services)]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows).set_index("id"), geometry="geometry", crs=METRIC)
    municipalities = read.units.index[read.units["level"] == "municipality"]
    return replace(
        read,
        services=frame[read.services.columns],
        service_areas=pd.DataFrame([(one, area(read, *where)) for one, where in areas], columns=["service", "area"]),
        capacities=pd.DataFrame(columns=["service", "unit", "maximum"]).astype({"maximum": float}),
        complete=pd.DataFrame({"type": kind, "municipality": municipalities, "complete": complete}),
    )


def _row(read: inputs.Inputs, kind: str, number: int, told: dict) -> dict:
    town = told.pop("town", TORINO) if "town" in told else TORINO
    place = read.points[read.points["municipality"] == area(read, "municipality", town or TORINO)].iloc[0]
    label = told.get("id", f"s{number}")
    row = {
        "id": label, "service": label, "type": kind, "certainty": "confermata", "provider": f"ente {label}",
        "municipality": None if town is None else area(read, "municipality", town), "degurba": place["degurba"],
        "altitude_m": place["altitude_m"], "altimetric_zone": place["altimetric_zone"], "delivery": "sede",
        "protected": False, "age_min": float("nan"), "age_max": float("nan"), "requirements": False,
        "capacity": 1.0, "capacity_known": False, "located": True, "position_radius_m": 0.0, "hours": None,
        "geometry": main_point(read, town or TORINO),
    } | told  # fmt: skip
    if town is None:
        row |= {"altitude_m": float("nan"), "altimetric_zone": None}
    return row | {"area_wide": row["delivery"] != "sede" or row["protected"]}


def case_of(read: inputs.Inputs, kind: str, services: list[dict], **options) -> TypeCase:
    """The case of a type with these services alone."""
    changed = with_services(read, kind, [dict(one) for one in services], **options)
    return CaseMaker(changed, Estimate()).case(changed.registry.kinds[kind])
