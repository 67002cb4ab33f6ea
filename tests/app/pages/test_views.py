"""Every page on the built-in data: what it says, what it holds, how it fails."""

import gzip
import re
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.main import create_app
from app.settings import WebSettings

PAGES = [
    "/",
    "/mappa",
    "/mappa?tipo=casa_comunita&livello=zona_omogenea&offerta=tutta",
    "/mappa?tipo=consultorio_familiare&livello=distretto",
    "/mappa?area=001270",
    "/mappa/documento",
    "/mappa/scheda?area=001270",
    "/mappa/scheda?area=08&livello=zona_omogenea&tipo=casa_comunita",
    "/mappa/scheda?area=201&livello=metropolitan_city",
    "/servizi",
    "/servizi?q=lavoro&comune=torino",
    "/servizi?tipo=mensa_solidale&pagina=9",
    "/fonti",
    "/fonti/servizi-ombra",
    "/fonti/riferimento",
]
HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("address", PAGES)
def test_every_page_stands_and_keeps_to_our_host(client: TestClient, address: str) -> None:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    loaded = re.findall(r"(?:src|<link[^>]*href)=\"([^\"]+)\"", answer.text)
    assert loaded or "frammento" in address
    assert all(not urlsplit(one).netloc for one in loaded)
    assert not re.search(r"\son[a-z]+=\"", answer.text), "no handler in the markup"
    assert "{{" not in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_own_files_that_a_page_names_are_there(client: TestClient, address: str) -> None:
    for one in re.findall(r"(?:src|href)=\"(/static/[^\"#]+)", client.get(address, headers=HTML).text):
        if "/vendor/" not in one:
            assert client.get(one).status_code == 200, one


def test_links_of_the_pages_lead_somewhere(client: TestClient) -> None:
    found = {one for address in PAGES for one in re.findall(r"<a[^>]*href=\"(/[^\"#]*)", client.get(address).text)}
    assert len(found) > 300
    # One of each kind: three hundred municipalities have the same address but for the code.
    kinds = {re.sub(r"area=[^&]+", "area", one): one for one in sorted(found)}
    for one in kinds.values():
        assert client.get(one.replace("&amp;", "&"), headers=HTML).status_code == 200, one


def test_home_tells_the_figures_of_the_database(client: TestClient, loaded: Engine) -> None:
    html = client.get("/").text
    with loaded.connect() as connection:
        count = connection.execute(text("select count(*) from service where closed_on is null")).scalar_one()
    assert ">312<" in html
    assert ">2.198.237<" in html
    assert f">{count}<" in html
    assert "Ultimo calcolo" in html
    for title in ("Lavoro nelle politiche sociali", "Cerco un servizio", "terzo settore", "Analizzo dati"):
        assert title in html
    assert "Che cosa non c&#39;è ancora" in html or "Che cosa non c'è ancora" in html


def test_the_table_has_every_area_and_the_sums_of_the_database(client: TestClient, loaded: Engine) -> None:
    html = client.get("/mappa?tipo=centro_impiego").text
    assert html.count('data-area="') >= 312
    assessed = [float(one) for one in re.findall(r'<td class="numero" data-valore="([0-9.]*)">', html)[::6]]
    with loaded.connect() as connection:
        total = connection.execute(
            text(
                "select sum(r.assessed) from coverage_result r join coverage_run c on c.id = r.run_id and c.current"
                " where r.service_type_code = 'centro_impiego'"
            )
        ).scalar_one()
    assert len(assessed) == 312
    assert sum(assessed) == pytest.approx(total)


def test_the_table_sorts_without_scripts(client: TestClient) -> None:
    html = client.get("/mappa?tipo=centro_impiego&ordina=area&verso=crescente").text
    names = re.findall(r'<tr data-nome="([^"]+)"', html)
    assert names == sorted(names, key=str.casefold)
    assert re.search(r'<th scope="col" aria-sort="ascending">\s*<a href="/mappa\?tipo=centro_impiego', html)


def test_the_two_supplies_differ_and_both_are_told(client: TestClient) -> None:
    html = client.get("/mappa?tipo=centro_impiego").text
    confirmed, everything = re.findall(r"<dt>In ombra[^<]*</dt>\s*<dd>([\d.]+)</dd>", html)
    assert int(confirmed.replace(".", "")) > 5 * int(everything.replace(".", ""))


def test_where_lists_are_incomplete_nothing_is_claimed(client: TestClient) -> None:
    card = client.get("/mappa/scheda?tipo=consultorio_familiare&area=001125").text  # Ivrea
    assert "Senza dati" in card
    assert "Non si può dire: qui nessuno ha potuto essere valutato." in card
    assert "non si può dire che manchi" in card


def test_the_card_of_a_municipality(client: TestClient) -> None:
    card = client.get("/mappa/scheda?tipo=centro_impiego&area=001270&frammento=true").text
    assert "<html" not in card
    assert "Susa" in card
    assert "Centro per l&#39;impiego di Susa" in card
    assert "è un criterio di lavoro, non una norma" in card.casefold()
    assert "noto solo il comune" in card
    assert "Elenco dichiarato completo" in card


def test_the_frame_shows_what_the_page_chose(client: TestClient) -> None:
    html = client.get("/mappa?tipo=casa_comunita&offerta=tutta&area=001272").text
    [source] = re.findall(r'<iframe[^>]*src="([^"]+)"', html)
    assert (
        source.replace("&amp;", "&") == "/mappa/documento?tipo=casa_comunita&livello=municipality&offerta=tutta#001272"
    )
    assert re.search(r'<iframe[^>]*title="[^"]{20,}"', html)


