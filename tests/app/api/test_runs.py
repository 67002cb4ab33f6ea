"""Coverage and runs over the network: any kept run can be asked for, and a permalink stays what it was."""

import csv
import io
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.api import schemas
from app.main import create_app
from app.settings import WebSettings
from etl.derive import book, prune, refresh
from tests.etl.derive.test_compare import KIND, THRESHOLD

COVERAGE = f"/api/v1/coverage?type={KIND}&level=zona_omogenea"
RUNS = "/api/v1/coverage/runs"


@pytest.fixture
def served(loaded_scratch: Engine):
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        yield loaded_scratch, client


def change(engine: Engine):
    """A run with another threshold."""
    with engine.begin() as connection:
        connection.execute(text(THRESHOLD))
    return refresh(engine)


def properties(client: TestClient, url: str) -> dict[str, dict]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return {feature["id"]: feature["properties"] for feature in answer.json()["features"]}


def links(answer) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in answer.json()["links"]}


def test_coverage_says_of_every_area_what_the_lists_of_gaps_say_and_more(client: TestClient) -> None:
    found = properties(client, COVERAGE)
    gaps = properties(client, COVERAGE.replace("/coverage", "/gaps"))
    assert found.keys() == gaps.keys()
    for code, told in found.items():
        assert {name: told[name] for name in gaps[code]} == gaps[code]
        assert told["run"] == client.get(f"{RUNS}/corrente").json()["id"]
        assert told["engine"] == "estimate"
        assert schemas.CoverageProperties.model_validate(told)
    assert any(told["score_balanced"] for told in found.values())
    assert any(told["minutes_median"] for told in found.values())


def test_pages_join_without_gap_or_repetition_and_csv_has_the_same_rows(client: TestClient) -> None:
    url, codes = f"{COVERAGE}&limit=4", []
    while url:
        answer = client.get(url)
        codes += [feature["id"] for feature in answer.json()["features"]]
        url = links(answer).get("next")
    assert codes == list(properties(client, COVERAGE))
    table = list(csv.DictReader(io.StringIO(client.get(f"{COVERAGE}&format=csv").text)))
    assert [row["code"] for row in table] == codes
    inside = properties(client, f"{COVERAGE.replace('zona_omogenea', 'municipality')}&area=05&bbox=7.2,44.8,7.4,45.0")
    assert "001191" in inside
    assert {told["parent_code"] for told in inside.values()} == {"05"}


def test_a_permalink_gives_the_same_after_another_run(served) -> None:
    engine, client = served
    first = client.get(COVERAGE)
    assert properties(client, links(first)["permalink"]) == properties(client, COVERAGE)
    lasting = urlsplit(links(first)["permalink"])
    later = change(engine)
    again = client.get(f"{lasting.path}?{lasting.query}")
    for one, other in zip(again.json()["features"], first.json()["features"], strict=True):
        assert one["properties"] == pytest.approx(other["properties"])
    now = properties(client, COVERAGE)
    assert {told["run"] for told in now.values()} == {str(later.run_id)}
    assert {told["threshold"] for told in now.values()} == {20.0}


def test_every_list_of_results_can_be_asked_of_another_run(served) -> None:
    engine, client = served
    former = client.get(f"{RUNS}/corrente").json()["id"]
    urls = [f"/api/v1/gaps?type={KIND}", f"/api/v1/gaps/points?type={KIND}", "/api/v1/compliance", "/api/v1/overlaps"]
    before = [client.get(url).json()["features"] for url in urls]
    with engine.begin() as connection:
        book.name(connection, book.find(connection, former), "Piano 2026")
    change(engine)
    for url, features in zip(urls, before, strict=True):
        joined = "&" if "?" in url else "?"
        for run in (former, former[:8], "Piano%202026"):
            assert client.get(f"{url}{joined}run={run}").json()["features"] == features
    assert client.get(urls[0]).json()["features"] != before[0]


