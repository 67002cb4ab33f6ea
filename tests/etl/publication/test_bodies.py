"""The one row of a body that several sources tell, and what becomes of the values that are not published."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.identity import uid
from etl.publication.bodies import first_told, organization_row, origin_rows
from etl.publication.model import Claim

BODY, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)


def told(source, rank=0, *, body=BODY, **fields):
    """What a source says of a body; lists of bodies have a row of their own that says it."""
    record = uid("source_record", source, "1") if rank == 0 else None
    return source, Claim(body, rank, record, {"name": "Ente"} | fields)


def rows(*claims, field):
    _fields, origins = first_told(claims)
    found = [row for row in origin_rows(BODY, claims, origins) if row["field"] == field]
    return [(row["source_record_id"], row["survives"], row["rule"]) for row in found]


def record(source):
    return uid("source_record", source, "1")


def test_who_says_nothing_of_a_field_leaves_it_to_the_others():
    """A service that names its body without tax code does not take away the code that another service tells."""
    claims = [told("a", 1, tax_id=None), told("b", 1, body=OTHER, tax_id="00514490010")]
    fields, _origins = first_told(claims)
    assert organization_row(BODY, fields, {})["tax_id"] == "00514490010"


def test_a_list_in_which_the_body_has_ended_counts_only_where_no_other_list_tells():
    ended = told("a", name="Vecchio nome", email="vecchio@esempio.it", url="https://a.it", ended="2020-01-01")
    fields, _origins = first_told([ended, told("b", name="Nuovo nome", email="nuovo@esempio.it")])
    assert (fields["name"], fields["email"], fields["url"]) == ("Nuovo nome", "nuovo@esempio.it", "https://a.it")
    assert fields["ended"] is None
    assert first_told([ended])[0]["ended"] == "2020-01-01"


def test_an_address_is_of_one_list_with_its_point_and_of_no_other():
    half = told("a", municipality="001272", precision="municipality", radius_m=9000.0)
    whole = told("b", municipality="001156", address="Via Po, 1", longitude=7.6, latitude=45.0)
    fields, _origins = first_told([half, whole])
    assert fields["municipality"] == "001272"
    assert not {"address", "longitude", "latitude"} & fields.keys()


def test_the_only_source_of_a_value_is_not_said_to_be_more_trusted_than_another():
    assert rows(told("a", email="a@b.it"), told("b"), field="email") == [(record("a"), True, "unica")]


@pytest.mark.parametrize(
    ("other", "survives", "rules"),
    [("a@b.it", True, ["concordi", "concordi"]), ("c@d.it", False, ["ordine", "ordine"])],
)
def test_two_lists_agree_or_the_first_in_order_is_published(other, survives, rules):
    found = rows(told("a", email="a@b.it"), told("b", email=other), field="email")
    assert [(kept, rule) for _record, kept, rule in found] == list(zip([True, survives], rules, strict=True))


def test_a_list_that_still_has_the_body_is_preferred_to_one_in_which_it_has_ended():
    found = rows(told("a", email="a@b.it", ended="2020-01-01"), told("b", email="c@d.it"), field="email")
    assert found == [(record("b"), True, "fiducia"), (record("a"), False, "fiducia")]


def test_two_municipalities_without_address_do_not_agree():
    found = rows(told("a", municipality="001272"), told("b", municipality="001156"), field="address")
    assert found == [(record("a"), True, "ordine"), (record("b"), False, "ordine")]


@given(
    st.permutations([told("a", 1, tax_id=None), told("b", email="x@y.it"), told("c", body=OTHER, ended="2020-01-01")])
)
def test_the_order_of_claims_does_not_matter(claims):
    ordered = sorted(claims, key=lambda one: one[0])
    assert first_told(claims) == first_told(ordered)
    origins = first_told(ordered)[1]
    assert origin_rows(BODY, claims, origins) == origin_rows(BODY, ordered, origins)
