"""The whole territory put together from its tables: areas, containment, people, demand points."""

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from etl.reference import boundaries, population, settlements, tables
from etl.store.frames import records
from geo.crs import METRIC, WGS84

METROPOLITAN_CODE = "201"  # ISTAT code of the Città metropolitana di Torino as a unità territoriale sovracomunale


@dataclass(frozen=True)
class Territory:
    """Everything about the territory that is loaded, in frames.

    Attributes
    ----------
    areas
        Index (``level``, ``code``); columns ``name``, ``parent_level``, ``parent_code``, ``area_km2``,
        ``cadastral_code``, ``altimetric_zone``, ``altitude_m``, ``degurba``, ``source_id``,
        ``attributes``; geometry in EPSG:4326 and ``label_point``.
    within
        Containment through every level, each area within itself too: ``level``, ``code``,
        ``ancestor_level``, ``ancestor_code``.
    residents
        ``code`` (municipality), ``year``, ``sex``, ``age``, ``persons``.
    demand
        Index (``level``, ``code``); ``municipality``, ``weight``, ``demand_precision``.
    """

    areas: gpd.GeoDataFrame
    within: pd.DataFrame
    residents: pd.DataFrame
    demand: pd.DataFrame

    def level(self, name: str) -> gpd.GeoDataFrame:
        """The areas of one level by their code."""
        chosen = self.areas[self.areas.index.get_level_values("level") == name]
        return chosen.droplevel("level")


def assemble(*, folder: Path = tables.DATA) -> Territory:
    """Read every table of the territory and put it together, unchecked."""
    municipalities = boundaries.municipalities()
    points = settlements.settlements(municipalities, tables.quarters(folder=folder))
    zones = tables.zone_omogenee(folder=folder).set_index("istat_code")
    districts = tables.districts(folder=folder).set_index("istat_code")
    members = tables.memberships(folder=folder)
    classes = tables.municipality_classes(folder=folder).set_index("istat_code")
    levels = [
        _metropolitan_city(municipalities),
        _zones(municipalities, zones),
        _asl(municipalities, districts),
        _districts(municipalities, districts),
        *(_units(municipalities, level, units) for level, units in _by_level(members)),
        _municipalities(municipalities, zones, classes),
        _points(points),
    ]
    areas = gpd.GeoDataFrame(pd.concat(levels), geometry="geometry", crs=WGS84)
    return Territory(
        areas=areas,
        within=_containment(areas, districts, members),
        residents=population.residents(municipalities.index),
        demand=_demand(points),
    )


def points(*, folder: Path = tables.DATA) -> pd.DataFrame:
    """The demand points alone, as in :attr:`Territory.demand`."""
    return _demand(settlements.settlements(boundaries.municipalities(), tables.quarters(folder=folder)))