def test_no_figure_of_shadow_where_no_list_is_complete(client: TestClient) -> None:
    html = client.get("/mappa?tipo=mensa_solidale").text
    assert re.search(r"Il servizio si raggiunge entro 15 min per [\d.]+ persone; per le altre [\d.]+ non si sa", html)
    assert re.findall(r"<dt>In ombra[^<]*</dt>\s*<dd>([^<]+)</dd>", html) == ["n.d.", "n.d."]
    assert "Nessuna delle" not in html
    # The table says so as well: both columns of people in shadow are empty in every row.
    columns = re.findall(r'<td class="numero" data-valore="([^"]*)">', html)
    assert set(columns[1::6]) == set(columns[2::6]) == {""}


def test_residents_whose_unit_is_not_loaded_are_told_where_there_are_some(client: TestClient) -> None:
    zone = client.get("/mappa/scheda?tipo=casa_comunita&area=08&livello=zona_omogenea").text
    assert re.search(r"distretto sanitario: unità non caricata[^<]*\([\d.]+ persone\)", zone)
    turin = client.get("/mappa/scheda?tipo=casa_comunita&area=001272").text
    assert "Città di Torino: " in turin
    assert "unità non caricata" not in turin
    quarter = client.get("/mappa/scheda?tipo=casa_comunita&area=q01&livello=quarter").text
    assert "Città di Torino: " in quarter
    assert "quartiere sono contate in un solo punto" in quarter


def test_people_within_reach_of_each_service_are_told(client: TestClient) -> None:
    assert re.search(
        r"[\d.]+ persone entro il limite", client.get("/mappa/scheda?tipo=centro_impiego&area=001125").text
    )
    assert "persone entro il limite" in client.get("/mappa/documento?tipo=centro_impiego").text
    incomplete = client.get("/mappa/documento?tipo=consultorio_familiare").text
    assert "persone entro il limite" in incomplete
    assert "unico in elenco" not in incomplete


def test_the_map_document_is_light(client: TestClient) -> None:
    answer = client.get("/mappa/documento?tipo=casa_comunita")
    assert len(answer.content) < 1_000_000
    assert len(gzip.compress(answer.content)) < 250_000
    assert answer.headers["content-encoding"] == "gzip"


def test_each_document_has_a_nonce_of_its_own(client: TestClient) -> None:
    nonces = []
    for _ in range(2):
        answer = client.get("/mappa/documento")
        [nonce] = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
        assert f'<script nonce="{nonce}">' in answer.text
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_the_vague_services_have_no_coordinates_on_the_map(client: TestClient, loaded: Engine) -> None:
    html = client.get("/mappa/documento?tipo=centro_impiego").text
    with loaded.connect() as connection:
        points = connection.execute(
            text(
                "select st_x(l.geom), st_y(l.geom), l.precision from service s"
                " join service_at_location a on a.service_id = s.id join location l on l.id = a.location_id"
                " where s.service_type_code = 'centro_impiego' and l.geom is not null"
            )
        ).all()
    precise = [point for point in points if point[2] != "municipality"]
    assert precise
    assert all(
        f"[{round(x, 6)}, {round(y, 6)}]" in html or f"[{round(x, 6)},{round(y, 6)}]" in html for x, y, _p in precise
    )
    assert "senza indirizzo preciso" in html


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/mappa?tipo=inventato", 404),
        ("/mappa?area=999999", 404),
        ("/mappa/scheda?area=001272&livello=zona_omogenea", 404),
        ("/mappa?livello=pianeta", 422),
        ("/mappa/scheda", 422),
        ("/servizi?tipo=inventato", 404),
        ("/servizi?pagina=0", 422),
        ("/mappa?area=%3Cscript%3Ealert(1)%3C/script%3E", 404),
    ],
)
def test_faults_are_pages_with_a_way_on(client: TestClient, address: str, status: int) -> None:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert 'href="/mappa"' in answer.text
    assert "<script>alert" not in answer.text
    assert "Traceback" not in answer.text


def test_services_are_found_by_need_and_place(client: TestClient) -> None:
    html = client.get("/servizi?q=mangiare&comune=torino").text
    assert "Mensa" in html
    assert "servizi in elenco" in html
    assert 'href="tel:' in html
    assert "non è completo" in html


def test_an_unknown_municipality_is_asked_back(client: TestClient) -> None:
    html = client.get("/servizi?comune=Torinno").text
    assert "Nessun comune si chiama «Torinno»" in html
    assert "Forse cercavi: Torino" in html
    assert "non vuol dire che non ce ne sia uno" in html


def test_pages_about_violence_have_a_quick_exit(client: TestClient) -> None:
    assert 'class="esci"' in client.get("/servizi?q=violenza").text
    assert 'class="esci"' in client.get("/mappa?tipo=centro_antiviolenza").text
    assert 'class="esci"' not in client.get("/mappa?tipo=centro_impiego").text
    assert 'class="esci"' not in client.get("/").text


def test_an_empty_database_is_said_and_not_a_fault(engine: Engine) -> None:
    with TestClient(create_app(WebSettings(), engine=engine)) as client:
        home = client.get("/", headers=HTML)
        assert home.status_code == 200
        assert "Nessun calcolo è ancora stato fatto." in home.text
        assert client.get("/servizi", headers=HTML).status_code == 200
        assert client.get("/mappa", headers=HTML).status_code == 404
