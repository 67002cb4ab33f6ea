"""The commands on sources as an officer uses them, from a file that nobody has prepared to its way back."""

import csv
import io
import re
import shutil
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml

from app.cli import main
from tests.etl.tools import fingerprint, scalar

SAMPLE = Path(__file__).parent / "samples" / "punti_digitale_facile_2026.csv"
SOURCE = "punti-digitale"
PUBLISHED = ("--publisher", "Ente di prova")


class Officer:
    """Somebody at a terminal, with a folder of files and one of mappings."""

    def __init__(self, engine, folder, monkeypatch, capfd):
        self.engine = engine
        self.files = folder / "file"
        self.mappings = folder / "mappature"
        self.files.mkdir()
        self.mappings.mkdir()
        self._capfd = capfd
        monkeypatch.setenv("OMBRA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("OMBRA_HOME", str(folder))

    def ombra(self, *words):
        """Exit code, standard output and standard error of one command."""
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["etl", *map(str, words)])
        told = self._capfd.readouterr()
        return ended.value.code, told.out, told.err

    def run(self, *words):
        return self.ombra("run", "--dir", self.files, "--mappings", self.mappings, *words)

    def prepare(self):
        """The sample with the mapping that is proposed for it."""
        file = Path(shutil.copy(SAMPLE, self.files))
        out = self.mappings / f"{SOURCE}.yaml"
        return self.ombra("new-source", file, "--id", SOURCE, *PUBLISHED, "--out", out, "--yes")


@pytest.fixture
def officer(loaded_scratch, tmp_path, monkeypatch, capfd):
    return Officer(loaded_scratch, tmp_path, monkeypatch, capfd)


@pytest.fixture
def reader(loaded, tmp_path, monkeypatch, capfd):
    """An officer who only reads."""
    return Officer(loaded, tmp_path, monkeypatch, capfd)


def cells(line):
    return line.split()


# --- a new data base ----------------------------------------------------------------------------------


def test_a_file_nobody_prepared_is_read_shown_loaded_and_taken_back(officer):
    began = time.monotonic()
    code, told, _ = officer.prepare()
    assert code == 0, told
    assert "tipo di servizio: punto_digitale_facile" in told
    assert "telefono: +390115550101" in told
    assert "EPSG:32632" in told
    assert f"./ombra etl run --dir {officer.files} --source {SOURCE} --mappings {officer.mappings} --dry-run" in told

    public = fingerprint(officer.engine)
    code, told, _ = officer.run("--dry-run")
    assert code == 0, told
    assert "10 righe lette = 9 accettate + 1 scartate." in told
    assert "Punto digitale facile di Rivoli: nuovo" in told
    assert "Prova: nulla è stato scritto" in told
    assert fingerprint(officer.engine) == public

    code, told, _ = officer.run()
    assert (code, "Caricato." in told) == (0, True), told
    assert time.monotonic() - began < 300, "the promise of the README"
    assert scalar(officer.engine, "select count(*) from service where service_type_code = 'punto_digitale_facile'") >= 9
    again, told, _ = officer.run()
    assert (again, "Nessun cambiamento" in told) == (0, True), told

    code, told, _ = officer.ombra("report", "--source", SOURCE)
    assert re.search(rf"{SOURCE} +data non dichiarata +10 +9 +1", told), told
    assert "fuori dalla città metropolitana" in told

    code, told, _ = officer.ombra("history", "--source", SOURCE)
    [number] = re.findall(r"^ ([0-9a-f]{8}) ", told, re.MULTILINE)
    code, told, _ = officer.ombra("rollback", number, "--mappings", officer.mappings)
    assert code == 0, told
    assert scalar(officer.engine, "select count(*) from service where closed_on is not null") == 9
    assert "annullato" in officer.ombra("history", "--source", SOURCE)[1]
    code, _, told = officer.ombra("rollback", number, "--mappings", officer.mappings)
    assert (code, "già stato annullato" in told) == (2, True), told


