"""Judgements in a database: kept for ever, superseded, undone, refused where they contradict each other."""

import uuid
from itertools import combinations, product

import pytest
from sqlalchemy import text

from etl.errors import NotFound
from etl.link import judgements
from etl.link.contradictions import Contradictory
from etl.link.judgements import JudgementError, history, in_force, join, judge, split, undo
from tests.etl.link.stock import claim, publish, stock


@pytest.fixture
def connection(engine):
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def four(connection):
    """Identifiers of four claims of two lists."""
    claims = [claim("prova-a", "1"), claim("prova-a", "2"), claim("prova-b", "1"), claim("prova-b", "2")]
    stock(connection, claims)
    return [one.id for one in claims]


def verdicts(connection):
    return {frozenset((one.left, one.right)): one.verdict for one in in_force(connection)}


def test_a_judgement_is_kept_with_author_note_and_time(connection, four):
    made = judge(connection, "service", four[1], four[0], "stesso", author=" Anna ", note="stessa targa")
    [kept] = in_force(connection, "service")
    assert kept == made
    assert (kept.author, kept.note, kept.verdict) == ("Anna", "stessa targa", "stesso")
    assert (kept.left, kept.right) == tuple(sorted(four[:2]))
    assert kept.made_at.tzinfo is not None
    assert in_force(connection, "location") == []


def test_a_new_judgement_supersedes_and_its_undoing_brings_the_former_back(connection, four):
    first = judge(connection, "service", *four[:2], "stesso", author="Anna")
    second = judge(connection, "service", *four[:2], "diverso", author="Bruno")
    assert in_force(connection) == [second]
    [gone] = undo(connection, second.id, author="Carla")
    assert in_force(connection) == [first]
    assert [(one.verdict, one.undone_by) for one in history(connection)] == [("diverso", "Carla"), ("stesso", None)]
    assert gone.undone_at is not None
    with pytest.raises(JudgementError, match="già stato annullato"):
        undo(connection, second.id, author="Carla")


def test_nothing_is_ever_deleted_with_what_it_speaks_of(connection, four):
    made = judge(connection, "service", *four[:2], "stesso", author="Anna")
    connection.execute(text("delete from source where id like 'prova-%'"))
    assert in_force(connection) == [made]


def test_what_cannot_be_judged_is_refused_with_every_fault(connection, four):
    hidden = claim("prova-c", "1", protected=True)
    stock(connection, [hidden])
    strange = uuid.uuid4()
    publish(connection, [[one] for one in four])
    with pytest.raises(JudgementError) as raised:
        judge(connection, "service", strange, hidden.id, "stesso", author="Anna")
    assert len(raised.value.faults) == 2
    with pytest.raises(JudgementError, match="uno solo"):
        judge(connection, "service", four[0], four[0], "stesso", author="Anna")
    with pytest.raises(JudgementError, match="--author"):
        judge(connection, "service", *four[:2], "stesso", author="  ")
    with pytest.raises(NotFound):
        undo(connection, strange, author="Anna")
    assert history(connection) == []


def test_a_contradiction_is_told_by_the_names_of_things_and_nothing_is_written(connection, four):
    judge(connection, "service", four[0], four[2], "stesso", author="Anna")
    second = judge(connection, "service", four[2], four[1], "stesso", author="Bruno")
    with pytest.raises(Contradictory) as raised:
        judge(connection, "service", four[0], four[1], "incerto", author="Carla")
    [told] = raised.value.faults
    assert "Nido Girotondo (prova-a:1)" in told
    assert "giudizio nuovo (incerto, Carla)" in told
    assert str(second.id)[:8] in told
    assert len(history(connection)) == 2


def test_an_undoing_that_brings_back_a_contradiction_is_refused(connection, four):
    judge(connection, "service", four[0], four[1], "stesso", author="Anna")
    second = judge(connection, "service", four[0], four[1], "diverso", author="Anna")
    judge(connection, "service", four[0], four[2], "stesso", author="Anna")
    judge(connection, "service", four[1], four[2], "diverso", author="Anna")
    with pytest.raises(Contradictory):
        undo(connection, second.id, author="Anna")
    assert second in in_force(connection)


def test_a_split_parts_every_two_and_is_undone_as_one(connection, four):
    publish(connection, [four])
    judge(connection, "service", four[0], four[2], "stesso", author="Anna")
    before = in_force(connection)
    made = split(connection, four[0], [four[2:]], author="Anna", note="due sedi")
    assert {frozenset((one.left, one.right)) for one in made} == set(map(frozenset, product(four[:2], four[2:])))
    assert set(verdicts(connection).values()) == {"diverso"}
    assert len(undo(connection, made[1].id, author="Anna")) == 4
    assert in_force(connection) == before


def test_a_split_into_three_parts(connection, four):
    publish(connection, [four])
    made = split(connection, four[3], [[four[0]], [four[1]]], author="Anna")
    assert len(made) == 5, "the last two stay together"
    assert frozenset(four[2:]) not in verdicts(connection)


def test_parts_that_do_not_fit_are_refused_with_every_fault(connection, four):
    publish(connection, [four[:3], four[3:]])
    strange = uuid.uuid4()
    with pytest.raises(JudgementError) as raised:
        split(connection, four[0], [[four[1], strange], [four[1], four[3]]], author="Anna")
    assert len(raised.value.faults) == 3
    with pytest.raises(JudgementError, match="una sola riga"):
        split(connection, four[3], [[four[3]]], author="Anna")
    for parts in ([], [four[:3]]):
        with pytest.raises(JudgementError, match="Nominare una parte"):
            split(connection, four[0], parts, author="Anna")


def test_a_join_supersedes_what_kept_the_two_apart(connection, four):
    publish(connection, [four])
    split(connection, four[0], [four[2:]], author="Anna")
    publish(connection, [four[:2], four[2:]])
    join(connection, four[1], four[3], author="Bruno")
    assert set(verdicts(connection).values()) == {"stesso"}
    publish(connection, [four])
    with pytest.raises(JudgementError, match="già la stessa cosa"):
        join(connection, four[0], four[3], author="Bruno")


def test_two_that_nobody_judged_are_joined_by_one_judgement(connection, four):
    join(connection, four[0], four[1], author="Anna")
    assert verdicts(connection) == {frozenset(four[:2]): "stesso"}


def test_acts_of_one_person_at_different_moments_are_undone_apart(connection, four):
    made = [judge(connection, "service", *pair, "diverso", author="Anna") for pair in combinations(four, 2)]
    undo(connection, made[0].id, author="Anna")
    assert len(judgements.in_force(connection)) == 5
