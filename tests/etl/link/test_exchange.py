"""Judgements carried from one machine to another, and files that are none."""

import csv
import io

import pytest
from sqlalchemy import text

from etl.link import exchange
from etl.link.contradictions import Contradictory
from etl.link.exchange import COLUMNS, UnreadableJudgements, take_in
from etl.link.judgements import history, in_force, judge, undo
from tests.etl.link.stock import claim, stock

HEADER = "question,left_source,left_key,right_source,right_key,verdict,stratum,evidence"


@pytest.fixture
def connection(engine):
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def claims(connection):
    made = [claim("prova-a", "1"), claim("prova-a", "2"), claim("prova-b", "1"), claim("prova-b", "2")]
    stock(connection, made)
    return made


def table(rows):
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def labels(*lines):
    return "\n".join([HEADER, *lines])


def test_a_note_that_looks_like_a_formula_comes_back_as_it_was(connection, claims):
    from app.api.output import table as written

    judge(connection, "service", claims[0].id, claims[2].id, "diverso", author="Anna", note="- sede chiusa")
    file = written(exchange.export(connection), COLUMNS)
    assert ",'- sede chiusa," in file
    connection.exec_driver_sql("delete from judgement")
    take_in(connection, file)
    assert [one.note for one in in_force(connection)] == ["- sede chiusa"]


def test_what_is_given_out_comes_back_with_author_and_time(connection, claims):
    ids = [one.id for one in claims]
    judge(connection, "service", ids[0], ids[2], "stesso", author="Anna", note="stesso civico, nome cambiato")
    judge(connection, "location", claims[1].location_id, claims[3].location_id, "diverso", author="Bruno")
    undo(connection, judge(connection, "service", ids[0], ids[1], "diverso", author="Anna").id, author="Anna")
    before = [
        (one.question, one.left, one.right, one.verdict, one.author, one.made_at, one.note)
        for one in in_force(connection)
    ]
    text = table(exchange.export(connection))
    assert "prova-a,1,prova-b,1,stesso" in text
    for one in in_force(connection):
        undo(connection, one.id, author="Anna")
    connection.exec_driver_sql("delete from judgement")
    brought = take_in(connection, text)
    assert (brought.kept, brought.known, brought.strange) == (2, 0, 0)
    after = [
        (one.question, one.left, one.right, one.verdict, one.author, one.made_at, one.note)
        for one in in_force(connection)
    ]
    assert after == before
    assert take_in(connection, text).known == 2
    assert len(history(connection)) == 2


def test_of_a_place_that_became_protected_no_judgement_is_given_out(connection, claims):
    ids = [one.id for one in claims]
    judge(connection, "service", ids[0], ids[2], "stesso", author="Anna")
    judge(connection, "service", ids[1], ids[3], "diverso", author="Anna")
    assert len(exchange.export(connection)) == 2
    hidden = text("update restricted.service_claim set protected = true where id = :id")
    connection.execute(hidden, {"id": ids[2]})
    assert [row["verdict"] for row in exchange.export(connection)] == ["diverso"]


@pytest.mark.parametrize("when", ["", "2026-11-20T09:00:00+01:00"])
def test_a_line_that_a_file_repeats_is_one_judgement(connection, claims, when):
    line = f"service,prova-a,1,prova-b,1,diverso,,indirizzi diversi,Anna,{when}"
    found = take_in(connection, "\n".join([f"{HEADER},author,made_at", line, line]))
    assert (found.kept, found.known) == (1, 1)
    undo(connection, in_force(connection)[0].id, author="Anna")
    assert in_force(connection) == []


def test_labels_are_taken_in_the_name_of_who_brings_them(connection, claims):
    text = labels(
        'service,prova-a,1,prova-b,1,stesso,semplice,"stesso civico, nome cambiato"',
        "service,prova-a,2,prova-z,9,diverso,vicina,righe non caricate qui",
        "service,prova-a@2022,1,prova-a@2023,1,stesso,,due edizioni",
        "location,prova-a,1,prova-z,9,diverso,,",
    )
    brought = take_in(connection, text, author="Anna")
    assert (brought.kept, brought.known, brought.strange) == (2, 0, 2)
    assert {one.author for one in in_force(connection)} == {"Anna"}
    assert take_in(connection, text, author="Bruno").kept == 0
    undo(connection, in_force(connection)[0].id, author="Anna")
    assert len(in_force(connection)) == 1, "lines are acts of their own"


