"""A scenario through the whole run on PostGIS, against another database in which the changes were simply made."""

import uuid
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, text

from app.queries import differences
from etl.derive import book, hidden, prune, refresh
from etl.derive.run import Wishes
from etl.derive.scenario import Changes, bind, written
from etl.derive.scenario import book as scenarios
from etl.derive.scenario.compute import compute
from etl.derive.variant import named
from etl.errors import FaultsError, OmbraError
from etl.identity import uid
from tests.etl.tools import fingerprint, frame, scalar

TODAY = date(2026, 11, 22)
CURRENT = "select id from coverage_run where current"
CLOSED, OPENED = "Centro per l'impiego di Orbassano", "Centro per l'impiego di Susa"
QUOTED = CLOSED.replace("'", "''")
NAME = "Prova"
OPTIONS = (
    ("add", "casa_comunita@Perosa Argentina"),
    ("add", "dormitorio@7.2706,45.1376=25"),
    ("close", CLOSED),
    ("open", OPENED),
    ("move", "Casa della Comunità di Alpignano@Avigliana"),
    ("resize", "{dormitorio}=77"),
)
TOUCHED = {"casa_comunita", "centro_impiego", "dormitorio"}
# What a run writes of itself and of what it is made from.
BOOKS = {"coverage_run", "run_input", "data_version", "scenario", "kpi_result", "coverage_change"}
RESULTS = {
    *("type_result", "rule_result", "coverage_result", "access_score", "compliance_result", "overlap_result"),
    "service_reach",
}
# The changes as somebody would make them who edits the directory, without a line of this program.
EDITS = """
update service set closed_on = '2026-11-22' where name = :closed;
update service set supply_status = 'attivo' where name = :opened;
insert into location (id, precision, position_radius_m, municipality_id) select
    '00000000-0000-0000-0000-000000000001', 'municipality', least(2.0 / 3 * sqrt(area_km2 * 1e6 / pi()), 5000), id
    from area where level = 'municipality' and name = 'Avigliana';
update service_at_location set location_id = '00000000-0000-0000-0000-000000000001'
    where service_id = (select id from service where name = 'Casa della Comunità di Alpignano');
delete from service_capacity where service_id = :resized and unit = 'posti letto';
insert into service_capacity (id, service_id, unit, maximum) values (gen_random_uuid(), :resized, 'posti letto', 77);
insert into service (id, name, status, service_type_code, delivery, supply_status) values
    (:house, 'Casa', 'active', 'casa_comunita', 'sede', 'attivo'),
    (:beds, 'Dormitorio', 'active', 'dormitorio', 'sede', 'attivo');
insert into location (id, precision, position_radius_m, municipality_id)
    select :house, 'municipality', least(2.0 / 3 * sqrt(area_km2 * 1e6 / pi()), 5000), id
    from area where level = 'municipality' and name = 'Perosa Argentina';
insert into location (id, precision, position_radius_m, municipality_id, geom)
    select :beds, 'address', 0, id, ST_Point(7.2706, 45.1376, 4326)
    from area where level = 'municipality' and ST_Covers(geom, ST_Point(7.2706, 45.1376, 4326));
insert into service_at_location (id, service_id, location_id) values
    (:house_there, :house, :house), (:beds_there, :beds, :beds);
insert into service_capacity (id, service_id, unit, maximum) values (gen_random_uuid(), :beds, 'posti letto', 25)
"""


def changes_of(engine: Engine) -> Changes:
    dormitory = scalar(engine, "select id from service where service_type_code = 'dormitorio' order by name limit 1")
    options = [written.option(action, words.format(dormitorio=dormitory)) for action, words in OPTIONS]
    with engine.connect() as connection:
        return written.read(connection, options)


@pytest.fixture(scope="module")
def world(databases, filled) -> Iterator[tuple[Engine, uuid.UUID, uuid.UUID, list[str]]]:
    """A database with a scenario that was saved and computed; the runs before and after, and what was said."""
    with databases.clone(filled, "scenari") as engine:
        base = refresh(engine, today=TODAY).run_id
        with engine.begin() as connection:
            scenarios.save(connection, NAME, changes_of(engine), description="Che cosa se", by="chi prova")
        said: list[str] = []
        former, [made] = compute(engine, [NAME], progress=said.append, today=TODAY)
        assert former == base
        yield engine, base, made.run_id, said


