"""The forecast of the stored residents, and the run that assumes them."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from etl.derive import cases, status
from etl.derive.digests import part_digests
from etl.derive.forecast import HORIZONS, LABEL, Forecast, faults, forecast, read
from etl.derive.registry import Band
from etl.errors import OmbraError
from geo.forecast import ASSUMPTIONS
from tests.etl.tools import frame

LAUNCH = 2023


@pytest.fixture(scope="module")
def basis(loaded):
    with loaded.begin() as connection:
        return read(connection)


def test_the_basis_is_what_is_stored(loaded, basis) -> None:
    assert (basis.former, basis.launch, basis.horizons) == (2022, LAUNCH, (2028, 2033))
    found = frame(loaded, "select area_id::text as area, year, sex, least(age, 90) as age,"
                          " sum(persons)::float as persons from population group by 1, 2, 3, 4")  # fmt: skip
    for year, persons in ((2022, basis.transition.former), (2023, basis.transition.later)):
        cube = found[found["year"] == year].set_index(["area", "sex", "age"])["persons"].sort_index()
        told = replace(basis.transition.launch, persons=persons).frame().set_index(["area", "sex", "age"])["persons"]
        assert told.sort_index().equals(cube)
    zones = frame(loaded, "select w.area_id::text as area, w.ancestor_id::text as zone from area_within w"
                          " join area z on z.id = w.ancestor_id and z.level = 'zona_omogenea'"
                          " join area a on a.id = w.area_id and a.level = 'municipality'")  # fmt: skip
    members = basis.transition.zones[basis.transition.zone]
    assert dict(zip(basis.transition.areas, members, strict=True)) == dict(
        zip(zones["area"], zones["zone"], strict=True)
    )


@pytest.mark.parametrize("assumption", ASSUMPTIONS)
def test_zones_sum_to_the_whole_exactly(basis, assumption) -> None:
    members = basis.transition.zones[basis.transition.zone]
    for people in basis.people(basis.horizons, assumption).values():
        for band in ({}, {"age_max": 2}, {"age_min": 75}, {"age_min": 80}, {"age_min": 15, "age_max": 64, "sex": "F"}):
            persons = people.of(**band)
            assert persons.groupby(members.to_numpy()).sum().sum() == persons.sum() == persons[::-1].sum()
            assert (persons >= 0).all()


def test_the_year_of_the_launch_is_what_was_counted(loaded, basis) -> None:
    counted = frame(loaded, "select area_id::text as area, sum(persons)::float as n from population"
                            " where year = 2023 and age <= 2 group by 1")  # fmt: skip
    told = basis.people([LAUNCH])[LAUNCH].of(age_max=2)
    assert told.to_dict() == dict(zip(counted["area"], counted["n"], strict=True))


def test_the_variant_replaces_residents_and_year_and_nothing_else(loaded, basis, read) -> None:
    variant = Forecast(2033, "tendenza", basis)
    later = variant.apply(read)
    assert later.year == 2033
    assert list(later.population.columns) == list(read.population.columns)
    assert set(later.population["area"]) == set(read.population["area"])
    told = [part_digests(one, travel={}, method="x") for one in (read, later)]
    assert {part for part in told[0] if told[0][part] != told[1][part]} == {"population"}
    assert variant.told() == {
        "kind": "forecast",
        "name": None,
        "year": 2033,
        "assumption": "tendenza",
        "former": 2022,
        "launch": LAUNCH,
        "label": LABEL,
    }
    # Bands beside each other leave nobody out, the open class included.
    whole = sum(later.persons(band).sum() for band in (Band(None, 64), Band(65, 74), Band(75, None)))
    assert whole == basis.people([2033])[2033].of().sum()


def test_status_is_that_of_the_people_to_come(basis, read) -> None:
    """Where people are out of reach does not change; how many they are does."""
    later = Forecast(2028, "tendenza", basis).apply(read)
    before, after = (next(iter(cases.cases(one, only=["centro_impiego"]))) for one in (read, later))
    results = [status.results(case) for case in (before, after)]
    assert results[0]["status"].tolist() == results[1]["status"].tolist()
    towns = read.points["municipality"]
    band = Band(15, 64)
    assert after.persons.groupby(towns).sum().sum() == pytest.approx(later.persons(band).sum())
    # With the capacity left as it is, the shadow of points out of reach moves with the people of their municipality.
    out = results[0]["status"] == "scoperta"
    scale = towns.map(later.persons(band) / read.persons(band))[out]
    assert results[1].loc[out, "shadow_confirmed"].tolist() == pytest.approx(
        (results[0].loc[out, "shadow_confirmed"] * scale).tolist()
    )


def test_residents_that_changed_meanwhile_are_refused(basis, read) -> None:
    variant = Forecast(2033, "tendenza", basis)
    other = read.population.copy()
    other.loc[0, "persons"] += 1
    for changed in (replace(read, population=other), replace(read, population=read.population[1000:]),
                    replace(read, year=2024)):  # fmt: skip
        with pytest.raises(OmbraError, match="I residenti sono cambiati"):
            variant.apply(changed)


def test_what_cannot_be_forecast_is_told_at_once(loaded) -> None:
    told = " ".join(faults([2023, 2028, 2034], ["tendenza", "bel tempo"], LAUNCH))
    assert "dal 2024 al 2033: 2023, 2034 non si può prevedere" in told
    assert "bel tempo" in told
    assert faults([LAUNCH + ahead for ahead in HORIZONS], list(ASSUMPTIONS), LAUNCH) == []
    with loaded.begin() as connection, pytest.raises(OmbraError, match="2050"):
        forecast(connection, 2050)


def test_without_two_years_in_a_row_there_is_no_forecast(loaded_session) -> None:
    connection = loaded_session.connection()
    connection.execute(text("update population set year = 2021 where year = 2022"))
    with pytest.raises(OmbraError, match="due anni di seguito; anni caricati: 2021, 2023"):
        read(connection)
    connection.execute(text("delete from population"))
    with pytest.raises(OmbraError, match="anni caricati: nessuno"):
        read(connection)


def test_a_municipality_that_is_in_one_year_only_or_in_no_zone_is_told(loaded_session) -> None:
    connection = loaded_session.connection()
    connection.execute(text(
        "delete from population where year = 2022 and area_id = (select id from area where code = '001272'"
        " and level = 'municipality')"
    ))  # fmt: skip
    with pytest.raises(OmbraError, match="la previsione non si può fare") as error:
        read(connection)
    assert "merged or split" in str(error.value)
