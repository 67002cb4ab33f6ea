"""Access status on a layer that somebody brings: the answers of a run added up over its polygons, or its own people.

Without people of its own a polygon has those of the demand points that lie in it, each in one polygon at most, so that
the polygons and what lies in none of them add up to the whole exactly. With people of its own each feature is a demand
point: its target group has the share that it has in its municipality. Those people are a part of the residents that
the run counts, so that they compete for capacity as the residents do and not a second time.
"""

from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, func, select

from etl.derive import status
from etl.derive.cases import CaseMaker
from etl.derive.inputs import Inputs, read, read_territory
from etl.derive.layer_file import Layer
from etl.derive.people import PARTS
from etl.derive.registry import Band
from etl.derive.supply import name
from etl.errors import NotFound, OmbraError
from etl.i18n import _
from etl.identity import uid
from etl.store import models as m
from etl.store.frames import read_geoframe
from geo.aggregate import aggregate
from geo.arrays import FloatSeries
from geo.crs import WGS84, to_metric
from geo.layers import locate
from geo.statuses import SHADOWS
from geo.travel.table import TravelEngine

FIGURES = ("persons", "assessed", "unknown", *SHADOWS, "probable", "probable_all")
_COLUMNS = ("status", "reason", "bordo", "assessed", "unknown", *SHADOWS)


@dataclass(frozen=True)
class Answers:
    """What is known of a layer.

    Attributes
    ----------
    rows
        By feature, in the order of the layer: ``name``, ``points``, :data:`FIGURES` (missing where unknown),
        ``majority``, ``reason`` (of single points) and geometry in EPSG:4326. In a sum the last row, without name and
        geometry, is what lies in no polygon.
    threshold, rule_id
        Minutes, and the rule that says so.
    """

    rows: gpd.GeoDataFrame
    threshold: float
    rule_id: str


def summed(connection: Connection, layer: Layer, type_code: str) -> Answers:
    """The answers of the run that is shown, added up over polygons.

    A polygon in which no demand point lies has no figures: its people are counted where their settlement is.

    Raises
    ------
    OmbraError
        Nothing has been computed yet.
    """
    results = _results(connection, type_code)
    groups = pd.Series(locate(results.geometry, layer.shapes), index=results.index)
    # What lies in no polygon comes last.
    sums = aggregate(results, groups).reindex([*range(len(layer.shapes)), -1])
    shapes = [*layer.shapes.to_crs(WGS84), None]
    rows = gpd.GeoDataFrame(sums, geometry=gpd.GeoSeries(shapes, index=sums.index, crs=WGS84))
    rows["points"] = rows["points"].fillna(0).astype(int)
    rows.insert(0, "name", pd.Series([*layer.shapes.index, None], index=rows.index, dtype=object))
    first = results.iloc[0]
    kept = rows if rows["points"].iloc[-1] else rows.iloc[:-1]
    return Answers(kept.assign(reason=None), float(first["threshold"]), str(first["rule_id"]))


def _results(connection: Connection, type_code: str) -> gpd.GeoDataFrame:
    found = m.CoverageResult
    columns = [getattr(found, column) for column in (*_COLUMNS, "threshold", "rule_id")]
    statement = (
        select(*columns, func.ST_AsBinary(func.coalesce(m.Area.label_point, m.Area.geom)).label("geometry"))
        .join(m.CoverageRun, m.CoverageRun.id == found.run_id)
        .join(m.Area, m.Area.id == found.area_id)
        .where(m.CoverageRun.current, found.service_type_code == type_code)
        .order_by(m.Area.level, m.Area.code)
    )
    results = read_geoframe(connection, statement)
    if not len(results):
        raise OmbraError(_("Non c'è ancora nessun calcolo: lanciare prima «./ombra up»."))
    return to_metric(results.astype(dict.fromkeys(SHADOWS, "float64")))


