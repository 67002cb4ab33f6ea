"""The card of an area, read from the database."""

import uuid

import pandas as pd
from sqlalchemy.orm import Session

from app.pages import selects
from app.pages.card import build, compliance
from app.pages.card.cautions import at_one_point, cautions
from app.pages.card.model import Card, Near, Part, Rule
from app.pages.features import Row, records
from app.pages.reach import services_with_reach
from app.pages.reading import Choice, area, frame, gaps, rules
from app.queries import coverage as coverage_queries
from app.queries import gaps as gap_queries
from app.queries.gaps import POINT_LEVELS, Supply
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
    outcomes = _compliance(session, chosen.code, _home(place))
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
        outcomes=compliance.outcomes(outcomes),
        other_rules=_other_rules(collected, {total["rule_id"], *outcomes["rule_id"]}),
        parts=_parts(session, chosen, total, supply, points),
    )


def _total(session: Session, chosen: Choice, level: str, code: str, supply: Supply) -> Row | None:
    # All areas of a level cost 10 ms; narrowed to one area the database takes another way, ten times longer.
    for row in records(gaps(session, chosen.code, level, supply)):
        if row["code"] == code:
            return row
    return None


def _other_rules(collected: dict[str, Row], used: set[str]) -> list[Rule]:
    """Rules collected for the type that the engine did not evaluate here."""
    return [build.rule(row, row["indicator_it"]) for rule_id, row in collected.items() if rule_id not in used]


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


def _home(place: m.Area) -> uuid.UUID:
    """The area whose statutory units concern a place: of a quarter or a settlement its municipality."""
    return place.parent_id if place.level in POINT_LEVELS and place.parent_id is not None else place.id


def _compliance(session: Session, type_code: str, area_id: uuid.UUID) -> pd.DataFrame:
    """Outcomes of the units that contain the area's municipalities, and the ``residents`` whose unit is not loaded."""
    statement = coverage_queries.compliance(type_code=type_code)
    unit = m.ComplianceResult.area_id
    found = frame(session, selects.without_shape(statement.where(unit.in_(selects.statutory_units(area_id)))))
    missing = frame(session, selects.without_shape(statement.where(unit.is_(None))))
    outside = frame(session, selects.outside_units(type_code, area_id), index="rule_id")["residents"]
    missing = missing[missing["rule_id"].isin(outside.index)]
    missing = missing.assign(residents=missing["rule_id"].map(outside))
    return pd.concat([found.assign(residents=None), missing], ignore_index=True)
