"""Folium's elements as Ombra needs them: our own files only, a language, a nonce, no jQuery.

Folium names files of content networks in every element. The subclasses here name ``/static`` instead, and
leave out what the map does not use (jQuery, Bootstrap's scripts, awesome-markers).
"""

from typing import Any

import folium
from branca.element import Figure
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.plugins import MarkerCluster
from folium.template import Template
from folium.utilities import JsCode
from markupsafe import Markup

from app.i18n import static_url

Bounds = tuple[float, float, float, float]  # west, south, east, north in degrees

# How far beyond the territory the map may be moved, in parts of its size.
MARGIN = 0.5

# Stands for the nonce in a rendered document, so that the document can be kept and served with a fresh one.
NONCE_MARK = "ombra-nonce-da-sostituire"


class Document(Figure):
    """The HTML document around the map: Italian, titled, with a nonce on Folium's inline script.

    ``texts`` reaches the script as JSON; ``definitions`` are the SVG patterns of the statuses.
    """

    _template = Template(
        """<!DOCTYPE html>
        <html lang="{{ this.language }}">
        <head>
        <title>{{ this.title|e }}</title>
        <link rel="icon" href="{{ this.icon }}">
        {{ this.header.render(**kwargs) }}
        </head>
        <body>
        <svg class="trame" width="0" height="0" aria-hidden="true" focusable="false"><defs>
        {{ this.definitions }}
        </defs></svg>
        <main>
        <h1 class="solo-lettori">{{ this.title|e }}</h1>
        <noscript><p class="senza-script">{{ this.without_script|e }}</p></noscript>
        {{ this.html.render(**kwargs) }}
        </main>
        <script type="application/json" id="ombra-testi">{{ this.texts|tojson }}</script>
        <script nonce="{{ this.nonce }}">
        {{ this.script.render(**kwargs) }}
        </script>
        </body>
        </html>
        """
    )

    def __init__(
        self, *, title: str, language: str, texts: dict[str, str], without_script: str, definitions: Markup
    ) -> None:
        super().__init__(title=title)
        self.language = language
        self.texts = texts
        self.without_script = without_script
        self.definitions = definitions
        self.nonce = NONCE_MARK
        self.icon = static_url("ombra.svg")


class TerritoryMap(folium.Map):
    """A Leaflet map from our own files that lets the reader enlarge the page (WCAG 1.4.4)."""

    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <meta name="viewport" content="width=device-width, initial-scale=1">
        {% endmacro %}
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}" role="region" aria-label="{{ this.label|e }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = ombra.start(
            L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }}, crs: L.CRS.{{ this.crs }}, ...{{ this.options|tojavascript }}
            })
        );
        L.control.scale({imperial: false}).addTo({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, *, label: str, bounds: Bounds, zooms: tuple[int, int]) -> None:
        west, south, east, north = bounds
        margin_x, margin_y = MARGIN * (east - west), MARGIN * (north - south)
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            zoom_start=9,
            zoom_snap=0.25,
            max_bounds=True,
            min_lat=south - margin_y,
            max_lat=north + margin_y,
            min_lon=west - margin_x,
            max_lon=east + margin_x,
            zoom_control=False,
        )
        self.label = label
        # Folium hands these two to its tile layer only, and here there may be none.
        self.options["min_zoom"], self.options["max_zoom"] = zooms
        self.default_js = [
            ("leaflet", static_url("vendor/leaflet/leaflet.js")),
            ("ombra_frame", static_url("js/frame.js")),
        ]
        self.default_css = [
            ("leaflet_css", static_url("vendor/leaflet/leaflet.css")),
            ("ombra_frame_css", static_url("css/frame.css")),
        ]


class Repaint(Layer):
    """The shapes of a GeoJson layer drawn again with other paint, without sending them twice."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.geoJson(
            {{ this.shapes.get_name() }}.getLayers().map(function (layer) { return layer.feature; }),
            {{ this.options|tojavascript }}
        );
        {% endmacro %}
        """
    )

    def __init__(self, shapes: folium.GeoJson, *, name: str, show: bool, **options: object) -> None:
        super().__init__(name=name, overlay=False, control=True, show=show)
        self._name = "Repaint"
        self.shapes = shapes
        self.options = options


class Features(JSCSSMixin, Layer):
    """A GeoJSON layer whose drawing is a function of ``frame.js``; texts stay data, never HTML."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.geoJson({{ this.data|tojson }}, {{ this.options|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(
        self, data: dict[str, Any], *, name: str, show: bool = True, control: bool = True, **options: object
    ) -> None:
        super().__init__(name=name, overlay=True, control=control, show=show)
        self._name = "Features"
        self.data = data
        self.options = options


class Streets(JSCSSMixin, Layer):
    """Streets of our own server, drawn on a canvas as the reader moves; see ``streets.js``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = ombra.streets(
            {{ this._parent.get_name() }}, {{ this.address|tojson }}, {{ this.options|tojavascript }}
        );
        {% endmacro %}
        """
    )

    def __init__(self, address: str, *, name: str, **options: object) -> None:
        super().__init__(name=name, overlay=True, control=True, show=True)
        self._name = "Streets"
        self.address = address
        self.options = options
        self.default_js = [("ombra_streets", static_url("js/streets.js"))]


class Cluster(MarkerCluster):
    """Markers gathered where they are close, from our own files, counting services rather than markers."""

    def __init__(self, *, name: str) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            name=name,
            icon_create_function="ombra.cluster",
            max_cluster_radius=64,
            show_coverage_on_hover=False,
            spiderfy_distance_multiplier=1.6,
            animate=False,
        )
        self.default_js = [
            ("markerclusterjs", static_url("vendor/leaflet.markercluster/leaflet.markercluster.js")),
        ]
        self.default_css = [
            ("markerclustercss", static_url("vendor/leaflet.markercluster/MarkerCluster.css")),
        ]


def script(expression: str) -> JsCode:
    """An expression of ``frame.js`` to be written as it stands."""
    return JsCode(expression)
