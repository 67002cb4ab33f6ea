"""Every list of the API: shape, figures that are known from elsewhere, filters, pages, formats."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.api import schemas
from app.queries.services import certainty as certainty_of_lists
from etl.derive.supply import certainty as certainty_of_measures
from etl.store import models as m

RESIDENTS_2023 = 2_198_237  # ISTAT, 1 January 2023

LISTS: list[tuple[str, type[BaseModel]]] = [
    ("/api/v1/areas?level=municipality", schemas.AreaProperties),
    ("/api/v1/areas?level=settlement", schemas.AreaProperties),
    ("/api/v1/services?limit=1000", schemas.ServiceProperties),
    ("/api/v1/gaps?type=casa_comunita", schemas.GapProperties),
    ("/api/v1/gaps?type=casa_rifugio&level=zona_omogenea", schemas.GapProperties),
    ("/api/v1/gaps/points?type=consultorio_familiare", schemas.PointProperties),
    ("/api/v1/compliance", schemas.ComplianceProperties),
    ("/api/v1/overlaps", schemas.OverlapProperties),
]


def features(client: TestClient, url: str) -> list[dict[str, Any]]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["features"])


def pages(client: TestClient, url: str) -> list[dict[str, Any]]:
    """Follow the links to the end."""
    found: list[dict[str, Any]] = []
    following: str | None = url
    while following is not None:
        body = client.get(following).json()
        found += body["features"]
        following = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    return found


@pytest.mark.parametrize(("url", "model"), LISTS)
def test_properties_are_the_declared_ones(client: TestClient, url: str, model: type[BaseModel]) -> None:
    answer = client.get(url)
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    assert body["features"], "an empty list would prove nothing"
    assert body["numberReturned"] == len(body["features"]) <= body["numberMatched"]
    for feature in body["features"]:
        model.model_validate(feature["properties"])


@pytest.mark.parametrize(("url", "model"), LISTS)
def test_csv_holds_the_same_rows(client: TestClient, url: str, model: type[BaseModel]) -> None:
    answer = client.get(f"{url}&format=csv" if "?" in url else f"{url}?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == len(features(client, url))
    assert set(rows[0]) == set(model.model_fields)


@pytest.mark.parametrize(
    ("level", "count"), [("municipality", 312), ("zona_omogenea", 11), ("metropolitan_city", 1), ("quarter", 23)]
)
def test_areas_of_each_level(client: TestClient, level: str, count: int) -> None:
    found = features(client, f"/api/v1/areas?level={level}")
    assert len(found) == count
    if level != "quarter":
        assert sum(feature["properties"]["persons"] for feature in found) == RESIDENTS_2023


def test_areas_within_an_area_and_a_box(client: TestClient) -> None:
    pinerolese = features(client, "/api/v1/areas?level=municipality&area=05")
    assert len(pinerolese) == 45  # official list of the zona omogenea
    box = features(client, "/api/v1/areas?level=municipality&bbox=7.66,45.06,7.68,45.08")
    assert [feature["properties"]["name"] for feature in box] == ["Torino"]


@pytest.mark.parametrize("limit", [1, 7, 50, 10_000])
def test_pages_show_every_service_once(client: TestClient, limit: int) -> None:
    whole = [feature["id"] for feature in features(client, "/api/v1/services?limit=10000")]
    paged = [feature["id"] for feature in pages(client, f"/api/v1/services?limit={limit}")]
    assert len(whole) == 244
    assert paged == whole


def test_pages_of_a_ranking_keep_its_order(client: TestClient) -> None:
    whole = features(client, "/api/v1/gaps?type=centro_impiego&limit=1000")
    paged = pages(client, "/api/v1/gaps?type=centro_impiego&limit=100")
    assert [feature["id"] for feature in paged] == [feature["id"] for feature in whole]
    assert [feature["properties"]["rank"] for feature in whole] == list(range(1, 313))


def test_services_by_type_certainty_area_and_words(client: TestClient) -> None:
    types = {f["properties"]["type"] for f in features(client, "/api/v1/services?type=csm")}
    assert types == {"csm"}
    sure = features(client, "/api/v1/services?type=centro_impiego&certainty=confermata")
    assert {f["properties"]["certainty"] for f in sure} == {"confermata"}
    assert len(sure) == 4
    two = features(client, "/api/v1/services?type=centro_impiego&certainty=confermata&certainty=incerta")
    assert len(two) == 13
    turin = features(client, "/api/v1/services?area=001272&limit=1000")
    assert {f["properties"]["municipality"] for f in turin} == {"Torino"}
    words = features(client, "/api/v1/services?q=ragnatela")
    assert [f["properties"]["name"] for f in words] == ["Mensa La Ragnatela"]
    assert features(client, "/api/v1/services?q=100%25") == []


def test_a_point_known_only_by_municipality_is_not_published(client: TestClient) -> None:
    every = features(client, "/api/v1/services?limit=1000")
    vague = [f for f in every if f["properties"]["precision"] == "municipality"]
    assert len(vague) == 109
    assert all(f["geometry"] is None for f in vague)
    assert all(f["geometry"] is not None for f in every if f["properties"]["precision"] != "municipality")


def test_one_service_is_the_one_of_the_list(client: TestClient) -> None:
    listed = features(client, "/api/v1/services?limit=1")[0]
    assert client.get(f"/api/v1/services/{listed['id']}").json() == listed


def test_the_ranking_puts_what_is_certain_first(client: TestClient) -> None:
    rows = [f["properties"] for f in features(client, "/api/v1/gaps?type=casa_quartiere&limit=1000")]
    firm = [(row["shadow_confirmed"] or 0.0) - row["probable"] for row in rows if row["assessed"] > 0]
    assert firm == sorted(firm, reverse=True)
    assert firm[0] > 0


def test_the_two_supplies_differ_visibly(client: TestClient) -> None:
    """The other half of the desks is known from old pages only: 9 of 13 are uncertain supply."""
    [whole] = features(client, "/api/v1/gaps?type=centro_impiego&level=metropolitan_city")
    found = whole["properties"]
    assert found["shadow_confirmed"] > 5 * found["shadow_all"] > 0
    assert found["unknown"] == 0


def test_no_data_is_not_no_service(client: TestClient) -> None:
    rows = [f["properties"] for f in features(client, "/api/v1/gaps?type=consultorio_familiare&limit=1000")]
    turin = next(row for row in rows if row["code"] == "001272")
    assert turin["complete"]
    assert turin["unknown"] == 0
    others = [row for row in rows if row["code"] != "001272"]
    assert not any(row["complete"] for row in others)
    assert all(row["persons_scoperta"] == 0 for row in others), "an incomplete list never proves a gap"
    assert {row["reason"] for row in others if row["majority"] == "senza_dati"} == {"elenco_incompleto"}
    assert sum(row["unknown"] for row in others) > 0
    for row in others:
        if row["assessed"] == 0:
            assert row["shadow_confirmed"] is None


def test_types_and_standards(client: TestClient) -> None:
    types = client.get("/api/v1/service-types").json()
    assert sum(kind["services"] for kind in types) == 244
    rules = client.get("/api/v1/standards?type=consultorio_familiare").json()
    assert {"CONS-20", "LAV-consultorio_familiare"} <= {rule["id"] for rule in rules}
    working = next(rule for rule in rules if rule["id"].startswith("LAV-"))
    assert (working["law"], working["act"]) == (False, "criterio di lavoro")
    assert not any(rule["law"] for rule in client.get("/api/v1/standards?law=false").json())


def test_compliance_has_one_outcome_for_each_unit(client: TestClient) -> None:
    rows = [f["properties"] for f in features(client, "/api/v1/compliance?rule=CONS-20")]
    outcomes = {row["unit_name"] or row["unit_code"]: row["outcome_confirmed"] for row in rows}
    [turin] = [outcome for unit, outcome in outcomes.items() if unit.startswith("Città di Torino")]
    assert turin == "sotto_minimo"
    assert outcomes["non-caricata"] == "unita_non_caricata"
    assert len(rows) == 7  # the city, five districts of ASL TO3, everything else


@pytest.mark.parametrize(
    "path", ["areas?level=quarter", "gaps/points?type=csm", "compliance?", "overlaps?", "services?"]
)
def test_a_box_far_away_holds_nothing(client: TestClient, path: str) -> None:
    assert features(client, f"/api/v1/{path}&bbox=10,10,11,11") == []
    empty = client.get(f"/api/v1/{path}&bbox=10,10,11,11&format=csv").text.splitlines()
    assert len(empty) == 1, "an empty table has its header"


def test_vocabulary_as_tables(client: TestClient) -> None:
    types = list(csv.DictReader(io.StringIO(client.get("/api/v1/service-types?format=csv").text)))
    assert len(types) == 124
    rules = list(csv.DictReader(io.StringIO(client.get("/api/v1/standards?format=csv").text)))
    assert len(rules) == 81 + 124


@pytest.mark.parametrize("status", ["attivo", "da_verificare", "atteso", "programmato"])
@pytest.mark.parametrize("days", [-1, 0, 1, None])
def test_certainty_is_the_same_for_lists_and_measures(loaded_session: Session, status: str, days: int | None) -> None:
    today = loaded_session.execute(select(func.current_date())).scalar_one()
    expected = None if days is None else today + timedelta(days=days)
    loaded_session.execute(update(m.Service).values(supply_status=status, expected_on=expected))
    [listed] = loaded_session.execute(select(certainty_of_lists()).distinct()).scalars()
    assert listed == certainty_of_measures(status, expected, today)


def test_overlaps_name_their_members(client: TestClient) -> None:
    for feature in features(client, "/api/v1/overlaps"):
        found = feature["properties"]
        assert found["services"] == len(found["service_ids"]) == len(found["names"])
        assert found["jaccard"] >= 0.5
        if found["kind"] == "da_coordinare":
            assert found["services"] >= 3