def test_without_a_yes_nothing_is_written(officer, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    out = officer.mappings / "x.yaml"
    code, told, _ = officer.ombra("new-source", SAMPLE, "--out", out)
    assert (code, out.exists()) == (0, False)
    assert "Non ho scritto nulla." in told


def test_a_mapping_that_is_there_is_not_overwritten(officer):
    officer.prepare()
    code, _, told = officer.ombra(
        "new-source", SAMPLE, "--out", officer.mappings / f"{SOURCE}.yaml", *PUBLISHED, "--yes"
    )
    assert code == 2
    assert "c'è già" in told


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [("vuoto.csv", b"", "vuoto"), ("foto.jpg", b"\xff\xd8\xff", "foto.jpg")],
)
def test_what_is_no_table_is_told(officer, tmp_path, name, content, word):
    file = tmp_path / name
    file.write_bytes(content)
    code, _, told = officer.ombra("new-source", file, "--yes")
    assert code == 2
    assert word in told
    assert "Traceback" not in told


def test_what_is_said_of_the_source_stands_in_the_mapping(officer):
    out = officer.mappings / "x.yaml"
    said = ["--id", "x", "--title", 'Punti: "facile"', "--publisher", "Città di Prova", "--date", "2026-09-30"]
    code, told, _ = officer.ombra("new-source", SAMPLE, *said, "--licence", "CC-BY-4.0", "--out", out, "--yes")
    assert code == 0, told
    written = yaml.safe_load(out.read_text(encoding="utf-8"))
    assert written["title"] == 'Punti: "facile"'
    assert (written["id"], written["publisher"], written["licence"]) == ("x", "Città di Prova", "CC-BY-4.0")
    assert written["edition"] == {"date": "2026-09-30"}
    assert "«edition»" not in told
    assert "# Campo di Ombra" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["--id", "Due Parole"], "«id»"),
        (["--id", "aperto-farmacie"], "si chiama già"),
        (["--type", "bar"], "bar"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_written_as_a_draft_that_stops_nobody(officer, words, word):
    out = officer.mappings / "x.yaml"
    code, told, _ = officer.ombra("new-source", SAMPLE, *words, *PUBLISHED, "--out", out, "--yes")
    assert code == 1, told
    assert word in told
    assert not out.exists()
    assert (officer.mappings / "x.yaml.bozza").exists()
    assert officer.ombra("sources", "--mappings", officer.mappings)[0] == 0


def test_a_mapping_without_a_publisher_is_a_draft(officer):
    out = officer.mappings / "x.yaml"
    code, told, _ = officer.ombra("new-source", SAMPLE, "--out", out, "--yes")
    assert (code, "non è chi pubblica" in told, out.exists()) == (1, True, False), told
    assert "riga 5: tipo di servizio: punto_digitale_facile" in told


def test_at_a_terminal_what_only_a_person_knows_is_asked(officer, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    # publisher, licence (kept), date as it is written in Italy; the title is told by an option and not asked.
    monkeypatch.setattr("sys.stdin", Terminal("Ente di prova\n\n30/09/2026\ns\n"))
    out = officer.mappings / "x.yaml"
    code, told, _ = officer.ombra("new-source", SAMPLE, "--title", "Punti", "--out", out)
    assert code == 0, told
    written = yaml.safe_load(out.read_text(encoding="utf-8"))
    assert (written["title"], written["publisher"], written["licence"]) == ("Punti", "Ente di prova", "non dichiarata")
    assert written["edition"] == {"date": "2026-09-30"}


@pytest.mark.parametrize("date", ["ieri", "2026-13", "31/02/2026", "26"])
def test_a_date_that_is_none_is_told_before_anything_else(officer, date):
    code, told, wrong = officer.ombra("new-source", SAMPLE, "--date", date, "--yes")
    assert (code, told) == (2, "")
    assert "scrivere 2026, 2026-06 o 2026-06-30" in wrong


def test_figures_that_read_both_ways_make_a_draft_and_are_never_shown_as_no_number(officer, tmp_path):
    file = tmp_path / "contribuenti_2024.csv"
    file.write_text(
        "Codice Istat Comune;Contribuenti;Reddito\n"
        + "".join(f"0010{at:02d};{at}.345;{at}000000\n" for at in range(1, 30) if at not in (3, 5))
    )
    out = officer.mappings / "x.yaml"
    code, told, _ = officer.ombra("new-source", file, *PUBLISHED, "--out", out, "--yes")
    assert (code, (officer.mappings / "x.yaml.bozza").exists()) == (1, True), told
    assert "nelle colonne «Contribuenti»" in told
    assert "nan" not in told.split()
    assert "riga 2: nome: reddito; anno: 2024; codice: Agliè (001001)" in told
    assert "valore: 1000000" in told
    assert "«1.345»" in told


def test_a_file_that_a_source_reads_already_needs_no_mapping(officer):
    ludoteche = Path(__file__).parents[2] / "etl" / "sources" / "samples" / "tabelle" / "si_ludoteche.csv"
    code, told, _ = officer.ombra("new-source", ludoteche, "--out", officer.mappings / "y.yaml", "--yes")
    assert (code, "già della fonte «aperto-ludoteche»" in told) == (1, True), told


# --- run ----------------------------------------------------------------------------------------------


def test_a_refused_file_ends_with_one_and_leaves_the_public_data_alone(officer):
    officer.prepare()
    officer.run()
    public = fingerprint(officer.engine)
    (officer.files / SAMPLE.name).write_bytes(b"")
    code, told, err = officer.run()
    assert code == 1
    assert SAMPLE.name in told
    assert "Traceback" not in told + err
    assert fingerprint(officer.engine) == public


def test_files_of_nobody_are_listed_and_never_opened(officer):
    secret = officer.files / "chiavi.csv"
    secret.write_text("a;b\n1;2\n")
    secret.chmod(0)
    code, told, _ = officer.run()
    assert code == 0
    assert "chiavi.csv" in told
    assert "non sono stati aperti" in told


def test_all_differences_go_into_a_table_without_formulas(officer, tmp_path):
    officer.prepare()
    file = officer.files / SAMPLE.name
    file.write_bytes(file.read_bytes().replace(b"Punto digitale facile di Chieri", b"-Punto di Chieri"))
    out = tmp_path / "differenze.csv"
    code, _, told = officer.run("--dry-run", "--out", out)
    assert code == 0, told
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert {row["event"] for row in rows} == {"nuovo"}
    assert len(rows) == 9
    assert "'-Punto di Chieri" in {row["name"] for row in rows}


def test_an_empty_or_missing_folder_is_told(officer):
    assert "Nella cartella non c'è nessun file." in officer.run()[1]
    code, _, told = officer.ombra("run", "--dir", officer.files / "altrove")
    assert (code, "non esiste" in told) == (2, True)


def test_before_up_there_is_nothing_to_load_onto(scratch, tmp_path, monkeypatch, capfd):
    code, _, told = Officer(scratch, tmp_path, monkeypatch, capfd).run()
    assert (code, "./ombra up" in told) == (2, True)


# --- names and numbers --------------------------------------------------------------------------------


def test_unknown_sources_are_told_all_at_once_with_those_that_come_near(reader):
    for command in ("run", "fetch", "report"):
        code, _, told = reader.ombra(command, "--source", "mim-scuole-paritari", "--source", "boh")
        assert code == 2
        assert "«mim-scuole-paritari»" in told
        assert "«boh»" in told
    assert "mim-scuole-paritarie" in reader.ombra("fetch", "--source", "mim-scuole-paritari")[2]


@pytest.mark.parametrize(
    ("number", "word"), [("zz", "almeno 4 cifre"), ("ffff", "Nessun caricamento"), ("%%%%", "almeno 4 cifre")]
)
def test_a_run_that_is_none_is_told(reader, number, word):
    code, _, told = reader.ombra("rollback", number)
    assert (code, word in told) == (2, True), told


def test_the_built_in_services_cannot_be_rolled_back(officer):
    number = scalar(officer.engine, "select id::text from source_run where source_id = 'servizi-ombra'")
    code, _, told = officer.ombra("rollback", number)
    assert (code, "non viene da file" in told) == (2, True), told


# --- lists and reports --------------------------------------------------------------------------------


def test_the_catalogue_is_listed_whole(reader):
    from etl.sources.catalogue import catalogue

    code, told, _ = reader.ombra("sources", "--format", "csv")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(told))}
    assert code == 0
    assert rows.keys() == {source.declaration.id for source in catalogue()}
    for source in catalogue():
        declared = source.declaration
        assert rows[declared.id]["licence"] == declared.licence
        assert rows[declared.id]["downloads"] == "|".join(download.address for download in declared.downloads)
    assert "ministero-farmacie" in reader.ombra("sources")[1]


