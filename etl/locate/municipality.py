"""Put each record in its municipality, by geometry, and say how well its position is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import ServiceRecord
from geo.crs import WGS84
from geo.travel.estimate import municipality_radius

# Errors measured on the built-in services (facts, servizi_reali_notes): the worst address lay 138 m off,
# a street 290 m in the dense city and 1,100 m elsewhere.
ADDRESS_RADIUS_M = 138.0
STREET_RADIUS_M = {"citta": 290.0}
STREET_RADIUS_ELSEWHERE_M = 1_100.0


@dataclass(frozen=True)
class Position:
    """Where a record is taken to be: ``municipality`` is the one its source declares."""

    municipality: str
    latitude: float | None
    longitude: float | None
    precision: str
    radius_m: float


def locate(records: Sequence[ServiceRecord], municipalities: gpd.GeoDataFrame, log: IssueLog) -> dict[str, Position]:
    """Position of each record by its key.

    Parameters
    ----------
    municipalities
        Index ISTAT code; ``degurba``, ``area_km2`` and polygons in EPSG:4326.

    Notes
    -----
    A point outside the declared municipality is withdrawn: the record keeps the municipality, with the
    precision of a municipality, and the issue row keeps the point. A municipality that does not exist
    leaves the record unplaced: it is rejected with an issue row.
    """
    found = _containing(records, municipalities)
    positions: dict[str, Position] = {}
    for record in records:
        if record.municipality not in municipalities.index:
            log.rejected(
                record.key,
                "comune_sconosciuto",
                _("Il codice {code} non è di un comune caricato.").format(code=record.municipality),
                field="istat_code",
                value=record.municipality,
            )
            continue
        positions[record.key] = _position(record, found.get(record.key), municipalities, log)
    return positions


def _containing(records: Sequence[ServiceRecord], municipalities: gpd.GeoDataFrame) -> dict[str, str]:
    """Municipality that contains the point of each record that has one."""
    placed = [record for record in records if record.latitude is not None and record.longitude is not None]
    points = gpd.GeoDataFrame(
        index=pd.Index([record.key for record in placed], name="key"),
        geometry=gpd.points_from_xy([record.longitude for record in placed], [record.latitude for record in placed]),
        crs=WGS84,
    )
    polygons = municipalities[["geometry"]].rename_axis("municipality")
    joined = points.sjoin(polygons, predicate="within")
    return dict(zip(joined.index, joined["municipality"], strict=True))


def _position(record: ServiceRecord, found: str | None, municipalities: gpd.GeoDataFrame, log: IssueLog) -> Position:
    row = municipalities.loc[record.municipality]
    whole = municipality_radius(float(row["area_km2"]) * 1e6)
    if record.latitude is None or record.longitude is None:
        log.doubtful(record.key, "senza_posizione", _("Il servizio non ha coordinate."))
        return Position(record.municipality, None, None, "municipality", whole)
    if found != record.municipality:
        log.rejected(
            record.key,
            "fuori_comune",
            _("Il punto cade nel comune {found}, non in quello dichiarato {declared}: posizione ritirata.").format(
                found=found or _("fuori dal territorio"), declared=record.municipality
            ),
            field="lat/lon",
            value=f"{record.latitude} {record.longitude}",
        )
        return Position(record.municipality, None, None, "municipality", whole)
    if record.precision == "municipality":
        log.doubtful(
            record.key,
            "posizione_solo_comune",
            _("La posizione è nota solo per comune: il punto è il centro abitato principale."),
        )
        radius = whole
    elif record.precision == "street":
        radius = STREET_RADIUS_M.get(str(row["degurba"]), STREET_RADIUS_ELSEWHERE_M)
    else:
        radius = ADDRESS_RADIUS_M
    return Position(record.municipality, record.latitude, record.longitude, record.precision, radius)
