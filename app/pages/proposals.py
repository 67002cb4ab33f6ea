"""Proposals of new sites on the map and beside it: drawn as what they are, and read as a table."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.i18n import whole
from app.pages.features import Collection, Row, collection, feature, records
from app.pages.layers import Features, script
from app.pages.reading import frame
from app.queries.siting import answers, proposals
from app.reports.siting import beside, kinds, remarks
from etl.i18n import _, ngettext


def read(session: Session, type_code: str) -> pd.DataFrame:
    """The places of the latest proposal for a type on the run that is shown, in order, with ``lon`` and ``lat``."""
    found = proposals(type_code=type_code).subquery()
    told = [column for column in found.c if column.name != "geom"]
    spot = (func.ST_X(found.c.geom).label("lon"), func.ST_Y(found.c.geom).label("lat"))
    return frame(session, select(*told, *spot).order_by(found.c.rank))


def layer(places: pd.DataFrame) -> Features:
    """The layer of a map; without places it is neither drawn nor offered."""
    return Features(
        pins(places),
        name=_("Proposte di localizzazione"),
        control=not places.empty,
        point_to_layer=script("ombra.proposal"),
        on_each_feature=script("ombra.popup"),
    )


def pins(places: pd.DataFrame) -> Collection:
    """One sign for each place."""
    return collection([feature(shapely.Point(row["lon"], row["lat"]), _about(row)) for row in records(places)])


def _about(row: Row) -> dict[str, Any]:
    """What the popup says; keys are those that ``frame.js`` reads."""
    return {
        "genere": "proposta",
        "numero": row["position"],
        "nome": _("Proposta {n}: {comune}").format(n=row["position"], comune=row["municipality"]),
        "righe": [kinds(row), *gains(row), *filter(None, [beside(row)]), _("È una proposta, non un servizio.")],
    }


def gains(row: Mapping[str, Any]) -> list[str]:
    """Persons gained, on the supply that was asked for and on the other where it differs."""
    first, other = ("gained_confirmed", "gained_all")
    beside = _("{n} se i servizi da verificare sono aperti")
    if row["supply"] == "tutta":
        first, other = other, first
        beside = _("{n} contando i soli servizi confermati")
    count = round(row[first])
    sentence = ngettext("{n} persona guadagna il servizio", "{n} persone guadagnano il servizio", count)
    lines = [sentence.format(n=whole(count))]
    if round(row[other]) != count:
        lines.append(beside.format(n=whole(row[other])))
    if round(row["probable"]):
        lines.append(_("{n} vivono vicino al confine: solo probabili").format(n=whole(row["probable"])))
    return lines


def context(session: Session, type_code: str) -> dict[str, Any] | None:
    """What the page says of the latest proposal for a type; None where nobody has asked for one."""
    answer = session.execute(answers(type_code=type_code)).first()
    if answer is None:
        return None
    asked = answer._asdict()
    rows = [row | {"where": kinds(row), "beside": beside(row)} for row in records(read(session, type_code))]
    return {
        "rows": rows,
        "first": "gained_all" if asked["supply"] == "tutta" else "gained_confirmed",
        "remarks": remarks(session, asked),
        "csv": f"/api/v1/siting?type={type_code}&format=csv",
    }
