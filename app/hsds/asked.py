"""The parameters of the standard, as the routes of HSDS take them."""

import uuid
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path, Query

from app.deps import SessionDep
from app.errors import InvalidParameter
from app.queries import hsds as queries
from etl.errors import NotFound
from etl.i18n import _

MOST_METRES = 100_000

TermId = Annotated[uuid.UUID | None, Query(description="Termine di una tassonomia.")]
TaxonomyId = Annotated[uuid.UUID | None, Query(description="Qualunque termine di questa tassonomia.")]
BodyId = Annotated[uuid.UUID | None, Query(description="Ente.")]
Full = Annotated[bool, Query(description="Con tutto ciò che ne fa parte.")]
FullService = Annotated[bool, Query(description="Con i servizi dell'ente, e tutto ciò che ne fa parte.")]
Minimal = Annotated[bool, Query(description="Solo identificativo, nome, stato e momento dell'ultima modifica.")]
Id = Annotated[uuid.UUID, Path(description="Identificativo.")]
Degrees = "Gradi (EPSG:4326), insieme a {other}."


def words(
    search: Annotated[
        str | None, Query(min_length=2, max_length=100, description="Parole, anche con errori di battitura.")
    ] = None,
) -> str | None:
    """The words that are looked for.

    Raises
    ------
    InvalidParameter
        They hold what no word does.
    """
    if search is not None and not search.isprintable():
        raise InvalidParameter(_("search: togliere i caratteri non stampabili."))
    return search


def changed_since(
    modified_after: Annotated[
        datetime | None, Query(description="Solo ciò che è cambiato da questo momento (ISO 8601).")
    ] = None,
) -> datetime | None:
    """The moment; one without a zone is taken as one of Italy would write it: of the server's zone."""
    if modified_after is None or modified_after.tzinfo is not None:
        return modified_after
    try:
        return modified_after.astimezone()
    except (OverflowError, ValueError):
        raise InvalidParameter(_("modified_after: indicare un momento dopo il 1970.")) from None


def around(
    session: SessionDep,
    latitude: Annotated[float | None, Query(ge=-90, le=90, description=Degrees.format(other="longitude"))] = None,
    longitude: Annotated[float | None, Query(ge=-180, le=180, description=Degrees.format(other="latitude"))] = None,
    postcode: Annotated[
        str | None, Query(pattern=r"^\d{5}$", description="CAP: gli indirizzi che lo hanno, o il centro di questi.")
    ] = None,
    proximity: Annotated[
        float | None, Query(gt=0, le=MOST_METRES, description="Metri in linea d'aria dal punto o dal centro del CAP.")
    ] = None,
) -> queries.Near | None:
    """The circle that is asked for: around a point, or around the known addresses of a postal code.

    Raises
    ------
    InvalidParameter
        Half of a point, or a distance from nothing.
    NotFound
        No public address is known to have the postal code.
    """
    if (latitude is None) != (longitude is None):
        raise InvalidParameter(_("latitude e longitude: si danno insieme."))
    if latitude is not None and longitude is not None:
        return longitude, latitude, proximity or 5_000
    if proximity is None:
        return None
    if postcode is None:
        raise InvalidParameter(_("proximity: dire da dove, con latitude e longitude o con postcode."))
    centre = session.execute(queries.centre_of(postcode)).one()
    if centre.longitude is None:
        told = _("postcode: di nessun indirizzo pubblico si sa che ha il CAP {cap}; usare latitude e longitude.")
        raise NotFound(told.format(cap=postcode))
    return centre.longitude, centre.latitude, proximity


def postal_code(
    postcode: Annotated[str | None, Query(include_in_schema=False)] = None,
    proximity: Annotated[float | None, Query(include_in_schema=False)] = None,
) -> str | None:
    """The postal code that addresses must have: only where no distance from it is asked for."""
    return postcode if proximity is None else None


WordsDep = Annotated[str | None, Depends(words)]
SinceDep = Annotated[datetime | None, Depends(changed_since)]
AroundDep = Annotated[queries.Near | None, Depends(around)]
PostalCodeDep = Annotated[str | None, Depends(postal_code)]
