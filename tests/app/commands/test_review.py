"""The review as an officer does it: at a terminal, by single commands, and from one machine to another."""

import csv
import io
import re

import pytest

from app.cli import main
from etl.publication.services import service_identifier
from tests.etl.link.stock import claim, compared, stock
from tests.etl.tools import scalar

ANNA = ("--author", "Anna")


class Terminal(io.StringIO):
    """A standard input at which somebody sits."""

    def isatty(self):
        return True


class Officer:
    """Somebody who reviews the pairs of a database."""

    def __init__(self, engine, folder, monkeypatch, capfd):
        self.engine = engine
        self._monkeypatch = monkeypatch
        self._capfd = capfd
        monkeypatch.setenv("OMBRA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
        monkeypatch.setenv("OMBRA_HOME", str(folder))

    def review(self, *words, typed=None):
        """Exit code, standard output and standard error of one command."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO() if typed is None else Terminal(typed))
        self._capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["etl", "review", *map(str, words)])
        told = self._capfd.readouterr()
        return ended.value.code, told.out, told.err

    def published(self, *rows):
        """The identifiers under which rows of sources are published."""
        statement = "select entity_id from identity where entity = 'service' and member_id = '{}'"
        return [scalar(self.engine, statement.format(service_identifier(*row))) for row in rows]

    def judged(self):
        statement = "select string_agg(verdict || ' ' || author, ', ' order by made_at) from judgement"
        return scalar(self.engine, statement + " where undone_at is null")


ALFA, BETA, GAMMA, DELTA = ("prova-a", "1"), ("prova-b", "1"), ("prova-a", "2"), ("prova-b", "2")


@pytest.fixture
def officer(loaded_scratch, tmp_path, monkeypatch, capfd):
    """Four nurseries far from each other, of which two pairs wait."""
    names = {ALFA: "Nido Alfa", BETA: "Girotondo Beta", GAMMA: "Nido Gamma", DELTA: "Nido [Delta]"}
    claims = {
        row: claim(*row, name, longitude=7.60 + 0.03 * at, organization="Coop. Prova" if row == ALFA else None)
        for at, (row, name) in enumerate(names.items())
    }
    with loaded_scratch.begin() as connection:
        stock(connection, list(claims.values()))
        compared(connection, claims[ALFA].id, claims[BETA].id, 1.0)
        compared(connection, claims[GAMMA].id, claims[DELTA].id, 4.0)
    return Officer(loaded_scratch, tmp_path, monkeypatch, capfd)


def test_what_waits_is_listed_on_the_screen_and_as_a_table(officer):
    code, told, _ = officer.review("--list")
    assert code == 0, told
    assert "2 coppie attendono un giudizio." in told
    assert "prova-b:2" in told
    assert told.index("Nido Alfa") < told.index("Nido [Delta]"), "the most uncertain first"
    assert officer.review()[1] == told, "without a terminal nobody is asked"
    code, told, _ = officer.review("--list", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert [row["weight"] for row in rows] == ["1", "4"]
    assert {rows[0]["left_key"], rows[0]["right_key"]} == {"1"}
    assert "nome: nomi simili (+5.5)" in rows[0]["reasons"]
    assert rows[0]["map"].startswith("https://www.openstreetmap.org/directions")
    assert officer.review("--list", "--question", "location")[1].count("prova-") == 0


def test_one_by_one_at_a_terminal(officer):
    code, told, _ = officer.review(typed="\nAnna\nx\ns stesso cortile\nn\n")
    assert code == 0, told
    assert "1 di 2: stesso servizio?" in told
    assert "Girotondo Beta" in told
    assert "+5,5  nome: nomi simili" in told
    assert "Distanza: 2." in told
    assert "Una lettera fra s, d, i, n, q." in told
    assert "Nido [Delta]" in told, "what looks like markup is text"
    assert "1 giudizio dato." in told
    assert officer.judged() == "stesso Anna"
    assert scalar(officer.engine, "select note from judgement") == "stesso cortile"
    assert len(set(officer.published(ALFA, BETA))) == 1
    code, told, _ = officer.review("--history")
    assert "stesso cortile" in told
    assert "in vigore" in told


def test_codes_and_days_are_shown_as_people_say_them(officer):
    told = officer.review(*ANNA, typed="q\n")[1]
    assert "da verificare" in told or "attivo" in told
    assert "in sede" in told
    assert "da_verificare" not in told
    assert not re.search(r"\d{4}-\d{2}-\d{2}", told)


def test_who_goes_away_keeps_what_was_judged(officer):
    assert "Nessun giudizio dato." in officer.review(*ANNA, typed="q\n")[1]
    code, told, _ = officer.review(*ANNA, typed="diverso\n")
    assert code == 0, told
    assert officer.judged() == "diverso Anna"
    assert "1 giudizio dato." in told


def test_judged_split_and_undone_identifiers_come_back(officer):
    before = officer.published(ALFA, BETA)
    versions = scalar(officer.engine, "select count(*) from data_version")
    assert len(set(before)) == 2
    code, told, _ = officer.review("--judge", "prova-a:1", str(before[1])[:13], "stesso", *ANNA, "--note", "visti")
    assert code == 0, told
    joined = officer.published(ALFA, BETA)
    assert len(set(joined)) == 1
    assert joined[0] in before
    assert scalar(officer.engine, "select count(*) from data_version") > versions, "answers kept elsewhere are old now"
    code, told, _ = officer.review("--split", joined[0])
    assert (code, "prova-a:1" in told, "prova-b:1" in told) == (0, True, True), told
    code, told, _ = officer.review("--split", joined[0], "prova-b:1", "--author", "Bruno")
    assert code == 0, told
    assert sorted(officer.published(ALFA, BETA)) == sorted(before)
    number = str(scalar(officer.engine, "select id from judgement where author = 'Bruno'"))
    code, told, _ = officer.review("--undo", number[:8], *ANNA)
    assert (code, "Annullato 1 giudizio." in told) == (0, True), told
    assert officer.published(ALFA, BETA) == joined
    assert "annullato" in officer.review("--history")[1]


def test_two_that_were_parted_are_joined_again(officer):
    officer.review("--judge", "prova-a:1", "prova-b:1", "diverso", *ANNA)
    code, told, _ = officer.review("--join", "prova-a:1", "prova-b:1", *ANNA)
    assert code == 0, told
    assert len(set(officer.published(ALFA, BETA))) == 1


def test_judgements_go_to_another_machine_and_are_not_taken_twice(officer, tmp_path):
    officer.review("--judge", "prova-a:1", "prova-b:1", "stesso", *ANNA)
    file = tmp_path / "giudizi.csv"
    code, _, told = officer.review("--export", file)
    assert (code, file.read_text("utf-8").count("\n")) == (0, 2), told
    number = str(scalar(officer.engine, "select id from judgement"))
    officer.review("--undo", number, *ANNA)
    assert len(set(officer.published(ALFA, BETA))) == 2
    with officer.engine.begin() as connection:
        connection.exec_driver_sql("delete from judgement")
    code, told, _ = officer.review("--import", file)
    assert (code, "Giudizi presi: 1; già presenti: 0" in told) == (0, True), told
    assert officer.judged() == "stesso Anna"
    assert len(set(officer.published(ALFA, BETA))) == 1
    assert "Giudizi presi: 0; già presenti: 1" in officer.review("--import", file)[1]


def test_a_contradiction_is_told_and_nothing_changes(officer):
    officer.review("--judge", "prova-a:1", "prova-b:1", "stesso", *ANNA)
    officer.review("--judge", "prova-b:1", "prova-a:2", "stesso", *ANNA)
    code, _, told = officer.review("--judge", "prova-a:1", "prova-a:2", "diverso", *ANNA)
    assert (code, "si contraddicono" in told, "Nido Alfa (prova-a:1)" in told) == (2, True, True), told
    assert officer.judged() == "stesso Anna, stesso Anna"


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["--judge", "prova-a:1", "prova-b:1", "forse", *ANNA], "stesso, diverso o incerto"),
        (["--judge", "prova-a:1", "prova-b:1", "stesso"], "--author"),
        (["--judge", "prova-a:1", "prova-z:9", "stesso", *ANNA], "«prova-z»"),
        (["--judge", "prova-a:1", "zz", "stesso", *ANNA], "almeno 4 cifre"),
        (["--undo", "abcd", *ANNA], "Nessun giudizio ha il numero"),
        (["--list", "--history"], "Una cosa alla volta"),
        (["--list", "prova-a:1"], "--split SERVIZIO"),
        (["--split", "prova-a:1", "prova-a:1", *ANNA], "una sola riga"),
        (["--import", "non-c-e.csv", *ANNA], "non-c-e.csv"),
    ],
)
def test_what_cannot_be_done_is_told_in_plain_words(reviewer, words, word):
    code, _, told = reviewer.review(*words)
    assert (code, word in told, "Traceback" in told) == (2, True, False), told


HEADER = b"question,left_source,left_key,right_source,right_key,verdict,evidence\n"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (HEADER + b"service,prova-a,1,prova-b,1,stesso,\xe8\n", "riga 2 ha caratteri di un'altra codifica"),
        (HEADER + b"service,prova-a,1,prova-b,1,stesso,a\0b\n", "riga 2 ha un carattere che non è testo"),
        (HEADER + b"service,prova-a,1,prova-b,1,stesso," + b"x" * 140_000 + b"\n", "troppo lungo"),
        (None, "è una cartella"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_italian(reviewer, tmp_path, content, word):
    file = tmp_path / "giudizi.csv"
    file.mkdir() if content is None else file.write_bytes(content)
    code, _, told = reviewer.review("--import", file, *ANNA)
    plain = " ".join(told.split())
    assert (code, word in plain, "Traceback" in told) == (2, True, False), told
    assert "codec" not in plain
    assert reviewer.judged() is None


@pytest.fixture
def reviewer(databases, reviewed, tmp_path, monkeypatch, capfd):
    """Somebody who changes nothing."""
    with databases.clone(reviewed, "reviewed") as engine:
        yield Officer(engine, tmp_path, monkeypatch, capfd)


@pytest.fixture(scope="session")
def reviewed(databases, filled):
    def fill(engine):
        with engine.begin() as connection:
            stock(connection, [claim(*ALFA), claim(*BETA)])

    return databases.template("reviewed", fill, base=filled)
