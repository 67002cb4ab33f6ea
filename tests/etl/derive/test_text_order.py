"""Databases of another language put texts in another order: what a run reads does not depend on it."""

import pytest
from sqlalchemy import insert, text

from etl.derive.people import read_weights
from etl.derive.registry import read_registry
from etl.store import models as m
from etl.travel.matrix import from_store

FIRST, LAST = "Zeta", "alfa"  # by the letters; an Italian dictionary has them the other way round
TOWN = "select id from area where level = 'municipality' and code = '001272'"


@pytest.fixture
def connection(loaded_scratch):
    """Texts in the order of an Italian dictionary, and two sources that this order turns round."""
    with loaded_scratch.begin() as connection:
        connection.execute(text("drop schema ogc cascade"))  # views keep the columns below as they are
        for table, column in (("indicator", "source_id"), ("travel_time", "source_id"), ("area", "code")):
            connection.execute(text(f'alter table {table} alter column {column} type text collate "it-x-icu"'))
        source = dict(connection.execute(text("select * from source limit 1")).mappings().one())
        connection.execute(insert(m.Source.__table__), [source | {"id": one} for one in (FIRST, LAST)])
        assert connection.execute(text(f"""select '{FIRST}' > '{LAST}' collate "it-x-icu" """)).scalar()
        yield connection


def told(connection, figures: dict[str, dict[str, float]], area) -> None:
    rows = [
        {"area_id": area, "year": 2021, "name": name, "source_id": source, "value": value}
        for source, values in figures.items()
        for name, value in values.items()
    ]
    connection.execute(insert(m.Indicator), rows)


def test_of_two_sources_of_the_inner_class_one_counts_everywhere(connection):
    town = connection.execute(text(TOWN)).scalar_one()
    told(connection, {FIRST: {"classe_snai": 6}, LAST: {"classe_snai": 4}}, town)
    assert read_registry(connection).conditions["intermedio"].municipalities == (str(town),)


def test_of_two_sources_of_ages_one_counts_everywhere(connection):
    point = connection.execute(text("select area_id from demand_point limit 1")).scalar_one()
    connection.execute(
        text("update demand_point set demand_precision = 'census_section' where area_id = :id"), {"id": point}
    )
    names = ("popolazione", "eta_0_14", "eta_65_oltre", "eta_75_oltre")
    figures = {FIRST: (100.0, 10.0, 20.0, 5.0), LAST: (200.0, 50.0, 40.0, 10.0)}
    told(connection, {source: dict(zip(names, values, strict=True)) for source, values in figures.items()}, point)
    assert read_weights(connection).loc[str(point)].tolist() == [50.0, 110.0, 30.0, 10.0]


def test_of_two_sources_of_minutes_one_counts_everywhere(connection):
    start = connection.execute(text(TOWN)).scalar_one()
    end = connection.execute(text(TOWN.replace("001272", "001156"))).scalar_one()
    rows = [
        {"source_id": source, "origin_id": start, "destination_id": end, "mode": "car", "minutes": minutes}
        for source, minutes in ((FIRST, 11.0), (LAST, 12.0))
    ]
    connection.execute(insert(m.TravelTime), rows)
    found = from_store(connection)
    assert found.describe()["source"] == FIRST
    assert found.pairs["minutes"].tolist() == [11.0]
