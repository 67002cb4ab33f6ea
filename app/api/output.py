"""The faces of a list: GeoJSON features or a CSV table, from the same rows."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response

from app.paging import Page

Format = Literal["geojson", "csv"]
GEOJSON = "application/geo+json"


def listing(request: Request, page: Page, *, output: Format, key: str) -> Response:
    """The page as the request wants it, with the link to the next one.

    Parameters
    ----------
    key
        Column that identifies a feature.
    """
    links = _links(request, page)
    header = {"Link": ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in links)}
    rows = [row._asdict() for row in page.rows]
    if output == "csv":
        return Response(table(rows), media_type="text/csv; charset=utf-8", headers=header)
    text = collection(rows, key=key, numberMatched=page.matched, numberReturned=len(rows), links=links)
    return Response(text, media_type=GEOJSON, headers=header)


def _links(request: Request, page: Page) -> list[dict[str, str]]:
    links = [{"rel": "self", "href": str(request.url)}]
    if page.following is not None:
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        href = str(request.url.replace(query=urlencode([*query, ("cursor", page.following)])))
        links.append({"rel": "next", "href": href})
    return links


def collection(rows: Sequence[Mapping[str, Any]], *, key: str, **members: object) -> str:
    """A GeoJSON FeatureCollection (RFC 7946) as text; geometries come from the database as text already."""
    features = ",".join(feature(row, key=key) for row in rows)
    extra = "".join(f",{json.dumps(name)}:{_json(value)}" for name, value in members.items())
    return f'{{"type":"FeatureCollection","features":[{features}]{extra}}}'


def feature(row: Mapping[str, Any], *, key: str) -> str:
    """One GeoJSON feature as text; ``geojson`` of the row is its geometry."""
    properties = {name: value for name, value in row.items() if name != "geojson"}
    geometry = row.get("geojson") or "null"
    return f'{{"type":"Feature","id":{_json(str(row[key]))},"geometry":{geometry},"properties":{_json(properties)}}}'


def _json(value: object) -> str:
    return json.dumps(jsonable_encoder(value), ensure_ascii=False, separators=(",", ":"))


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None) -> str:
    """Rows as CSV: a header, commas, decimal points, lists joined by ``|``; geometries left out.

    A cell that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    listed = list(rows)
    names = columns or [name for name in (listed[0] if listed else {}) if name != "geojson"]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in listed)
    return stream.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        return _cell("|".join(json.dumps(part) if isinstance(part, dict) else str(part) for part in value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
