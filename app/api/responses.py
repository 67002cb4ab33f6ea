"""How the answers of the API are documented: shape and a real example for each."""

from typing import Any

from pydantic import BaseModel

from app.api.output import GEOJSON

Documented = dict[int | str, dict[str, Any]]

PROBLEM = {
    "description": "Richiesta non valida: che cosa, dove, come rimediare",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                },
            },
            "example": {
                "type": "about:blank",
                "title": "Non trovato",
                "status": 404,
                "detail": "Il tipo di servizio «bar» non esiste: l'elenco è in /api/v1/service-types.",
            },
        }
    },
}


def features(properties: type[BaseModel], example: dict[str, Any]) -> Documented:
    """A list that comes as GeoJSON or CSV, its properties and an example of one feature's."""
    schema = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": _feature(properties)},
            "numberMatched": {"type": "integer"},
            "numberReturned": {"type": "integer"},
            "links": {"type": "array", "items": {"type": "object"}},
        },
    }
    collection = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": str(next(iter(example.values()))), "geometry": None, "properties": example}
        ],
        "numberMatched": 1,
        "numberReturned": 1,
        "links": [],
    }
    content = {GEOJSON: {"schema": schema, "example": collection}, "text/csv": {"schema": {"type": "string"}}}
    return {
        200: {"description": "Elenco", "content": content},
        304: {"description": "Non cambiato"},
        404: PROBLEM,
        422: PROBLEM,
    }


def _feature(properties: type[BaseModel]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": {"type": ["object", "null"]},
            "properties": properties.model_json_schema(),
        },
    }


def records(*, example: dict[str, Any]) -> Documented:
    """A list of records in JSON, with an example of one."""
    return {
        200: {"description": "Elenco", "content": {"application/json": {"example": [example]}}},
        304: {"description": "Non cambiato"},
        404: PROBLEM,
        422: PROBLEM,
    }
