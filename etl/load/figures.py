"""Make the tables of areas, residents, figures, travel times and address points say what a source says now."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import ARRAY, UUID, Connection, bindparam, func, select, text

from etl.batch import Batch
from etl.identity import uid
from etl.locate.points import AddressPoint
from etl.locate.territory import Municipality
from etl.publication import figures
from etl.record import AreaRecord, IndicatorRecord, PopulationRecord, TravelRecord
from etl.reference import demand_points
from etl.reference.load import settlement_points
from etl.sources.base import Kind
from etl.store import models as m
from etl.store.frames import Merged, Missing, Rows, merge
from etl.surroundings import Surroundings

NOTHING = Merged(0, 0, 0)
_BELONGS = "t.source_id = %(source)s"


def publish(connection: Connection, batch: Batch, around: Surroundings) -> Merged:
    """Replace the figures of a source by those of an edition; services and bodies are written elsewhere."""
    source_id, towns = batch.declaration.id, around.municipalities.municipalities
    own = Missing(_BELONGS, {"source": source_id})
    match batch.declaration.kind:
        case "areas":
            told = [record for record in batch.records if isinstance(record, AreaRecord)]
            done = _areas(connection, source_id, told, towns)
            # A census tells its sections and what was counted in them.
            counted = [record for record in batch.records if isinstance(record, IndicatorRecord)]
            merge(connection, m.Indicator, figures.figures(source_id, counted), missing=own)
            demand_points.refresh(connection, settlement_points)
            return done
        case "population":
            people = [record for record in batch.records if isinstance(record, PopulationRecord)]
            return merge(connection, m.Population, figures.residents(source_id, people, towns), missing=own)
        case "indicators":
            values = [record for record in batch.records if isinstance(record, IndicatorRecord)]
            return merge(connection, m.Indicator, figures.figures(source_id, values), missing=own)
        case "travel":
            times = [record for record in batch.records if isinstance(record, TravelRecord)]
            return merge(connection, m.TravelTime, figures.travel(source_id, times, towns), missing=own)
        case _:
            return NOTHING


def publish_points(connection: Connection, source_id: str, points: Sequence[AddressPoint]) -> Merged:
    """Replace the address points of a source."""
    own = Missing(_BELONGS, {"source": source_id})
    return merge(connection, m.AddressPoint, figures.points(points), missing=own)


def _areas(
    connection: Connection, source_id: str, records: Sequence[AreaRecord], towns: Mapping[str, Municipality]
) -> Merged:
    """Write areas and what they lie in; one that the source no longer has goes, with the figures about it.

    An area is no service: nobody looks for it once it is gone, and its figures speak of a place that is no more.
    """
    _let_go(connection, source_id, {uid("area", record.level, record.code) for record in records})
    own = Missing(_BELONGS, {"source": source_id})
    done = merge(connection, m.Area, figures.areas(source_id, records, towns), missing=own)
    inside = Missing("exists (select from area a where a.id = t.area_id and a.source_id = %(source)s)", own.parameters)
    merge(connection, m.AreaWithin, _containment(connection, records, towns), missing=inside)
    return done


def _let_go(connection: Connection, source_id: str, kept: set[uuid.UUID]) -> None:
    """Take services off areas that are about to go."""
    statement = text(
        "delete from service_area s using area a where a.id = s.area_id and a.source_id = :source"
        " and not (a.id = any(:kept))"
    ).bindparams(bindparam("kept", type_=ARRAY(UUID)))
    connection.execute(statement, {"source": source_id, "kept": list(kept)})


def _containment(connection: Connection, records: Sequence[AreaRecord], towns: Mapping[str, Municipality]) -> Rows:
    """Each area within itself and within all that its municipality is within."""
    above: dict[uuid.UUID, list[uuid.UUID]] = {}
    of_towns = select(m.AreaWithin.area_id, m.AreaWithin.ancestor_id).join(m.Area, m.Area.id == m.AreaWithin.area_id)
    for area, ancestor in connection.execute(of_towns.where(m.Area.level == "municipality")):
        above.setdefault(area, []).append(ancestor)
    rows: Rows = []
    for record in records:
        area = uid("area", record.level, record.code)
        ancestors = [] if record.municipality is None else above[towns[record.municipality].id]
        rows += [{"area_id": area, "ancestor_id": ancestor} for ancestor in {area, *ancestors}]
    return rows


def state(connection: Connection, source_id: str, kind: Kind) -> dict[uuid.UUID, tuple[str, str]]:
    """Name and value of each area or figure of a source; the value of an area is a hash of its geometry."""
    if kind == "areas":
        shape = func.coalesce(func.md5(func.ST_AsBinary(m.Area.geom)), "")
        areas = select(m.Area.id, m.Area.name, shape).where(m.Area.source_id == source_id)
        return {key: (name, value) for key, name, value in connection.execute(areas)}
    figure = m.Indicator
    statement = (
        select(m.Area.name, figure.area_id, figure.year, figure.name, figure.value)
        .join(m.Area, m.Area.id == figure.area_id)
        .where(figure.source_id == source_id)
    )
    return {
        uid("indicator", str(area), str(year), name): (f"{name} {year}, {place}", str(value))
        for place, area, year, name, value in connection.execute(statement)
    }
