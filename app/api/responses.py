"""How the answers of the API are documented: shape and a real example for each."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from app.api.output import GEOJSON
from app.api.parquet import PARQUET
from app.errors import title

Documented = dict[int | str, dict[str, Any]]

_FAULT = {
    "type": "object",
    "required": ["parameter", "problem"],
    "properties": {
        "parameter": {"type": "string", "description": "Il parametro dell'indirizzo."},
        "problem": {"type": "string", "description": "Che cosa non va, e come rimediare."},
    },
}
_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _FAULT, "description": "Tutti i difetti della richiesta, uno per uno."},
    },
}


def problem(status: int, description: str, detail: str, **more: object) -> dict[str, Any]:
    """An answer of type problem+json, with an example."""
    example = {"type": "about:blank", "title": title(HTTPStatus(status)), "status": status, "detail": detail} | more
    return {
        "description": description,
        "content": {"application/problem+json": {"schema": _SCHEMA, "example": example}},
    }


_UNKNOWN = "Il tipo di servizio «bar» non esiste: l'elenco è in /api/v1/service-types."
_TOO_FEW = "deve essere almeno 1"
UNAVAILABLE: Documented = {
    503: problem(
        503,
        "La banca dati non risponde, o la risposta non è pronta in tempo",
        "La banca dati non ha risposto in tempo. Riprovare, o restringere la richiesta.",
    )
}

_REFUSALS: Documented = {
    304: {"description": "Non cambiato"},
    400: problem(
        400,
        "Un parametro è sconosciuto o non si può usare",
        "Parametri sconosciuti: livello. Qui si possono usare: level, type.",
        errors=[
            {"parameter": "livello", "problem": "parametro sconosciuto; qui si possono usare: level, type"},
        ],
    ),
    404: problem(
        404,
        "Ciò che la richiesta nomina non esiste",
        _UNKNOWN,
        errors=[{"parameter": "type", "problem": _UNKNOWN}],
    ),
    414: problem(
        414,
        "Indirizzo troppo lungo",
        "L'indirizzo è troppo lungo: al massimo 8000 byte. Dividere la richiesta in più d'una.",
    ),
    422: problem(
        422,
        "Parametri mancanti o di un'altra forma, o più difetti di genere diverso",
        f"limit: {_TOO_FEW}; type: {_UNKNOWN}",
        errors=[{"parameter": "limit", "problem": _TOO_FEW}, {"parameter": "type", "problem": _UNKNOWN}],
    ),
    429: problem(
        429,
        "Troppe richieste: Retry-After dice fra quanti secondi riprovare",
        "Troppe richieste: al massimo 12000 al minuto (letture). Riprovare fra 21 secondi.",
    ),
}
OTHERS: Documented = _REFUSALS | UNAVAILABLE

MOVED: Documented = {308: {"description": "Unito a un altro servizio: Location dice quale"}}

# Answers recorded from the application on the built-in data; a test holds each against its schema.
EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


def features(properties: type[BaseModel], *, parquet: bool = True) -> Documented:
    """A list that comes as GeoJSON or CSV, and as GeoParquet unless it says no: its schema and a recorded example."""
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
    if parquet:
        content[PARQUET] = {"schema": {"type": "string", "format": "binary"}}
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


def one_record(model: type[BaseModel], *, table: bool = False) -> Documented:
    """One record in JSON, with a recorded example; its rows in CSV where there is such a table."""
    content: dict[str, Any] = {"application/json": {"example": EXAMPLES[model.__name__]}}
    if table:
        content["text/csv"] = {"schema": {"type": "string"}}
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
