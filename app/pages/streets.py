"""Streets behind the map, for the part and the zoom that the reader looks at."""

import json
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.api.conditional import VersionedRoute
from app.api.output import GEOJSON
from app.deps import BBoxDep, SessionDep
from app.queries import streets as queries

router = APIRouter(include_in_schema=False, route_class=VersionedRoute)


@router.get("/mappa/strade")
def streets(session: SessionDep, bbox: BBoxDep, zoom: Annotated[int, Query(ge=0, le=20)]) -> Response:
    """Lines as GeoJSON with ``classe`` and ``nome``; faults as problem+json, because a script asks."""
    rows = session.execute(queries.streets(zoom=zoom, bbox=bbox))
    return Response(collection(rows), media_type=GEOJSON, headers={"X-Content-Type-Options": "nosniff"})


def collection(rows: Iterable[Any]) -> str:
    """A FeatureCollection (RFC 7946) of rows with ``kind``, ``name`` and ``geojson``."""
    features = (
        f'{{"type":"Feature","geometry":{row.geojson},"properties":'
        f"{json.dumps({'classe': row.kind, 'nome': row.name}, ensure_ascii=False)}}}"
        for row in rows
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