@pytest.mark.parametrize(
    ("url", "status", "word"),
    [
        (f"{COVERAGE}&run=inesistente", 404, "coverage/runs"),
        (f"{COVERAGE}&run=%00", 400, "non stampabili"),
        (f"{COVERAGE}&rule=bar", 404, "/api/v1/standards"),
        (f"{COVERAGE}&level=via", 422, "municipality"),
        (f"{COVERAGE}&supply=mezza", 422, "confermata"),
        (f"{COVERAGE}&cursor=%00", 400, "next"),
        ("/api/v1/coverage", 422, "type"),
        (f"{RUNS}/00000000-0000-0000-0000-000000000000", 404, "coverage list"),
        (f"{RUNS}/corrente/compare/x?type={KIND}", 404, "«x»"),
        (f"{RUNS}/corrente/compare/corrente", 422, "type"),
        (f"{RUNS}?run=x", 400, "run"),
    ],
)
def test_errors_say_how_to_mend(client: TestClient, url: str, status: int, word: str) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert word in answer.json()["detail"]


def test_runs_are_told_without_who_made_them_or_where_files_lie(served) -> None:
    engine, client = served
    with engine.begin() as connection:
        run = book.find(connection, "corrente")
        book.sign(connection, run, "Anna Bianchi")
        book.tell_origins(connection, run, {"wanted": {"engine": "matrix", "file": "/segreta/tempi.csv"}}, None)
    listed, one = client.get(RUNS), client.get(f"{RUNS}/corrente")
    for answer in (listed, one, client.get(f"{RUNS}?format=csv")):
        assert answer.status_code == 200
        assert "Bianchi" not in answer.text
        assert "segreta" not in answer.text
    [told] = listed.json()
    assert told.items() <= one.json().items()
    assert set(one.json()["digests"]) == {"services", "data", "population", "standards", "travel", "method"}
    assert one.json()["parameters"]["travel"]["engine"] == "estimate"


def test_runs_come_in_pages_the_newest_first(served) -> None:
    engine, client = served
    later = change(engine)
    first = client.get(f"{RUNS}?limit=1")
    assert [run["id"] for run in first.json()] == [str(later.run_id)]
    assert first.json()[0]["current"]
    second = client.get(first.links["next"]["url"])
    assert [run["current"] for run in second.json()] == [False]
    assert "next" not in second.links


def test_what_is_held_is_old_when_a_run_is_named_or_its_results_go(served) -> None:
    engine, client = served
    change(engine)
    held = client.get(RUNS).headers["etag"]
    assert client.get(RUNS, headers={"If-None-Match": held}).status_code == 304
    former = client.get(RUNS).json()[1]["id"]
    with engine.begin() as connection:
        book.name(connection, book.find(connection, former), "Piano")
    assert client.get(RUNS, headers={"If-None-Match": held}).status_code == 200
    with engine.begin() as connection:
        book.name(connection, book.find(connection, former), None)
        assert prune.prune(connection, keep=1) == 1
    gone = client.get(f"{COVERAGE}&run={former}")
    assert (gone.status_code, gone.json()["title"]) == (404, "Non trovato")
    assert client.get(f"{RUNS}/{former}").json()["results"] is False


def test_two_runs_compared_over_the_network(served) -> None:
    engine, client = served
    former = client.get(f"{RUNS}/corrente").json()["id"]
    before = properties(client, COVERAGE)
    later = change(engine)
    after = properties(client, COVERAGE)
    url = f"{RUNS}/{former}/compare/{later.run_id}?type={KIND}&level=zona_omogenea"
    for code, told in properties(client, url).items():
        moved = after[code]["shadow_confirmed"] - before[code]["shadow_confirmed"]
        assert told["change"] == pytest.approx(moved, abs=1e-6)
        assert told["standards"] == pytest.approx(told["change"], abs=1e-6)
        assert (told["differing"], told["together_parts"]) == (["standards"], [])
    table = list(csv.DictReader(io.StringIO(client.get(f"{url}&format=csv").text)))
    assert sum(float(row["change"]) for row in table) > 1
