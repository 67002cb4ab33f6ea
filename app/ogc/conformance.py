"""The conformance classes that Ombra says it meets: those that a test holds it to, and no other.

Left out on purpose: HTML (no pages here), OpenAPI 3.0 (no published validator is at hand), sorting (a draft), CRS by
reference (all is CRS84), and of CQL2 accents, temporal functions, arrays, arithmetic and functions.
"""

_COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf"
_COLLECTIONS = "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_FILTERING = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf"
_CQL = "http://www.opengis.net/spec/cql2/1.0/conf"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf"

CLASSES = (
    f"{_COMMON}/core",
    f"{_COMMON}/landing-page",
    f"{_COMMON}/json",
    f"{_COLLECTIONS}/collections",
    f"{_FEATURES}/core",
    f"{_FEATURES}/geojson",
    f"{_FILTERING}/queryables",
    f"{_FILTERING}/queryables-query-parameters",
    f"{_FILTERING}/filter",
    f"{_FILTERING}/features-filter",
    f"{_CQL}/cql2-text",
    f"{_CQL}/cql2-json",
    f"{_CQL}/basic-cql2",
    f"{_CQL}/advanced-comparison-operators",
    f"{_CQL}/case-insensitive-comparison",
    f"{_CQL}/basic-spatial-functions",
    f"{_CQL}/basic-spatial-functions-plus",
    f"{_CQL}/spatial-functions",
    f"{_TILES}/core",
    f"{_TILES}/tileset",
    f"{_TILES}/tilesets-list",
    f"{_TILES}/geodata-tilesets",
    f"{_TILES}/mvt",
)
