"""How the answers of the API are documented: shape and a real example for each."""

import json
from pathlib import Path
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


OTHERS: Documented = {
    304: {"description": "Non cambiato"},
    400: PROBLEM,
    404: PROBLEM,
    422: PROBLEM,
    503: PROBLEM,
}

MOVED: Documented = {308: {"description": "Unito a un altro servizio: Location dice quale"}}

# Answers recorded from the application on the built-in data; a test holds each against its schema.
EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


def features(properties: type[BaseModel]) -> Documented:
    """A list that comes as GeoJSON or CSV: its schema and a recorded example."""
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
    example = {
        "type": "FeatureCollection",
        "features": [_example(properties)],
        "numberMatched": 1,
        "numberReturned": 1,
        "links": [],
    }
    content = {GEOJSON: {"schema": schema, "example": example}, "text/csv": {"schema": {"type": "string"}}}
    return {200: {"description": "Elenco", "content": content}} | OTHERS


def one_feature(properties: type[BaseModel]) -> Documented:
    """One GeoJSON feature."""
    content = {GEOJSON: {"schema": _feature(properties), "example": _example(properties)}}
    return {200: {"description": "Elemento", "content": content}} | OTHERS


def records(model: type[BaseModel]) -> Documented:
    """A list of records in JSON or CSV, with a recorded example of one."""
    content = {
        "application/json": {"example": [EXAMPLES[model.__name__]]},
        "text/csv": {"schema": {"type": "string"}},
    }
    return {200: {"description": "Elenco", "content": content}} | OTHERS


def one_record(model: type[BaseModel]) -> Documented:
    """One record in JSON, with a recorded example."""
    content = {"application/json": {"example": EXAMPLES[model.__name__]}}
    return {200: {"description": "Elemento", "content": content}} | OTHERS


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


def _example(properties: type[BaseModel]) -> dict[str, Any]:
    recorded: dict[str, Any] = EXAMPLES[properties.__name__]
    return recorded
