"""Fetching from a real HTTP server on the same computer, which answers as the servers of publishers do."""

import contextlib
import fcntl
import gzip
import http.server
import itertools
import json
import socket
import threading
import time
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

import pytest

from etl.fetching.fetch import fetch
from etl.fetching.manners import AGENT, Manners, retry_after
from etl.sources.base import Declaration, Download

QUICK = Manners(connect=2, read=0.5, whole=3, pause=0, backoff=0.01, patience=2, largest=100_000, pages=50)
DRIP = 0.05  # seconds between the pieces of a slow answer
BODY = b"codice;nome\r\n1;Caff\xe8\r\n"


@dataclass
class Server:
    """What the server answers by path: functions from the request to status, headers and body."""

    address: str = ""
    answers: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)

    def at(self, path):
        return f"{self.address}{path}"

    def hits(self, path):
        return [request for request in self.requests if request["path"] == path]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    site = Server()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            parts = urlsplit(self.path)
            form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            request = {
                "path": parts.path,
                "query": {name: values[0] for name, values in parse_qs(parts.query).items()},
                "form": {name: values[0] for name, values in parse_qs(form).items()},
                "headers": dict(self.headers),
                "method": self.command,
                "time": time.monotonic(),
            }
            site.requests.append(request)
            status, headers, body = site.answers.get(parts.path, lambda _request: (404, {}, b"no"))(request)
            self.send_response(status)
            chunks = [body] if isinstance(body, bytes) else body
            for name, value in {"Content-Length": str(sum(map(len, chunks))), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                for chunk in chunks if status != 304 else ():
                    self.wfile.write(chunk)
                    time.sleep(DRIP if len(chunks) > 1 else 0)

        do_GET = do_POST = answer  # noqa: N815 - the names that the library calls

        def log_message(self, *_args):
            """The tests say what matters."""

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    site.address = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield site
    listening.shutdown()
    listening.server_close()


class FakeSource:
    """A source of which only the declaration matters here."""

    def __init__(self, *downloads, source_id="prova"):
        self.declaration = Declaration(
            id=source_id, title="Prova", publisher="Ente", licence="CC0", downloads=tuple(downloads)
        )


def constant(body=BODY, status=200, **headers):
    return lambda _request: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def get(folder, *downloads, manners=QUICK, **options):
    return fetch([FakeSource(*downloads)], folder, manners=manners, **options)


def test_bytes_are_kept_as_received_with_what_is_known_of_them(server, tmp_path):
    server.answers["/f"] = constant(ETag='"v1"', Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT", Content_Type="text/csv")
    (fetched,) = get(tmp_path, Download(server.at("/f"), "farmacie.csv"))
    file = tmp_path / "prova" / "farmacie.csv"
    assert (fetched.state, fetched.files, fetched.bytes) == ("nuovo", (file,), len(BODY))
    assert file.read_bytes() == BODY
    known = json.loads((tmp_path / "prova" / ".fetch" / "farmacie.csv.json").read_text())
    assert (known["address"], known["etag"], known["bytes"]) == (server.at("/f"), '"v1"', len(BODY))
    assert len(known["sha256"]) == 64
    assert known["received_at"].endswith("+00:00")
    assert server.requests[0]["headers"]["User-Agent"] == AGENT
    assert AGENT.startswith("Ombra/")


def test_what_has_not_changed_is_neither_sent_nor_written_again(server, tmp_path):
    def answer(request):
        same = request["headers"].get("If-None-Match") == '"v1"'
        return (304, {}, b"") if same else (200, {"ETag": '"v1"'}, BODY)

    server.answers["/f"] = answer
    download = Download(server.at("/f"), "farmacie.csv")
    file = tmp_path / "prova" / "farmacie.csv"
    assert [get(tmp_path, download)[0].state for _time in range(2)] == ["nuovo", "invariato"]
    written = file.stat().st_mtime_ns
    server.answers["/f"] = constant()
    assert get(tmp_path, download)[0].state == "invariato"
    assert file.stat().st_mtime_ns == written
    server.answers["/f"] = constant(BODY + b"2;x\r\n")
    assert get(tmp_path, download)[0].state == "aggiornato"
    assert file.read_bytes().endswith(b"2;x\r\n")


@pytest.mark.parametrize("spoil", ["change", "remove", "sidecar", "address"])
def test_a_spoilt_file_is_asked_for_as_a_whole(server, tmp_path, spoil):
    server.answers["/f"] = lambda request: (
        (304, {}, b"") if "If-None-Match" in request["headers"] else (200, {"ETag": '"v1"'}, BODY)
    )
    server.answers["/g"] = server.answers["/f"]
    get(tmp_path, Download(server.at("/f"), "farmacie.csv"))
    file = tmp_path / "prova" / "farmacie.csv"
    if spoil == "change":
        file.write_bytes(b"ritoccato a mano")
    elif spoil == "remove":
        file.unlink()
    elif spoil == "sidecar":
        (tmp_path / "prova" / ".fetch" / "farmacie.csv.json").write_text("{")
    get(tmp_path, Download(server.at("/g" if spoil == "address" else "/f"), "farmacie.csv"))
    assert file.read_bytes() == BODY


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_failures_that_may_pass_are_tried_again(server, tmp_path, status):
    server.answers["/f"] = lambda _request: (status, {}, b"") if len(server.requests) < 3 else (200, {}, BODY)
    told = []
    assert get(tmp_path, Download(server.at("/f"), "a.csv"), progress=told.append)[0].state == "nuovo"
    assert len(server.requests) == 3
    assert sum("Nuovo tentativo" in step for step in told) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_says_when_to_come_back(server, tmp_path, status):
    server.answers["/f"] = lambda _request: (
        (status, {"Retry-After": "1"}, b"") if len(server.requests) < 2 else (200, {}, BODY)
    )
    assert get(tmp_path, Download(server.at("/f"), "a.csv"))[0].state == "nuovo"
    first, second = (request["time"] for request in server.requests)
    assert second - first >= 1


def test_a_server_that_asks_for_too_much_patience_is_left_alone(server, tmp_path):
    server.answers["/f"] = constant(b"", 429, Retry_After="3600")
    (fetched,) = get(tmp_path, Download(server.at("/f"), "a.csv"))
    assert (fetched.state, len(server.requests)) == ("fallito", 1)
    assert "3600 s" in fetched.message


def test_retry_after_is_a_number_or_a_date():
    assert retry_after("7") == 7
    assert 50 < retry_after(formatdate(time.time() + 60, usegmt=True)) <= 60
    assert retry_after(formatdate(time.time() - 60, usegmt=True)) == 0
    assert retry_after("presto") is None
    assert retry_after(None) is None


def redirect(to, status=302):
    return lambda _request: (status, {"Location": to}, b"")


def slow(_request):
    time.sleep(1)
    return 200, {}, BODY


REFUSED = [
    ("missing", constant(b"", 404), 1, "404"),
    ("forbidden", constant(b"", 403), 1, "a mano"),
    ("teapot", constant(b"", 418), 1, "418"),
    ("partial", constant(BODY, 206), 1, "206"),
    ("never well", constant(b"", 503), 4, "503"),
    ("silent", slow, 4, "non risponde"),
    ("broken off", constant(BODY, Content_Length="999"), 4, "interrompe"),
    ("no gzip", constant(BODY, Content_Encoding="gzip"), 1, "non è possibile"),
    ("empty", constant(b""), 1, "vuota"),
    ("web page", constant(b"<html>", Content_Type="text/html; charset=utf-8"), 1, "pagina web"),
    ("announced too large", constant(bytes(200_000)), 1, "supera"),
    ("gzip bomb", constant(gzip.compress(bytes(10**7)), Content_Encoding="gzip"), 1, "supera"),
    ("to a file", redirect("file:///etc/passwd"), 1, "http o https"),
    ("to ftp", redirect("ftp://esempio.test/x"), 1, "http o https"),
    ("round and round", redirect("/f"), 6, "rinvii"),
]


@pytest.mark.parametrize(
    ("answer", "requests", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_failure_is_told_and_leaves_the_file_that_was_there(server, tmp_path, answer, requests, said):
    server.answers["/g"] = constant()
    get(tmp_path, Download(server.at("/g"), "a.csv"))
    server.requests.clear()
    server.answers["/f"] = answer
    failed, good = get(tmp_path, Download(server.at("/f"), "a.csv"), Download(server.at("/g"), "b.csv"))
    assert failed.state == "fallito"
    assert said in failed.message
    assert len(server.hits("/f")) == requests
    assert (tmp_path / "prova" / "a.csv").read_bytes() == BODY
    assert good.state == "nuovo"
    assert not list((tmp_path / "prova").rglob("*.part"))


def test_a_drip_of_bytes_does_not_last_for_ever(server, tmp_path):
    server.answers["/f"] = constant([b"x"] * 100)
    (fetched,) = get(tmp_path, Download(server.at("/f"), "a.csv"), manners=replace(QUICK, whole=0.3))
    assert (fetched.state, "completo" in fetched.message) == ("fallito", True)


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://esempio.test/x", "http://", "esempio", "http://[", ""]
)
def test_an_address_that_is_none_is_refused(tmp_path, address):
    (fetched,) = get(tmp_path, Download(address, "a.csv"))
    assert fetched.state == "fallito"
    assert fetched.message


def test_a_server_that_is_not_there_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    (fetched,) = get(tmp_path, Download("http://127.0.0.1:9/x", "a.csv"))
    assert "non risponde" in fetched.message


@pytest.mark.parametrize("name", ["../fuori.csv", "/fuori.csv", "a/b.csv", "..", ".fetch", "", "a\0.csv", "x" * 300])
def test_a_name_that_leaves_the_folder_is_refused(server, tmp_path, name):
    server.answers["/f"] = constant()
    folder = tmp_path / "dati"
    assert get(folder, Download(server.at("/f"), name))[0].state == "fallito"
    sources = [FakeSource(Download(server.at("/f"), "a.csv"), source_id=name)]
    assert fetch(sources, folder, manners=QUICK)[0].state == "fallito"
    assert not server.requests
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_is_a_link_is_refused(server, tmp_path):
    (tmp_path / "altrove").mkdir()
    (tmp_path / "prova").symlink_to(tmp_path / "altrove")
    server.answers["/f"] = constant()
    assert "collegamento" in get(tmp_path, Download(server.at("/f"), "a.csv"))[0].message
    assert not list((tmp_path / "altrove").iterdir())


def test_two_fetches_of_one_source_exclude_each_other(server, tmp_path):
    server.answers["/f"] = constant()
    (tmp_path / "prova" / ".fetch").mkdir(parents=True)
    with (tmp_path / "prova" / ".fetch" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "Un altro" in get(tmp_path, Download(server.at("/f"), "a.csv"))[0].message
    assert get(tmp_path, Download(server.at("/f"), "a.csv"))[0].state == "nuovo"


def test_redirects_are_followed_and_gzip_is_undone(server, tmp_path):
    server.answers["/f"] = redirect("/g")
    server.answers["/g"] = constant(gzip.compress(BODY), Content_Encoding="gzip")
    assert get(tmp_path, Download(server.at("/f"), "a.csv"))[0].state == "nuovo"
    assert (tmp_path / "prova" / "a.csv").read_bytes() == BODY


def test_requests_to_a_host_keep_their_distance(server, tmp_path):
    server.answers["/f"] = constant()
    polite = Manners(pause=0.2)
    get(tmp_path, *(Download(server.at("/f"), f"{n}.csv") for n in range(3)), manners=polite)
    times = [request["time"] for request in server.requests]
    assert all(later - earlier >= 0.2 for earlier, later in itertools.pairwise(times))


def test_a_form_is_posted_each_time(server, tmp_path):
    server.answers["/f"] = constant(b'{"elements": []}', ETag='"v1"')
    download = Download(server.at("/f"), "osm.json", form={"data": "[out:json];node[amenity];out;"})
    assert [get(tmp_path, download)[0].state for _time in range(2)] == ["nuovo", "invariato"]
    assert [(hit["method"], hit["form"]) for hit in server.requests] == [("POST", dict(download.form))] * 2
    assert "If-None-Match" not in server.requests[1]["headers"]


def listing(pages, *, total=None, shift=0):
    """A list of the HSDS API with one service on a page."""

    def answer(request):
        number = int(request["query"]["page"])
        body = {
            "total_items": total or pages,
            "total_pages": pages,
            "page_number": number + shift,
            "contents": [{"id": f"s{number}", "per": request["query"].get("per_page")}],
        }
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()

    return answer


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "prova").glob("*.json"))


def test_all_pages_of_a_list_are_fetched_and_stale_ones_removed(server, tmp_path):
    download = Download(server.at("/services?per_page=1"), "servizi.json", paging="hsds")
    other = tmp_path / "prova" / "servizi-altri.json"
    server.answers["/services"] = listing(3)
    (fetched,) = get(tmp_path, download)
    names = [f"servizi-{number:04d}.json" for number in (1, 2, 3)]
    assert (fetched.state, [file.name for file in fetched.files], kept(tmp_path)) == ("nuovo", names, names)
    assert json.loads((tmp_path / "prova" / names[1]).read_text())["contents"] == [{"id": "s2", "per": "1"}]
    other.write_text("{}")
    assert get(tmp_path, download)[0].state == "invariato"
    server.answers["/services"] = listing(2)
    assert get(tmp_path, download)[0].state == "aggiornato"
    assert kept(tmp_path) == [*names[:2], other.name]


def test_pages_that_have_not_changed_are_not_sent_again(server, tmp_path):
    def answer(request):
        if "If-None-Match" in request["headers"]:
            return 304, {}, b""
        status, headers, body = listing(2)(request)
        return status, {**headers, "ETag": '"v"'}, body

    server.answers["/services"] = answer
    download = Download(server.at("/services"), "servizi.json", paging="hsds")
    assert [get(tmp_path, download)[0].state for _time in range(2)] == ["nuovo", "invariato"]
    assert len(server.requests) == 4
    assert len(kept(tmp_path)) == 2


def changing(request):
    return listing(3, total=3 if int(request["query"]["page"]) < 3 else 4)(request)


def breaking_off(request):
    return (404, {}, b"") if request["query"]["page"] == "3" else listing(3)(request)


BAD_LISTS = [
    ("changed meanwhile", changing, "è cambiato"),
    ("breaks off", breaking_off, "404"),
    ("always the first page", listing(3, shift=-1), "ignora"),
    ("too many pages", listing(51), "il massimo è 50"),
    ("no list", constant(b'{"id": 1}'), "elenco HSDS"),
    ("no JSON", constant(b"[" * 90_000), "elenco HSDS"),
]


@pytest.mark.parametrize(("answer", "said"), [case[1:] for case in BAD_LISTS], ids=[case[0] for case in BAD_LISTS])
def test_a_list_that_fails_leaves_the_old_pages(server, tmp_path, answer, said):
    download = Download(server.at("/services"), "servizi.json", paging="hsds")
    server.answers["/services"] = listing(2)
    get(tmp_path, download)
    before = {name: (tmp_path / "prova" / name).read_bytes() for name in kept(tmp_path)}
    server.answers["/services"] = answer
    (fetched,) = get(tmp_path, download)
    assert fetched.state == "fallito"
    assert said in fetched.message
    assert {name: (tmp_path / "prova" / name).read_bytes() for name in kept(tmp_path)} == before
    assert not list((tmp_path / "prova").rglob("*.part"))


def test_sources_without_downloads_are_passed_over(tmp_path):
    assert fetch([FakeSource()], tmp_path, manners=QUICK) == []


def test_without_a_network_nothing_is_tried_again_and_the_rest_is_not_tried(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    asked = []

    def resolve(host, *_args, **_options):
        asked.append(host)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    sources = [
        FakeSource(
            Download(f"https://{name}.invalid/dati", "a.csv"),
            Download(f"https://{name}.invalid/b", "b.csv"),
            source_id=name,
        )
        for name in ("uno", "due", "tre")
    ]
    said = []
    found = fetch(sources, tmp_path, manners=QUICK, progress=said.append)
    assert [host if isinstance(host, str) else host.decode() for host in asked] == [
        "uno.invalid",
        "uno.invalid",
        "due.invalid",
    ]
    assert [(one.source_id, one.name) for one in found] == [
        ("uno", "a.csv"),
        ("uno", "b.csv"),
        ("due", "a.csv"),
        ("due", "b.csv"),
        ("tre", "2 file"),
    ]
    assert found[0].message == "il server «uno.invalid» non si trova: controllare la rete e l'indirizzo."
    assert found[4].message == "Sembra che manchi la rete: riprovare quando c'è."
    assert [line for line in said if "tre" in line] == [f"tre: non scaricata. {found[4].message}"]
    assert sum("https://uno.invalid/dati" in line for line in said) == 1
    assert not any("Errno" in line or "failure" in line for line in said)


def test_a_host_that_is_not_found_does_not_stop_the_others_where_there_is_a_network(server, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")
    server.answers["/f"] = constant()
    downloads = [Download("http://uno.invalid/f", "a.csv"), Download(server.at("/f"), "b.csv")]
    downloads += [Download("http://due.invalid/f", "c.csv"), Download(server.at("/f"), "d.csv")]
    assert [one.state for one in get(tmp_path, *downloads)] == ["fallito", "nuovo", "fallito", "nuovo"]
