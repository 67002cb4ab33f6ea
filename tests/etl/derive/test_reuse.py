"""Runs that take over what has not changed: the same as if everything were computed, and no more computed than that."""

import random
from datetime import date

import pytest
from sqlalchemy import Connection, text

from etl.derive import inputs
from etl.derive.digests import digests
from etl.derive.registry import read_registry
from etl.derive.run import refresh_within
from etl.progress import silent

TODAY = date(2026, 11, 22)
TABLES = (
    *("type_result", "rule_result", "coverage_result", "access_score", "compliance_result", "overlap_result"),
    "service_reach",
)
ONE = "(select id from service where service_type_code = '{}' order by name limit 1)"
PLACE = "(select location_id from service_at_location where service_id = " + ONE + " limit 1)"
TORINO = "(select id from area where level = 'municipality' and code = '001272')"

# Changes by name: the types that they concern (None: all), and how they are made.
CHANGES: dict[str, tuple[set[str] | None, str]] = {
    "a status": (
        {"centro_impiego"},
        f"update service set supply_status = 'da_verificare' where id = {ONE.format('centro_impiego')}",
    ),
    "a place": (
        {"dormitorio"},
        f"update location set geom = ST_Translate(geom, 0.001, 0) where id = {PLACE.format('dormitorio')}",
    ),
    "a body": (
        {"casa_comunita"},
        (
            "update service set organization_id = (select id from organization o where o.id <> organization_id"
            " order by name limit 1)"
            f" where id = {ONE.format('casa_comunita')}"
        ),
    ),
    "an area served": (
        {"consultorio_familiare"},
        (
            "insert into service_area (id, service_id, area_id)"
            f" select gen_random_uuid(), {ONE.format('consultorio_familiare')}, {TORINO}"
        ),
    ),
    "a capacity": (
        {"dormitorio"},
        (
            "insert into service_capacity (id, service_id, unit, maximum)"
            f" select gen_random_uuid(), {ONE.format('dormitorio')}, capacity_unit, 77 from service_type"
            " where code = 'dormitorio'"
        ),
    ),
    "a complete list": (
        {"casa_quartiere"},
        "update source_coverage set complete = not complete where service_type_code = 'casa_quartiere'",
    ),
    "a closed service": (
        {"mensa_solidale"},
        f"update service set closed_on = current_date where id = {ONE.format('mensa_solidale')}",
    ),
    "a service of another type": (
        {"csm", "serd"},
        f"update service set service_type_code = 'serd' where id = {ONE.format('csm')}",
    ),
    "a service that comes to people": (
        {"sportello_sociale"},
        f"update service set delivery = 'domicilio' where id = {ONE.format('sportello_sociale')}",
    ),
    "a threshold": ({"centro_impiego"}, "update standard set minimum = 25 where id = 'LAV-centro_impiego'"),
    "a rule": ({"consultorio_familiare"}, "update standard set minimum = 15000 where id = 'CONS-20'"),
    "a target age": ({"centro_famiglie"}, "update service_type set age_max = 60 where code = 'centro_famiglie'"),
    "a layer without points": (
        set(),
        (
            "with added as (insert into area (id, level, code, name, parent_id, source_id)"
            f" select gen_random_uuid(), 'layer', 'prova/x', 'X', {TORINO}, 'servizi-ombra' returning id, parent_id)"
            " insert into area_within (area_id, ancestor_id) select id, parent_id from added"
        ),
    ),
    "a name of a place": (set(), f"update area set name = name || '!' where id = {TORINO}"),
    "a resident": (None, f"update population set persons = persons + 1 where age = 40 and area_id = {TORINO}"),
    "a weight": (
        None,
        "update demand_point set weight = 100 where area_id = (select id from area where level = 'quarter' limit 1)",
    ),
}
# The rules that a change concerns, where it concerns no more and no fewer.
RULES = {"a rule": {"CONS-20"}, "a weight": set(), "a threshold": set(), "a layer without points": set()}


def results(connection: Connection) -> dict[str, str]:
    """Count and hash of the rows of the run that is shown, without who wrote them when."""
    told = {}
    for table in TABLES:
        row = "md5(t::text)"
        told[table] = connection.scalar(
            text(
                f"select count(*) || ' ' || md5(coalesce(string_agg({row}, '' order by {row}), '')) from {table} t"
                " where run_id = (select id from coverage_run where current)"
            )
        )
    return told


