"""Residents of the years to come, by area or by age, under every scenario."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from app.api import responses
from app.api.conditional import VersionedRoute
from app.api.lists import ListDep
from app.api.schemas import ForecastProperties
from app.deps import OptionalTypeDep
from app.errors import InvalidParameter
from app.queries.forecast import forecasts
from app.reports.forecast import AGE, Asked, figures
from etl.derive.registry import Band
from etl.i18n import _
from etl.store import models as m

router = APIRouter(prefix="/api/v1", tags=["Copertura"], route_class=VersionedRoute)

Assumption = Literal["tendenza", "corretta", "senza_movimento", "natalita_in_calo", "zone_uguali"]
By = Literal["territorio", "zona", "distretto", "municipality", "age"]
Age = Annotated[int | None, Query(ge=0, le=100, description="Età, estremi compresi; non insieme a `type`.")]


@router.get(
    "/forecast",
    summary="Previsione dei residenti (indicativa: una sola transizione)",
    responses=responses.features(ForecastProperties),
)
def list_forecast(
    listed: ListDep,
    type: OptionalTypeDep,  # noqa: A002
    *,
    year: Annotated[list[int] | None, Query(description="Anno, anche più volte; senza, fra 5 e 10 anni.")] = None,
    assumption: Annotated[list[Assumption] | None, Query(description="Scenario; senza, tutti.")] = None,
    by: Annotated[By, Query(description="Aree, oppure gruppi di età del territorio o di `area`.")] = "zona",
    age_min: Age = None,
    age_max: Age = None,
) -> Response:
    """Persone per area (o per età), anno e scenario, con il metodo di Hamilton e Perry fra due soli anni di residenti.

    È indicativa: la forbice è fra gli scenari e non è un intervallo di confidenza. Con `type` contano le persone a cui
    il servizio si rivolge. Le zone danno esattamente il totale.
    """
    asked = Asked(
        by=by,
        years=tuple(dict.fromkeys(year or ())),
        assumptions=tuple(dict.fromkeys(assumption or ())),
        band=_band(type, age_min, age_max),
        within=listed.area,
    )
    rows = figures(listed.session.connection(), asked)
    statement = forecasts(rows, within=None if by == AGE else listed.area, bbox=listed.bbox, drawn=by != AGE)
    return listed.answer(statement, model=ForecastProperties, key="rank")


def _band(kind: m.ServiceType | None, age_min: int | None, age_max: int | None) -> Band:
    if kind is None:
        return Band(age_min, age_max)
    if age_min is not None or age_max is not None:
        raise InvalidParameter(_("type: dice già le età; togliere age_min e age_max, oppure type."))
    return Band(kind.age_min, kind.age_max, kind.sex)