def rows(engine: Engine, table: str, run_id: uuid.UUID) -> list[str]:
    """The rows of a run, without what names the run, and the names of services that no table has."""
    told = frame(engine, f"select to_jsonb(t) - 'run_id' - 'id' as row from {table} t where run_id = '{run_id}'")
    if table == "coverage_result":
        for row in told["row"]:
            for entry in row["nearest"]:
                entry.pop("name", None)
    return sorted(map(repr, told["row"]))


def test_it_is_what_a_run_finds_in_a_database_where_it_is_so(world, databases, filled) -> None:
    engine, _base, later, _said = world
    with engine.connect() as connection:
        added = list(scenarios.find(connection, NAME).changes.added)
    resized = scalar(engine, "select id from service where service_type_code = 'dormitorio' order by name limit 1")
    values = {"closed": CLOSED, "opened": OPENED, "resized": resized, "house": added[0], "beds": added[1]}
    values |= {f"{name}_there": uid("scenario_presence", str(values[name])) for name in ("house", "beds")}
    with databases.clone(filled, "cambiato") as other:
        with other.begin() as connection:
            for statement in EDITS.split(";"):
                connection.execute(text(statement), values)
        made = refresh(other, today=TODAY).run_id
        for table in sorted(RESULTS):
            assert rows(engine, table, later) == rows(other, table, made), table
            assert rows(engine, table, later), table


def test_only_the_types_that_it_touches_are_computed(world) -> None:
    engine, base, later, said = world
    assert any(line.startswith(f"Cerco le zone d'ombra: {len(TOUCHED)} tipi di servizio su") for line in said)
    asked = differences.Asked(former=base, later=later)
    with engine.connect() as connection:
        types = {row.type for row in connection.execute(differences.areas(asked, level=differences.WHOLE))}
    assert types == TOUCHED


def test_persons_without_a_service_rise_by_the_marginal_coverage_of_what_closes(world) -> None:
    engine = world[0]
    with engine.begin() as connection:
        changes = written.read(connection, [written.option("close", CLOSED)])
        scenarios.save(connection, "Chiude", changes)
    base, [made] = compute(engine, ["Chiude"], today=TODAY)
    reach = "select r.* from service_reach r join service s on s.id = r.service_id"
    alone = frame(engine, f"{reach} where run_id = '{base}' and s.name = '{QUOTED}'").iloc[0]
    asked = differences.Asked(former=base, later=made.run_id)
    with engine.connect() as connection:
        [whole] = connection.execute(differences.areas(asked, level=differences.WHOLE)).mappings().all()
        towns = connection.execute(differences.areas(asked, level="municipality")).mappings().all()
    assert alone["marginal"] > 0
    assert whole["without_later"] - whole["without_former"] == pytest.approx(alone["marginal"], rel=1e-12)
    assert whole["without_all_later"] - whole["without_all_former"] == pytest.approx(alone["marginal_all"], rel=1e-12)
    assert whole["lost"] == pytest.approx(alone["marginal"], rel=1e-12)
    assert whole["gained"] == 0
    assert sum(town["lost"] for town in towns) == pytest.approx(alone["marginal"], rel=1e-12)


def test_nothing_of_the_directory_changes_and_nothing_is_shown(world) -> None:
    engine, base, _later, _said = world
    assert scalar(engine, CURRENT) == base
    left_out = BOOKS | RESULTS
    before = fingerprint(engine, leave_out=left_out)
    with engine.begin() as connection:
        changes = Changes(scenarios.find(connection, NAME).changes.items[:1])
        scenarios.save(connection, "Un altro", changes)
    version = scalar(engine, "select max(id) from data_version where reason = 'derive'")
    compute(engine, ["Un altro"], today=TODAY)
    assert fingerprint(engine, leave_out=left_out) == before
    assert scalar(engine, CURRENT) == base
    assert scalar(engine, "select max(id) from data_version where reason = 'derive'") == version


def test_a_run_with_a_variant_is_never_the_one_that_is_shown(world) -> None:
    engine, _base, later, _said = world
    with engine.connect() as connection:
        variant = bind(connection, scenarios.find(connection, NAME).changes)
    with pytest.raises(OmbraError, match="calcolo corrente"):
        refresh(engine, variant=variant, today=TODAY)
    with engine.begin() as connection, pytest.raises(OmbraError, match="di prova"):
        book.use(connection, later)
    told = frame(engine, f"select * from coverage_run where id = '{later}'").iloc[0]
    assert told["parameters"]["variant"]["name"] == NAME
    assert told["created_by"] is None
    assert not told["current"]


