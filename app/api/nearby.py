"""Services near a point, an address or a municipality: who answers, how far, and why nothing does."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic_core import to_json

from app import telephones
from app.api import responses
from app.api.output import GEOJSON, collected, csv_response, link_header
from app.api.schemas.nearby import NearbyAsked, NearbyProperties
from app.hot.statements import prepared
from app.nearby import telling
from app.nearby.asked import Asked, Origin
from app.nearby.known import Known
from app.nearby.needs import types_of
from app.nearby.routes import MomentRoute
from app.nearby.search import Database, Found, Within, search
from app.nearby.telling import Told
from app.nearby.whence import Start, start
from app.queries import nearby as selects

router = APIRouter(prefix="/api/v1", tags=["Vicino a me"], route_class=MomentRoute)

_FEATURES = prepared(selects.features(), planned_once=True)


@router.get("/nearby", summary="Servizi vicini", responses=responses.features(NearbyProperties, parquet=False))
async def nearby(request: Request, asked: Annotated[NearbyAsked, Query()]) -> Response:
    """Servizi vicini a un punto, un indirizzo o un comune, dal più breve tempo di viaggio; poi da quanto rispondono.

    I tempi sono stimati come nei calcoli delle zone d'ombra. Un filtro toglie chi non lo soddisfa; chi forse lo
    soddisfa viene dopo. Se nulla va bene, `nothing` dice perché e qual è il più vicino. I servizi in luoghi protetti
    vengono in fondo, senza tempi.
    """
    state = request.app.state
    known = await state.near.of(state.hot, await state.versions.current())
    answer = await answered(state.hot, asked, known)
    return _table(answer, request) if asked.format == "csv" else _collection(answer, request)


@dataclass(frozen=True)
class Answer:
    """Where the search began, what it found, and the services as features (GeoJSON text) with what is measured."""

    begin: Start
    found: Found
    services: Sequence[tuple[str, Told]]
    nothing: dict[str, Any] | None

    def rows(self) -> list[dict[str, Any]]:
        """Properties and measures of each service, and its ``geojson``."""
        read = [(json.loads(feature), told) for feature, told in self.services]
        return [
            feature["properties"] | told.measures | {"geojson": json.dumps(feature["geometry"])}
            for feature, told in read
        ]


async def answered(database: Database, asked: NearbyAsked, known: Known) -> Answer:
    """The whole answer to a request.

    Raises
    ------
    NotFound, InvalidParameter
        Where to begin is not known, or not clear.
    """
    begin = await start(database, asked, known)
    today = date.today()  # noqa: DTZ011  the day where Ombra runs, as in the queries
    within = Within(known.territory, known.listing, database)
    found = await search(within, search_of(asked, begin, known), today=today)
    told = telling.answers(found, known.territory)
    nothing = telling.nothing(found, known.territory)
    nearest = nothing["nearest"] if nothing else None
    ids = [*(one.id for one in told), *([nearest["id"]] if nearest else [])]
    hidden = list(found.hidden)
    features = {row[0]: row[1] for row in await database.rows(_FEATURES, ids=ids, hidden=hidden)} if ids else {}
    if nearest and nearest["id"] in features:
        nearest |= _short(features[nearest["id"]])
    # Between the two reads a load may have taken a service away.
    return Answer(begin, found, [(features[one.id], one) for one in told if one.id in features], nothing)


def search_of(asked: NearbyAsked, begin: Start, known: Known) -> Asked:
    """The search that a request means; a need that nobody has words for is looked for as words."""
    needed = types_of(asked.need) if asked.need else ()
    words = asked.need if asked.need and not needed and asked.q is None else asked.q
    residence = None if asked.residence is None else known.territory.by_code.get(asked.residence)
    return Asked(
        origin=Origin.at(begin.longitude, begin.latitude, known.territory),
        types=tuple(dict.fromkeys((*asked.type, *needed))),
        needed=asked.need if needed else None,
        words=words,
        mode=asked.mode,
        minutes=asked.minutes,
        metres=None if asked.radius is None else asked.radius * 1_000,
        group=asked.group,
        age=asked.age,
        language=asked.language,
        accessible=asked.accessible,
        free=asked.free,
        open_at=asked.open_moment,
        residence=residence,
        limit=asked.limit,
    )


def _collection(answer: Answer, request: Request) -> Response:
    found, links = answer.found, _links(request)
    body = collected(
        (_feature(text, one) for text, one in answer.services),
        numberMatched=found.matched,
        numberReturned=len(answer.services),
        links=links,
        origin=answer.begin.told(found.asked.origin),
        asked=_asked(found.asked),
        filters=telling.filters(found.ranked),
        seen=telling.seen(found),
        nothing=answer.nothing,
    )
    return Response(body, media_type=GEOJSON, headers=link_header(links))


def _table(answer: Answer, request: Request) -> Response:
    # A spreadsheet takes a number that begins with + for a formula.
    rows = [row | {"phone": telephones.listed(row["phone"])} for row in answer.rows()]
    return csv_response(rows, NearbyProperties, headers=link_header(_links(request)))


def _links(request: Request) -> list[dict[str, str]]:
    return [{"rel": "self", "href": str(request.url)}]


def _feature(text: str, one: Told) -> str:
    """The feature as the database wrote it, with what is measured behind its own properties."""
    measures = to_json(one.measures).decode()
    return f"{text[:-2]},{measures[1:]}}}"


def _short(feature: str) -> dict[str, Any]:
    """What of a service tells which one it is."""
    properties = json.loads(feature)["properties"]
    return {name: properties[name] for name in ("name", "type", "type_name", "municipality", "phone")}


def _asked(asked: Asked) -> dict[str, Any]:
    """What was understood, so that it can be corrected."""
    return {
        "types": asked.types,
        "need": asked.needed,
        "words": asked.words,
        "mode": asked.mode,
        "minutes": asked.minutes,
        "metres": asked.metres,
        "open_at": asked.open_at,
        "residence": None if asked.residence is None else asked.residence.name,
    }
