"""Equity and need over the network: declared, the same in both faces, problems where nothing can be told."""

import csv
import io

import pytest
from fastapi.testclient import TestClient

from app.api.schemas import Equity, EquityAreaProperties, EquityGroup, NeedIndicator, NeedProperties
from geo import moran

EQUITY, AREAS, NEED = "/api/v1/equity", "/api/v1/equity/areas", "/api/v1/need"


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("measure", ["minutes", "score", "shadow"])
def test_every_figure_is_declared_and_explained(client: TestClient, measure: str) -> None:
    answer = client.get(EQUITY, params={"type": "centro_impiego", "measure": measure})
    assert answer.status_code == 200
    found = Equity.model_validate(answer.json())
    assert found.theil == pytest.approx(found.theil_between + found.theil_within)
    assert len(found.groups) == 11
    assert sum(group.persons for group in found.groups) == pytest.approx(found.persons)
    assert sum(group.theil_within for group in found.groups) == pytest.approx(found.theil_within)
    assert set(found.sentences) == {"persons", "mean", "gini", "theil", "concentration", "fgt", "moran"}
    assert found.need["label"] == "indice_vecchiaia"
    assert (found.concentration_corrected is not None) == (measure == "shadow")


def test_groups_come_as_a_table(client: TestClient) -> None:
    query = {"type": "centro_impiego", "by": "distretto", "format": "csv"}
    rows = table(client.get(EQUITY, params=query).text)
    assert list(rows[0]) == list(EquityGroup.model_fields)
    assert "non caricato" in {row["name"] for row in rows}
    assert sum(float(row["part_p0"]) for row in rows) == pytest.approx(1.0)


def test_municipalities_come_as_features_and_as_a_table(client: TestClient) -> None:
    query = {"type": "casa_comunita", "limit": 400}
    features = client.get(AREAS, params=query).json()
    assert features["numberMatched"] == 312
    told = [EquityAreaProperties.model_validate(one["properties"]) for one in features["features"]]
    known = [one for one in told if one.value is not None]
    assert all(one.value is None and one.cluster is None and one.access_third is None for one in told[len(known) :])
    assert [one.value for one in known] == sorted((one.value for one in known), reverse=True)
    assert {one.access_third for one in known} == {1, 2, 3}
    rows = table(client.get(AREAS, params=query | {"format": "csv"}).text)
    assert [row["code"] for row in rows] == [one.code for one in told]
    inside = client.get(AREAS, params=query | {"area": "05"}).json()
    assert 0 < inside["numberMatched"] < 312
    assert any(link["rel"] == "permalink" for link in features["links"])


def test_the_mean_of_the_municipalities_is_that_of_the_whole(client: TestClient) -> None:
    whole = client.get(EQUITY, params={"type": "casa_comunita"}).json()
    rows = table(client.get(AREAS, params={"type": "casa_comunita", "limit": 400, "format": "csv"}).text)
    known = [(float(row["known"]), float(row["value"])) for row in rows if row["value"]]
    assert sum(n * value for n, value in known) / sum(n for n, _value in known) == pytest.approx(whole["mean"])
    assert sum(float(row["persons"]) for row in rows) == pytest.approx(whole["persons"])
    assert whole["left_senza_dati"] == pytest.approx(whole["persons"] - sum(n for n, _value in known))


def test_without_the_libraries_the_rest_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moran, "available", lambda: False)
    found = client.get(EQUITY, params={"type": "centro_impiego", "line": 40}).json()
    assert found["moran"] is None
    assert "esda" in found["moran_note"]
    assert found["gini"] > 0
    assert found["line_kind"] == "indicata"


def test_need_by_area_in_both_faces(client: TestClient) -> None:
    query = {"indicator": ["quota_75", "quota_0_2=-2"], "composite": "ranks", "level": "zona_omogenea"}
    features = client.get(NEED, params=query).json()["features"]
    told = [NeedProperties.model_validate(one["properties"]) for one in features]
    assert {one.indicator for one in told} == {"ranks(quota_75 - 2 quota_0_2)"}
    assert [one.value for one in told] == sorted((one.value for one in told), reverse=True)
    rows = table(client.get(NEED, params=query | {"format": "csv"}).text)
    assert [row["code"] for row in rows] == [one.code for one in told]


def test_the_indicators_say_what_they_are_and_what_is_not_there(client: TestClient) -> None:
    told = [NeedIndicator.model_validate(row) for row in client.get(f"{NEED}/indicators").json()]
    assert told[0].code == "indice_vecchiaia"
    assert told[0].year == 2023
    reports = next(one for one in told if one.code == "segnalazioni")
    assert (reports.year, reports.levels, reports.note) == (None, [], "nessuna segnalazione ancora")
    rows = table(client.get(f"{NEED}/indicators?format=csv").text)
    assert [row["code"] for row in rows] == [one.code for one in told]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{EQUITY}?type=farmacia", 400),
        (f"{EQUITY}?type=bar", 404),
        (f"{EQUITY}?type=centro_impiego&line=500", 400),
        (f"{EQUITY}?type=centro_impiego&line=0", 422),
        (f"{EQUITY}?type=centro_impiego&measure=chilometri", 422),
        (f"{EQUITY}?type=centro_impiego&indicator=felicita", 404),
        (f"{AREAS}?type=centro_impiego&run=inesistente", 404),
        (f"{NEED}?indicator=quota_75&indicator=quota_80", 400),
        (f"{NEED}?indicator=quota_75=x&composite=z&indicator=quota_80", 400),
        (f"{NEED}?level=quarter", 422),
        (f"{NEED}?area=nessuna", 404),
    ],
)
def test_what_cannot_be_told_is_a_problem(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
