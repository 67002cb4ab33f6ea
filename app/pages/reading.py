"""What the pages need, read through a session into frames and plain objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from app.pages import selects
from app.pages.features import Row, records
from app.queries import areas as area_queries
from app.queries import gaps as gap_queries
from app.queries import runs, vocabulary
from app.queries.kinds import AnySelect
from etl.errors import NotFound
from etl.i18n import _
from etl.store import models as m
from etl.store.frames import read_frame, read_geoframe

# Levels that the map can be coloured by; cards exist for points as well.
MAP_LEVELS = ("municipality", "zona_omogenea", "distretto")
# Persons in shadow on either supply, at the limit and 5 minutes below and above it.
SHADOWS = tuple(f"shadow_{supply}{limit}" for supply in ("confirmed", "all") for limit in ("", "_minus", "_plus"))
CARD_LEVELS = ("metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality", "quarter", "settlement")


def frame(session: Session, statement: AnySelect, *, index: str | None = None) -> pd.DataFrame:
    """Rows of a Select as a frame."""
    return read_frame(session.connection(), statement, index=index)


def geoframe(session: Session, statement: AnySelect, *, index: str | None = None) -> gpd.GeoDataFrame:
    """Rows of a Select with a WKB column ``geometry`` as a frame in EPSG:4326."""
    return read_geoframe(session.connection(), statement, index=index)


@dataclass(frozen=True)
class Choice:
    """A service type in the chooser; ``spoken`` is whether anything can be said of it yet."""

    code: str
    name: str
    macro_area: str
    services: int
    spoken: bool


def choices(session: Session) -> list[Choice]:
    """Service types in the order of the table, with whether at least one person could be assessed."""
    spoken = {row["code"] for row in totals(session) if row["assessed"] >= 0.5}
    return [
        Choice(row["code"], row["name_it"], row["macro_area"], int(row["services"]), row["code"] in spoken)
        for row in kinds(session)
    ]


def choice(found: Sequence[Choice], code: str | None) -> Choice:
    """The chosen type; without a code the first of which something can be said.

    Raises
    ------
    NotFound
        No type has this code, or there is no type at all.
    """
    if code is None:
        spoken = [one for one in found if one.spoken] or list(found)
        preferred = [one for one in spoken if one.code == "centro_impiego"]
        if spoken:
            return (preferred or spoken)[0]
    for one in found:
        if one.code == code:
            return one
    raise NotFound(
        _("Il tipo di servizio «{codice}» non esiste: sceglilo dall'elenco della mappa.").format(codice=code)
    )


def totals(session: Session) -> list[Row]:
    """Persons of each type over the whole territory."""
    return records(frame(session, gap_queries.totals()))


def kinds(session: Session) -> list[Row]:
    """Rows of all service types."""
    return records(frame(session, vocabulary.service_types()))


def kind(session: Session, code: str) -> Row:
    """The row of one service type."""
    return next(row for row in kinds(session) if row["code"] == code)


def macro_areas(session: Session) -> dict[str, str]:
    """Names of the macro-areas by code, in their order."""
    return {row["code"]: row["name"] for row in records(frame(session, selects.macro_areas()))}


def municipalities(session: Session) -> dict[str, str]:
    """Codes of the municipalities by name, in the order of names."""
    return {row["name"]: row["code"] for row in records(frame(session, selects.municipalities()))}


def zone_of(session: Session, municipality_code: str) -> str:
    """Code of the zona omogenea of a municipality."""
    return str(session.scalars(selects.zone_of(municipality_code)).one())


def whole_territory(session: Session) -> str | None:
    """Code of the metropolitan city; none before the territory is loaded."""
    found = records(frame(session, selects.shapes("metropolitan_city")))
    return str(found[0]["code"]) if found else None


@dataclass(frozen=True)
class Facts:
    """The figures that introduce Ombra."""

    municipalities: int
    residents: int
    year: int | None
    services: int
    types: int
    spoken: int
    computed: datetime | None


def facts(session: Session, found: Sequence[Row]) -> Facts:
    """Counts of what is stored; ``found`` are the totals by type."""
    residents = records(frame(session, selects.residents()))[0]
    run = session.scalars(runs.current_run()).first()
    return Facts(
        municipalities=len(municipalities(session)),
        residents=int(residents["persons"] or 0),
        year=residents["year"],
        services=session.scalars(selects.service_count()).one(),
        types=len(kinds(session)),
        spoken=sum(row["assessed"] >= 0.5 for row in found),
        computed=None if run is None else run.created_at,
    )


def sources(session: Session) -> Sequence[m.Source]:
    """Sources with their licence, by title."""
    return session.scalars(runs.sources()).all()


def gaps(
    session: Session, type_code: str, level: str, supply: gap_queries.Supply, *, within: str | None = None
) -> pd.DataFrame:
    """Result of one type at one level, ranked.

    Beside the columns of the query: ``listed``, the persons who live where the list is complete, and ``farthest``,
    the minutes up to which services were looked for. Where nobody lives with a complete list no figure of people in
    shadow is given: there only who is reached could be assessed, so that the sum is zero whatever is missing.
    """
    statement = gap_queries.gaps(type_code=type_code, level=level, supply=supply, within=within)
    found = frame(session, selects.without_shape(statement))
    complete = frame(session, selects.listed(type_code, level), index="code")["listed"]
    found["listed"] = found["code"].map(complete).fillna(0.0)
    found["farthest"] = farthest(session)
    for column in SHADOWS:
        silent = (found["listed"] < 0.5) & (found[column].fillna(0.0).astype(float) < 0.5)
        found[column] = found[column].astype(float).mask(silent)
    return found


def farthest(session: Session) -> float | None:
    """Minutes up to which the current run looked for services; None where the run did not say."""
    run = session.scalars(runs.current_run()).first()
    value = None if run is None else run.parameters.get("farthest")
    return None if value is None else float(value)


def area(session: Session, level: str, code: str) -> m.Area:
    """One area.

    Raises
    ------
    NotFound
        No area of this level has this code.
    """
    found = session.scalars(area_queries.by_code(code, level)).first()
    if found is None:
        raise NotFound(_("Non esiste un'area «{codice}» di livello «{livello}».").format(codice=code, livello=level))
    return found


def rules(session: Session, type_code: str) -> dict[str, Row]:
    """Every rule collected for a type, by identifier."""
    return {row["id"]: row for row in records(frame(session, vocabulary.standards(type_code=type_code)))}


def services(
    session: Session, *, type_codes: Sequence[str] = (), within: str | None = None, text: str | None = None
) -> pd.DataFrame:
    """Services as the public may see them, by identifier as text."""
    found = frame(session, selects.services(type_codes=type_codes, within=within, text=text))
    return found.set_index(found["id"].astype(str).rename("service_id"))


def version(session: Session) -> str:
    """One word that changes whenever a published value may."""
    return str(session.execute(runs.version()).scalar_one())