def test_who_asks_is_written_down_once(world) -> None:
    engine, _base, _later, _said = world
    for by in ("Ufficio piano", "un altro"):
        _former, [made] = compute(engine, [NAME], wishes=Wishes(show=False, by=by, name="Con nome"), today=TODAY)
    row = frame(engine, f"select created_by, name from coverage_run where id = '{made.run_id}'").iloc[0]
    assert tuple(row) == ("Ufficio piano", "Con nome")
    with engine.begin() as connection:
        book.name(connection, made.run_id, None)


def test_services_of_a_scenario_have_a_name_among_the_nearest_and_a_reach(world) -> None:
    engine, _base, later, _said = world
    with engine.connect() as connection:
        added = scenarios.find(connection, NAME).changes.added
    told = frame(
        engine,
        "select distinct n->>'service' as service, n->>'name' as name from coverage_result r,"
        f" jsonb_array_elements(nearest) n where run_id = '{later}' and n ? 'name'",
    )
    assert {uuid.UUID(row.service): row.name for row in told.itertuples(index=False)} == added
    for service in added:
        assert scalar(
            engine, f"select persons from service_reach where run_id = '{later}' and service_id = '{service}'"
        )


def test_rows_without_a_variant_are_left_as_they_are() -> None:
    rows_ = [{"nearest": [{"service": "a"}]}]
    assert named(rows_, None) is rows_
    assert named(rows_, {"services": {"a": "A", "b": "B"}}) == [{"nearest": [{"service": "a", "name": "A"}]}]


def test_scenarios_push_no_other_run_out(world) -> None:
    engine, base, later, _said = world
    with engine.begin() as connection:
        connection.execute(text("update coverage_run set current = false"))
        assert set(prune.superfluous(connection, keep=1)).isdisjoint({base})
        assert base in prune.superfluous(connection, keep=0)
        assert later in prune.superfluous(connection, keep=0)
        connection.execute(text("update coverage_run set current = (id = :base)"), {"base": base})


def test_what_a_scenario_tells_of_a_place_that_becomes_protected_goes(databases, filled) -> None:
    """Of the services that a scenario adds the reach goes too: who has no other service tells where the other is."""
    with databases.clone(filled, "protetto") as engine:
        there = "select location_id from service_at_location l join service s on s.id = l.service_id"
        place = scalar(engine, f"{there} where s.name = '{QUOTED}'")
        with engine.begin() as connection:
            changes = written.read(connection, [written.option("add", "centro_impiego@Susa")])
            scenarios.save(connection, "Vicino", changes)
        _base, [made] = compute(engine, ["Vicino"], today=TODAY)
        service = next(iter(changes.added))
        counted = f"select count(*) from service_reach where run_id = '{made.run_id}' and service_id = '{service}'"
        assert scalar(engine, counted) == 1
        with engine.begin() as connection:
            connection.execute(text("delete from address where location_id = :place"), {"place": place})
            hide = "update location set geom = null, location_protected = true where id = :place"
            connection.execute(text(hide), {"place": place})
            hidden.forget(connection, spare=uuid.uuid4())
        assert scalar(engine, counted) == 0
        told = f"select count(*) from type_result where run_id = '{made.run_id}' and service_type_code = '{{}}'"
        assert scalar(engine, told.format("centro_impiego")) == 0
        assert scalar(engine, told.format("dormitorio")) == 1


def test_a_saved_scenario_whose_service_is_gone_says_so(databases, filled) -> None:
    with databases.clone(filled, "sparito") as engine:
        with engine.begin() as connection:
            scenarios.save(connection, NAME, changes_of(engine))
            connection.execute(text("update service set closed_on = current_date where name = :name"), {"name": CLOSED})
            connection.execute(
                text("delete from service where name = 'Casa della Comunità di Alpignano'"),
            )
        with engine.connect() as connection:
            faults = scenarios.state(connection, scenarios.find(connection, NAME))
        assert len(faults) == 2
        assert CLOSED in faults[0]
        assert "chiuso" in faults[0]
        assert "non è (più) in elenco" in faults[1]
        with pytest.raises(FaultsError) as refused:
            compute(engine, [NAME], today=TODAY)
        assert refused.value.faults == tuple(faults)
