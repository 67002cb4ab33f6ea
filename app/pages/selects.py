"""Selects that only the pages need; they never execute."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from app.queries import services as service_queries
from app.queries.kinds import AnySelect
from etl.store import models as m

_latest = select(func.max(m.Population.year)).scalar_subquery()


def without_shape(statement: AnySelect) -> AnySelect:
    """The same rows without their geometry, which a table does not show."""
    listed = [column for column in statement.selected_columns if column.key != "geom"]
    return statement.with_only_columns(*listed, maintain_column_froms=True)


def shapes(level: str) -> AnySelect:
    """Code, name and WKB polygon of the areas of a level, with the code of their parent."""
    parent = aliased(m.Area)
    return (
        select(
            m.Area.code, m.Area.name, parent.code.label("parent_code"), func.ST_AsBinary(m.Area.geom).label("geometry")
        )
        .outerjoin(parent, parent.id == m.Area.parent_id)
        .where(m.Area.level == level)
        .order_by(m.Area.code)
    )


def membership(level: str) -> AnySelect:
    """Which area of ``level`` each municipality lies in: ``municipality`` and ``area``, both codes."""
    ancestor = aliased(m.Area)
    return (
        select(m.Area.code.label("municipality"), ancestor.code.label("area"))
        .join(m.AreaWithin, m.AreaWithin.area_id == m.Area.id)
        .join(ancestor, ancestor.id == m.AreaWithin.ancestor_id)
        .where(m.Area.level == "municipality", ancestor.level == level)
    )


def settlements() -> AnySelect:
    """Demand points with residents: a municipality's people shared out by weight; WKB point."""
    home = aliased(m.Area)
    total = func.sum(m.DemandPoint.weight).over(partition_by=m.DemandPoint.municipality_id)
    people = (
        select(m.Population.area_id, func.sum(m.Population.persons).label("persons"))
        .where(m.Population.year == _latest)
        .group_by(m.Population.area_id)
        .subquery()
    )
    return (
        select(
            m.Area.code,
            m.Area.name,
            m.Area.level,
            home.code.label("municipality_code"),
            home.name.label("municipality"),
            (people.c.persons * m.DemandPoint.weight / func.nullif(total, 0.0)).label("persons"),
            func.ST_AsBinary(m.Area.geom).label("geometry"),
        )
        .join(m.Area, m.Area.id == m.DemandPoint.area_id)
        .join(home, home.id == m.DemandPoint.municipality_id)
        .join(people, people.c.area_id == m.DemandPoint.municipality_id)
        .order_by(m.Area.code)
    )


def zone_labels() -> AnySelect:
    """Name and label point (WKB) of the zone omogenee."""
    return select(m.Area.code, m.Area.name, func.ST_AsBinary(m.Area.label_point).label("geometry")).where(
        m.Area.level == "zona_omogenea"
    )


def services(*, type_codes: Sequence[str] = (), within: str | None = None, text: str | None = None) -> AnySelect:
    """Services as :func:`app.queries.services.services` gives them, with ``lon`` and ``lat`` for the geometry."""
    found = service_queries.services(type_codes=type_codes, within=within, text=text).subquery()
    listed = [column for column in found.c if column.key != "geom"]
    return select(*listed, func.ST_X(found.c.geom).label("lon"), func.ST_Y(found.c.geom).label("lat")).order_by(
        found.c.name, found.c.id
    )


def people_by_age(area_id: uuid.UUID) -> AnySelect:
    """Residents of the municipalities within an area by sex and single year of age."""
    return (
        select(m.Population.sex, m.Population.age, func.sum(m.Population.persons).label("persons"))
        .join(m.AreaWithin, m.AreaWithin.area_id == m.Population.area_id)
        .where(m.AreaWithin.ancestor_id == area_id, m.Population.year == _latest)
        .group_by(m.Population.sex, m.Population.age)
    )


def listed(type_code: str, level: str) -> AnySelect:
    """Of each area of a level (``code``), the persons who live where the list of the type is complete (``listed``)."""
    result = m.CoverageResult
    persons = func.coalesce(func.sum(result.persons).filter(result.complete), 0.0)
    return (
        select(m.Area.code, persons.label("listed"))
        .join(m.AreaWithin, m.AreaWithin.ancestor_id == m.Area.id)
        .join(result, result.area_id == m.AreaWithin.area_id)
        .join(m.CoverageRun, m.CoverageRun.id == result.run_id)
        .where(m.CoverageRun.current, result.service_type_code == type_code, m.Area.level == level)
        .group_by(m.Area.code)
    )


def complete_everywhere(type_code: str) -> Select[bool]:
    """Whether the list of a type is complete wherever people live; false before any run."""
    result = m.CoverageResult
    return (
        select(func.coalesce(func.bool_and(result.complete), False))
        .join(m.CoverageRun, m.CoverageRun.id == result.run_id)
        .where(m.CoverageRun.current, result.service_type_code == type_code, result.persons > 0)
    )


def population_year() -> Select[int | None]:
    """Latest year of the population."""
    return select(func.max(m.Population.year))


def declarations(type_code: str, area_id: uuid.UUID) -> AnySelect:
    """What sources say of the completeness of a type in the areas around an area and within it."""
    around = select(m.AreaWithin.ancestor_id).where(m.AreaWithin.area_id == area_id)
    inner = select(m.AreaWithin.area_id).where(m.AreaWithin.ancestor_id == area_id)
    return (
        select(
            m.Area.name.label("area"),
            m.Area.level,
            m.SourceCoverage.complete,
            m.SourceCoverage.listed,
            m.SourceCoverage.official_total,
            m.SourceCoverage.official_year,
            m.SourceCoverage.note,
            m.Source.title.label("source"),
        )
        .join(m.Area, m.Area.id == m.SourceCoverage.area_id)
        .join(m.Source, m.Source.id == m.SourceCoverage.source_id)
        .where(
            m.SourceCoverage.service_type_code == type_code,
            or_(m.SourceCoverage.area_id.in_(around), m.SourceCoverage.area_id.in_(inner)),
        )
        .order_by(m.Area.area_km2, m.Area.name)
    )


def zone_of(municipality_code: str) -> Select[str]:
    """Code of the zona omogenea in which a municipality lies."""
    zone, place = aliased(m.Area), aliased(m.Area)
    return (
        select(zone.code)
        .join(m.AreaWithin, m.AreaWithin.ancestor_id == zone.id)
        .join(place, place.id == m.AreaWithin.area_id)
        .where(zone.level == "zona_omogenea", place.level == "municipality", place.code == municipality_code)
    )


def municipalities() -> AnySelect:
    """Code and name of every municipality by name, for the search box."""
    return select(m.Area.code, m.Area.name).where(m.Area.level == "municipality").order_by(m.Area.name)


def service_count(*, type_code: str | None = None) -> Select[int]:
    """Open services, of all types or of one."""
    statement = select(func.count()).select_from(m.Service).where(m.Service.closed_on.is_(None))
    return statement if type_code is None else statement.where(m.Service.service_type_code == type_code)


def residents() -> AnySelect:
    """All residents of the latest year, and that year."""
    return select(func.sum(m.Population.persons).label("persons"), func.max(m.Population.year).label("year")).where(
        m.Population.year == _latest
    )


def macro_areas() -> AnySelect:
    """Code and name of the macro-areas: the top terms of the taxonomy."""
    top = aliased(m.TaxonomyTerm)
    return (
        select(top.code, top.name)
        .where(top.parent_id.is_(None), top.code.in_(select(m.ServiceType.macro_area)))
        .order_by(top.code)
    )
