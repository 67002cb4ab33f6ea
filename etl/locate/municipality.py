"""Put each record in its municipality, by geometry, and say how well its position is known."""

import math
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import Connection, func, select

from etl.i18n import _
from etl.issues import IssueLog
from etl.record import ServiceRecord
from etl.store import models as m
from etl.store.frames import read_geoframe, records
from geo.travel.estimate import municipality_radius

# Errors measured on the built-in services (facts, servizi_reali_notes): the worst address lay 138 m off,
# a street 290 m in the dense city and 1,100 m elsewhere.
ADDRESS_RADIUS_M = 138.0
STREET_RADIUS_M = {"citta": 290.0}
STREET_RADIUS_ELSEWHERE_M = 1_100.0


@dataclass(frozen=True)
class Municipality:
    """A municipality as far as locating needs it; ``radius_m`` is the error of a point known only by it, in metres."""

    id: uuid.UUID
    name: str
    degurba: str | None
    radius_m: float


@dataclass(frozen=True)
class Gazetteer:
    """The municipalities by ISTAT code, and their polygons (EPSG:4326) with the same index."""

    municipalities: Mapping[str, Municipality]
    polygons: gpd.GeoSeries

    def containing(self, points: Mapping[str, shapely.Point]) -> dict[str, set[str]]:
        """Codes of the municipalities that each point lies in; a point on a border lies in both."""
        keys, codes = list(points), list(self.polygons.index)
        found: dict[str, set[str]] = defaultdict(set)
        pairs = self.polygons.sindex.query(np.array(list(points.values()), dtype=object), predicate="intersects")
        for point, polygon in zip(*pairs.tolist(), strict=True):
            found[keys[point]].add(codes[polygon])
        return found


def read_gazetteer(connection: Connection) -> Gazetteer:
    """The municipalities in the database."""
    geometry = func.ST_AsBinary(m.Area.geom).label("geometry")
    statement = select(m.Area.code, m.Area.id, m.Area.name, m.Area.degurba, m.Area.area_km2, geometry).where(
        m.Area.level == "municipality"
    )
    frame = read_geoframe(connection, statement.order_by(m.Area.code))
    radius = municipality_radius(frame["area_km2"].to_numpy(dtype=float) * 1e6)
    rows = records(frame[["code", "id", "name", "degurba"]].assign(radius_m=radius))
    by_code = {row["code"]: Municipality(row["id"], row["name"], row["degurba"], row["radius_m"]) for row in rows}
    return Gazetteer(by_code, frame.set_index("code").geometry)


@dataclass(frozen=True)
class Position:
    """Where a record is taken to be: the ``municipality`` its source declares, perhaps a point in it (EPSG:4326)."""

    municipality: str
    point: shapely.Point | None
    precision: str
    radius_m: float


def locate(found: Sequence[ServiceRecord], gazetteer: Gazetteer, log: IssueLog) -> dict[str, Position]:
    """Position of each record by its key.

    Notes
    -----
    A point outside the declared municipality is withdrawn: the record keeps the municipality, with the
    precision of a municipality, and the issue row keeps the point. A municipality that does not exist
    leaves the record unplaced: it is rejected with an issue row.
    """
    points = {record.key: point for record in found if (point := _point(record)) is not None}
    within = gazetteer.containing(points)
    positions: dict[str, Position] = {}
    for record in found:
        municipality = gazetteer.municipalities.get(record.municipality)
        if municipality is None:
            log.rejected(
                record.key,
                "comune_sconosciuto",
                _("Il codice {code} non è di un comune caricato.").format(code=record.municipality),
                field="istat_code",
                value=record.municipality,
            )
            continue
        point = _inside(record, points.get(record.key), within.get(record.key, set()), log)
        positions[record.key] = _position(record, point, municipality, log)
    return positions


def _point(record: ServiceRecord) -> shapely.Point | None:
    if record.longitude is None or record.latitude is None:
        return None
    if not (math.isfinite(record.longitude) and math.isfinite(record.latitude)):
        return None
    return shapely.Point(record.longitude, record.latitude)


def _inside(
    record: ServiceRecord, point: shapely.Point | None, within: set[str], log: IssueLog
) -> shapely.Point | None:
    """The point, or nothing where it is missing or lies in another municipality; the log says which."""
    if point is None:
        log.doubtful(record.key, "senza_posizione", _("Il servizio non ha coordinate."))
        return None
    if record.municipality in within:
        return point
    log.rejected(
        record.key,
        "fuori_comune",
        _("Il punto cade nel comune {found}, non in quello dichiarato {declared}: posizione ritirata.").format(
            found=", ".join(sorted(within)) or _("fuori dal territorio"), declared=record.municipality
        ),
        field="lat/lon",
        value=f"{record.latitude} {record.longitude}",
    )
    return None


def _position(
    record: ServiceRecord, point: shapely.Point | None, municipality: Municipality, log: IssueLog
) -> Position:
    if point is None:
        return Position(record.municipality, None, "municipality", municipality.radius_m)
    if record.precision == "municipality":
        log.doubtful(
            record.key,
            "posizione_solo_comune",
            _("La posizione è nota solo per comune: il punto è il centro abitato principale."),
        )
        radius = municipality.radius_m
    elif record.precision == "street":
        radius = STREET_RADIUS_M.get(municipality.degurba or "", STREET_RADIUS_ELSEWHERE_M)
    else:
        radius = ADDRESS_RADIUS_M
    return Position(record.municipality, point, record.precision, radius)
