"""What the map of a type shows, read from the database."""

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from app.pages import maps, proposals, selects
from app.pages.reach import services_with_reach
from app.pages.reading import Choice, frame, gaps, geoframe
from app.queries import coverage as coverage_queries
from app.queries import streets as street_queries
from app.queries.gaps import Supply
from etl.i18n import _


def scene(
    session: Session, chosen: Choice, level: str, supply: Supply, *, tiles: maps.Tiles | None = None
) -> maps.Scene:
    """Everything that the map of a type shows."""
    municipalities = geoframe(session, selects.shapes("municipality"), index="code")
    members = frame(session, selects.membership(level), index="municipality")["area"]
    points = geoframe(session, selects.settlements(), index="code")
    main = points.sort_values("persons").drop_duplicates("municipality_code", keep="last")
    return maps.Scene(
        title=_("Mappa: {tipo}").format(tipo=chosen.name),
        level=level,
        supply=supply,
        municipalities=municipalities.geometry,
        membership=members,
        zones=municipalities["parent_code"],
        gaps=gaps(session, chosen.code, level, supply),
        settlements=points,
        names=_names(session, points, main),
        services=services_with_reach(session, chosen.code),
        overlaps=overlaps(session, chosen.code),
        places=gpd.GeoSeries(main.geometry.to_numpy(), index=main["municipality"].to_numpy(), crs=main.crs),
        sources=_("Confini e residenti: ISTAT (CC BY 4.0). Abitati: GeoNames (CC BY 4.0)."),
        tiles=tiles,
        streets=session.scalars(street_queries.loaded()).one(),
        proposals=proposals.read(session, chosen.code),
    )


# Towns above this size guide the eye more than the name of their zone.
KNOWN_TOWN = 14_000


def _names(session: Session, points: gpd.GeoDataFrame, main: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Labels by weight: towns that everybody knows, zones, the other municipalities, the other settlements."""
    zones = geoframe(session, selects.zone_labels())
    totals = points.groupby("municipality_code")["persons"].sum()
    towns = main.assign(name=main["municipality"], persons=main["municipality_code"].map(totals).to_numpy() + 1e6)
    others = points[~points["name"].isin(main["municipality"])]
    parts = [
        zones.assign(persons=1e6 + KNOWN_TOWN, kind="zona"),
        towns.assign(kind="comune"),
        others.assign(kind="abitato"),
    ]
    labels = pd.concat([part[["name", "persons", "kind", "geometry"]] for part in parts], ignore_index=True)
    return gpd.GeoDataFrame(labels, geometry="geometry", crs=points.crs)


def overlaps(session: Session, type_code: str) -> pd.DataFrame:
    """Overlap groups of a type; the identifiers of their services as text."""
    found = frame(session, selects.without_shape(coverage_queries.overlaps(type_code=type_code)))
    found["service_ids"] = [[str(one) for one in ids] for ids in found["service_ids"]]
    return found