def answered(connection: Connection, layer: Layer, type_code: str, engine: TravelEngine, *, today: date) -> Answers:
    """The access status of every feature of a layer with people.

    Raises
    ------
    NotFound
        There is no such type.
    """
    if layer.people is None:
        raise ValueError("the layer has no people")
    inputs = read(connection, today=today)
    kind = inputs.registry.kinds.get(type_code)
    if kind is None:
        raise NotFound(_("Nessun tipo di servizio ha il codice «{code}».").format(code=type_code))
    own = _points(connection, inputs, layer)
    case = CaseMaker(_with(inputs, own), engine).case(kind)
    mine = own["municipality"]
    persons = pd.Series(_share(inputs, mine, kind.band) * layer.people.to_numpy(), index=own.index)
    # The residents of the territory stay who competes; only the people of the layer are asked for.
    found = status.results(replace(case, persons=persons.reindex(case.persons.index, fill_value=0.0)))
    return _told(layer, found.loc[own.index], kind.threshold, kind.rule_id)


def _share(inputs: Inputs, municipalities: "pd.Series[str]", band: Band) -> FloatSeries:
    """Share of a band among the residents of the municipality of each point; none where nobody lives."""
    residents = inputs.persons(Band())
    share = (inputs.persons(band) / residents).where(residents > 0, 0.0)
    return pd.Series(share.reindex(municipalities).to_numpy(dtype=float), index=municipalities.index)


def _points(connection: Connection, inputs: Inputs, layer: Layer) -> gpd.GeoDataFrame:
    """The features as demand points without any weight: nobody is counted twice."""
    towns = _towns(connection)
    territory = read_territory(connection)
    inner = shapely.intersection(layer.shapes.to_numpy(), territory)
    spots = gpd.GeoSeries(shapely.point_on_surface(inner), crs=layer.shapes.crs)
    home = towns.index[locate(spots, towns.geometry)]
    about = inputs.points.drop_duplicates("municipality").set_index("municipality")
    nearest = shapely.shortest_line(shapely.boundary(territory), spots.to_numpy())
    edge = shapely.get_coordinates(shapely.get_point(nearest, 0))
    labels = [str(uid("layer", label)) for label in layer.shapes.index]
    told = about.loc[home, ["degurba", "altitude_m", "altimetric_zone"]].reset_index()
    frame = told.assign(weight=0.0, **_no_parts(inputs), boundary_x=edge[:, 0], boundary_y=edge[:, 1])
    return gpd.GeoDataFrame(frame.set_axis(labels), geometry=spots.set_axis(labels))


def _no_parts(inputs: Inputs) -> dict[str, float]:
    """Nobody of any age, where some point tells ages; not told, where none does."""
    columns = [f"weight_{part}" for part in PARTS]
    return dict.fromkeys(columns, np.nan if inputs.points[columns].isna().all(axis=None) else 0.0)


def _towns(connection: Connection) -> gpd.GeoDataFrame:
    statement = select(name(m.Area.id, "id"), func.ST_AsBinary(m.Area.geom).label("geometry"))
    towns = statement.where(m.Area.level == "municipality").order_by(m.Area.code)
    return to_metric(read_geoframe(connection, towns, index="id"))


def _with(inputs: Inputs, own: gpd.GeoDataFrame) -> Inputs:
    """The inputs with some points more, which lie in all that their municipality lies in."""
    around = inputs.within.rename(columns={"area": "municipality"})
    within = own[["municipality"]].rename_axis("area").reset_index().merge(around, on="municipality")
    return replace(
        inputs,
        points=gpd.GeoDataFrame(pd.concat([inputs.points, own[inputs.points.columns]]), geometry="geometry"),
        within=pd.concat([inputs.within, within[["area", "ancestor"]]], ignore_index=True),
    )


def _told(layer: Layer, found: pd.DataFrame, threshold: float, rule_id: str) -> Answers:
    probable = found[["shadow_confirmed", "shadow_all"]]
    probable = probable.where(probable.isna() | found["bordo"].to_numpy()[:, None], 0.0)
    rows = found.assign(
        name=layer.shapes.index,
        points=1,
        probable=probable["shadow_confirmed"],
        probable_all=probable["shadow_all"],
        majority=found["status"].where(found["persons"] > 0),
    )
    shapes = gpd.GeoSeries(layer.shapes.to_crs(WGS84).to_numpy(), index=rows.index, crs=WGS84)
    return Answers(gpd.GeoDataFrame(rows, geometry=shapes), threshold, rule_id)