def make(connection: Connection, statement: str) -> None:
    assert connection.execute(text(statement)).rowcount > 0, statement


def told(connection: Connection) -> tuple[dict[str, str], dict[str, str]]:
    found = digests(inputs.read(connection, today=TODAY), "x")
    return dict(found.types), dict(found.rules)


def computed(connection: Connection) -> int:
    """Make a run, and tell how many types it has computed."""
    lines: list[str] = []
    refresh_within(connection, progress=lines.append, today=TODAY)
    return next((int(line.split(": ")[1].split()[0]) for line in lines if "ombra" in line), 0)


def test_a_change_concerns_its_types_and_no_other(loaded):
    with loaded.connect() as connection:  # never committed
        before, rules = told(connection)
        standards = read_registry(connection).standards
        assert len(before) == 124
        for name, (concerned, statement) in CHANGES.items():
            with connection.begin_nested() as savepoint:
                make(connection, statement)
                after, after_rules = told(connection)
                savepoint.rollback()
            changed = {code for code in before if before[code] != after[code]}
            assert changed == (set(before) if concerned is None else concerned), name
            others = (
                {code for code in rules if not concerned & set(standards[code].service_types)} if concerned else set()
            )
            assert all(after_rules[code] == rules[code] for code in others), name
            changed = {code for code in rules if after_rules[code] != rules[code]}
            assert changed == RULES.get(name, set(rules) if concerned is None else changed), name
        assert told(connection) == (before, rules)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
def test_what_is_taken_over_is_what_would_be_computed(loaded, seed):
    """Several changes, some at a time, one after the other: bit for bit."""
    order = random.Random(seed).sample(list(CHANGES), k=6)
    with loaded.connect() as connection:  # never committed
        refresh_within(connection, progress=silent, today=TODAY)
        for some in (order[:1], order[1:3], order[3:]):
            concerned: set[str] | None = set()
            for name in some:
                types, statement = CHANGES[name]
                make(connection, statement)
                concerned = None if types is None or concerned is None else concerned | types
            assert computed(connection) == (124 if concerned is None else len(concerned)), some
        in_parts = results(connection)
        run = connection.scalar(text("select id from coverage_run where current"))
        connection.execute(text("delete from coverage_run"))
        assert computed(connection) == 124
        assert connection.scalar(text("select id from coverage_run where current")) == run
        assert results(connection) == in_parts


def test_what_was_deleted_of_a_run_is_computed_again(loaded):
    """A service that is deleted takes its reach along, and may come back as it was."""
    with loaded.connect() as connection:  # never committed
        refresh_within(connection, progress=silent, today=TODAY)
        whole = results(connection)
        for statement in (
            f"delete from service_reach where service_id = {ONE.format('dormitorio')}",
            (
                "delete from coverage_result where service_type_code = 'csm' and area_id in"
                " (select area_id from demand_point limit 3)"
            ),
            "delete from type_result where service_type_code = 'serd'",
        ):
            make(connection, statement)
        assert results(connection) != whole
        assert computed(connection) == 3
        assert results(connection) == whole
        make(connection, "delete from compliance_result where rule_id = 'CONS-20' and area_id is not null")
        assert computed(connection) == 0
        assert results(connection) == whole


def test_a_part_that_is_not_whole_or_hardly_another_is_not_taken_over(loaded):
    """A place is moved by a millimetre, which the identifier of a run leaves out on purpose."""
    moved = f"update location set geom = ST_Translate(geom, 1e-8, 0) where id = {PLACE.format('casa_quartiere')}"
    with loaded.connect() as connection:  # never committed
        refresh_within(connection, progress=silent, today=TODAY)
        make(connection, moved)
        assert computed(connection) == 0
        make(connection, f"delete from service_reach where service_id = {ONE.format('dormitorio')}")
        make(connection, CHANGES["a threshold"][1])
        assert computed(connection) == 3
        in_parts = results(connection)
        connection.execute(text("delete from coverage_run"))
        refresh_within(connection, progress=silent, today=TODAY)
        assert results(connection) == in_parts
