"""Polygons as publishers draw them, made sound; what is mended is told."""

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from etl.i18n import _
from etl.issues import IssueLog


def degrees(shape: BaseGeometry, transformer: Transformer | None) -> BaseGeometry:
    """The shape in EPSG:4326, longitude first; without a transformer it is in degrees already."""
    if transformer is None:
        return shape
    coordinates = shapely.get_coordinates(shape)
    x, y = transformer.transform(coordinates[:, 0], coordinates[:, 1])
    return shapely.set_coordinates(shapely.force_2d(shape), np.column_stack([x, y]))


def sound(key: str, shape: BaseGeometry, log: IssueLog) -> BaseGeometry | None:
    """A valid polygon out of one that may cross itself; none, with a remark, where no surface is left.

    Coordinates in EPSG:4326. Lines and points that mending leaves over are dropped.
    """
    if shape.is_valid and shape.geom_type in {"Polygon", "MultiPolygon"} and not shape.is_empty:
        return shape
    reason = shapely.is_valid_reason(shape)
    # Rings that touch themselves stay filled: by lines alone, what is drawn over twice would become a hole.
    mended = _surface(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    if mended is None:
        why = _("La geometria non è una superficie ({reason}): l'area resta senza confine.")
        log.rejected(key, "geometria_inutile", why.format(reason=reason), field="geometry", value=shape.geom_type)
        return None
    log.changed(
        key,
        "geometria_riparata",
        _("Il confine si incrocia o si tocca ({reason}): riparato.").format(reason=reason),
        field="geometry",
        value=_size(shape),
        mended=_size(mended),
    )
    return mended


def _surface(shape: BaseGeometry) -> BaseGeometry | None:
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if part.geom_type == "Polygon"]
    whole = [part for part in parts if not part.is_empty]
    if not whole:
        return None
    return whole[0] if len(whole) == 1 else MultiPolygon(whole)


def _size(shape: BaseGeometry) -> str:
    return _("parti {parts}, punti {points}").format(
        parts=shapely.get_num_geometries(shape), points=shapely.get_num_coordinates(shape)
    )
