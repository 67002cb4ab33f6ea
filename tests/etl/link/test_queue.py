"""What waits: both sides in words, the most telling first, without what is settled or protected."""

import pytest

from etl.identity import uid
from etl.link.judgements import judge
from etl.link.pair import Pair, ends
from etl.link.queue import cases, map_link, waiting
from etl.link.verdicts import CONTESTED, FOLLOWS
from tests.etl.link.stock import TOWN, claim, compared, publish, stock


@pytest.fixture
def connection(loaded):
    with loaded.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def claims(connection):
    """Five claims of two lists, the first two published as one; the services of the loaded data stay aside."""
    made = [
        claim("prova-a", "1", "Nido Alfa", phones=("+390110000001",)),
        claim("prova-a", "2", "Nido Beta", organization="Coop. Prova"),
        claim("prova-b", "1", "Alfa", longitude=7.681),
        claim("prova-b", "2", "Beta"),
        claim("prova-b", "3", "Gamma", protected=True),
    ]
    stock(connection, made)
    return made


def asked(connection, question="service"):
    return [{one.left.fields["name"], one.right.fields["name"]} for one in waiting(connection, question)]


def test_both_sides_are_told_in_words(connection, claims):
    compared(connection, claims[0].id, claims[2].id)
    publish(connection, [[claims[1].id, claims[0].id]])
    [found] = waiting(connection)
    sides = {side.fields["name"]: side for side in (found.left, found.right)}
    alfa = sides["Nido Alfa"]
    assert alfa.rows == (("prova-a", "1"),)
    assert (alfa.member, alfa.entity) == (claims[0].id, claims[1].id)
    assert alfa.fields["municipality"] == "Torino", TOWN
    assert alfa.fields["service_type"] != "asilo_nido", "a name and not a code"
    assert alfa.fields["phone"] == "+390110000001"
    assert "organization" not in alfa.fields
    assert found.names[0] == "name"
    assert found.metres == pytest.approx(79, abs=1)
    assert map_link(found).count("7.68") == 2


def test_the_most_telling_come_first_and_what_is_settled_not_at_all(connection, claims):
    at = [one.id for one in claims]
    compared(connection, at[0], at[2], 6.0)
    compared(connection, at[1], at[3], 0.5)
    compared(connection, at[0], at[3], 20.0, rule=CONTESTED)
    compared(connection, at[1], at[2], 1.0, rule=FOLLOWS)
    compared(connection, at[0], at[1], -4.0, verdict="diverso")
    compared(connection, at[2], at[3], 1.0, decided_by="giudizio")
    names = [{"Nido Alfa", "Beta"}, {"Nido Beta", "Beta"}, {"Nido Alfa", "Alfa"}]
    assert asked(connection) == names
    judge(connection, "service", at[0], at[3], "incerto", author="Anna")
    assert asked(connection) == names[1:], "what is answered is not asked while the directory is not yet refreshed"
    assert asked(connection, "location") == []


def case(connection, question, one, other):
    """Two members side by side that were never compared."""
    return cases(connection, [Pair(question, *ends(one, other), 0.5, 0.0, (), "incerto")])[0]


def test_nothing_is_told_of_a_protected_place(connection, claims):
    found = case(connection, "service", claims[4].id, claims[0].id)
    sides = {side.member: side for side in (found.left, found.right)}
    assert sides[claims[4].id].fields == {}
    assert sides[claims[4].id].point is None
    assert found.metres is None


def test_a_site_is_told_by_the_services_at_it(connection):
    site = uid("location", "prova")
    made = [claim("prova-a", key, name, location_id=site) for key, name in (("1", "Nido Alfa"), ("2", "Ludoteca Alfa"))]
    other = claim("prova-b", "1")
    stock(connection, [*made, other])
    found = case(connection, "location", site, other.location_id)
    sides = {side.member: side for side in (found.left, found.right)}
    assert sides[site].fields["name"] == "Nido Alfa; Ludoteca Alfa"
    assert "phone" not in sides[site].fields


def test_bodies_are_told_by_their_own_fields(connection):
    from sqlalchemy import text

    statement = "select organization_id from organization_claim where told ? 'name' order by organization_id limit 2"
    left, right = connection.execute(text(statement)).scalars()
    found = case(connection, "organization", left, right)
    assert found.left.fields["name"]
    assert found.left.rows
