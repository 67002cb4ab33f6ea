"""The catalogue against the profile DCAT-AP_IT: what it demands, the terms that it allows, addresses that answer."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF
from sqlalchemy import Engine, text

from app.cli import main
from app.linked.licences import binding
from app.main import create_app
from app.settings import WebSettings

# rdflib's own reader of JSON-LD uses what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

DCATAPIT = Namespace("http://dati.gov.it/onto/dcatapit#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = "http://publications.europa.eu/resource/authority/"
LICENCES = "https://w3id.org/italia/controlled-vocabulary/licences/"
FORMS = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
READERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}

# AgID, «Linee guida per i cataloghi dati», Profilo DCAT-AP_IT, tabella «Overview profilo» (obbligatorietà M) and the
# chapters «Elementi obbligatori» (cardinality): class, property, at most one.
MANDATORY = [
    (DCATAPIT.Catalog, DCTERMS.title, False),
    (DCATAPIT.Catalog, DCTERMS.description, False),
    (DCATAPIT.Catalog, DCTERMS.publisher, True),
    (DCATAPIT.Catalog, DCTERMS.modified, True),
    (DCATAPIT.Catalog, DCAT.dataset, False),
    (DCATAPIT.Dataset, DCTERMS.identifier, True),
    (DCATAPIT.Dataset, DCTERMS.title, False),
    (DCATAPIT.Dataset, DCTERMS.description, False),
    (DCATAPIT.Dataset, DCTERMS.modified, True),
    (DCATAPIT.Dataset, DCAT.theme, False),
    (DCATAPIT.Dataset, DCTERMS.rightsHolder, True),
    (DCATAPIT.Dataset, DCTERMS.accrualPeriodicity, True),
    (DCATAPIT.Dataset, DCAT.distribution, False),
    (DCATAPIT.Distribution, DCTERMS["format"], True),
    (DCATAPIT.Distribution, DCAT.accessURL, True),
    (DCATAPIT.Distribution, DCTERMS.license, True),
    (DCATAPIT.Agent, DCTERMS.identifier, True),
    (DCATAPIT.Agent, FOAF.name, True),
    (DCATAPIT.Standard, DCTERMS.identifier, True),
    (DCATAPIT.LicenseDocument, DCTERMS.type, False),
]
# Terms that the authority tables of the Publications Office of the EU have.
THEMES = {"SOCI", "HEAL", "REGI", "GOVE"}
TYPES = {"GEOJSON", "CSV", "JSON", "PARQUET"}


def graph_of(client: TestClient, ending: str = "ttl") -> Graph:
    answer = client.get(f"/catalog.{ending}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(FORMS[ending])
    return Graph().parse(data=answer.text, format=READERS[ending])


@pytest.fixture(scope="module")
def catalogue(client: TestClient) -> Graph:
    return graph_of(client)


@pytest.mark.parametrize(
    ("kind", "required", "single"), MANDATORY, ids=[f"{k[-12:]}-{p[-12:]}" for k, p, _ in MANDATORY]
)
def test_what_the_profile_demands_is_told(catalogue: Graph, kind: URIRef, required: URIRef, single: bool) -> None:
    things = set(catalogue.subjects(RDF.type, kind))
    assert things
    for thing in things:
        count = len(set(catalogue.objects(thing, required)))
        assert count >= 1, thing
        assert count == 1 or not single, thing


def test_the_profile_can_be_missed(catalogue: Graph) -> None:
    poorer = Graph() + catalogue
    poorer.remove((None, DCTERMS.rightsHolder, None))
    with pytest.raises(AssertionError):
        test_what_the_profile_demands_is_told(poorer, DCATAPIT.Dataset, DCTERMS.rightsHolder, True)


def test_values_come_from_the_vocabularies(catalogue: Graph) -> None:
    assert set(catalogue.objects(None, DCAT.theme)) == {URIRef(f"{EU}data-theme/{code}") for code in THEMES}
    assert set(catalogue.objects(None, DCTERMS["format"])) == {URIRef(f"{EU}file-type/{code}") for code in TYPES}
    assert set(catalogue.objects(None, DCTERMS.accrualPeriodicity)) == {URIRef(f"{EU}frequency/IRREG")}
    for holder in (DCTERMS.publisher, DCTERMS.rightsHolder):
        assert all((one, RDF.type, DCATAPIT.Agent) in catalogue for one in catalogue.objects(None, holder))
    listed = set(catalogue.objects(None, DCAT.dataset))
    assert listed == set(catalogue.subjects(RDF.type, DCATAPIT.Dataset))
    assert len(listed) == 9


def test_three_forms_tell_the_same(client: TestClient, catalogue: Graph) -> None:
    assert len(catalogue) > 400
    for ending in ("jsonld", "rdf"):
        assert isomorphic(graph_of(client, ending), catalogue)


@pytest.mark.parametrize(
    ("accept", "ending"),
    [
        ("text/turtle", "ttl"),
        ("application/rdf+xml;q=0.9, text/html", "rdf"),
        ("application/ld+json", "jsonld"),
        ("*/*", "ttl"),
    ],
)
def test_the_form_is_chosen_by_the_reader(client: TestClient, accept: str, ending: str) -> None:
    answer = client.get("/catalog", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(FORMS[ending])
    assert "Accept" in [name.strip() for name in answer.headers["vary"].split(",")]
    again = client.get("/catalog", headers={"Accept": accept, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    assert client.head("/catalog", headers={"Accept": accept}).status_code == 200


def test_another_form_is_refused(client: TestClient) -> None:
    answer = client.get("/catalog", headers={"Accept": "text/csv"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/catalog?formato=ttl").status_code == 400


def test_every_address_answers(client: TestClient, catalogue: Graph) -> None:
    places = sorted({str(place) for place in catalogue.objects(None, DCAT.accessURL)})
    assert len(places) > 25
    for place in places:
        assert client.get(place).status_code == 200, place
    downloads = set(catalogue.objects(None, DCAT.downloadURL))
    assert downloads
    assert all('rel="next"' not in client.get(str(place)).headers.get("link", "") for place in downloads)


@pytest.mark.parametrize(
    ("declared", "term"),
    [
        (["CC-BY-4.0"], "A21_CCBY40"),
        (["CC0-1.0"], "A11_CCO10"),
        (["IODL-2.0"], "A29_IODL20"),
        (["CC0-1.0", "IODL-2.0", "CC-BY-4.0"], "A21_CCBY40"),
        (["CC-BY-4.0", "ODbL-1.0"], "A310_ODBL"),
        (["CC-BY-SA-4.0", "ODbL-1.0"], "C11_Unknown"),
        (["CC-BY-4.0", "ODbL-1.0", "non dichiarata"], "C11_Unknown"),
        ([], "C11_Unknown"),
    ],
)
def test_no_licence_is_freer_than_its_sources(declared: list[str], term: str) -> None:
    assert str(binding(declared).uri) == f"{LICENCES}{term}"
    assert binding(reversed(declared)) == binding(declared)


def test_the_licence_of_a_source_binds_what_is_made_of_it(client: TestClient, loaded: Engine, catalogue: Graph) -> None:
    """With the licences in the database, asked by SQL: nothing but CC BY is loaded, and every source is named."""
    root = client.base_url
    with loaded.connect() as connection:
        rows = connection.execute(text("select id, licence from source where licence not like 'si ved%'")).all()
    everything = URIRef(f"{root}/catalog#gaps")
    named = {str(one).rpartition("/")[2] for one in catalogue.objects(everything, DCTERMS.source)}
    assert named == {row.id for row in rows}
    assert {row.licence for row in rows} == {"CC-BY-4.0"}
    assert set(catalogue.objects(None, DCTERMS.license)) == {URIRef(f"{LICENCES}A21_CCBY40")}


def test_a_contact_is_told_only_where_there_is_one(loaded: Engine, catalogue: Graph) -> None:
    assert not set(catalogue.objects(None, DCAT.contactPoint))
    settings = WebSettings(
        contact="dati@esempio.it",
        publisher="Ente di prova",
        publisher_code="prova",
        public_url="https://ombra.esempio.it",
    )
    with TestClient(create_app(settings, engine=loaded)) as other:
        told = graph_of(other)
    contact = URIRef("https://ombra.esempio.it/catalog#contact")
    assert (contact, VCARD.hasEmail, URIRef("mailto:dati@esempio.it")) in told
    assert set(told.objects(None, DCAT.contactPoint)) == {contact}
    assert (URIRef("https://ombra.esempio.it/catalog#services"), DCTERMS.identifier, Literal("prova:services")) in told


def test_the_catalogue_in_a_file(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, catalogue: Graph
) -> None:
    monkeypatch.setenv("OMBRA_DATABASE_URL", loaded.url.render_as_string(hide_password=False))
    for ending, reader in READERS.items():
        out = tmp_path / f"catalogo.{ending}"
        with pytest.raises(SystemExit) as ended:
            main(["export", "dcat", str(out), "--base", "http://testserver"])
        assert ended.value.code == 0
        assert isomorphic(Graph().parse(out, format=reader), catalogue)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["catalogo.jsonld", "catalogo.rdf", "catalogo.ttl"]


def test_another_ending_is_refused(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["export", "dcat", str(tmp_path / "catalogo.xml")])
    assert ended.value.code == 2
    assert "il nome deve finire con .ttl" in " ".join(capfd.readouterr().err.split())


def test_the_description_names_what_may_come(client: TestClient) -> None:
    paths = json.loads(client.get("/api/openapi.json").text)["paths"]
    assert set(paths["/catalog"]["get"]["responses"]["200"]["content"]) == set(FORMS.values())
    assert "406" in paths["/catalog"]["get"]["responses"]
    assert set(paths["/services/{service_id}.ttl"]["get"]["responses"]["200"]["content"]) == {"text/turtle"}