def test_no_database_is_made_to_list_the_catalogue(tmp_path, monkeypatch, capfd):
    monkeypatch.delenv("OMBRA_DATABASE_URL", raising=False)
    monkeypatch.setenv("OMBRA_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(["etl", "sources"])
    assert ended.value.code == 0
    assert list(tmp_path.iterdir()) == []
    assert "mai" in capfd.readouterr().out


def test_the_report_is_a_table_a_file_and_csv(reader, tmp_path):
    code, told, _ = reader.ombra("report")
    assert code == 0
    assert re.search(r"servizi-ombra +\d+ anni +244 +244 +0", told) or re.search(r"servizi-ombra +\d+ mesi +244", told)
    code, told, _ = reader.ombra("report", "--format", "csv")
    [row] = [row for row in csv.DictReader(io.StringIO(told)) if row["Codice"] == "servizi-ombra"]
    assert int(row["Righe lette"]) == int(row["Accettate"]) + int(row["Scartate"]) == 244
    assert 0 < int(row["Qualità su 100"]) < 100
    out = tmp_path / "rapporto.html"
    code, _, told = reader.ombra("report", "--format", "html", "--out", out)
    assert (code, out.name in "".join(told.split())) == (0, True)
    page = out.read_text(encoding="utf-8")
    assert "Servizi pubblici compilati da pagine pubbliche" in page
    assert not re.search(r"<(?:script|img|link|iframe)\b|url\(|@import", page), "nothing from anywhere else"
    assert page.count("<table") == page.count("<caption")
    assert "<th scope=" in page
    assert 'lang="it"' in page


def test_a_report_that_cannot_be_written_is_told(reader):
    code, _, told = reader.ombra("report", "--format", "html", "--out", "/proc/rapporto.html")
    assert (code, "Non si può scrivere" in told) == (2, True)


@pytest.mark.parametrize("words", [["etl"], ["etl", "--help"], ["etl", "run", "--help"]])
def test_help_is_italian(words, capfd):
    with pytest.raises(SystemExit) as ended:
        main(words)
    told = capfd.readouterr().out
    assert ended.value.code == 0
    assert "Uso: ./ombra etl" in told
    assert "Usage" not in told


# --- fetch --------------------------------------------------------------------------------------------


class Publisher(BaseHTTPRequestHandler):
    """Serves one file; any other is missing."""

    def do_GET(self):
        there = self.path == "/elenco.csv"
        self.send_response(200 if there else 404)
        self.end_headers()
        if there:
            self.wfile.write(SAMPLE.read_bytes())

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def publisher():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("path", "code", "word"), [("elenco.csv", 0, "nuovo"), ("altro.csv", 1, "fallito")])
def test_fetching_says_what_became_of_each_file(officer, publisher, path, code, word):
    officer.prepare()
    mapping = officer.mappings / f"{SOURCE}.yaml"
    told = yaml.safe_load(mapping.read_text(encoding="utf-8"))
    told["downloads"] = [{"address": f"{publisher}/{path}", "name": SAMPLE.name}]
    mapping.write_text(yaml.safe_dump(told), encoding="utf-8")
    ended, out, err = officer.ombra("fetch", "--source", SOURCE, "--mappings", officer.mappings)
    assert ended == code, out + err
    assert word in out
    kept = officer.files.parent / "ricevuti" / SOURCE / SAMPLE.name
    assert kept.exists() == (code == 0)
    assert "./ombra etl run" in " ".join(out.split())


def test_a_source_without_address_cannot_be_fetched(reader):
    code, _, told = reader.ombra("fetch", "--source", "aperto-farmacie")
    assert (code, "non hanno un file da scaricare" in told) == (2, True)


def test_the_readme_names_every_source():
    from etl.sources.catalogue import catalogue

    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    missing = [source.declaration.id for source in catalogue() if f"`{source.declaration.id}`" not in readme]
    assert missing == []