def keys(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Level and code of each row of a frame that is indexed by them."""
    return [(str(level), str(code)) for level, code in frame.index.tolist()]


def zone_code(number: int) -> str:
    """Code of a zona omogenea: its number in two digits."""
    return f"{number:02d}"


def _keyed(frame: gpd.GeoDataFrame, level: str | pd.Series) -> gpd.GeoDataFrame:
    levels = level if isinstance(level, str) else level.to_numpy()
    keyed = frame.assign(level=levels).rename_axis("code").set_index("level", append=True)
    return keyed.swaplevel()


def _with_labels(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.assign(label_point=frame.geometry.representative_point())


def _metropolitan_city(municipalities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    whole = boundaries.dissolve(municipalities, pd.Series(METROPOLITAN_CODE, index=municipalities.index))
    whole["name"] = "Città metropolitana di Torino"
    whole["source_id"] = "istat-confini"
    return _keyed(_with_labels(whole), "metropolitan_city")


def _zones(municipalities: gpd.GeoDataFrame, zones: pd.DataFrame) -> gpd.GeoDataFrame:
    codes = zones["zone_number"].map(zone_code)
    areas = boundaries.dissolve(municipalities, codes)
    areas["name"] = zones["zone_name"].groupby(codes).first()
    areas["parent_level"], areas["parent_code"] = "metropolitan_city", METROPOLITAN_CODE
    areas["source_id"] = "zone-omogenee"
    return _keyed(_with_labels(areas), "zona_omogenea")


def _asl(municipalities: gpd.GeoDataFrame, districts: pd.DataFrame) -> gpd.GeoDataFrame:
    areas = boundaries.dissolve(municipalities, districts["asl"])
    areas["name"] = areas.index
    areas["parent_level"], areas["parent_code"] = "metropolitan_city", METROPOLITAN_CODE
    areas["source_id"] = "distretti-asl"
    return _keyed(_with_labels(areas), "asl")


def _district_code(districts: pd.DataFrame) -> pd.Series:
    return districts["asl"] + " / " + districts["distretto"]


def _districts(municipalities: gpd.GeoDataFrame, districts: pd.DataFrame) -> gpd.GeoDataFrame:
    codes = _district_code(districts)
    areas = boundaries.dissolve(municipalities, codes)
    first = districts.groupby(codes).first()
    areas["name"] = first["distretto"]
    areas["parent_level"], areas["parent_code"] = "asl", first["asl"]
    areas["source_id"] = "distretti-asl"
    return _keyed(_with_labels(areas), "distretto")


def _by_level(members: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Unit of each municipality, by code, for each level of statutory units that is told."""
    return [(str(level), rows.set_index("istat_code")["unit"]) for level, rows in members.groupby("level")]


def _units(municipalities: gpd.GeoDataFrame, level: str, units: pd.Series) -> gpd.GeoDataFrame:
    areas = boundaries.dissolve(municipalities, units)
    areas["name"] = areas.index
    areas["parent_level"], areas["parent_code"] = "metropolitan_city", METROPOLITAN_CODE
    areas["source_id"] = "unita-statutarie"
    return _keyed(_with_labels(areas), level)


def _municipalities(municipalities: gpd.GeoDataFrame, zones: pd.DataFrame, classes: pd.DataFrame) -> gpd.GeoDataFrame:
    areas = municipalities.join(classes[["altimetric_zone", "altitude_m", "degurba"]])
    areas["parent_level"] = "zona_omogenea"
    areas["parent_code"] = zones["zone_number"].map(zone_code)
    areas["source_id"] = "istat-confini"
    evidence = zones[["evidence", "confidence"]].reindex(areas.index).add_prefix("zona_omogenea_")
    areas["attributes"] = pd.Series(records(evidence), index=areas.index, dtype=object)
    return _keyed(_with_labels(areas), "municipality")


def _demand(points: gpd.GeoDataFrame) -> pd.DataFrame:
    return _keyed(points, points["level"])[["municipality", "weight", "demand_precision"]]


def _points(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    areas = points.rename(columns={"municipality": "parent_code"}).drop(columns=["weight", "demand_precision"])
    areas["parent_level"] = "municipality"
    areas["source_id"] = areas["level"].map({"settlement": "geonames", "quarter": "quartieri-torino"})
    areas["label_point"] = areas.geometry
    return _keyed(areas, areas["level"])


def _containment(areas: gpd.GeoDataFrame, districts: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Every pair (area, area that contains it), by following parents and the districts of municipalities."""
    parents = areas.reset_index()[["level", "code", "parent_level", "parent_code"]].dropna()
    health = _crossing(districts.index, "distretto", _district_code(districts))
    social = _crossing(members["istat_code"], members["level"], members["unit"])
    step = pd.concat([parents, health, social]).set_axis(["level", "code", "ancestor_level", "ancestor_code"], axis=1)
    own = areas.index.to_frame(index=False)
    found = [own.assign(ancestor_level=own["level"], ancestor_code=own["code"]), step]
    up = step.set_axis(["ancestor_level", "ancestor_code", "next_level", "next_code"], axis=1)
    while len(found[-1]):
        higher = found[-1].merge(up, on=["ancestor_level", "ancestor_code"])
        found.append(higher[["level", "code", "next_level", "next_code"]].set_axis(step.columns, axis=1))
    return pd.concat(found).drop_duplicates(ignore_index=True)


def _crossing(codes: pd.Index | pd.Series, level: str | pd.Series, units: pd.Series) -> pd.DataFrame:
    """Municipalities in units that are not their parents."""
    told = {"code": codes, "parent_level": level, "parent_code": units}
    plain = {name: value if isinstance(value, str) else value.to_numpy() for name, value in told.items()}
    return pd.DataFrame({"level": "municipality", **plain}, index=range(len(codes)))


def area_of(areas: gpd.GeoDataFrame) -> pd.Series:
    """Areas in square kilometres, measured in EPSG:32632."""
    return areas.to_crs(METRIC).area / 1e6
