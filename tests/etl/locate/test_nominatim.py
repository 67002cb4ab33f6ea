"""Nominatim behind the interface of the index, against a local server that answers in its format (jsonv2)."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.fetching.manners import Manners
from etl.locate.nominatim import Nominatim, from_settings
from etl.settings import StoreSettings
from tests.etl.locate.samples import MONCALIERI, TORINO

LICENCE = "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright"
TOWN = {
    "city": "Torino", "county": "Torino", "ISO3166-2-lvl6": "IT-TO", "state": "Piemonte", "ISO3166-2-lvl4": "IT-21",
    "postcode": "10100", "country": "Italia", "country_code": "it",
}  # fmt: skip


def house(number="35", road="Corso Francia", *, lat="45.0760000", lon="7.6590000"):
    """A house as the server tells it; number and coordinates are text."""
    return {
        "place_id": 74185296, "licence": LICENCE, "osm_type": "node", "osm_id": 1122334455, "lat": lat, "lon": lon,
        "category": "place", "type": "house", "place_rank": 30, "importance": 0.00005345, "addresstype": "place",
        "name": "", "display_name": f"{number}, {road}, Cit Turin, Torino, Piemonte, 10138, Italia",
        "address": {"house_number": number, "road": road, "suburb": "Cit Turin"} | TOWN,
        "boundingbox": ["45.0759500", "45.0760500", "7.6589500", "7.6590500"],
    }  # fmt: skip


def road(name="Via Almese", *, west="7.6480000", east="7.6520000"):
    return {
        "place_id": 74185111, "licence": LICENCE, "osm_type": "way", "osm_id": 99887766, "lat": "45.0755000",
        "lon": "7.6500000", "category": "highway", "type": "residential", "place_rank": 26, "importance": 0.0533,
        "addresstype": "road", "name": name, "display_name": f"{name}, Torino, Piemonte, 10138, Italia",
        "address": {"road": name} | TOWN, "boundingbox": ["45.0750000", "45.0760000", west, east],
    }  # fmt: skip


def suburb():
    return road("Via Almese") | {"category": "boundary", "type": "administrative", "addresstype": "suburb"}


class Server:
    """A local server: answers by the street asked for, keeps what it was asked."""

    def __init__(self):
        self.answers, self.asked, self.status = {}, [], 200
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                server.asked.append(query | {"agent": self.headers["User-Agent"]})
                body = json.dumps(server.answers.get(query["street"], [])).encode()
                self.send_response(server.status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_told):
                """Nothing is printed."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def nominatim(server, municipalities, tmp_path):
    with Nominatim(server.address, municipalities, tmp_path, manners=Manners(pause=0, attempts=1)) as nominatim:
        yield nominatim


def find(nominatim, address, municipality=TORINO):
    answer = nominatim.find(municipality, address)
    return answer and (answer.precision, answer.point.x, answer.point.y)


def test_a_house_is_an_address(server, nominatim):
    server.answers["Corso Francia 35"] = [road("Corso Francia"), house()]
    assert find(nominatim, "Corso Francia, 35") == ("address", 7.659, 45.076)
    [query] = server.asked
    assert query["agent"].startswith("Ombra/")
    wanted = {"street": "Corso Francia 35", "city": "Torino", "country": "Italia", "format": "jsonv2"}
    assert wanted.items() <= query.items()
    assert query["addressdetails"] == "1"


def test_a_road_is_a_street_as_far_as_it_reaches(server, nominatim):
    server.answers["Via Almese 4"] = [road()]
    answer = nominatim.find(TORINO, "Via Almese, 4")
    assert (answer.precision, round(answer.radius_m, -1)) == ("street", 170)


@pytest.mark.parametrize(
    ("address", "results", "municipality"),
    [
        ("Via Almese 4", [road(west="7.6000000", east="7.7000000")], TORINO),  # eight kilometres long
        ("Via Almese 4", [suburb()], TORINO),
        ("Corso Francia 35", [house()], MONCALIERI),  # outside the municipality
        ("Corso Francia 35", [house(road="Corso Svizzera")], TORINO),
        ("Corso Francia 35", [house(number="53")], TORINO),
        ("Corso Francia 35", [], TORINO),
        ("Corso Francia 35", [house(lat="nord")], TORINO),
        ("Corso Francia 35", [house() | {"address": None}], TORINO),
        ("Corso Francia 35", ["testo"], TORINO),
        ("Corso Francia 35", {"error": "Unable to geocode"}, TORINO),
    ],
)
def test_what_is_not_the_address_is_no_answer(server, nominatim, address, results, municipality):
    server.answers[address] = results
    assert find(nominatim, address, municipality) is None
    assert len(server.asked) == 1


def test_each_address_is_asked_once(server, nominatim, municipalities, tmp_path):
    server.answers["Corso Francia 35"] = [house()]
    first = find(nominatim, "Corso Francia, 35")
    with Nominatim(server.address, municipalities, tmp_path) as another:
        assert find(another, "Corso Francia, 35") == first
    assert len(server.asked) == 1


def test_a_server_that_fails_is_given_up_and_told(server, nominatim):
    server.answers["Corso Francia 35"] = [house()]
    find(nominatim, "Corso Francia, 35")
    server.status = 403
    assert find(nominatim, "Via Almese 4") is None
    assert find(nominatim, "Via Almese 6") is None
    assert "403" in nominatim.fault
    assert len(server.asked) == 2
    assert find(nominatim, "Corso Francia, 35") is not None, "kept answers are still given"


def test_what_is_no_address_is_not_asked(server, nominatim):
    assert find(nominatim, "") is None
    assert nominatim.find("058091", "Via Roma 1") is None
    assert server.asked == []


def test_nobody_is_asked_unless_named(municipalities, monkeypatch):
    monkeypatch.delenv("OMBRA_NOMINATIM_URL", raising=False)
    assert from_settings(municipalities) is None


def test_the_server_is_named_by_a_setting(server, municipalities, monkeypatch, tmp_path):
    monkeypatch.setenv("OMBRA_NOMINATIM_URL", server.address)
    server.answers["Corso Francia 35"] = [house()]
    with from_settings(municipalities, StoreSettings(home=tmp_path)) as nominatim:
        assert find(nominatim, "Corso Francia, 35") is not None
    assert len(list((tmp_path / "nominatim").iterdir())) == 1
