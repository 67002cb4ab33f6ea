"""The map of need against access: the map of a type, its municipalities coloured by both."""

from collections.abc import Mapping
from dataclasses import replace

import folium
import geopandas as gpd

from app.pages import features, maps
from app.pages.layers import script
from app.pages.maps import Scene
from app.pages.need_rows import Row
from etl.i18n import _


def build(scene: Scene, title: str, rows: Mapping[str, Row]) -> folium.Map:
    """The map of a scene with its municipalities in the classes of their rows, by code."""

    def paint(_scene: Scene, simple: gpd.GeoSeries, chart: folium.Map) -> None:
        folium.GeoJson(
            areas(simple, rows),
            name=_("Bisogno e accesso"),
            control=False,
            smooth_factor=0.5,
            on_each_feature=script("ombra.area"),
            style=script("ombra.paint('classe')"),
        ).add_to(chart)

    return maps.build(replace(scene, title=title), painter=paint)


def areas(simple: gpd.GeoSeries, rows: Mapping[str, Row]) -> features.Collection:
    """The municipalities with the paint of their class and a sentence for each."""
    drawn = [(shape, rows[str(code)]) for code, shape in simple.items() if code in rows]
    return features.collection([features.feature(shape, _area(row)) for shape, row in drawn])


def _area(row: Row) -> dict[str, str]:
    return {
        "codice": row.code,
        "livello": "municipality",
        "nome": row.name,
        "voce": row.sentence,
        "classe": row.look.fill,
    }
