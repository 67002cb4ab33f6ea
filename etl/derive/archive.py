"""The inputs of a run, kept so that it can be computed again: each table once, whatever the number of runs."""

import hashlib
import io
from collections.abc import Collection, Mapping
from typing import Any, cast, get_type_hints

import geopandas as gpd
import pandas as pd
from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from etl.derive.inputs import Inputs
from etl.errors import OmbraError
from etl.i18n import _
from etl.store import models as m

Tables = Mapping[str, str]  # name of a table of the inputs: hash of its content


class InputsGone(OmbraError):
    """The inputs of a run were not kept, or today's code cannot read them."""


def keep(connection: Connection, inputs: Inputs) -> dict[str, str]:
    """Keep what a run reads; the digest of each table by its name, to be kept with the run."""
    packed = {name: _pack(kind, getattr(inputs, name)) for name, kind in get_type_hints(Inputs).items()}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in packed.items()}
    rows = [{"digest": digests[name], "content": content} for name, content in packed.items()]
    known = set(connection.execute(select(m.RunInput.digest).where(_one_of(digests.values()))).scalars())
    fresh = [row for row in rows if row["digest"] not in known]
    if fresh:
        connection.execute(insert(m.RunInput).on_conflict_do_nothing(), fresh)
    return digests


def restore(connection: Connection, tables: Tables) -> Inputs:
    """The inputs that a run read.

    Raises
    ------
    InputsGone
        They were not kept, or not all, or have another shape than today's.
    """
    kept = m.RunInput
    rows = connection.execute(select(kept.digest, kept.content).where(_one_of(tables.values())))
    contents = {digest: bytes(content) for digest, content in rows}
    try:
        values = {name: _unpack(kind, contents[tables[name]]) for name, kind in get_type_hints(Inputs).items()}
        return Inputs(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise InputsGone(_("i suoi dati di partenza non sono conservati, o non nella forma di oggi")) from error


def table(connection: Connection, tables: Tables, name: str) -> pd.DataFrame:
    """One table of the inputs of a run.

    Raises
    ------
    InputsGone
        It was not kept.
    """
    statement = select(m.RunInput.content).where(m.RunInput.digest == tables.get(name, ""))
    content = connection.execute(statement).scalar()
    if content is None:
        raise InputsGone(_("i suoi dati di partenza non sono conservati"))
    return cast(pd.DataFrame, _unpack(get_type_hints(Inputs)[name], bytes(content)))


def sweep(connection: Connection) -> int:
    """Delete the tables that no run names any more; how many."""
    told = func.jsonb_each_text(m.CoverageRun.inputs["tables"]).table_valued("key", "value")
    named = select(told.c.value).select_from(m.CoverageRun).join(told, m.CoverageRun.inputs.has_key("tables"))
    return connection.execute(delete(m.RunInput).where(m.RunInput.digest.not_in(named))).rowcount


def _one_of(digests: Collection[str]) -> Any:  # noqa: ANN401  SQLAlchemy's own type names no model
    return m.RunInput.digest.in_(list(digests))


def _pack(kind: Any, value: Any) -> bytes:  # noqa: ANN401  any field of the inputs
    if not isinstance(value, pd.DataFrame):
        return TypeAdapter(kind).dump_json(value)
    stream = io.BytesIO()
    _in_order(value).to_parquet(stream, compression="zstd")
    return stream.getvalue()


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table in one order, so that equal tables are one; those of places have theirs, which counts."""
    if isinstance(table, gpd.GeoDataFrame):
        return table
    if table.index.name is None:
        return table.sort_values(list(table.columns), ignore_index=True)
    return table.sort_index()


def _unpack(kind: Any, content: bytes) -> Any:  # noqa: ANN401
    if kind is gpd.GeoDataFrame:
        return gpd.read_parquet(cast(Any, io.BytesIO(content)))  # the stubs know of paths only
    if kind is pd.DataFrame:
        return pd.read_parquet(io.BytesIO(content))
    return TypeAdapter(kind).validate_json(content)
