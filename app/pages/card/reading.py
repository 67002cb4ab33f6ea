"""The card of an area, read from the database."""

import pandas as pd
from sqlalchemy.orm import Session

from app.pages import selects
from app.pages.card import build, compliance
from app.pages.card.cautions import at_one_point, cautions
from app.pages.card.model import Card, Near, Outcome, Part, Unevaluated
from app.pages.features import Row, records
from app.pages.reach import services_with_reach
from app.pages.reading import Choice, area, frame, gaps, rules
from app.queries import gaps as gap_queries
from app.queries.gaps import POINT_LEVELS, Supply
from app.standards import reading as standards
from etl.errors import NotFound
from etl.i18n import _
from etl.store import models as m

SMALL_AREAS = ("municipality", "quarter", "settlement")


def card(session: Session, chosen: Choice, level: str, code: str, *, supply: Supply) -> Card:
    """The card of one area for one type.

    Raises
    ------
    NotFound
        There is no such area, or no run of the measures has looked at it.
    """
    place = area(session, level, code)
    total = _total(session, chosen, level, code, supply)
    if total is None:
        raise NotFound(_("Per «{nome}» non c'è ancora alcun risultato.").format(nome=place.name))
    collected = rules(session, chosen.code)
    points = frame(session, selects.without_shape(gap_queries.points(type_code=chosen.code, within=code)))
    near_from, near = _near(session, chosen, points) if level in SMALL_AREAS else (None, [])
    return Card(
        level=level,
        code=code,
        name=str(place.name),
        within=total["parent_name"],
        type_name=chosen.name,
        total=build.figures(total),
        threshold=float(total["threshold"]),
        farthest=total["farthest"],
        rule=build.rule(collected[total["rule_id"]], build.time_limit(float(total["threshold"]))),
        near_from=near_from,
        near=near,
        bands=build.bands(frame(session, selects.people_by_age(place.id))),
        year=session.scalars(selects.population_year()).one(),
        cautions=[
            *at_one_point(level),
            *cautions(points, near, frame(session, selects.declarations(chosen.code, place.id))),
        ],
        outcomes=_outcomes(session, chosen.code, place),
        other_rules=_other_rules(session, chosen.code, collected),
        parts=_parts(session, chosen, total, supply, points),
    )


def _total(session: Session, chosen: Choice, level: str, code: str, supply: Supply) -> Row | None:
    # All areas of a level cost 10 ms; narrowed to one area the database takes another way, ten times longer.
    for row in records(gaps(session, chosen.code, level, supply)):
        if row["code"] == code:
            return row
    return None


def _other_rules(session: Session, type_code: str, collected: dict[str, Row]) -> list[Unevaluated]:
    """Rules collected for the type that the engine does not evaluate; most types have none but their criterion."""
    return compliance.unevaluated(standards.listed(session, type_code=type_code)) if len(collected) > 1 else []


def _near(session: Session, chosen: Choice, points: pd.DataFrame) -> tuple[str | None, list[Near]]:
    return build.near(points, services_with_reach(session, chosen.code))


def _parts(session: Session, chosen: Choice, total: Row, supply: Supply, points: pd.DataFrame) -> list[Part]:
    level, code = total["level"], total["code"]
    if level == "municipality":
        return build.points_as_parts(points, farthest=total["farthest"])
    if level in SMALL_AREAS:
        return []
    if level == "metropolitan_city":
        return build.areas_as_parts(gaps(session, chosen.code, "zona_omogenea", supply), level="zona_omogenea")
    within = gaps(session, chosen.code, "municipality", supply, within=code)
    return build.areas_as_parts(within, level="municipality")


def _outcomes(session: Session, type_code: str, place: m.Area) -> list[Outcome]:
    """Outcomes of the statutory units that a place touches; of a quarter or a settlement those of its municipality."""
    found = standards.outcomes(session, type_code=type_code)
    if found.empty:
        return []
    level, code = place.level, place.code
    if level in POINT_LEVELS and place.parent_id is not None:
        home = session.get_one(m.Area, place.parent_id)
        level, code = home.level, home.code
    return compliance.outcomes(found, standards.on_areas(session, found, level, type_code=type_code, code=code))
