"""Two runs compared: the parts add up to the change, and each part gets what is its own."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text

from etl.derive import book, changes
from etl.derive.compare import Inseparable, differing, explain, read_run
from etl.derive.digests import PARTS
from etl.derive.run import refresh_within
from etl.errors import OmbraError
from etl.progress import silent

TODAY = date(2026, 11, 22)
KIND = "centro_impiego"
ONE = f"(select id from service where service_type_code = '{KIND}' and supply_status = 'attivo' order by name limit 1)"
THRESHOLD = f"update standard set minimum = 20 where id = 'LAV-{KIND}'"
PEOPLE = "update population set persons = persons * 2 where year = 2023 and age > 30"
CLOSED = f"update service set closed_on = current_date where id = {ONE}"
DOUBTED = f"update service set supply_status = 'da_verificare' where id = {ONE}"
UNLISTED = f"update source_coverage set complete = false where service_type_code = '{KIND}'"


@pytest.fixture
def connection(loaded):
    with loaded.connect() as connection:  # never committed
        yield connection


def compare(connection, *statements, kind=KIND):
    """A run before and one after some changes, and the parts of what became of the persons in shadow."""
    former = refresh_within(connection, progress=silent, today=TODAY).run_id
    for statement in statements:
        assert connection.execute(text(statement)).rowcount > 0, statement
    later = refresh_within(connection, progress=silent, today=TODAY).run_id
    return former, later, explain(connection, former, later, kind)


def shadow(connection, run, kind=KIND) -> pd.Series:
    rows = connection.execute(
        text(
            "select area_id::text, coalesce(shadow_confirmed, 0) from coverage_result"
            " where run_id = :run and service_type_code = :kind"
        ),
        {"run": run, "kind": kind},
    )
    return pd.Series(dict(map(tuple, rows)), dtype=float)


def by_part(parts: pd.DataFrame) -> dict[str, float]:
    """What each part did in all, to a thousandth of a person; those that did nothing are left out."""
    return {part: total for part, total in parts.abs().sum().round(3).items() if total}


@pytest.mark.parametrize(
    ("statements", "concerned"),
    [
        ([THRESHOLD], {"standards"}),
        pytest.param([PEOPLE], {"population"}, marks=pytest.mark.slow),
        pytest.param([CLOSED], {"services"}, marks=pytest.mark.slow),
        ([UNLISTED], {"data"}),
        ([THRESHOLD, PEOPLE], {"standards", "population"}),
        pytest.param([DOUBTED, THRESHOLD], {"services", "standards"}, marks=pytest.mark.slow),
        pytest.param([CLOSED, PEOPLE, THRESHOLD], {"services", "population", "standards"}, marks=pytest.mark.slow),
        ([CLOSED, PEOPLE, THRESHOLD, UNLISTED], {"services", "population", "standards", "data"}),
    ],
)
def test_the_parts_add_up_to_the_change_at_every_point(connection, statements, concerned):
    former, later, parts = compare(connection, *statements)
    change = shadow(connection, later) - shadow(connection, former)
    np.testing.assert_allclose(parts.sum(axis=1).reindex(change.index), change, atol=1e-6)
    assert change.abs().sum() > 1
    assert set(by_part(parts)) == concerned
    assert tuple(parts.columns) == PARTS


def test_two_parts_are_split_as_if_by_hand(connection):
    """Persons and rate: for a type without a capacity rule the residents change what is multiplied, T only the rate."""
    former, later, parts = compare(connection, THRESHOLD, PEOPLE)
    rows = connection.execute(
        text(
            "select a.area_id::text, a.persons p0, b.persons p1, coalesce(a.shadow_confirmed, 0) s0,"
            " coalesce(b.shadow_confirmed, 0) s1 from coverage_result a join coverage_result b"
            " using (area_id, service_type_code) where a.run_id = :a and b.run_id = :b and service_type_code = :k"
        ),
        {"a": former, "b": later, "k": KIND},
    )
    told = pd.DataFrame(rows.mappings().all()).set_index("area_id")
    rates = [told["s0"] / told["p0"], told["s1"] / told["p1"]]
    by_people = (told["p1"] - told["p0"]) * sum(rates) / 2
    by_threshold = (rates[1] - rates[0]) * (told["p0"] + told["p1"]) / 2
    assert by_threshold.sum() > 1
    np.testing.assert_allclose(parts["population"].reindex(told.index), by_people, atol=1e-6)
    np.testing.assert_allclose(parts["standards"].reindex(told.index), by_threshold, atol=1e-6)


def test_a_part_that_concerns_other_types_has_no_share(connection):
    _former, _later, parts = compare(
        connection, THRESHOLD, CLOSED.replace(KIND, "csm"), PEOPLE.replace("> 30", "> 200 or age = 1")
    )
    assert set(by_part(parts)) == {"standards"}


def test_what_another_code_gave_differently_is_the_method(connection):
    """The former run is written as another code would have left it: 10 persons fewer at one point."""
    former, later, _parts = compare(connection, THRESHOLD)
    point = shadow(connection, former).idxmax()
    connection.execute(
        text(
            "update coverage_result set shadow_confirmed = shadow_confirmed - 10"
            " where run_id = :run and service_type_code = :kind and area_id = :point"
        ),
        {"run": former, "kind": KIND, "point": point},
    )
    with_method = 'update coverage_run set digests = digests || \'{"method": "x"}\' where id = :run'
    connection.execute(text(with_method), {"run": former})
    parts = explain(connection, former, later, KIND)
    assert parts["method"].round(6).drop(point).eq(0).all()
    assert parts["method"][point] == pytest.approx(10)
    change = shadow(connection, later) - shadow(connection, former)
    np.testing.assert_allclose(parts.sum(axis=1).reindex(change.index), change, atol=1e-6)


def test_parts_that_cannot_be_told_apart_are_not_guessed(connection):
    former, later, _parts = compare(connection, THRESHOLD, PEOPLE)
    connection.execute(text("delete from coverage_change"))
    for spoil, reason in (
        ("update coverage_run set inputs = inputs - 'tables' where id = :run", "dati di partenza"),
        ('update coverage_run set digests = digests || \'{"travel": "x"}\' where id = :run', "altri tempi"),
        (
            'update coverage_run set inputs = inputs || \'{"engine": {"engine": "matrix"}}\' where id = :run',
            "tabella dei tempi",
        ),
    ):
        with connection.begin_nested() as savepoint:
            connection.execute(text(spoil), {"run": former})
            with pytest.raises(Inseparable, match=reason):
                explain(connection, former, later, KIND)
            savepoint.rollback()
    assert not connection.scalar(text("select count(*) from coverage_change"))


def test_the_same_run_and_a_type_without_results(connection):
    run = refresh_within(connection, progress=silent, today=TODAY).run_id
    assert not differing(read_run(connection, run), read_run(connection, run))
    assert not explain(connection, run, run, KIND).to_numpy().any()
    with pytest.raises(OmbraError, match="tipo_ignoto"):
        explain(connection, run, run, "tipo_ignoto")


def test_an_explanation_is_kept_told_once_and_goes_with_its_run(connection):
    former, later, parts = compare(connection, THRESHOLD)
    kept = connection.execute(text("select area_id::text, standards from coverage_change")).all()
    assert {row.area_id: row.standards for row in kept} == parts["standards"].to_dict()
    versions = "select count(*) from data_version"
    told = connection.scalar(text(versions))
    explain(connection, former, later, KIND)
    assert connection.scalar(text(versions)) == told
    book.remove(connection, former)
    assert not connection.scalar(text("select count(*) from coverage_change"))


def test_services_that_came_went_and_changed(connection):
    moved = (
        "update location set geom = ST_Translate(geom, 0.01, 0) where id = (select location_id from service_at_location"
        f" where service_id = (select id from service where service_type_code = '{KIND}' order by name desc limit 1))"
    )
    names = connection.execute(
        text("select name from service where service_type_code = :k and supply_status = 'attivo' order by name"),
        {"k": KIND},
    ).scalars()
    active = list(names)
    former, later, _parts = compare(connection, CLOSED, moved)
    runs = [read_run(connection, run) for run in (former, later)]
    found = changes.service_changes(connection, *runs, KIND)
    assert [(one.event, one.what) for one in found] == [("uscito", ()), ("cambiato", ("posizione",))]
    assert found[0].name == active[0]
    back = changes.service_changes(connection, *runs[::-1], KIND)
    assert [one.event for one in back] == ["nuovo", "cambiato"]
    assert changes.service_changes(connection, *runs, "csm") == []
    doubted = (
        f"update service set supply_status = 'da_verificare' where name = '{active[3].replace(chr(39), chr(39) * 2)}'"
    )
    _former, last, _parts = compare(connection, doubted)
    [one] = changes.service_changes(connection, runs[1], read_run(connection, last), KIND)
    assert (one.event, one.name, one.what) == ("cambiato", active[3], ("certezza",))
