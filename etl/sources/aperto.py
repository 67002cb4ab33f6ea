"""What the data sets of AperTO, the open data of the City of Torino, have in common."""

from typing import Any

from etl.sources.tabular.mapping import Column

CITY, CITY_TAX_ID = "Città di Torino", "00514490010"
PORTAL = "http://aperto.comune.torino.it/"


def common(**more: object) -> dict[str, Any]:
    """Keys of a mapping that every data set of AperTO shares, with its own."""
    return {
        "publisher": "Città di Torino, aperTO",
        "licence": "CC-BY-4.0",
        "address": PORTAL,
        "territory": "Città di Torino",
        "positions": "rilevate",
        "delimiter": ";",
        "crs": "EPSG:3003",
        **more,
    }


def fields(**more: Column | str) -> dict[str, Column]:
    """Name, place and point as every data set of AperTO writes them, with its own columns."""
    own = {name: Column(column=told) if isinstance(told, str) else told for name, told in more.items()}
    return {
        "name": Column(column="DENOMINAZ"),
        "municipality": Column(column="CITTA"),
        "address": Column(column="INDIRIZZO"),
        "postal_code": Column(column="CAP"),
        "x": Column(column="COORD_X"),
        "y": Column(column="COORD_Y"),
        "wkt": Column(column="WKT_GEOM"),
        **own,
    }


def of_the_city(**more: Column | str) -> dict[str, Column]:
    """The same of a service that the City runs or answers for."""
    body: dict[str, Column | str] = {
        "organization": Column(constant=CITY),
        "organization_tax_id": Column(constant=CITY_TAX_ID),
    }
    return fields(**{**body, **more})
