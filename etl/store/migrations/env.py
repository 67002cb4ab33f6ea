"""Alembic's door: the engine comes from ``etl.store.migrate`` or, on the command line, from the settings."""

from collections.abc import MutableMapping
from typing import Literal, TypeAlias

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Engine

from etl.store.engine import connect
from etl.store.models import RESTRICTED, Base

# Arbitrary, fixed number of the advisory lock that keeps two migrations apart.
LOCK = 541_242

NameKind: TypeAlias = Literal[
    "schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint", "check_constraint"
]
Parent: TypeAlias = Literal["schema_name", "table_name", "schema_qualified_table_name"]


def _engine() -> Engine:
    given = context.config.attributes.get("engine")
    if isinstance(given, Engine):
        return given
    return connect()


def _ours(name: str | None, kind: NameKind, _parents: MutableMapping[Parent, str | None]) -> bool:
    """Only Ombra's schemas are compared: PostGIS brings tables of its own."""
    return kind != "schema" or name in (None, RESTRICTED)


with _engine().connect() as connection:
    connection.exec_driver_sql(f"select pg_advisory_lock({LOCK})")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_schemas=True,
        include_name=_ours,
        # GeoAlchemy2's helpers keep autogenerate from making each spatial index twice.
        include_object=alembic_helpers.include_object,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.exec_driver_sql(f"select pg_advisory_unlock({LOCK})")
    connection.commit()
