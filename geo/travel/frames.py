"""Checks of the two frames that every engine is given."""

from collections.abc import Collection

import geopandas as gpd

from geo.checks import choices, columns, flags, metric_points, numbers, unique_labels
from geo.travel.terrain import terrain_faults

MODES = ("car", "foot", "bike")


def origin_faults(origins: gpd.GeoDataFrame, *, modes: Collection[str] = MODES) -> list[str]:
    """What is wrong with demand points: labels, geometry, `municipality`, `mode`, and terrain where it is told."""
    faults = metric_points(origins, where="origins") + unique_labels(origins.index, where="origins")
    faults += columns(origins, ["municipality", "mode"], where="origins")
    faults += choices(origins.get("mode"), modes, where="origins.mode")
    return faults + terrain_faults(origins, where="origins")


def service_faults(services: gpd.GeoDataFrame) -> list[str]:
    """What is wrong with services: labels, geometry, `municipality`, `position_radius_m`, `located`, and terrain."""
    faults = metric_points(services, where="services") + unique_labels(services.index, where="services")
    faults += columns(services, ["municipality", "position_radius_m", "located"], where="services")
    faults += numbers(services.get("position_radius_m"), where="services.position_radius_m")
    faults += flags(services.get("located"), where="services.located")
    return faults + terrain_faults(services, where="services")
