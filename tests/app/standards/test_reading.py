"""Outcomes of a run that is asked for by its number, beside those of the run that is shown."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.standards import reading
from etl.derive.run import Wishes, refresh_within
from etl.progress import silent

TODAY = date(2026, 11, 22)
RULE, CITY = "CONS-20", "ASL Città di Torino / Città di Torino"
WHOLE = "metropolitan_city"


@pytest.fixture(scope="module")
def session(loaded):
    """Two runs: the one that is shown, and one with a consultorio of Torino that is to be verified."""
    with loaded.connect() as connection:  # never committed
        refresh_within(connection, progress=silent, today=TODAY)
        one = (
            "update service set supply_status = 'da_verificare' where id = (select s.id from service s"
            " join service_at_location x on x.service_id = s.id join location l on l.id = location_id"
            " join area a on a.id = l.municipality_id where service_type_code = 'consultorio_familiare'"
            " and a.code = '001272' and supply_status = 'attivo' order by s.name limit 1)"
        )
        assert connection.execute(text(one)).rowcount == 1
        with Session(connection) as session:
            yield session


@pytest.fixture(scope="module")
def other(session):
    wishes = Wishes(show=False)
    return refresh_within(session.connection(), progress=silent, today=TODAY, wishes=wishes).run_id


def city(found):
    return found.set_index("unit_code").loc[CITY]


def test_outcomes_are_those_of_the_run_that_is_asked_for(session, other):
    shown, told = (city(reading.outcomes(session, rule_id=RULE, run=run)) for run in (None, other))
    assert told["capacity_confirmed"] == shown["capacity_confirmed"] - 1
    assert told["shortfall_confirmed"] == shown["shortfall_confirmed"] + 1
    assert told["capacity_all"] == shown["capacity_all"]


def test_what_falls_to_areas_is_of_the_same_run(session, other):
    total = {}
    for run in (None, other):
        found = reading.outcomes(session, rule_id=RULE, run=run)
        [share] = reading.on_areas(session, found, WHOLE, rule_id=RULE, run=run)
        total[run] = share.shortfall_confirmed
        assert total[run] == pytest.approx(found["shortfall_confirmed"].sum())
    assert total[other] == pytest.approx(total[None] + 1)


@pytest.mark.parametrize(("year", "counted"), [(2022, 2022), (2023, 2023), (2033, 2023)])
def test_residents_are_of_the_year_of_the_run_or_the_latest_before_it(session, other, year, counted):
    """A run on a forecast has people of a year that is in no table."""
    connection = session.connection()
    everybody = connection.scalar(text("select sum(persons) from population where year = :year"), {"year": counted})
    with connection.begin_nested() as savepoint:
        connection.execute(
            text("update coverage_run set population_year = :year where id = :run"), {"year": year, "run": other}
        )
        found = reading.outcomes(session, rule_id=RULE, run=other)
        [share] = reading.on_areas(session, found, WHOLE, rule_id=RULE, run=other)
        savepoint.rollback()
    assert share.persons == pytest.approx(float(everybody))
