"""Frames in, a Folium map out: no session, no request, no setting.

The map is a document of its own, shown in a frame of the same origin. What it draws stands as text in the
page around it, because a map alone is no use to who cannot see it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import folium
import geopandas as gpd
import pandas as pd
from folium.map import CustomPane

from app.pages import features, palette, proposals, shapes
from app.pages.layers import NONCE_MARK, Bounds, Cluster, Document, Features, Repaint, Streets, TerritoryMap, script
from etl.i18n import _, language

STREETS_ZOOM = 17  # as far as streets can be told apart
SUPPLY_COLUMN = {"confermata": "shadow_confirmed", "tutta": "shadow_all"}


@dataclass(frozen=True)
class Tiles:
    """A background of tiles served by our own proxy."""

    url: str
    attribution: str
    max_zoom: int = 17


def tiles(url: str | None, attribution: str) -> Tiles | None:
    """The background of a tile server's address; none where no address is set. Our proxy is what the map asks."""
    return None if not url else Tiles("/tiles/{z}/{x}/{y}.png", attribution)


@dataclass(frozen=True)
class Scene:
    """Everything that one map shows.

    Attributes
    ----------
    municipalities
        Polygons (EPSG:4326) by municipality code.
    membership
        Code of the area of ``level`` that each municipality belongs to, by municipality code.
    zones
        Code of the zona omogenea of each municipality, by municipality code.
    gaps
        Result of one type at ``level``, by area code.
    settlements
        Demand points: ``name``, ``persons``, ``kind`` and point geometry.
    names
        Labels: ``name``, ``persons``, ``kind`` and point geometry.
    services, overlaps
        Services of the type with their public position, and the groups that they form.
    places
        Point of the main settlement of each municipality, by its name.
    streets
        Whether there are streets to ask our server for.
    proposals
        Places where a service of the type is proposed (:func:`app.pages.proposals.read`).
    """

    title: str
    level: str
    supply: str
    municipalities: gpd.GeoSeries
    membership: pd.Series
    zones: pd.Series
    gaps: pd.DataFrame
    settlements: gpd.GeoDataFrame
    names: gpd.GeoDataFrame
    services: pd.DataFrame
    overlaps: pd.DataFrame
    places: gpd.GeoSeries
    sources: str
    tiles: Tiles | None = None
    streets: bool = False
    proposals: pd.DataFrame = field(default_factory=pd.DataFrame)


Painter = Callable[[Scene, gpd.GeoSeries, folium.Map], None]


def build(scene: Scene, *, painter: Painter | None = None) -> folium.Map:
    """The map of one scene with all its layers; ``painter`` colours the areas otherwise than by status."""
    simple = shapes.simplify(scene.municipalities)
    document = _document(scene)
    chart = _chart(scene, simple)
    document.add_child(chart)
    _panes(chart)
    if scene.tiles is not None:
        _tiles(scene.tiles).add_to(chart)
    if scene.streets:
        _streets().add_to(chart)
    (painter or _coverage)(scene, simple, chart)
    _boundaries(scene, simple, chart)
    _people(scene, chart)
    _supply(scene, chart)
    proposals.layer(scene.proposals).add_to(chart)
    folium.LayerControl(collapsed=True, position="topright").add_to(chart)
    west, south, east, north = _bounds(simple)
    folium.FitBounds([[south, west], [north, east]], padding=(8, 8)).add_to(chart)
    return chart


def render(chart: folium.Map) -> str:
    """The HTML document of a map; the inline script carries :data:`NONCE_MARK` in place of a nonce."""
    html: str = chart.get_root().render()
    return html


def with_nonce(document: str, nonce: str) -> str:
    """A rendered document with the nonce of this answer."""
    return document.replace(NONCE_MARK, nonce, 1)


def _document(scene: Scene) -> Document:
    return Document(
        title=scene.title,
        language=language.get(),
        texts=_texts(scene.sources),
        without_script=_("La mappa interattiva richiede JavaScript. Gli stessi dati sono nella tabella della pagina."),
        definitions=palette.pattern_definitions(),
    )


def _texts(sources: str) -> dict[str, str]:
    """The texts that ``frame.js`` needs, translated here so that the script holds none."""
    return {
        "fonti": sources,
        "zoomIn": _("Ingrandisci"),
        "zoomOut": _("Riduci"),
        "strati": _("Strati della mappa"),
        "aree": _("Aree colorate: frecce per spostarsi, Invio per aprire la scheda"),
        "chiudi": _("Chiudi"),
        "telefono": _("Telefono"),
        "orari": _("Orari"),
        "gruppo": _("{numero} servizi vicini: premi per ingrandire"),
        "persone": _("Persone nel bacino comune"),
        "confermata": _("Servizio confermato"),
        "incerta": _("Servizio da verificare"),
        "programmata": _("Servizio programmato, non ancora aperto"),
        "fonte": _("Fonte del {anno}"),
        "senzaIndirizzo": _("Indirizzo preciso non noto"),
        "via": _("Posizione approssimata alla via"),
    }


