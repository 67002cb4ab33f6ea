"""Proposals as a scenario: the services that would open, to be computed in full and compared like any other."""

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from etl.derive.scenario import Add, Changes, Place
from etl.derive.scenario import book as scenarios
from etl.derive.siting.candidates import SETTLEMENT
from etl.errors import OmbraError
from etl.i18n import _
from etl.store import models as m


def save(connection: Connection, siting_id: uuid.UUID, name: str, *, by: str | None = None) -> uuid.UUID:
    """Keep the places of an answer as a scenario that adds a service at each; the identifier of the scenario.

    Raises
    ------
    OmbraError
        The answer proposes no place.
    FaultsError
        The name is taken or is none.
    """
    changes = Changes(tuple(_additions(connection, siting_id)))
    if not len(changes):
        raise OmbraError(_("Nessun luogo è proposto: non c'è uno scenario da salvare."))
    told = _("Sedi proposte da ./ombra site ({numero}).").format(numero=str(siting_id)[:8])
    return scenarios.save(connection, name, changes, description=told, by=by)


def _additions(connection: Connection, siting_id: uuid.UUID) -> Iterator[Add]:
    answer, place, kind = m.SitingResult, m.SitingPlace, m.ServiceType
    statement = (
        select(
            *(place.key, place.kind, place.name),
            kind.code,
            kind.name_it,
            m.Area.name.label("town"),
            func.ST_X(place.geom).label("lon"),
            func.ST_Y(place.geom).label("lat"),
        )
        .join(answer, answer.id == place.siting_id)
        .join(kind, kind.code == answer.service_type_code)
        .join(m.Area, m.Area.id == place.municipality_id)
        .where(place.siting_id == siting_id)
        .order_by(place.rank)
    )
    for row in connection.execute(statement):
        named = _("{tipo} (proposta): {luogo}, {comune}")
        yield Add(
            type=row.code,
            name=named.format(tipo=row.name_it, luogo=row.name, comune=row.town),
            place=_place(row),
        )


def _place(row: Any) -> Place:  # noqa: ANN401  a row of the database
    """A settlement by its code, so that it stays what it is; any other place by its point."""
    if row.kind == SETTLEMENT:
        level, _mark, code = row.key.partition(":")
        return Place(name=row.name, level=level, code=code)
    return Place.at(row.lon, row.lat, name=row.name)
