"""Select on two runs: what became of the persons in shadow of each area, and which parts the change is due to."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Float, FromClause, Integer, Select, Text, cast, func, literal, null, select
from sqlalchemy.orm import aliased

from app.queries.areas import BBox, inside, intersects
from app.queries.kinds import AnySelect
from etl.derive.digests import PARTS
from etl.store import models as m

Parent = aliased(m.Area, name="zone")
_OF_POINT = ("persons", "assessed", "unknown")


@dataclass(frozen=True)
class Pair:
    """Two runs and a type.

    ``differing`` are the parts that the runs do not share; ``separated``: the share of each has been computed and kept
    (:func:`etl.derive.compare.explain`).
    """

    former: uuid.UUID
    later: uuid.UUID
    type_code: str
    differing: tuple[str, ...]
    separated: bool = False

    @property
    def together(self) -> tuple[str, ...]:
        """Parts that share a change which cannot be, or has not been, told apart."""
        if self.separated or len(self.differing) < 2:
            return ()
        return tuple(part for part in self.differing if part != "population" or not self.by_people)

    @property
    def by_people(self) -> bool:
        """Whether what the number of residents did can be read off the results: nothing else has moved them."""
        return "population" in self.differing and not {"data", "standards"} & set(self.differing)


def is_separated(former: uuid.UUID, later: uuid.UUID, type_code: str) -> Select[bool]:
    """Whether the parts of a change have been computed."""
    change = m.CoverageChange
    kept = (change.former_id == former, change.later_id == later, change.service_type_code == type_code)
    return select(select(change.area_id).where(*kept).exists())


def changes(pair: Pair, *, level: str, within: str | None = None, bbox: BBox | None = None) -> AnySelect:
    """The figures of both runs for each area of a level, the largest change first; ``rank`` is unique.

    ``change`` is of persons in shadow on confirmed supply, where unknown persons count 0: a list that becomes complete
    may bring a shadow to light. It equals the sum of the parts and ``together``, the share of those parts that are not
    told apart; these are null themselves. What residents did, where it can be read off the results, is the change of
    persons at the mean of the two shares in shadow (Kitagawa 1955).
    """
    points = _points(pair)
    change = _total(points.c.shadow_later) - _total(points.c.shadow_former)
    order = (func.abs(change).desc(), m.Area.code)
    sums: list[ColumnElement[Any]] = [
        *(_total(points.c[f"{name}_{when}"]).label(f"{name}_{when}") for name in _OF_POINT for when in _WHEN),
        *(_total(points.c[f"shadow_{when}"]).label(f"shadow_{when}") for when in _WHEN),
        change.label("change"),
        *(_part(points, part).label(part) for part in PARTS),
        _total(points.c.together).label("together"),
        literal(list(pair.differing), ARRAY(Text)).label("differing"),
        literal(list(pair.together), ARRAY(Text)).label("together_parts"),
        func.row_number(type_=Integer).over(order_by=order).label("rank"),
    ]
    statement = (
        select(
            m.Area.code,
            m.Area.name,
            m.Area.level,
            Parent.code.label("parent_code"),
            Parent.name.label("parent_name"),
            *sums,
            m.Area.geom,
        )
        .select_from(points)
        .join(m.AreaWithin, m.AreaWithin.area_id == points.c.area_id)
        .join(m.Area, m.Area.id == m.AreaWithin.ancestor_id)
        .outerjoin(Parent, Parent.id == m.Area.parent_id)
        .where(m.Area.level == level)
        .group_by(m.Area.id, Parent.id)
        .order_by(*order)
    )
    if bbox is not None:
        statement = statement.where(intersects(m.Area.geom, bbox))
    return statement if within is None else statement.where(m.Area.id.in_(inside(within)))


_WHEN = ("former", "later")


def _total(column: ColumnElement[Any]) -> ColumnElement[float]:
    return func.coalesce(func.sum(column), 0.0)


def _part(points: FromClause, part: str) -> ColumnElement[float | None]:
    """Null where the part is not told apart: its column is."""
    return func.sum(points.c[part])


def _points(pair: Pair) -> FromClause:
    """Both runs at each point, with the parts of its change."""
    former, later = _of_run(pair, pair.former, "former"), _of_run(pair, pair.later, "later")
    kept = aliased(m.CoverageChange)
    place = func.coalesce(former.c.area_id, later.c.area_id)
    both = {
        f"{name}_{when}": func.coalesce(run.c[name], 0.0)
        for name in (*_OF_POINT, "shadow")
        for when, run in zip(_WHEN, (former, later), strict=True)
    }
    parts = _kept_parts(kept) if pair.separated else _read_off(pair, both)
    statement = select(
        place.label("area_id"), *(value.label(name) for name, value in (both | parts).items())
    ).select_from(former.join(later, former.c.area_id == later.c.area_id, full=True))
    if pair.separated:
        statement = statement.outerjoin(
            kept,
            (kept.area_id == place)
            & (kept.former_id == pair.former)
            & (kept.later_id == pair.later)
            & (kept.service_type_code == pair.type_code),
        )
    return statement.subquery("points")


def _kept_parts(kept: type[m.CoverageChange]) -> dict[str, ColumnElement[Any]]:
    return {part: getattr(kept, part) for part in PARTS} | {"together": literal(0.0)}


def _of_run(pair: Pair, run: uuid.UUID, name: str) -> FromClause:
    result = m.CoverageResult
    return (
        select(
            result.area_id,
            result.persons,
            result.assessed,
            result.unknown,
            func.coalesce(result.shadow_confirmed, 0.0).label("shadow"),
        )
        .where(result.run_id == run, result.service_type_code == pair.type_code)
        .subquery(name)
    )


def _read_off(pair: Pair, both: dict[str, Any]) -> dict[str, ColumnElement[Any]]:
    """The parts of a change as far as the results of the two runs tell them."""
    change = both["shadow_later"] - both["shadow_former"]
    parts: dict[str, ColumnElement[Any]] = {part: literal(0.0) for part in PARTS}
    parts |= {part: cast(null(), Float) if pair.together else change for part in pair.differing}
    if not pair.together:
        return parts | {"together": literal(0.0)}
    if not pair.by_people:
        return parts | {"together": change}
    rates = [func.coalesce(both[f"shadow_{when}"] / func.nullif(both[f"persons_{when}"], 0.0), 0.0) for when in _WHEN]
    people = (both["persons_later"] - both["persons_former"]) * (rates[0] + rates[1]) / 2
    return parts | {"population": people, "together": change - people}
