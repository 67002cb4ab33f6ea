"""Places where a service may open: existing public buildings first, settlements where none is known, or a layer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, String, cast, func, select

from etl.derive.inputs import Inputs, read_territory
from etl.derive.layer_file import read_layer
from etl.derive.scenario.directory import PARTS
from etl.derive.siting.bodies import is_public
from etl.derive.supply import name
from etl.i18n import _
from etl.identity import files_hash
from etl.locate.position import own_radius
from etl.locate.territory import read_municipalities
from etl.store import models as m
from etl.store.frames import read_frame, read_geoframe
from geo.arrays import Labels
from geo.crs import METRIC, WGS84, to_metric

BUILDING, SETTLEMENT, LAYER = "edificio_pubblico", "centro_abitato", "livello"
KINDS: Final = (BUILDING, SETTLEMENT, LAYER)
_COLUMNS = ("kind", "name", "address", "body", "location", "municipality", "position_radius_m", "geometry")
_NAMED = 2  # services that a building is called by
_NEAR = 0  # decimals of metres: two records of one building differ by less


@dataclass(frozen=True)
class Candidates:
    """Candidates by key, in its order, and where they come from.

    ``places``: ``kind`` (:data:`KINDS`), ``name``, ``address``, ``body``, ``location`` (identifiers, missing where
    there is none), and what an engine and :class:`etl.derive.journeys.Journeys` ask of a service; points in EPSG:32632.
    """

    places: gpd.GeoDataFrame
    origin: Mapping[str, Any]


def of_the_atlas(connection: Connection, inputs: Inputs, municipalities: Labels) -> Candidates:
    """Public buildings of some municipalities; of those where none is known, the settlements.

    A public building is where a public body (:func:`etl.derive.siting.bodies.is_public`) runs a service that is open
    for sure, at a point known by address or street and not protected.
    """
    buildings = _buildings(connection, inputs)
    without = municipalities.difference(pd.Index(buildings["municipality"]))
    found = pd.concat([buildings[buildings["municipality"].isin(municipalities)], _settlements(connection, without)])
    return Candidates(_placed(inputs, gpd.GeoDataFrame(found, geometry="geometry", crs=METRIC)), {"kind": "atlante"})


def of_a_layer(
    connection: Connection, inputs: Inputs, path: Path, municipalities: Labels, *, column: str | None = None
) -> Candidates:
    """The features of a layer that lie in some municipalities, polygons by a point inside of them.

    Raises
    ------
    SourceError
        With every fault of the layer.
    """
    layer = read_layer(path, territory=read_territory(connection), name=column, places=True)
    spots = gpd.GeoSeries(layer.shapes.representative_point(), index=layer.shapes.index, crs=METRIC)
    towns = read_municipalities(connection)
    homes = towns.containing(degrees(spots))
    ids = [str(towns.municipalities[min(homes[str(key)])].id) if homes.get(str(key)) else None for key in spots.index]
    frame = gpd.GeoDataFrame(
        {"kind": LAYER, "name": spots.index.astype(str), "municipality": ids, "position_radius_m": 0.0},
        index=pd.Index([f"{LAYER}:{key}" for key in spots.index], name="id"),
        geometry=spots.to_numpy(),
        crs=METRIC,
    ).assign(address=None, body=None, location=None)
    kept = frame[frame["municipality"].isin(municipalities)]
    return Candidates(_placed(inputs, kept), {"kind": "livello", "file": path.name, "hash": files_hash([path])})


def _placed(inputs: Inputs, found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Candidates with the classes of their municipality, as services have them."""
    classes = inputs.points.drop_duplicates("municipality").set_index("municipality")
    own = classes[["degurba", "altitude_m", "altimetric_zone"]].reindex(found["municipality"])
    columns = {str(column): own[column].to_numpy() for column in own}
    return found.assign(**columns, located=True, area_wide=False).sort_index()


