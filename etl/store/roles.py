"""The role that reads for the public: what is public, and nothing else.

A reading connection becomes it (``set role``), so that not even a question that nobody foresaw reaches more. Making a
role takes a right that the user of a database may lack: then the reads are kept by transactions that cannot write.
"""

from sqlalchemy import Connection, Engine, text

READER = "ombra_reader"
SCHEMA = "ogc"  # views made for the public: all of them may be read

# Tables of the schema public that may be read. Not among them: the services themselves (a description may hold the
# address of a protected place), what sources brought, what people judged. Of a location the rows of protected places
# are not seen: they know the municipality.
TABLES = (
    *("area", "area_within", "population", "demand_point", "indicator", "travel_time"),
    *("street", "address_point", "address", "location"),
    *("service_type", "taxonomy", "taxonomy_term", "standard", "kpi", "source"),
    *("service_listing", "service_change", "data_version"),
    *("coverage_run", "type_result", "rule_result", "coverage_result", "compliance_result", "overlap_result"),
    *("service_reach", "access_score", "completeness_estimate", "kpi_result"),
)

_LOCK = 541_244  # arbitrary, fixed: two programs that give rights at once would disturb each other
_MAKE = f"""
do $$ begin
    if not exists (select from pg_roles where rolname = '{READER}') then
        create role {READER} nologin;
    end if;
exception when insufficient_privilege or duplicate_object or unique_violation then null;
end $$
"""
_JOIN = f"""
do $$ begin
    if not pg_has_role('{READER}', 'member') then
        grant {READER} to current_user;
    end if;
exception when insufficient_privilege or undefined_object then null;
end $$
"""
_EXISTS = text("select exists (select from pg_roles where rolname = :role)")
# Whether this user may become the role, and the role has been given its rights on this database: it may be there for
# another one of the same server. The order is that of the planner: what does not exist must not be asked about.
MAY_BECOME = f"""
select coalesce(
    (
        select pg_has_role(r.oid, 'member') and has_schema_privilege(r.oid, s.oid, 'usage')
        from pg_roles r, pg_namespace s where r.rolname = '{READER}' and s.nspname = '{SCHEMA}'
    ), false)
"""  # noqa: S608 - names of our own


def settle(engine: Engine) -> None:
    """Make the role where that may be, and give it what is public of this database: no more, no less.

    To be done after each migration: rights are of the database, the role is of the server.
    """
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text(_MAKE))
        if connection.scalar(_EXISTS, {"role": READER}):
            connection.execute(text(_JOIN))
            _give(connection)


def may_read_as_public(connection: Connection) -> bool:
    """Whether the user of this connection can become the role."""
    return bool(connection.scalar(text(MAY_BECOME)))


def _give(connection: Connection) -> None:
    there = text("select relname from pg_class where relnamespace = 'public'::regnamespace and relname = any(:names)")
    tables = ", ".join(f"public.{name}" for name in connection.scalars(there, {"names": list(TABLES)}))
    schemas = _schemas(connection)
    for schema in schemas:
        connection.execute(text(f"revoke all on all tables in schema {schema} from {READER}"))
    if SCHEMA in schemas:
        connection.execute(text(f"grant usage on schema {SCHEMA} to {READER}"))
        connection.execute(text(f"grant select on all tables in schema {SCHEMA} to {READER}"))
    if tables:
        connection.execute(text(f"grant select on {tables} to {READER}"))
    if not connection.scalar(text("select relrowsecurity from pg_class where oid = 'public.location'::regclass")):
        # The owner, who loads, is not bound by it.
        connection.execute(text("alter table public.location enable row level security"))
    connection.execute(text("drop policy if exists public_places on public.location"))
    connection.execute(
        text(f"create policy public_places on public.location for select to {READER} using (not location_protected)")
    )


def _schemas(connection: Connection) -> list[str]:
    """Those of Ombra, whichever there are."""
    found = text("select nspname from pg_namespace where nspname in ('public', 'restricted', :schema)")
    return list(connection.scalars(found, {"schema": SCHEMA}))