def _chart(scene: Scene, simple: gpd.GeoSeries) -> TerritoryMap:
    largest = scene.tiles.max_zoom if scene.tiles else STREETS_ZOOM if scene.streets else 14
    return TerritoryMap(label=scene.title, bounds=_bounds(simple), zooms=(7, largest))


def _bounds(simple: gpd.GeoSeries) -> Bounds:
    west, south, east, north = (float(value) for value in simple.total_bounds)
    return west, south, east, north


def _panes(chart: folium.Map) -> None:
    # Streets below the coloured areas (400), the rest above; below the markers (600), never in the pointer's way.
    for name, height in (("strade", 250), ("abitati", 420), ("confini", 430), ("nomi", 450)):
        CustomPane(name, z_index=height).add_to(chart)
    CustomPane("gruppi", z_index=440, pointer_events=True).add_to(chart)


def _tiles(tiles: Tiles) -> folium.TileLayer:
    return folium.TileLayer(
        tiles=tiles.url,
        attr=tiles.attribution,
        name=_("Sfondo cartografico"),
        overlay=True,
        max_zoom=tiles.max_zoom,
        opacity=0.8,
    )


def _streets() -> Streets:
    return Streets(
        "/mappa/strade",
        name=_("Strade"),
        attribution="© OpenStreetMap contributors (ODbL)",
        interactive=False,
        pane="strade",
    )


def _coverage(scene: Scene, simple: gpd.GeoSeries, chart: folium.Map) -> None:
    """The two choices of colour over one set of shapes."""
    outlines = simple if scene.level == "municipality" else shapes.dissolve(simple, scene.membership)
    data = features.areas(outlines, scene.gaps, level=scene.level, shadow=SUPPLY_COLUMN[scene.supply])
    by_status = folium.GeoJson(
        data,
        name=_("Stato prevalente"),
        overlay=False,
        smooth_factor=0.5,
        on_each_feature=script("ombra.area"),
        style=script("ombra.paint('stato')"),
    )
    by_status.add_to(chart)
    Repaint(
        by_status,
        name=_("Persone in ombra"),
        show=False,
        style=script("ombra.paint('ombra')"),
        on_each_feature=script("ombra.area"),
        smooth_factor=0.5,
    ).add_to(chart)


def _boundaries(scene: Scene, simple: gpd.GeoSeries, chart: folium.Map) -> None:
    whole = pd.Series("tutto", index=simple.index)
    Features(
        features.lines(shapes.dissolve(simple, scene.zones)),
        name=_("Confini delle zone omogenee"),
        style=script("ombra.zoneLine"),
        interactive=False,
        pane="confini",
    ).add_to(chart)
    Features(
        features.lines(shapes.dissolve(simple, whole)),
        name=_("Confine della Città metropolitana"),
        control=False,
        style=script("ombra.outerLine"),
        interactive=False,
        pane="confini",
    ).add_to(chart)


def _people(scene: Scene, chart: folium.Map) -> None:
    Features(
        features.settlements(scene.settlements),
        name=_("Centri abitati (cerchi secondo gli abitanti)"),
        point_to_layer=script("ombra.settlement"),
    ).add_to(chart)
    Features(features.labels(scene.names), name=_("Nomi"), point_to_layer=script("ombra.name")).add_to(chart)


def _supply(scene: Scene, chart: folium.Map) -> None:
    Features(
        features.groups(scene.overlaps, scene.services),
        name=_("Gruppi di servizi che si sovrappongono"),
        show=False,
        control=not scene.overlaps.empty,
        style=script("ombra.groupLine"),
        on_each_feature=script("ombra.popup"),
        pane="gruppi",
    ).add_to(chart)
    cluster = Cluster(name=_("Servizi")).add_to(chart)
    pinned = features.pins(scene.services)
    squared = features.squares(scene.services, scene.places)
    Features(
        features.collection([*pinned["features"], *squared["features"]]),
        name=_("Servizi"),
        control=False,
        point_to_layer=script("ombra.marker"),
        on_each_feature=script("ombra.popup"),
    ).add_to(cluster)
