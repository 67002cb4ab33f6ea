"""Areas of every level."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.output import Format, listing
from app.api.schemas import AreaProperties
from app.deps import AreaDep, BBoxDep, Level, SessionDep
from app.paging import PageDep, paginate
from app.queries.areas import areas

router = APIRouter(prefix="/api/v1", tags=["Territorio"], route_class=VersionedRoute)


@router.get("/areas", summary="Aree di un livello", responses=responses.features(AreaProperties))
def list_areas(
    *,
    request: Request,
    session: SessionDep,
    page: PageDep,
    bbox: BBoxDep,
    area: AreaDep,
    level: Annotated[Level, Query(description="Livello delle aree.")] = "municipality",
    format: Annotated[Format, Query(description="geojson, csv o parquet (GeoParquet 1.1).")] = "geojson",  # noqa: A002
) -> Response:
    """Città metropolitana, zone omogenee, ASL, distretti, comuni, quartieri e centri abitati, con i residenti."""
    found = paginate(session, areas(level=level, bbox=bbox, within=area), page, key="code")
    return listing(request, found, output=format, model=AreaProperties, key="code")
