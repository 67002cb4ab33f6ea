"""Identifiers stay: over re-runs, shuffles, new sources, merges, splits, and splits undone."""

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.link.identity import assign, redirected

many = settings(max_examples=200, deadline=None)
DAY = datetime(2026, 11, 22, tzinfo=UTC)


def member(number):
    return uuid.UUID(int=number)


def group(*numbers):
    return frozenset(map(member, numbers))


def order(one):
    return (-one.int % 7, one.int)  # not the order of the identifiers


class Book:
    """The identities as loading keeps them: one day for each load."""

    def __init__(self):
        self.before, self.day = {}, DAY

    def load(self, clusters, members):
        self.day += timedelta(days=1)
        found = assign([group(*one) for one in clusters], list(map(member, members)), self.before, order)
        gone = redirected(found, self.before)
        published = set(found.values())
        rows = {}
        for one, entity in (found | gone).items():
            since = self.before[one][1] if one in self.before else None
            rows[one] = entity, since or (self.day if one in published else None)
        self.before = rows
        return {one.int: entity.int for one, entity in found.items()}


def test_a_cluster_nobody_knew_takes_the_first_in_order():
    # In order: 6 (1), 5 (2), 4 (3) ...
    assert Book().load([(4, 6, 5)], [4, 5, 6]) == {4: 6, 5: 6, 6: 6}


def test_a_new_source_changes_no_identifier():
    book = Book()
    book.load([], [4, 5])
    assert book.load([(4, 6)], [4, 5, 6]) == {4: 4, 6: 4, 5: 5}


def test_of_two_that_were_published_the_first_stays_and_the_other_leads_to_it():
    book = Book()
    book.load([], [5])
    book.load([], [5, 6])
    assert book.load([(5, 6)], [5, 6]) == {5: 5, 6: 5}


def test_a_split_gives_each_part_its_own_and_undone_the_former_one():
    book = Book()
    assert book.load([(4, 5, 6)], [4, 5, 6]) == {4: 6, 5: 6, 6: 6}
    assert book.load([(5, 6)], [4, 5, 6]) == {4: 4, 5: 6, 6: 6}
    assert book.load([(4, 5)], [4, 5, 6]) == {4: 4, 5: 4, 6: 6}
    assert book.load([(4, 5, 6)], [4, 5, 6]) == {4: 6, 5: 6, 6: 6}


def test_what_is_left_of_a_cluster_whose_member_is_gone_keeps_its_identifier():
    book = Book()
    book.load([(4, 6), (1, 2)], [1, 2, 4, 6])
    assert book.load([], [2, 4]) == {2: 2, 4: 6}  # of 1 and 2 the second in order gave the identifier
    assert book.before[member(6)][0] == member(6)
    assert book.before[member(1)][0] == member(2)
    # The gone member comes back.
    assert book.load([(4, 6)], [2, 4, 6]) == {2: 2, 4: 6, 6: 6}
    # It is gone again, and what is left meets something that was published before.
    book = Book()
    book.load([], [3])
    book.load([(4, 6)], [3, 4, 6])
    assert book.load([(3, 4)], [3, 4]) == {3: 3, 4: 3}
    assert book.before[member(6)][0] == member(3)


@st.composite
def partitions(draw, members=range(10)):
    labels = [draw(st.integers(0, 5)) for _ in members]
    clusters = [[one for one, label in zip(members, labels, strict=True) if label == wanted] for wanted in range(6)]
    return [tuple(one) for one in clusters if len(one) > 1]


@many
@given(st.lists(partitions(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_whatever_happens_an_identifier_is_of_one_cluster_and_of_its_members(steps, chance):
    book = Book()
    for clusters in steps:
        before = dict(book.before)
        members = list(range(10))
        chance.shuffle(members)
        found = book.load(clusters, members)
        home = {one: frozenset(cluster) for cluster in clusters for one in cluster}
        for one, entity in found.items():
            assert entity in home.get(one, {one})
            assert all(found[other] == entity for other in home.get(one, {one}))
        # Where a published identifier was, it stays with its own member.
        again = assign([group(*one) for one in reversed(clusters)], list(map(member, members)), before, order)
        assert {one.int: entity.int for one, entity in again.items()} == found


@many
@given(partitions(), partitions())
def test_the_same_clusters_again_have_the_same_identifiers(first, second):
    book = Book()
    found = book.load(first, range(10))
    assert book.load(first, range(10)) == found
    book.load(second, range(10))
    assert book.load(first, range(10)) == found
