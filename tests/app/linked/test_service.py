"""One service as linked data: what its row says, in three forms; of a protected place zone and contacts alone."""

import uuid

import pytest
from fastapi.testclient import TestClient
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF
from sqlalchemy import Engine, text

from app.main import create_app
from app.settings import WebSettings
from tests.app.test_protected import MUNICIPALITY, NAME, PHONE, _leaks

# rdflib's own reader of JSON-LD uses what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

CPSV = Namespace("http://purl.org/vocab/cpsv#")
CPSVAPIT = Namespace("https://w3id.org/italia/onto/CPSV/")
CV = Namespace("http://data.europa.eu/m8g/")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SM = Namespace("https://w3id.org/italia/onto/SM/")
FOAF_NAME = URIRef("http://xmlns.com/foaf/0.1/name")
READERS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}

WITH_PHONE = (
    "select s.id, s.name, o.name as body, p.number, a.address_1, t.description_it from service s"
    " join phone p on p.service_id = s.id join organization o on o.id = s.organization_id"
    " join service_at_location l on l.service_id = s.id join address a on a.location_id = l.location_id"
    " join service_type t on t.code = s.service_type_code"
    " where s.closed_on is null and a.address_1 is not null and s.description is null order by s.id limit 1"
)


def read(client: TestClient, address: str, reader: str) -> Graph:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.text, format=reader)


def test_a_service_says_what_the_database_says(client: TestClient, loaded: Engine) -> None:
    with loaded.connect() as connection:
        row = connection.execute(text(WITH_PHONE)).one()
    graph = read(client, f"/services/{row.id}.ttl", "turtle")
    service = URIRef(f"http://testserver/services/{row.id}")
    for kind in (CPSV.PublicService, CPSVAPIT.PublicService):
        assert (service, RDF.type, kind) in graph
    assert (service, DCTERMS.identifier, Literal(str(row.id))) in graph
    assert (service, DCTERMS.title, Literal(row.name, lang="it")) in graph
    assert (service, DCTERMS.description, Literal(row.description_it, lang="it")) in graph
    [body] = graph.objects(service, CV.hasCompetentAuthority)
    assert (body, FOAF_NAME, Literal(row.body, lang="it")) in graph
    assert (body, RDF.type, CV.PublicOrganisation) not in graph, "no register of public bodies is loaded"
    numbers = {str(graph.value(channel, SM.telephoneNumber)) for channel in graph.objects(service, CPSVAPIT.hasPhoneCh)}
    assert row.number in numbers
    [place] = graph.objects(service, CPSVAPIT.isPhysicallyAvailableAt)
    told = str(graph.value(graph.value(place, LOCN.address), LOCN.fullAddress))
    assert told.startswith(row.address_1)


def test_three_forms_and_the_plain_address_tell_the_same(client: TestClient, loaded: Engine) -> None:
    with loaded.connect() as connection:
        service_id = connection.execute(text(WITH_PHONE)).one().id
    plain = client.get(f"/services/{service_id}")
    assert plain.headers["content-type"] == "application/ld+json"
    graph = Graph().parse(data=plain.text, format="json-ld")
    assert len(graph) > 20
    for ending, reader in READERS.items():
        assert isomorphic(read(client, f"/services/{service_id}.{ending}", reader), graph)


@pytest.mark.parametrize(("name", "status"), [(str(uuid.UUID(int=1)), 404), ("nessuno", 422), ("nessuno.ttl", 422)])
def test_no_service_is_a_problem(client: TestClient, name: str, status: int) -> None:
    for accept in ("text/turtle", "text/html,*/*;q=0.8"):
        answer = client.get(f"/services/{name}", headers={"Accept": accept})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_of_a_protected_place_only_zone_and_contacts(guarded: Engine) -> None:
    with guarded.connect() as connection:
        service_id = connection.execute(text("select id from service where name = :n"), {"n": NAME}).scalar_one()
        zone = "Ciriacese-Valli di Lanzo"
    with TestClient(create_app(WebSettings(), engine=guarded)) as client:
        for ending in READERS:
            answer = client.get(f"/services/{service_id}.{ending}").text
            assert not _leaks(answer)
            assert MUNICIPALITY not in answer
            assert "Monastero" not in answer
            assert zone in answer
            assert "+390115550199" in answer or PHONE in answer
        graph = read(client, f"/services/{service_id}.ttl", "turtle")
        page = client.get("/servizi?tipo=casa_rifugio").text
    assert not set(graph.objects(None, CPSVAPIT.isPhysicallyAvailableAt))
    assert len(set(graph.objects(None, DCTERMS.spatial))) == 1
    block = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert zone in block
    assert "Monastero" not in block
    assert not _leaks(block)
