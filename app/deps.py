"""What routes ask for, named once: they receive objects and never text to take apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.errors import InvalidParameter
from app.queries.areas import BBox, by_code
from app.settings import WebSettings
from etl.errors import NotFound
from etl.i18n import _
from etl.store import models as m

Level = Literal["metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality", "quarter", "settlement"]
Certainty = Literal["confermata", "incerta", "programmata"]
Supply = Literal["confermata", "tutta"]

BBOX_NUMBERS = 4
CRS_BOUNDS = (-180.0, -90.0, 180.0, 90.0)


def settings(request: Request) -> WebSettings:
    """The settings that the app was made with."""
    found: WebSettings = request.app.state.settings
    return found


SettingsDep = Annotated[WebSettings, Depends(settings)]


def session(request: Request, web: SettingsDep) -> Iterator[Session]:
    """A session that can only read, and not for ever."""
    with request.app.state.sessions() as opened:
        milliseconds = int(web.statement_seconds * 1000)
        opened.execute(text(f"set local statement_timeout = {milliseconds}"))
        yield opened


SessionDep = Annotated[Session, Depends(session)]


@contextmanager
def reading(request: Request) -> Iterator[Session]:
    """The same session for what is no dependency."""
    yield from session(request, settings(request))


def bbox(
    bbox: Annotated[
        str | None,
        Query(
            description="Rettangolo «ovest,sud,est,nord» in gradi (EPSG:4326, longitudine prima).",
            examples=["7.5,45.0,7.8,45.2"],
        ),
    ] = None,
) -> BBox | None:
    """``(left, bottom, right, top)`` in EPSG:4326, or None where the request has none."""
    if bbox is None:
        return None
    try:
        numbers = [float(part) for part in bbox.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != BBOX_NUMBERS:
        raise InvalidParameter(
            _("bbox: servono quattro numeri, «ovest,sud,est,nord»; ricevuto «{text}».").format(text=bbox)
        )
    left, bottom, right, top = numbers
    west, south, east, north = CRS_BOUNDS
    if not (west <= left < right <= east and south <= bottom < top <= north):
        raise InvalidParameter(
            _("bbox: longitudini da -180 a 180 e latitudini da -90 a 90, ovest prima di est e sud prima di nord.")
        )
    return left, bottom, right, top


BBoxDep = Annotated[BBox | None, Depends(bbox)]


def area(
    session: SessionDep,
    area: Annotated[
        str | None,
        Query(description="Codice di un'area di qualunque livello: contano le aree al suo interno.", examples=["05"]),
    ] = None,
) -> str | None:
    """The code of an existing area, or None where the request has none."""
    if area is not None and session.execute(by_code(area)).first() is None:
        raise NotFound(_("Nessuna area ha il codice «{code}»: l'elenco è in /api/v1/areas.").format(code=area))
    return area


AreaDep = Annotated[str | None, Depends(area)]


def known_type(session: Session, code: str) -> m.ServiceType:
    """The service type with this code.

    Raises
    ------
    NotFound
        With the address of the list of types.
    """
    found = session.get(m.ServiceType, code)
    if found is None:
        raise NotFound(
            _("Il tipo di servizio «{code}» non esiste: l'elenco è in /api/v1/service-types.").format(code=code)
        )
    return found


def service_type(
    session: SessionDep,
    type: Annotated[str, Query(description="Codice del tipo di servizio.", examples=["centro_impiego"])],  # noqa: A002
) -> m.ServiceType:
    """The service type that the request must name."""
    return known_type(session, type)


def optional_type(
    session: SessionDep,
    type: Annotated[str | None, Query(description="Codice del tipo di servizio.")] = None,  # noqa: A002
) -> m.ServiceType | None:
    """The service type that the request may name."""
    return None if type is None else known_type(session, type)


TypeDep = Annotated[m.ServiceType, Depends(service_type)]
OptionalTypeDep = Annotated[m.ServiceType | None, Depends(optional_type)]