def test_an_older_judgement_does_not_win_over_what_was_judged_since(connection, claims):
    judge(connection, "service", claims[0].id, claims[2].id, "diverso", author="Anna")
    old = "service,prova-a,1,prova-b,1,stesso,,,Bruno,2020-01-01T10:00:00+01:00"
    assert take_in(connection, f"{HEADER},author,made_at\n{old}\n").kept == 1
    assert [one.verdict for one in in_force(connection)] == ["diverso"]


def test_all_faults_of_a_file_are_told_at_once_and_nothing_is_kept(connection, claims):
    text = labels(
        "servizio,prova-a,1,prova-b,1,forse,,",
        "service,,1,prova-b,1,stesso,,",
        "service,prova-a,2,prova-b,2,stesso,,",
        "service,prova-b,2,prova-a,2,diverso,,",
    )
    with pytest.raises(UnreadableJudgements) as raised:
        take_in(connection, text, author="Anna")
    told = "\n".join(raised.value.faults)
    assert len(raised.value.faults) == 4, told
    assert "riga 2: «servizio»" in told
    assert "riga 2: «forse»" in told
    assert "riga 3: manca left_source" in told
    assert "prova-a:2 e prova-b:2 hanno più giudizi: diverso, stesso" in told
    assert history(connection) == []


@pytest.mark.parametrize("text", ["", "a;b;c\n1;2;3\n", "Nido,Via\n"])
def test_a_file_of_another_kind_is_refused_by_its_columns(connection, text):
    with pytest.raises(UnreadableJudgements, match="left_source"):
        take_in(connection, text, author="Anna")


def test_without_an_author_or_with_a_time_that_is_none_nothing_is_taken(connection, claims):
    line = "service,prova-a,1,prova-b,1,stesso,,"
    with pytest.raises(UnreadableJudgements, match="--author"):
        take_in(connection, labels(line))
    with pytest.raises(UnreadableJudgements, match="ieri"):
        take_in(connection, f"{HEADER},author,made_at\n{line},Anna,ieri\n")


def test_a_judgement_of_a_protected_place_is_refused_by_its_line(connection, claims):
    hidden = text("update restricted.service_claim set protected = true where id = :id")
    connection.execute(hidden, {"id": claims[2].id})
    lines = labels("service,prova-a,2,prova-b,2,stesso,,", "service,prova-a,1,prova-b,1,stesso,,")
    with pytest.raises(UnreadableJudgements) as raised:
        take_in(connection, lines, author="Anna")
    assert list(raised.value.faults) == ["riga 3: prova-b:1 è un luogo protetto: non si confronta con altri."]
    assert history(connection) == []


def test_a_judgement_of_a_time_to_come_is_refused(connection, claims):
    line = "service,prova-a,1,prova-b,1,stesso,,,Anna,2099-01-01T00:00:00+01:00"
    with pytest.raises(UnreadableJudgements, match="deve ancora venire"):
        take_in(connection, f"{HEADER},author,made_at\n{line}\n")


def test_lines_are_counted_with_the_blank_ones_and_odd_ones_are_told(connection, claims):
    lines = labels(
        "", "service,prova-a,1,prova-a,1,stesso,,", "service,prova-a,1,prova-b,1,stesso,,prova, in due celle"
    )
    with pytest.raises(UnreadableJudgements) as raised:
        take_in(connection, lines, author="Anna")
    told = list(raised.value.faults)
    assert told[0] == "riga 3: la riga 1 è confrontata con sé stessa."
    assert told[1].startswith("riga 4: ha più celle delle colonne")


def test_a_table_with_semicolons_is_read_too(connection, claims):
    lines = labels("service,prova-a,1,prova-b,1,stesso,,").replace(",", ";")
    assert take_in(connection, lines, author="Anna").kept == 1


def test_judgements_that_contradict_each_other_are_refused(connection, claims):
    text = labels(
        "service,prova-a,1,prova-b,1,stesso,,",
        "service,prova-a,2,prova-b,1,stesso,,",
        "service,prova-a,1,prova-a,2,diverso,,",
    )
    with pytest.raises(Contradictory):
        take_in(connection, text, author="Anna")
    assert history(connection) == []


def test_the_labels_of_the_project_can_be_taken_in(connection):
    from etl.identity import ROOT

    for file in sorted((ROOT / "data" / "labels").glob("*.csv")):
        brought = take_in(connection, file.read_text("utf-8"), author="Prova")
        assert brought.kept + brought.strange > 0, file.name
