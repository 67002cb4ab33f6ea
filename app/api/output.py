"""The faces of a list: GeoJSON features, a CSV table or a Parquet file, from the same rows."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlencode

from fastapi import Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response
from pydantic import BaseModel

from app.api.parquet import PARQUET, columns_of, parquet
from app.paging import Page

Format = Literal["geojson", "csv", "parquet"]
GEOJSON = "application/geo+json"
# Made once; what JSON has no word for (dates, identifiers) is left to FastAPI's encoder, and only that.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=jsonable_encoder)


def listing(
    request: Request,
    page: Page,
    *,
    output: Format,
    model: type[BaseModel],
    key: str,
    written: Mapping[str, Callable[[Any], object]] | None = None,
    lasting: Mapping[str, str] | None = None,
) -> Response:
    """The page as the request wants it, with the link to the next one.

    Parameters
    ----------
    model
        The properties of a feature; their names head the table, also an empty one.
    key
        Column that identifies a feature.
    written
        How the table, which people read, writes columns that features give as they are stored.
    lasting
        Parameters that make the address give the same answer later; a link of type ``permalink`` has them.
    """
    links = page_links(request, page)
    if lasting:
        links.append({"rel": "permalink", "href": str(request.url.include_query_params(**lasting))})
    header = link_header(links)
    rows = [row._asdict() for row in page.rows]
    if output == "csv":
        ways = (written or {}).items()
        return csv_response([row | {name: way(row[name]) for name, way in ways} for row in rows], model, headers=header)
    if output == "parquet":
        return parquet_response(rows, model, links=links, name=request.url.path.rpartition("/")[2])
    text = collection(rows, key=key, numberMatched=page.matched, numberReturned=len(rows), links=links)
    return Response(text, media_type=GEOJSON, headers=header)


def csv_response(
    rows: Sequence[Mapping[str, Any]], model: type[BaseModel], *, headers: Mapping[str, str] | None = None
) -> Response:
    """Rows as a table with the fields of the model as its header."""
    return Response(table(rows, list(model.model_fields)), media_type="text/csv; charset=utf-8", headers=headers)


def parquet_response(
    rows: Sequence[Mapping[str, Any]], model: type[BaseModel], *, links: Sequence[Mapping[str, str]], name: str
) -> Response:
    """Rows as a GeoParquet file with the fields of the model as its columns; its metadata hold the links."""
    told = {link["rel"]: link["href"] for link in links}
    headers = link_header(links) | {"Content-Disposition": f'attachment; filename="{name}.parquet"'}
    return Response(parquet(rows, columns_of(model), told=told), media_type=PARQUET, headers=headers)


def link_header(links: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The links of an answer as its header (RFC 8288)."""
    return {"Link": ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in links)}


def page_links(request: Request, page: Page) -> list[dict[str, str]]:
    """The link of a page to itself, and to the next one where there is one."""
    links = [{"rel": "self", "href": str(request.url)}]
    if page.following is not None:
        query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        address = str(request.url).partition("?")[0]
        href = f"{address}?{urlencode([*query, ('cursor', page.following)])}"
        links.append({"rel": "next", "href": href})
    return links


def collection(rows: Sequence[Mapping[str, Any]], *, key: str, **members: object) -> str:
    """A GeoJSON FeatureCollection (RFC 7946) as text; geometries come from the database as text already."""
    return collected((feature(row, key=key) for row in rows), **members)


def collected(features: Iterable[str], **members: object) -> str:
    """A FeatureCollection of features that are text already; a member that is None is left out."""
    told = _json({name: value for name, value in members.items() if value is not None})
    extra = f",{told[1:]}" if len(told) > len("{}") else "}"
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]{extra}'


def feature(row: Mapping[str, Any], *, key: str) -> str:
    """One GeoJSON feature as text; ``geojson`` of the row is its geometry."""
    properties = {name: value for name, value in row.items() if name != "geojson"}
    geometry = row.get("geojson") or "null"
    return f'{{"type":"Feature","id":{_json(str(row[key]))},"geometry":{geometry},"properties":{_json(properties)}}}'


def _json(value: object) -> str:
    return _ENCODER.encode(value)


def table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Rows as CSV: a header, commas, decimal points, ten significant digits, lists joined by ``|``.

    A cell that a spreadsheet would take for a formula is preceded by an apostrophe.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    return stream.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        return _cell("|".join(json.dumps(part) if isinstance(part, dict) else str(part) for part in value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