def _buildings(connection: Connection, inputs: Inputs) -> gpd.GeoDataFrame:
    services = inputs.services
    open_ = (services["certainty"] == "confermata") & services["located"].astype(bool)
    known = services[open_ & ~services["protected"].astype(bool) & services["municipality"].notna()]
    told = _presences(connection)
    rows = known[["municipality", "position_radius_m", "geometry"]].join(told, how="inner")
    rows = rows[rows["public"]].sort_values(["location", "service", "body"])
    x, y = np.round(rows.geometry.x, _NEAR), np.round(rows.geometry.y, _NEAR)
    spot = pd.Series(list(zip(rows["municipality"], x, y, strict=True)), index=rows.index)
    names = rows.groupby(spot)["service"].agg(_joined)
    first = rows[~spot.duplicated()]
    here = first.assign(name=spot.map(names), kind=BUILDING)
    return here.set_index(pd.Index(BUILDING + ":" + here["location"], name="id"))[list(_COLUMNS)]


def _joined(services: "pd.Series[str]") -> str:
    """The services of a building, the first few by name."""
    names = list(dict.fromkeys(services))
    more = [_("e altri {n}").format(n=len(names) - _NAMED)] if len(names) > _NAMED else []
    return " · ".join([*names[:_NAMED], *more])


def _presences(connection: Connection) -> pd.DataFrame:
    """``location``, ``service``, ``body``, ``address``, ``public`` of every presence whose place may be told."""
    presence, service, body, number = m.ServiceAtLocation, m.Service, m.Organization, m.OrganizationIdentifier
    schemes = (
        select(func.array_agg(number.identifier_scheme)).where(number.organization_id == body.id).scalar_subquery()
    )
    statement = (
        select(
            name(presence.id, "id"),
            name(m.Location.id, "location"),
            service.name.label("service"),
            body.name.label("body"),
            func.min(m.Address.address_1).label("address"),
            func.coalesce(schemes, []).label("schemes"),
        )
        .join(service, service.id == presence.service_id)
        .join(body, body.id == service.organization_id)
        .join(m.Location, m.Location.id == presence.location_id)
        .outerjoin(m.Address, m.Address.location_id == m.Location.id)
        .where(~m.Location.location_protected, m.Location.precision.in_(("address", "street")))
        .group_by(presence.id, m.Location.id, service.name, body.id)
    )
    found = read_frame(connection, statement, index="id")
    public = [is_public(body, schemes) for body, schemes in zip(found["body"], found["schemes"], strict=True)]
    return found.drop(columns="schemes").assign(public=np.array(public, dtype=bool))


def _settlements(connection: Connection, municipalities: Labels) -> gpd.GeoDataFrame:
    """The settlements and quarters of some municipalities."""
    area, home, within = m.Area.__table__, m.Area.__table__.alias("home"), m.AreaWithin
    statement = (
        select(
            func.concat(area.c.level, ":", area.c.code).label("id"),
            area.c.name,
            cast(home.c.id, String).label("municipality"),
            home.c.code.label("town"),
            func.ST_AsBinary(func.coalesce(area.c.label_point, area.c.geom)).label("geometry"),
        )
        .join(within, within.area_id == area.c.id)
        .join(home, (home.c.id == within.ancestor_id) & (home.c.level == "municipality"))
        .where(area.c.level.in_(PARTS))
    )
    found = to_metric(read_geoframe(connection, statement.order_by(area.c.level, area.c.code), index="id"))
    found = found[found["municipality"].isin(municipalities) & (found.geom_type == "Point")]
    towns = read_municipalities(connection).municipalities
    # How far a place somewhere in a settlement may lie from its point, as scenarios have it.
    radii = [own_radius("street", towns[code]) for code in found["town"]]
    placed = found.assign(kind=SETTLEMENT, position_radius_m=radii, address=None, body=None, location=None)
    return placed[list(_COLUMNS)]


def degrees(spots: gpd.GeoSeries) -> dict[str, shapely.Point]:
    """Points in EPSG:4326, by key."""
    there = spots.to_crs(WGS84)
    x, y = there.x.to_numpy(), there.y.to_numpy()
    return {str(key): shapely.Point(float(lon), float(lat)) for key, lon, lat in zip(there.index, x, y, strict=True)}
