"""What people decide becomes the directory, all or nothing, and stays so whatever is done again."""

import random
from itertools import combinations

import pytest
from sqlalchemy import text

from etl.errors import SourceError
from etl.link.apply import apply, store
from etl.link.contradictions import Contradictory, contradictions
from etl.link.judgements import in_force, judge, split, undo
from tests.etl.link.stock import claim, stock

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
