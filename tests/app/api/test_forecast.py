"""The forecast over the network: zones, ages and municipalities, every row labelled; wrong questions."""

import csv
import io
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from app.api.forecast import Assumption, By
from app.api.schemas import ForecastProperties
from app.commands import forecast as command
from app.reports.forecast import AGE, LEVELS
from etl.derive.forecast import LABEL, read
from geo.forecast import ASSUMPTIONS

URL = "/api/v1/forecast"


def rows(client: TestClient, query: str = "") -> list[dict]:
    answer = client.get(f"{URL}?limit=1000{query}")
    assert answer.status_code == 200, answer.text
    found = [feature["properties"] for feature in answer.json()["features"]]
    for row in found:
        assert ForecastProperties.model_validate(row).label == LABEL
    return found


def test_every_scenario_of_every_zone_sums_to_that_of_the_whole(client: TestClient) -> None:
    found, whole = rows(client), rows(client, "&by=territorio")
    assert {(row["assumption"], row["year"]) for row in found} == {
        (code, y) for code in ASSUMPTIONS for y in (2028, 2033)
    }
    for total in whole:
        same = [row for row in found if (row["assumption"], row["year"]) == (total["assumption"], total["year"])]
        assert len(same) == 11
        assert sum(row["persons"] for row in same) == total["persons"]
        assert sum(row["persons_launch"] for row in same) == total["persons_launch"] == 2_198_237
        assert total["change"] == pytest.approx(total["persons"] - total["persons_launch"])
        assert total["change_percent"] == pytest.approx(100 * total["change"] / total["persons_launch"])
    assert [row["code"] for row in found] == sorted(row["code"] for row in found)


def test_municipalities_are_those_of_the_model(client: TestClient, loaded) -> None:
    with loaded.begin() as connection:
        people = read(connection).people([2030], "corretta")[2030]
        codes = dict(connection.exec_driver_sql("select id::text, code from area where level = 'municipality'").all())
    expected = people.of(age_min=0, age_max=2).rename(index=codes)
    found = rows(client, "&by=municipality&type=asilo_nido&year=2030&assumption=corretta")
    assert {row["code"]: row["persons"] for row in found} == expected.to_dict()
    assert {(row["age_min"], row["age_max"], row["launch_year"]) for row in found} == {(0, 2, 2023)}
    inside = rows(
        client, "&by=municipality&type=asilo_nido&year=2030&assumption=corretta&area=05&bbox=7.2,44.8,7.4,45.0"
    )
    assert {row["parent_code"] for row in inside} == {"05"}
    assert 0 < len(inside) < 47


def test_ages_of_an_area_sum_to_its_people(client: TestClient) -> None:
    zone = next(row for row in rows(client, "&year=2033&assumption=tendenza") if row["code"] == "05")
    found = rows(client, "&by=age&area=05&year=2033&assumption=tendenza")
    assert sum(row["persons"] for row in found) == zone["persons"]
    assert {row["code"] for row in found} == {"05"}
    assert [row["age_min"] for row in found] == [0, 3, 6, 11, 14, 19, 30, 50, 65, 75, 80, 90]
    narrow = rows(client, "&by=age&area=05&year=2033&assumption=tendenza&age_min=4&age_max=75")
    assert [(row["age_min"], row["age_max"]) for row in narrow][::8] == [(4, 5), (75, 75)]
    assert all(feature["geometry"] is None for feature in client.get(f"{URL}?by=age").json()["features"])
    assert all(feature["geometry"] for feature in client.get(f"{URL}?by=distretto").json()["features"])


def test_the_table_has_the_rows_of_the_features_and_pages_join(client: TestClient) -> None:
    answer = client.get(f"{URL}?format=csv&limit=1000&age_min=80")
    table = list(csv.DictReader(io.StringIO(answer.text)))
    found = rows(client, "&age_min=80")
    assert [float(row["persons"]) for row in table] == pytest.approx([row["persons"] for row in found])
    assert {row["label"] for row in table} == {LABEL}
    ranks, url = [], f"{URL}?age_min=80&limit=40"
    while url:
        page = client.get(url).json()
        ranks += [feature["properties"]["rank"] for feature in page["features"]]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    assert ranks == [row["rank"] for row in found]


def test_the_words_of_the_address_are_those_of_the_model() -> None:
    assert get_args(Assumption) == tuple(ASSUMPTIONS)
    assert set(get_args(By)) == {*LEVELS, AGE}
    assert [word.value for word in command.Assumption] == ["all", *ASSUMPTIONS]
    assert {word.value for word in command.By} == {*LEVELS, AGE}


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("year=2040&age_min=95", 400, "2040 non si può prevedere. Oltre i 90 anni"),
        ("age_min=9&age_max=4", 400, "Età da 9 a 4"),
        ("type=asilo_nido&age_min=3", 400, "type"),
        ("type=bar", 404, "bar"),
        ("area=bar", 404, "bar"),
        ("assumption=bar", 422, "assumption"),
        ("by=bar", 422, "by"),
        ("age_min=-1", 422, "age_min"),
        ("anno=2033", 400, "anno"),
    ],
)
def test_wrong_questions_are_told(client: TestClient, query: str, status: int, told: str) -> None:
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


def test_an_area_without_municipalities_has_no_forecast(client: TestClient) -> None:
    settlement = client.get("/api/v1/areas?level=settlement&limit=1").json()["features"][0]["properties"]["code"]
    answer = client.get(f"{URL}?by=age&area={settlement}")
    assert answer.status_code == 404
    assert "La previsione è per comune" in answer.json()["detail"]
