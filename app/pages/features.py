"""Frames to GeoJSON features for the map: only what the map draws or says, nothing restricted."""

import json
import math
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from app.i18n import known, whole
from app.pages import palette
from etl.i18n import _, ngettext

Feature = dict[str, Any]
Collection = dict[str, Any]
Row = dict[str, Any]


def collection(features: Sequence[Feature]) -> Collection:
    """A GeoJSON FeatureCollection (RFC 7946)."""
    return {"type": "FeatureCollection", "features": list(features)}


def feature(shape: BaseGeometry, properties: dict[str, Any]) -> Feature:
    """A GeoJSON feature of a shapely geometry in EPSG:4326."""
    return {"type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)), "properties": properties}


def records(frame: pd.DataFrame) -> list[Row]:
    """Rows as plain mappings from column to value, without the index; None for every word pandas has for nothing."""
    plain = pd.DataFrame(frame)
    return [
        {name: optional(value) for name, value in zip(plain.columns, values, strict=True)}
        for values in plain.itertuples(index=False, name=None)
    ]


def optional(value: Any) -> Any:  # noqa: ANN401 - a cell of a frame may hold anything
    """None for every word that pandas has for nothing, otherwise the value."""
    return None if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)) else value


def areas(shapes: gpd.GeoSeries, gaps: pd.DataFrame, *, level: str, shadow: str) -> Collection:
    """The areas to colour: their paint by status and by persons in shadow, and a sentence for each.

    Parameters
    ----------
    shapes
        Simplified polygons by area code, EPSG:4326.
    gaps
        ``code``, ``name``, ``majority``, ``assessed``, ``unknown`` and the ``shadow`` column.
    shadow
        Column with persons in shadow on the chosen supply.
    """
    steps = palette.shadow_steps(level)
    drawable = gaps[gaps["code"].isin(shapes.index)]
    return collection(
        [
            feature(shapes[row["code"]], _area(row, level=level, persons=row[shadow], steps=steps))
            for row in records(drawable)
        ]
    )


def _area(row: Row, *, level: str, persons: float | None, steps: Sequence[palette.Step]) -> dict[str, Any]:
    look = palette.look_of(row["majority"])
    return {
        "codice": row["code"],
        "livello": level,
        "nome": row["name"],
        "voce": area_sentence(row["name"], look, persons, row["unknown"]),
        "stato": look.fill,
        "ombra": palette.shadow_fill(persons, steps),
    }


def area_sentence(name: str, look: palette.Look, shadow: float | None, unknown: float) -> str:
    """What a screen reader says of an area: its name, prevailing status, people in shadow and not assessed."""
    parts = [_("{nome}: {stato}").format(nome=name, stato=_(look.name).lower())]
    if shadow is not None and known(shadow):
        count = round(shadow)
        parts.append(
            ngettext("{numero} persona in ombra", "{numero} persone in ombra", count).format(numero=whole(count))
        )
    if unknown >= 0.5:
        count = round(unknown)
        parts.append(
            ngettext("{numero} persona senza dati", "{numero} persone senza dati", count).format(numero=whole(count))
        )
    return ", ".join(parts)


def lines(shapes: gpd.GeoSeries) -> Collection:
    """Outlines only, for boundaries that must not catch the pointer."""
    return collection([feature(shape.boundary, {}) for shape in shapes])


def settlements(points: gpd.GeoDataFrame) -> Collection:
    """Circles whose area grows with the people: the relief of settlements.

    ``points`` has ``persons`` and point geometry; the radius in pixels is √(persons / 700), at least 1.
    """
    ordered = points.sort_values("persons", ascending=False)
    return collection([feature(row["geometry"], {"raggio": _radius(row["persons"])}) for row in records(ordered)])


def _radius(persons: float) -> float:
    return round(max(1.0, math.sqrt(persons / 700)), 1)


def labels(points: gpd.GeoDataFrame) -> Collection:
    """Names by weight; ``frame.js`` shows as many as fit without touching each other.

    ``points`` has ``name``, ``persons``, ``kind`` (``zona``, ``comune``, ``abitato``) and point geometry.
    """
    ordered = points.sort_values("persons", ascending=False)
    return collection(
        [feature(row["geometry"], {"nome": row["name"], "tipo": row["kind"]}) for row in records(ordered)]
    )


def located(services: pd.DataFrame) -> pd.DataFrame:
    """The services that may be drawn at a point.

    Protected services and those known only by municipality never pass: they have no coordinates here, and
    the precision is asked again because a pin that is wrong by kilometres sends people to the wrong door.
    """
    precise = services["precision"].isin(["address", "street"])
    return services[precise & services["lat"].notna() & ~services["location_protected"].astype(bool)]


def pins(services: pd.DataFrame) -> Collection:
    """One pin for each service whose point is known (address or street precision)."""
    return collection(
        [
            feature(shapely.Point(round(row["lon"], 6), round(row["lat"], 6)), service_texts(row))
            for row in records(located(services))
        ]
    )


def service_texts(row: Row) -> dict[str, Any]:
    """What a popup says of a service; keys are those that ``frame.js`` reads."""
    return {
        "genere": "servizio",
        "nome": row["name"],
        "ente": row["organization"],
        "indirizzo": row["address"],
        "comune": row["municipality"],
        "telefono": row["phone"],
        "orari": row["hours"],
        "bacino": row["reach"],
        "certezza": row["certainty"],
        "precisione": row["precision"],
        "anno": None if row["evidence_year"] is None else int(row["evidence_year"]),
    }


def squares(services: pd.DataFrame, places: gpd.GeoSeries) -> Collection:
    """One hollow square per municipality for the services that have no precise address there.

    ``places`` gives the point of each municipality by name: its main settlement, so the square stands
    where people are and is never taken for an address. Protected services have no municipality here.
    """
    vague = services[(services["precision"] == "municipality") & services["municipality"].isin(places.index)]
    return collection(
        [
            feature(places[municipality], _square(str(municipality), records(group)))
            for municipality, group in vague.groupby("municipality")
        ]
    )


def _square(municipality: str, services: list[Row]) -> dict[str, Any]:
    count = len(services)
    sentence = ngettext(
        "{comune}: {numero} servizio senza indirizzo preciso",
        "{comune}: {numero} servizi senza indirizzo preciso",
        count,
    ).format(comune=municipality, numero=count)
    listed = [service_texts(row) for row in services]
    return {"genere": "comune", "nome": sentence, "numero": count, "servizi": listed}


def groups(overlaps: pd.DataFrame, services: pd.DataFrame) -> Collection:
    """Overlap groups as the hull of the points of their services; groups with fewer than two points are left out."""
    points = located(services)
    drawn = []
    for row in records(overlaps):
        members = points.loc[points.index.intersection(row["service_ids"])]
        if len(members) >= 2:
            hull = shapely.MultiPoint(members[["lon", "lat"]].to_numpy(dtype=float)).convex_hull
            drawn.append(feature(hull, _group(row)))
    return collection(drawn)


def _group(row: Row) -> dict[str, Any]:
    return {
        "genere": "gruppo",
        "nome": group_title(row["kind"], len(row["service_ids"])),
        "servizi": row["names"],
        "persone": whole(row["persons"]),
    }


def group_title(kind: str, count: int) -> str:
    """Heading of an overlap group in the words of the methods."""
    if kind == "da_coordinare":
        return _("Servizi da coordinare: {numero}").format(numero=count)
    if kind == "complementari":
        return _("Servizi complementari: {numero}").format(numero=count)
    return _("Servizi sovrapposti: {numero}").format(numero=count)
