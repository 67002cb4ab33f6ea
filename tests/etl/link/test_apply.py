"""What people decide becomes the directory, all or nothing, and stays so whatever is done again."""

import random
from itertools import combinations

import pytest
from sqlalchemy import bindparam, text

from etl.errors import SourceError
from etl.link.apply import apply, store
from etl.link.contradictions import Contradictory, contradictions
from etl.link.judgements import in_force, judge, split, undo
from etl.link.queue import waiting
from tests.etl.link.stock import claim, compared, stock

NAMES = ("Alfa", "Betulla", "Ciliegio", "Dattero", "Edera", "Felce", "Girasole", "Iris", "Larice", "Malva")


@pytest.fixture
def claims(loaded_scratch):
    """Twenty nurseries of two lists, far from each other."""
    made = [
        claim(f"prova-{'ab'[at % 2]}", str(at), f"Nido {NAMES[at // 2]}", longitude=7.55 + at * 0.01)
        for at in range(20)
    ]
    with loaded_scratch.begin() as connection:
        stock(connection, made)
    return [one.id for one in made]


def identities(engine):
    with engine.connect() as connection:
        rows = connection.execute(text("select member_id, entity_id from identity where entity = 'service'"))
        return {row[0]: row[1] for row in rows}


def versions(engine):
    with engine.connect() as connection:
        return connection.execute(text("select count(*) from data_version")).scalar()


def thirty(connection, ids):
    """Thirty judgements of all kinds that agree with each other."""
    chance, made = random.Random(4), []
    for pair in chance.sample(list(combinations(ids, 2)), 60):
        verdict = chance.choice(["stesso", "diverso", "diverso", "incerto"])
        try:
            made.append(judge(connection, "service", *pair, verdict, author="Anna"))
        except Contradictory:
            continue
        if len(made) == 30:
            return made
    raise AssertionError("too few pairs agree")


def test_thirty_judgements_hold_through_every_run_and_a_split_undone_gives_the_identifiers_back(loaded_scratch, claims):
    engine = loaded_scratch
    before = versions(engine)
    made, found = apply(engine, lambda connection: thirty(connection, claims))
    assert versions(engine) > before
    assert found.merged > 0
    published = identities(engine)
    for one in made:
        assert (published[one.left] == published[one.right]) is (one.verdict == "stesso"), one
    with engine.connect() as connection:
        public = set(connection.execute(text("select id from service where closed_on is null")).scalars())
    assert set(published.values()) <= public
    assert not public & {member for member, entity in published.items() if member != entity}

    apply(engine, lambda _connection: None)
    assert identities(engine) == published

    joined = next(one for one in made if one.verdict == "stesso")
    parted, _found = apply(
        engine, lambda connection: split(connection, published[joined.left], [[joined.left]], author="Bruno")
    )
    apart = identities(engine)
    assert apart[joined.left] != apart[joined.right]
    assert published[joined.left] in (apart[joined.left], apart[joined.right])
    apply(engine, lambda connection: undo(connection, parted[0].id, author="Bruno"))
    assert identities(engine) == published


def test_an_answer_taken_back_leaves_the_pair_as_it_was_compared(loaded_scratch, claims):
    """Once compared, a pair is not compared again: what the comparison said must outlive the judgement."""
    engine, two = loaded_scratch, (claims[0], claims[3])
    apply(engine, lambda _connection: None)
    with engine.begin() as connection:
        compared(connection, *two, 3.0)
    apply(engine, lambda connection: judge(connection, "service", *claims[6:8], "diverso", author="Anna"))
    assert waits(engine, two)
    before = kept(engine, two)
    assert before[:3] == ("incerto", "modello", "nessuna")
    made, _found = apply(engine, lambda connection: judge(connection, "service", *two, "stesso", author="Anna"))
    assert kept(engine, two)[:3] == ("stesso", "giudizio", "stesso_servizio")
    assert not waits(engine, two)
    apply(engine, lambda connection: undo(connection, made.id, author="Anna"))
    assert kept(engine, two) == before
    assert waits(engine, two)


def waits(engine, two):
    with engine.connect() as connection:
        return set(two) in [{one.pair.left, one.pair.right} for one in waiting(connection)]


def kept(engine, two):
    """Verdict, decider, relation and reasons of a pair."""
    statement = "select verdict, decided_by, relation, reasons from match where left_id in :ids and right_id in :ids"
    with engine.connect() as connection:
        found = text(statement).bindparams(bindparam("ids", two, expanding=True))
        return tuple(connection.execute(found).one())


def test_what_fails_leaves_nothing_behind(loaded_scratch, claims):
    before = versions(loaded_scratch), identities(loaded_scratch)

    def wrong(connection):
        judge(connection, "service", *claims[:2], "stesso", author="Anna")
        judge(connection, "service", *claims[1:3], "stesso", author="Anna")
        judge(connection, "service", claims[0], claims[2], "diverso", author="Anna")

    with pytest.raises(Contradictory):
        apply(loaded_scratch, wrong)
    with loaded_scratch.connect() as connection:
        assert in_force(connection) == []
    assert (versions(loaded_scratch), identities(loaded_scratch)) == before


def test_what_is_stored_waits_for_the_next_refresh(loaded_scratch, claims):
    store(loaded_scratch, lambda connection: judge(connection, "service", *claims[:2], "stesso", author="Anna"))
    assert identities(loaded_scratch)[claims[0]] != identities(loaded_scratch)[claims[1]]
    _made, found = apply(loaded_scratch, lambda _connection: None)
    assert found.merged >= 1
    assert identities(loaded_scratch)[claims[0]] == identities(loaded_scratch)[claims[1]]
    with loaded_scratch.connect() as connection:
        assert not contradictions(in_force(connection))


def test_nothing_is_decided_of_an_empty_database(scratch):
    with pytest.raises(SourceError, match="ombra up"):
        apply(scratch, lambda _connection: None)
