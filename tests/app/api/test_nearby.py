"""``/api/v1/nearby`` and ``/api/v1/geocode`` as a client sees them."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from app.api.schemas.nearby import NearbyProperties, PlaceProperties
from app.main import create_app
from app.settings import WebSettings

HERE = "lat=45.07&lon=7.68"


def asked(client: TestClient, query: str) -> dict[str, Any]:
    answer = client.get(f"/api/v1/nearby?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    "query",
    [
        f"{HERE}&need=mangiare",
        f"{HERE}&limit=100",
        f"{HERE}&q=consultorio+famigliare",
        f"{HERE}&type=csm&type=serd&mode=bike",
        "place=Susa&need=dormire&free=true&language=ar&accessible=true&open_at=2026-11-23T10:00&residence=001270",
        "municipality=001270&group=POV&age=40&radius=30",
        "address=via+pacchiotti+4,+torino&need=violenza&minutes=30",
    ],
)
def test_features_hold_what_they_declare(client: TestClient, query: str) -> None:
    found = asked(client, query)
    assert found["features"]
    last = (False, 0)
    for rank, feature in enumerate(found["features"], start=1):
        told = NearbyProperties.model_validate(feature["properties"])
        assert feature["id"] == str(told.id)
        assert told.rank == rank
        assert told.minutes is not None
        assert told.minutes_low is not None
        assert told.minutes_high is not None
        assert told.minutes_low <= told.minutes <= told.minutes_high
        step = (told.fit != "certo", round(told.minutes))
        assert step >= last
        last = step
        assert (told.fit == "certo") == (not told.unknown)


def test_the_table_has_the_same_rows(client: TestClient) -> None:
    found = asked(client, f"{HERE}&need=dormire")
    text = client.get(f"/api/v1/nearby?{HERE}&need=dormire&format=csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == [feature["id"] for feature in found["features"]]
    assert list(rows[0]) == list(NearbyProperties.model_fields)


def test_nothing_fitting_says_why_and_what_is_nearest(client: TestClient) -> None:
    found = asked(client, "municipality=001270&type=consultorio_familiare&minutes=5")
    assert (found["features"], found["numberMatched"]) == ([], 0)
    nearest = found["nothing"]["nearest"]
    assert [one["filter"] for one in nearest["failed"]] == ["lontano"]
    [first, *_others] = asked(client, "municipality=001270&type=consultorio_familiare")["features"]
    assert (nearest["id"], nearest["minutes"]) == (first["id"], first["properties"]["minutes"])
    assert "19" in found["nothing"]["why"]


def test_the_nearest_that_fails_one_filter_only_is_told(client: TestClient) -> None:
    found = asked(client, f"{HERE}&type=centro_diurno_minori&age=40&mode=car")
    assert found["features"] == []
    assert [one["filter"] for one in found["nothing"]["nearest"]["failed"]] == ["eta"]


def test_a_type_that_nobody_has_listed_says_so(client: TestClient) -> None:
    found = asked(client, f"{HERE}&need=asilo+nido+gratis")
    assert found["asked"]["types"][0] == "asilo_nido"
    assert "non vuol dire" in found["nothing"]["why"].lower()


def test_a_need_that_nobody_has_words_for_is_looked_for_as_words(client: TestClient) -> None:
    found = asked(client, f"{HERE}&need=Cottolengo")
    assert found["asked"]["words"] == "Cottolengo"
    assert any("Cottolengo" in feature["properties"]["name"] for feature in found["features"])


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("", {"lat"}),
        ("lat=45", {"lon"}),
        ("lon=7.6&type=bar", {"lat", "type"}),
        (f"{HERE}&place=Susa", {"place"}),
        ("lat=91&lon=x&group=Q&age=-1&minutes=0&radius=0&limit=0&open_at=mai&residence=1&language=italiano&mode=razzo",
         {"lat", "lon", "group", "age", "minutes", "radius", "limit", "open_at", "residence", "language", "mode"}),
        ("municipality=999999", {"municipality"}),
        (f"{HERE}&q=a&format=pdf&free=forse", {"q", "format", "free"}),
        (f"{HERE}&lon=nan", {"lon"}),
    ],
)  # fmt: skip
def test_all_faults_come_at_once_with_how_to_mend(client: TestClient, query: str, faults: set[str]) -> None:
    answer = client.get(f"/api/v1/nearby?{query}")
    assert answer.status_code == 422
    told = answer.json()["errors"]
    assert {one["parameter"] for one in told} == faults
    assert all(
        one["problem"] and one["problem"] != "valore non ammesso" for one in told if one["parameter"] != "language"
    )


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("place=Zzzz", 404, "non si trova"),
        ("address=via+che+non+esiste+3,+susa", 404, "non si trova"),
        ("address=zz", 422, "almeno"),
        (f"{HERE}&pippo=1", 400, "pippo"),
        (f"{HERE}&q=%00%00", 400, ""),
        (f"{HERE}&q={'%27' * 50}", 200, ""),
    ],
)
def test_what_cannot_be_answered_has_a_reason(client: TestClient, query: str, status: int, word: str) -> None:
    answer = client.get(f"/api/v1/nearby?{query}")
    assert answer.status_code == status, answer.text
    assert word in answer.text


def test_what_is_open_now_is_kept_nowhere(client: TestClient) -> None:
    now = client.get(f"/api/v1/nearby?{HERE}&type=csm&open_at=ora")
    assert now.headers["cache-control"] == "no-store"
    then = client.get(f"/api/v1/nearby?{HERE}&type=csm")
    assert client.get(then.request.url, headers={"If-None-Match": then.headers["etag"]}).status_code == 304


def test_open_at_keeps_those_whose_hours_are_not_known_behind(client: TestClient) -> None:
    plain = asked(client, f"{HERE}&type=mensa_solidale&mode=car&limit=100")["features"]
    found = asked(client, f"{HERE}&type=mensa_solidale&mode=car&limit=100&open_at=2026-11-23T03:00")
    states = [feature["properties"]["open"] for feature in found["features"]]
    removed = next(one["removed"] for one in found["filters"] if one["filter"] == "aperto")
    assert len(states) + removed == len(plain)
    assert False not in states
    assert states == sorted(states, key=lambda state: state is None)


@pytest.mark.parametrize(
    ("q", "kind", "name"),
    [
        ("susa", "municipality", "Susa"),
        ("torinno", "municipality", "Torino"),
        ("via pacchiotti 4, torino", "address", "via pacchiotti 4"),
        ("centro per l'impiego di susa", "service", "Centro per l'impiego di Susa"),
    ],
)
def test_places_are_found_by_name(client: TestClient, q: str, kind: str, name: str) -> None:
    [first, *_others] = client.get("/api/v1/geocode", params={"q": q}).json()["features"]
    told = PlaceProperties.model_validate(first["properties"])
    assert (told.kind, told.name) == (kind, name)


def test_of_a_protected_place_nothing_is_measured(guarded: Engine) -> None:
    """Wherever one asks from, the refuge comes last with its zone, and the answer about it is the same."""
    with TestClient(create_app(WebSettings(), engine=guarded)) as client:
        told = []
        for where in ("lat=45.2&lon=7.3", "lat=45.07&lon=7.68", "municipality=001155", "place=Ceres"):
            for more in ("", "&residence=001155", "&residence=001272", "&minutes=1", "&radius=1", "&free=true"):
                [*others, last] = asked(client, f"{where}&need=violenza&limit=100{more}")["features"]
                assert not any(one["properties"]["location_protected"] for one in others)
                told.append(last["properties"] | {"rank": None} | {"geometry": last["geometry"]})
        assert all(one == told[0] for one in told)
        assert (told[0]["zone"], told[0]["minutes"], told[0]["metres"]) == ("Ciriacese-Valli di Lanzo", None, None)
        assert (told[0]["municipality"], told[0]["geometry"], told[0]["eligible"]) == (None, None, None)
        found = client.get("/api/v1/geocode?q=casa+rifugio+di+prova").json()["features"]
        assert not any("rifugio di prova" in feature["properties"]["name"].lower() for feature in found)
