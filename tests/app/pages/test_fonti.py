"""The pages on sources, on the built-in data and on a source that a test has put in."""

import csv
import io
import re
import subprocess
import sys

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.main import create_app
from app.pages.cache import DocumentCache
from app.settings import WebSettings

HTML = {"Accept": "text/html"}


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_list_tells_figures_score_and_licence(client: TestClient) -> None:
    shown = text_of(client.get("/fonti", headers=HTML).text)
    [row] = client.get("/api/v1/sources?loaded=true").json()
    assert f"{row['title']} {row['publisher']} {round(row['score'])} " in shown
    assert f" {row['read']} {row['accepted']} {row['rejected']} " in shown


def test_the_page_of_a_source_tells_its_score_licence_and_last_load(client: TestClient) -> None:
    [row] = client.get("/api/v1/sources?loaded=true").json()
    shown = text_of(client.get(f"/fonti/{row['id']}", headers=HTML).text)
    assert f"Qualità {round(row['score'])} su 100" in shown
    assert f"Licenza {row['licence']}" in shown
    assert "244 nuovi" in shown
    assert "prova vecchia" in shown


def test_what_could_be_loaded_and_the_tables_are_told_apart(client: TestClient) -> None:
    shown = text_of(client.get("/fonti", headers=HTML).text)
    waiting, tables = shown.index("qui non sono caricate"), shown.index("Tabelle del territorio")
    assert waiting < shown.index("Ministero della Salute") < tables
    assert shown.index("GeoNames", tables) > tables


def test_a_mapping_with_faults_is_told(client: TestClient, tmp_path, monkeypatch) -> None:
    (tmp_path / "mia.yaml").write_text("id: mia", encoding="utf-8")
    assert "mia.yaml" not in index_of(client)
    monkeypatch.setattr("etl.sources.catalogue.MAPPINGS", tmp_path)
    # By item: a State takes attributes into a dictionary, and undoing a set attribute would delete it there.
    monkeypatch.setitem(client.app.state._state, "source_pages", DocumentCache())
    assert "Mappature lasciate fuori" in index_of(client)
    assert "mia.yaml" in index_of(client)


def index_of(client: TestClient) -> str:
    return text_of(client.get("/fonti", headers=HTML).text)


def test_one_source_has_examples_and_its_loads(client: TestClient) -> None:
    shown = text_of(client.get("/fonti/servizi-ombra", headers=HTML).text)
    assert "La prova è anteriore al 2020: da verificare. «2010»" in shown
    assert "Caricamenti" in shown
    assert "caricato 244 244 0" in shown


def test_a_source_that_is_not_there_is_a_page_that_says_so(client: TestClient) -> None:
    answer = client.get("/fonti/inventata", headers=HTML)
    assert answer.status_code == 404
    assert "inventata" in answer.text


def test_a_table_without_load_has_a_page_too(client: TestClient) -> None:
    [first, *_] = client.get("/api/v1/sources?loaded=false").json()
    answer = client.get(f"/fonti/{first['id']}", headers=HTML)
    assert answer.status_code == 200
    assert "non è caricato nulla" in text_of(answer.text)


def test_what_a_source_says_is_text_and_never_markup(loaded_scratch: Engine) -> None:
    with loaded_scratch.begin() as connection:
        connection.execute(text("update source set title = '<script>x</script>', note = '<b>n</b>'"))
        connection.execute(text("update issue set message = '<img src=x>', value = '<i>v</i>'"))
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        for address in ("/fonti", "/fonti/servizi-ombra"):
            page = client.get(address, headers=HTML).text
            assert "<script>x" not in page
            assert "<img src=x" not in page
            assert "<i>v" not in page
            assert "&lt;script&gt;x" in page


def test_the_list_is_kept_until_the_data_change(loaded_scratch: Engine) -> None:
    def call_it(title: str, *, new_version: bool) -> None:
        with loaded_scratch.begin() as connection:
            connection.execute(text("update source set title = :title where id = 'servizi-ombra'"), {"title": title})
            if new_version:
                connection.execute(text("insert into data_version (content_hash, reason) values ('x', 'run')"))

    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        first = client.get("/fonti", headers=HTML).text
        call_it("Primo titolo", new_version=False)
        assert client.get("/fonti", headers=HTML).text == first
        call_it("Secondo titolo", new_version=True)
        assert "Secondo titolo" in client.get("/fonti", headers=HTML).text


def test_the_table_is_the_one_of_the_command(client: TestClient) -> None:
    assert 'href="/fonti.csv"' in client.get("/fonti", headers=HTML).text
    answer = client.get("/fonti.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert "244" in [row["Righe lette"] for row in rows]


def test_no_request_imports_the_code_of_a_source() -> None:
    # In a process of its own: here every module is imported already.
    told = (
        "import sys; from app.main import create_app; from app.pages import sources; sources.readable();"
        "before = set(sys.modules); sources.waiting(set());"
        "print([name for name in set(sys.modules) - before if name.startswith(('app', 'etl', 'geo'))])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
