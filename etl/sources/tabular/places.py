"""Areas and street numbers out of cleaned drafts."""

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from etl.i18n import _
from etl.record import AddressRecord, AreaRecord
from etl.sources.tabular.row import Row


def area(row: Row, wkt: str | None, *, crs: str | None) -> list[AreaRecord]:
    """The area that a row tells of, of level ``layer``; its code is the row's key, its geometry may be missing.

    Parameters
    ----------
    wkt
        Geometry as the file holds it: a polygon is no point, so cleaning does not see it.
    crs
        Of the geometry, as ``EPSG:3003``; degrees (EPSG:4326) where nothing tells. Axis order x, y.
    """
    if not row.get("name"):
        row.log.rejected(row.key, "nome_mancante", _("L'area non ha un nome."), field="name")
        return []
    shape = None if wkt is None else _shape(row, wkt, crs)
    return [AreaRecord(row.key, "layer", row.key, row.draft["name"], row.get("istat_code"), shape)]


def _shape(row: Row, wkt: str, crs: str | None) -> BaseGeometry | None:
    try:
        shape = shapely.from_wkt(wkt)
    except shapely.GEOSException:
        why = _("La geometria non si legge: serve il testo WKT.")
        row.log.rejected(row.key, "geometria_illeggibile", why, field="wkt", value=wkt[:200])
        return None
    if crs is None or crs == "EPSG:4326":
        return shape
    transformer = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)

    def degrees(points: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return shapely.transform(shape, degrees)


def address(row: Row) -> list[AddressRecord]:
    """The street number that a row tells of; none, with the reasons, where one of the four lacks."""
    street, comma, civic = row.draft.get("address", "").rpartition(", ")
    latitude, longitude = row.number("latitude"), row.number("longitude")
    absent = [
        name
        for name, there in {
            "address": bool(comma and street and civic),
            "istat_code": row.get("istat_code") is not None,
            "latitude": latitude is not None and longitude is not None,
        }.items()
        if not there
    ]
    for name in absent:
        row.log.rejected(row.key, "civico_incompleto", _("Mancano via e numero, comune o punto."), field=name)
    if absent or latitude is None or longitude is None:
        return []
    return [AddressRecord(row.key, row.draft["istat_code"], street, civic, latitude, longitude)]
