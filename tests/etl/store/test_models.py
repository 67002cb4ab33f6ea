"""What the tables themselves make impossible, and the way back through the migrations."""

import uuid
from datetime import date

import pytest
from alembic import command
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from etl.load import claims, directory
from etl.pipeline import load_everything
from etl.store import migrate
from etl.store.models import RESTRICTED, Base
from tests.etl.tools import fingerprint

PLACE = uuid.UUID(int=7)


def protected_place(session):
    session.execute(
        text(
            "insert into location (id, precision, position_radius_m, location_protected)"
            " values (:id, 'municipality', 5000, true)"
        ),
        {"id": PLACE},
    )


def test_down_to_nothing_and_up_again(scratch):
    tables = {(table.schema, table.name) for table in Base.metadata.sorted_tables}
    command.downgrade(migrate._config(scratch), "base")
    seen = inspect(scratch)
    left = {(None, name) for name in seen.get_table_names()} | {
        (RESTRICTED, name) for name in (seen.get_table_names(RESTRICTED) if seen.has_schema(RESTRICTED) else [])
    }
    assert not left & tables
    migrate.upgrade(scratch)
    migrate.check(scratch)


def test_results_go_with_their_rule_and_sources_stay(loaded_session):
    run = text("delete from standard where id = 'LAV-casa_comunita'")
    before = loaded_session.scalar(text("select count(*) from coverage_result"))
    loaded_session.execute(run)
    assert loaded_session.scalar(text("select count(*) from coverage_result")) < before
    assert loaded_session.scalar(text("select count(*) from service")) == 244


def test_a_protected_place_can_have_no_point(session):
    protected_place(session)
    with pytest.raises(IntegrityError, match="protected_has_no_point"):
        session.execute(text("update location set geom = ST_SetSRID(ST_MakePoint(7.6, 45), 4326)"))


def test_a_place_with_a_point_can_not_become_protected(loaded_session):
    with pytest.raises(IntegrityError, match=r"protected_has_no_point|fk_address"):
        loaded_session.execute(text("update location set location_protected = true where geom is not null"))


@pytest.mark.parametrize("claim", ["true", "false"])
def test_a_protected_place_can_have_no_address(session, claim):
    """Neither by saying that it is protected nor by denying it."""
    protected_place(session)
    with pytest.raises(IntegrityError, match=r"never_protected|fk_address"):
        session.execute(
            text(
                "insert into address (id, location_id, location_protected, address_1, city, state_province)"
                f" values (:id, :id, {claim}, 'Via Segreta 1', 'Torino', 'TO')"
            ),
            {"id": PLACE},
        )


def test_a_place_with_an_address_can_not_become_protected(loaded_session):
    with pytest.raises(IntegrityError):
        loaded_session.execute(
            text(
                "update location set location_protected = true, geom = null"
                " where id in (select location_id from address)"
            )
        )


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("service", "supply_status", "aperto"),
        ("service", "delivery", "piccione"),
        ("location", "precision", "forse"),
        ("demand_point", "weight", -1),
        ("population", "persons", -1),
        ("population", "sex", "X"),
        ("population", "age", 101),
    ],
)
def test_values_out_of_range_are_refused(loaded_session, table, column, value):
    with pytest.raises(IntegrityError):
        loaded_session.execute(text(f"update {table} set {column} = :value"), {"value": value})


def test_one_run_at_most_is_the_one_shown(loaded_session):
    with pytest.raises(IntegrityError, match="uq_coverage_run_current"):
        loaded_session.execute(
            text(
                "insert into coverage_run (id, input_hash, engine, code_version, current)"
                " values (gen_random_uuid(), 'x', 'x', 'x', true)"
            )
        )


def test_geometries_have_spatial_indexes(engine):
    seen = inspect(engine)
    for table, column in (("area", "geom"), ("area", "label_point"), ("location", "geom")):
        assert any(index["column_names"] == [column] for index in seen.get_indexes(table)), (table, column)


def test_a_database_of_before_files_keeps_its_content_and_loads_again(loaded_scratch):
    """Whoever has the built-in data loads them again after the migration, and finds them as they were."""
    tables = ("service", "location", "address", "organization", "population", "area", "phone")
    before = {table: fingerprint(loaded_scratch, rewritten=False)[table] for table in tables}
    command.downgrade(migrate._config(loaded_scratch), "0004")
    migrate.upgrade(loaded_scratch)
    with loaded_scratch.begin() as connection:
        connection.execute(text("update source_run set content_hash = 'other code'"))
    load_everything(loaded_scratch)
    after = fingerprint(loaded_scratch, rewritten=False)
    assert {table: after[table] for table in tables if after[table] != before[table]}.keys() <= {"service"}
    assert not load_everything(loaded_scratch).changed
    with loaded_scratch.connect() as connection:
        assert connection.scalar(text("select count(*) from organization where closed_on is not null")) == 0
        unclaimed = "select count(*) from organization where id not in (select organization_id from organization_claim)"
        assert connection.scalar(text(unclaimed)) == 0


PUBLIC = (
    *("service", "location", "address", "accessibility", "restricted.position", "organization", "phone", "schedule"),
    *("service_at_location", "service_area", "service_capacity", "attribute"),
)


def test_what_is_public_before_there_are_claims_is_claimed_and_stays_as_it_is(loaded_scratch):
    before = fingerprint(loaded_scratch, rewritten=False)
    command.downgrade(migrate._config(loaded_scratch), "0005")
    migrate.upgrade(loaded_scratch)
    told = fingerprint(loaded_scratch, rewritten=False)
    assert {table for table in PUBLIC if told[table] != before[table]} == set()
    with loaded_scratch.begin() as connection:
        found = {claim.id for claim in claims.read(connection)}
        assert found == set(connection.scalars(text("select id from service")))
        # Of the claims made of it everything follows as it is: nothing hangs on the sources being read again.
        assert directory.refresh(connection, today=date(2026, 11, 22)).changed
    made = fingerprint(loaded_scratch, rewritten=False)
    assert {table for table in PUBLIC if made[table] != before[table]} == set()
