"""What pages tell machines: schema.org in a block that cannot be broken out of, the sitemap, robots.txt."""

import json
import re
from datetime import datetime
from typing import Any
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from app.i18n import environment
from app.linked import sitemap
from app.linked.pages import service

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ROW: dict[str, Any] = {
    "id": "1",
    "name": "Mensa </script><script>alert(1)</script>",
    "type_name": "Mensa",
    "organization_id": None,
    "organization": None,
    "address": None,
    "municipality": "Susa",
    "zone": "Valli di Susa",
    "phone": None,
    "email": None,
    "url": None,
    "certainty": "confermata",
    "location_protected": False,
}


def told(client: TestClient, address: str) -> dict[str, Any]:
    [block] = BLOCK.findall(client.get(address, headers={"Accept": "text/html"}).text)
    found: dict[str, Any] = json.loads(block)
    return found


def test_the_list_of_services_is_told_as_it_is_shown(client: TestClient, loaded: Engine) -> None:
    items = [one["item"] for one in told(client, "/servizi?q=emporio")["itemListElement"]]
    assert items
    names = {one["name"] for one in items}
    with loaded.connect() as connection:
        known = connection.execute(text("select name from service_listing where supply_status != 'programmato'"))
        assert names <= set(known.scalars())
    assert {one["@type"] for one in items} == {"Service"}, "no register of public bodies is loaded"


def test_hours_are_told_where_they_are_known(client: TestClient, loaded: Engine) -> None:
    with loaded.connect() as connection:
        row = connection.execute(
            text(
                "select s.name, c.byday, c.opens_at, c.closes_at from schedule c join service s on s.id = c.service_id"
                " where c.byday is not null and c.opens_at is not null and s.closed_on is null"
                " and s.supply_status = 'attivo' order by s.id, c.byday limit 1"
            )
        ).one()
    items = [one["item"] for one in told(client, f"/servizi?q={row.name}")["itemListElement"]]
    [found] = [one for one in items if one["name"] == row.name][:1]
    times = {(one["opens"], one["closes"]) for one in found["hoursAvailable"]}
    assert (row.opens_at.strftime("%H:%M"), row.closes_at.strftime("%H:%M")) in times


def test_nothing_unknown_is_told() -> None:
    thing = service(ROW)
    assert set(thing) == {"@type", "identifier", "name", "serviceType", "availableChannel"}
    assert thing["availableChannel"]["serviceLocation"]["address"]["addressLocality"] == "Susa"
    hidden = service(ROW | {"location_protected": True, "municipality": None})
    assert "Susa" not in json.dumps(hidden).replace("Valli di Susa", "")
    assert service(ROW, public=True)["@type"] == "GovernmentService"


def test_a_name_does_not_break_out_of_the_block() -> None:
    block = environment().from_string("{{ linked|tojson }}").render(linked=service(ROW))
    assert "<" not in block
    assert json.loads(block)["name"] == ROW["name"]


def test_the_page_of_sources_tells_the_data_sets(client: TestClient) -> None:
    found = told(client, "/fonti")
    assert (found["@type"], len(found["dataset"])) == ("DataCatalog", 9)
    assert {one["license"] for one in found["dataset"]} == {"https://creativecommons.org/licenses/by/4.0/"}


def test_the_sitemap_lists_pages_that_are_there(client: TestClient, loaded: Engine) -> None:
    root = ET.fromstring(client.get("/sitemap.xml").text)
    entries = {str(one.findtext(f"{SITEMAP}loc")): one.findtext(f"{SITEMAP}lastmod") for one in root}
    assert root.tag == f"{SITEMAP}urlset"
    assert sum("/mappa/scheda" in place for place in entries) > 320
    # One of each kind: hundreds have the same address but for the code.
    kinds = {re.sub(r"(area|tipo)=[^&]+", r"\1", place): place for place in entries}
    for place in kinds.values():
        answer = client.get(place, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html"), place
    with loaded.connect() as connection:
        changed = connection.execute(
            text("select max(last_modified) from service_listing where service_type_code = 'centro_impiego'")
        ).scalar_one()
    lastmod = entries["http://testserver/servizi?tipo=centro_impiego"]
    assert lastmod is not None
    assert datetime.fromisoformat(lastmod) == changed.replace(microsecond=0)


def test_many_pages_come_in_parts(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sorted(str(one.findtext(f"{SITEMAP}loc")) for one in ET.fromstring(client.get("/sitemap.xml").text))
    split = sitemap.split
    monkeypatch.setattr(sitemap, "split", lambda found: split(found, 100))
    index = ET.fromstring(client.get("/sitemap.xml").text)
    assert index.tag == f"{SITEMAP}sitemapindex"
    parts = [str(one.findtext(f"{SITEMAP}loc")) for one in index]
    found = [str(one.findtext(f"{SITEMAP}loc")) for part in parts for one in ET.fromstring(client.get(part).text)]
    assert sorted(found) == whole
    assert client.get("/sitemap-999.xml").status_code == 404


def test_robots_may_read_all_but_what_is_computed(client: TestClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    robots = RobotFileParser()
    robots.parse(answer.text.splitlines())
    for place in ("/", "/servizi?tipo=centro_impiego", "/catalog.rdf", "/api/v1/services", "/hsds/services", "/fonti"):
        assert robots.can_fetch("*", f"http://testserver{place}"), place
    for place in ("/api/v1/nearby?lat=45&lon=7", "/mappa/documento"):
        assert not robots.can_fetch("*", f"http://testserver{place}"), place
    assert robots.site_maps() == ["http://testserver/sitemap.xml"]
