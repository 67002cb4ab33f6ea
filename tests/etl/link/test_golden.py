"""The golden record: what survives of several claims, and why."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.link.claim import ServiceClaim
from etl.link.fields import FIELDS, told
from etl.link.golden import HandValue, survive
from etl.link.rules import RULES, in_words
from etl.link.trust import Trust
from etl.locate.position import Position
from etl.record import Capacity, ServiceRecord

TRUST = Trust(
    ranks={
        ("*", "*"): 50,
        ("registro", "*"): 30,
        ("registro", "name"): 10,
        ("registro", "supply_status"): 10,
        ("portale", "*"): 20,
    },
    positions={"portale": "rilevate", "registro": "scarse"},
    general={"micronido": "asilo_nido"},
)
HERE, THERE = shapely.Point(7.68, 45.07), shapely.Point(7.60, 45.03)


def claim(source="portale", key="1", *, told_on=None, closed_on=None, point=HERE, precision="address", **values):
    record = ServiceRecord(
        key=key,
        **{
            "service_type": "farmacia",
            "name": "Farmacia",
            "organization": None,
            "municipality": "001272",
            "supply_status": "da_verificare",
            "precision": precision,
            "latitude": point and point.y,
            "longitude": point and point.x,
            "coord_source": source,
        }
        | values,
    )
    return ServiceClaim(
        id=uuid.uuid5(uuid.NAMESPACE_OID, f"{source}/{key}"),
        source_id=source,
        key=key,
        location_id=uuid.uuid5(uuid.NAMESPACE_OID, f"place/{source}/{key}"),
        organization_id=uuid.uuid5(uuid.NAMESPACE_OID, values["organization"]) if values.get("organization") else None,
        record=record,
        position=Position("001272", point, precision, 138.0, source),
        told_on=told_on,
        closed_on=closed_on,
    )


def by_hand(field, value):
    one = claim()
    return {
        field: HandValue(
            id=uuid.uuid4(),
            member_id=one.id,
            field=field,
            value=value,
            author="Rossi",
            made_at=datetime(2026, 3, 4, 12, tzinfo=UTC),
        )
    }


def origins(golden, field):
    return [(origin.value, origin.survives, origin.rule) for origin in golden.origins if origin.field == field]


# --- any claims ---------------------------------------------------------------------------------------

DAYS = st.none() | st.dates(date(2010, 1, 1), date(2026, 1, 1))
CLAIMS = st.lists(
    st.builds(
        claim,
        st.sampled_from(["portale", "registro", "altra"]),
        st.sampled_from(["1", "2", "3"]),
        told_on=DAYS,
        closed_on=DAYS,
        point=st.sampled_from([HERE, THERE, None]),
        precision=st.sampled_from(["address", "street", "municipality"]),
        name=st.sampled_from(["Rossi", "ROSSI", "Bianchi"]),
        service_type=st.sampled_from(["asilo_nido", "micronido"]),
        organization=st.sampled_from([None, "Coop A", "Coop B"]),
        supply_status=st.sampled_from(["attivo", "da_verificare", "chiuso", "atteso"]),
        valid_to=DAYS,
        address=st.sampled_from([None, "Via Roma, 1", "via roma 1", "Via Po, 3"]),
        postal_code=st.sampled_from([None, "10121"]),
        phones=st.lists(st.sampled_from(["+3901", "+3902", "+3903"]), max_size=2).map(tuple),
        opening_hours=st.sampled_from([None, "sempre"]),
        capacities=st.lists(st.builds(Capacity, st.sampled_from(["posti", "letti"]), st.just(9.0)), max_size=2).map(
            tuple
        ),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one.id,
)


@given(CLAIMS, st.randoms())
@settings(max_examples=200, deadline=None)
def test_the_order_of_claims_does_not_matter(claims, random):
    shuffled = claims[:]
    random.shuffle(shuffled)
    assert survive(shuffled, TRUST) == survive(claims, TRUST)


@given(CLAIMS)
@settings(max_examples=200, deadline=None)
def test_what_is_published_was_told_by_a_claim(claims):
    golden = survive(claims, TRUST)
    listed = [one for one in claims if one.closed_on is None] or claims
    record = golden.record
    for name in ("name", "service_type", "organization", "address", "postal_code"):
        assert getattr(record, name) in {getattr(one.record, name) for one in listed}, name
    assert set(record.phones) <= {number for one in listed for number in one.record.phones}
    assert golden.position in [one.position for one in listed]
    assert golden.place_of in {one.id for one in listed}
    listed += [one for one in claims if one.closed_on == one.record.valid_to]
    # Status and end belong together: no claim's end may close what another says is open.
    assert (record.supply_status, record.valid_to) in {
        (one.record.supply_status, one.record.valid_to) for one in listed
    }


@given(CLAIMS)
@settings(max_examples=200, deadline=None)
def test_every_value_told_has_an_origin_that_says_what_became_of_it(claims):
    golden = survive(claims, TRUST)
    published = ServiceClaim(**(vars(claims[0]) | {"record": golden.record, "position": golden.position}))
    for field in FIELDS:
        tellers = {one.id for one in claims if told(one, field) is not None}
        rows = [origin for origin in golden.origins if origin.field == field]
        assert {origin.claim for origin in rows} == tellers, field
        surviving = [origin.value for origin in rows if origin.survives]
        if (value := told(published, field)) is None:
            assert not surviving, field
        elif not isinstance(value, list):
            assert surviving, field
            assert all(one == value for one in surviving), field
        else:
            assert all(part in value for one in surviving for part in one), field
    assert {origin.rule for origin in golden.origins} <= set(RULES)


@given(CLAIMS)
@settings(max_examples=200, deadline=None)
def test_claims_that_are_no_longer_listed_count_only_where_none_is(claims):
    listed = [one for one in claims if one.closed_on is None]
    golden = survive(claims, TRUST)
    if listed:
        ended = [one for one in claims if one.closed_on is not None and one.closed_on == one.record.valid_to]
        alone = survive(listed + ended, TRUST)
        assert (golden.record, golden.position) == (alone.record, alone.position)
    else:
        assert golden.record == survive([replace(one, closed_on=None) for one in claims], TRUST).record


@given(CLAIMS)
@settings(max_examples=100, deadline=None)
def test_a_claim_closed_and_listed_again_leaves_no_trace(claims):
    before = survive(claims, TRUST)
    closed = [replace(claims[0], closed_on=date(2025, 5, 5)), *claims[1:]]
    survive(closed, TRUST)
    assert survive([claims[0], *closed[1:]], TRUST) == before


# --- fields -------------------------------------------------------------------------------------------


def test_the_trusted_source_gives_the_name_whatever_its_date():
    golden = survive(
        [
            claim("portale", name="Farmacia Nuova", told_on=date(2024, 1, 1)),
            claim("registro", name="Farmacia Vecchia", told_on=date(2018, 1, 1)),
        ],
        TRUST,
    )
    assert golden.record.name == "Farmacia Vecchia"
    assert origins(golden, "name") == [
        ("Farmacia Vecchia", True, "fiducia"),
        ("Farmacia Nuova", False, "fiducia"),
    ]


def test_of_sources_of_one_rank_the_later_counts_and_the_undated_last():
    undated, old, late = (
        claim("a", name="A"),
        claim("b", name="B", told_on=date(2020, 1, 1)),
        claim("c", name="C", told_on=date(2021, 1, 1)),
    )
    assert survive([undated, old, late], TRUST).record.name == "C"
    assert survive([undated, old], TRUST).record.name == "B"
    assert origins(survive([undated, old], TRUST), "name")[1] == ("A", False, "data")


def test_values_that_differ_only_in_spelling_agree():
    golden = survive([claim("registro", name="SAN CARLO"), claim("portale", name="San Carlo")], TRUST)
    assert origins(golden, "name") == [("SAN CARLO", True, "concordi"), ("San Carlo", False, "concordi")]


@pytest.mark.parametrize("told_on", [None, date(2015, 1, 1)])
def test_an_old_or_undated_claim_never_reopens_what_was_closed_later(told_on):
    golden = survive(
        [
            claim("registro", supply_status="attivo", told_on=told_on),
            claim("altra", supply_status="chiuso", told_on=date(2019, 1, 1)),
        ],
        TRUST,
    )
    assert golden.record.supply_status == "chiuso"
    assert origins(golden, "supply_status")[1] == ("attivo", False, "data")


def test_a_later_claim_reopens():
    golden = survive(
        [
            claim("registro", supply_status="chiuso", told_on=date(2015, 1, 1), valid_to=date(2014, 12, 1)),
            claim("altra", supply_status="attivo", told_on=date(2019, 1, 1)),
        ],
        TRUST,
    )
    assert (golden.record.supply_status, golden.record.valid_to) == ("attivo", None)


def test_a_list_that_proves_nothing_does_not_make_a_proven_service_uncertain():
    proven = claim("altra", supply_status="attivo", told_on=date(2019, 1, 1), evidence="delibera")
    golden = survive([proven, claim("registro", told_on=date(2024, 1, 1))], TRUST)
    assert (golden.record.supply_status, golden.record.evidence) == ("attivo", "delibera")
    assert origins(golden, "supply_status") == [("attivo", True, "prova"), ("da_verificare", False, "prova")]
    # Nor does it prove that what was closed before is still closed: it lists it again.
    closed = claim("altra", supply_status="chiuso", told_on=date(2019, 1, 1))
    assert survive([closed, claim("registro", told_on=date(2024, 1, 1))], TRUST).record.supply_status == "da_verificare"


def test_the_end_that_a_later_register_tells_is_kept():
    golden = survive(
        [
            claim("portale", told_on=date(2011, 1, 1)),
            claim("registro", told_on=date(2018, 1, 1), valid_to=date(2016, 5, 1)),
        ],
        TRUST,
    )
    assert golden.record.valid_to == date(2016, 5, 1)


def test_an_end_told_later_closes_what_an_older_list_still_has():
    ended = {"told_on": date(2018, 1, 1), "valid_to": date(2016, 5, 1), "closed_on": date(2016, 5, 1)}
    older, later = claim("portale", told_on=date(2011, 1, 1)), claim("portale", told_on=date(2020, 1, 1))
    golden = survive([older, claim("registro", **ended)], TRUST)
    assert (golden.closed_on, golden.record.valid_to) == (date(2016, 5, 1), date(2016, 5, 1))
    assert golden.record.name == "Farmacia"
    golden = survive([later, claim("registro", **ended)], TRUST)
    assert (golden.closed_on, golden.record.valid_to) == (None, None)


def test_a_service_is_closed_on_the_day_on_which_the_last_source_leaves_it():
    days = [date(2020, 1, 1), date(2021, 1, 1)]
    gone = [claim(source, closed_on=day) for source, day in zip(("portale", "registro"), days, strict=True)]
    assert survive(gone, TRUST).closed_on == days[1]
    assert survive([gone[0], claim("altra")], TRUST).closed_on is None


def test_a_state_made_by_hand_opens_and_closes():
    gone, listed = claim(closed_on=date(2020, 1, 1)), claim()
    assert survive([gone], TRUST, by_hand("supply_status", "attivo")).closed_on is None
    assert survive([listed], TRUST, by_hand("supply_status", "chiuso")).closed_on == date(2026, 3, 4)
    assert survive([listed], TRUST, by_hand("valid_to", "2025-12-31")).closed_on == date(2025, 12, 31)
    assert survive([listed], TRUST, by_hand("valid_to", "2027-12-31")).closed_on is None
    coming = by_hand("valid_to", "2027-12-31")
    assert survive([listed], TRUST, coming, today=date(2027, 12, 30)).closed_on is None
    assert survive([listed], TRUST, coming, today=date(2028, 1, 2)).closed_on == date(2027, 12, 31)
    ended = claim(valid_to=date(2016, 5, 1), closed_on=date(2016, 5, 1))
    assert survive([ended], TRUST, by_hand("valid_to", None)).closed_on is None


def test_address_and_point_move_together_and_the_finer_place_wins():
    rough = claim("portale", address="Via Roma, 1", point=None, precision="municipality", postal_code="10121")
    fine = claim("altra", address="Via Po, 3", point=THERE)
    golden = survive([rough, fine], TRUST)
    assert (golden.record.address, golden.record.postal_code) == ("Via Po, 3", None)
    assert (golden.position.point, golden.place_of) == (THERE, fine.id)
    assert origins(golden, "address")[1] == ("Via Roma, 1", False, "precisione")
    assert origins(golden, "postal_code") == [("10121", False, "precisione")]


def test_of_one_address_the_surveyed_point_wins_and_its_postal_code_may_come_from_beside():
    trust = replace(TRUST, ranks=TRUST.ranks | {("registro", "address"): 5})
    golden = survive(
        [
            claim("registro", address="Via Roma 1", point=THERE, postal_code="10121"),
            claim("portale", address="VIA ROMA, 1", point=HERE),
            claim("altra", address="Via Po, 3"),
        ],
        trust,
    )
    assert (golden.position.point, golden.record.address) == (HERE, "VIA ROMA, 1")
    assert golden.record.postal_code == "10121"
    assert origins(golden, "position")[0][1:] == (True, "rilievo")


def test_a_point_without_address_takes_that_of_a_claim_near_it_and_of_no_other():
    point = claim("altra", point=HERE)
    near = claim("portale", address="Via Roma, 1", point=shapely.Point(7.681, 45.07), precision="street")
    far = claim("registro", address="Via Po, 3", point=THERE, precision="street")
    golden = survive([point, near], TRUST)
    assert (golden.record.address, golden.place_of) == ("Via Roma, 1", point.id)
    assert survive([point, far], TRUST).record.address is None


def test_an_address_that_is_finer_than_the_one_published_is_not_said_to_be_less_precise():
    """It lost to the point that is published, which has no address of its own and takes that of a claim near it."""
    point, far = claim("altra"), claim("registro", address="Via Po, 3", point=THERE)
    near = claim("portale", address="Via Roma, 1", point=shapely.Point(7.681, 45.07), precision="street")
    trust = Trust(ranks={("*", "*"): 50, ("altra", "address"): 10, ("registro", "address"): 20})
    golden = survive([point, far, near], trust)
    assert origins(golden, "address") == [("Via Roma, 1", True, "fiducia"), ("Via Po, 3", False, "fiducia")]


def test_a_known_municipality_is_no_place():
    golden = survive([claim(point=HERE, precision="municipality")], TRUST)
    assert origins(golden, "position") == []


def test_numbers_of_the_trusted_source_come_first_then_those_that_two_agree_on():
    golden = survive(
        [
            claim("portale", phones=("+3902", "+3901")),
            claim("altra", phones=("+3905", "+3903")),
            claim("registro", phones=("+3905", "+3904")),
        ],
        TRUST,
    )
    assert golden.record.phones == ("+3902", "+3901", "+3905")
    assert origins(golden, "phone")[0] == (["+3902", "+3901"], True, "fiducia")
    assert {survives for _value, survives, _rule in origins(golden, "phone")[1:]} == {False}


def test_each_unit_of_capacity_comes_from_one_source():
    golden = survive(
        [
            claim("portale", capacities=(Capacity("posti", 20.0), Capacity("posti", 5.0, "part-time"))),
            claim("registro", capacities=(Capacity("posti", 30.0), Capacity("letti", 4.0))),
        ],
        TRUST,
    )
    assert {(one.unit, one.maximum) for one in golden.record.capacities} == {
        ("posti", 20.0),
        ("posti", 5.0),
        ("letti", 4.0),
    }
    # One row for what of a claim fares alike: its identifier is of the claim and of how it fared.
    fates = [(origin.claim, origin.survives) for origin in golden.origins if origin.field == "service_capacity"]
    assert len(set(fates)) == len(fates) == 3


def test_hours_are_never_a_mixture():
    golden = survive(
        [
            claim("portale", opening_hours="secondo stagione"),
            claim("registro", opening_hours="lun 9-13", osm_hours="Mo 09:00-13:00"),
        ],
        TRUST,
    )
    assert (golden.record.opening_hours, golden.record.osm_hours) == ("secondo stagione", None)


def test_the_more_specific_type_wins_over_trust():
    golden = survive([claim("portale", service_type="asilo_nido"), claim("altra", service_type="micronido")], TRUST)
    assert golden.record.service_type == "micronido"
    assert origins(golden, "service_type")[1] == ("asilo_nido", False, "specifico")


def test_body_and_tax_code_come_from_one_claim():
    golden = survive(
        [
            claim("portale", organization="Coop A"),
            claim("registro", organization="Coop B", organization_tax_id="00514490010"),
        ],
        TRUST,
    )
    assert (golden.record.organization, golden.record.organization_tax_id) == ("Coop A", None)
    assert golden.body == uuid.uuid5(uuid.NAMESPACE_OID, "Coop A")


# --- by hand ------------------------------------------------------------------------------------------


def test_a_value_made_by_hand_wins_over_every_source():
    hand = by_hand("name", "Giusto")
    golden = survive([claim("registro", name="Sbagliato"), claim("portale", name="giusto")], TRUST, hand)
    assert golden.record.name == "Giusto"
    assert origins(golden, "name")[0] == ("Giusto", True, "a_mano")
    assert set(origins(golden, "name")[1:]) == {("Sbagliato", False, "a_mano"), ("giusto", False, "concordi")}
    assert golden.origins[0].hand == hand["name"].id
    assert golden.origins[0].told_on == date(2026, 3, 4)


def test_an_empty_value_made_by_hand_empties_the_field():
    golden = survive([claim(phones=("+3901",))], TRUST, by_hand("phone", None))
    assert golden.record.phones == ()
    assert origins(golden, "phone") == [(None, True, "a_mano"), (["+3901"], False, "a_mano")]


def test_a_state_made_by_hand_takes_the_dates_of_sources_with_it():
    closed = claim("registro", valid_to=date(2016, 5, 1), evidence="x", told_on=date(2018, 1, 1))
    golden = survive([closed], TRUST, by_hand("supply_status", "attivo"))
    assert (golden.record.supply_status, golden.record.valid_to, golden.record.evidence) == ("attivo", None, None)
    assert origins(golden, "valid_to") == [("2016-05-01", False, "a_mano")]


def test_an_address_made_by_hand_brings_its_point():
    place = {"latitude": 45.03, "longitude": 7.6, "precision": "street", "radius_m": 290.0, "coord_source": "x"}
    golden = survive(
        [claim(address="Via Roma, 1", postal_code="10121")],
        TRUST,
        by_hand("address", {"address": "Via Po, 3", "position": place}),
    )
    assert (golden.record.address, golden.record.postal_code) == ("Via Po, 3", None)
    assert golden.own_place
    assert (golden.position.point, golden.position.precision, golden.record.precision) == (THERE, "street", "street")
    assert origins(golden, "position")[0] == (place, True, "a_mano")
    assert origins(golden, "postal_code") == [("10121", False, "a_mano")]


def test_the_spelling_of_an_address_made_by_hand_leaves_the_point():
    value = {"address": "Via Roma 1", "position": None}
    golden = survive([claim(address="VIA ROMA, 1")], TRUST, by_hand("address", value))
    assert (golden.record.address, golden.position.point) == ("Via Roma 1", HERE)
    assert golden.own_place


def test_hours_made_by_hand_are_opened_into_a_week():
    value = {"text": "lunedì 9-13", "osm": "Mo 09:00-13:00"}
    golden = survive([claim(opening_hours="sempre")], TRUST, by_hand("schedule", value))
    assert [(opening.byday, opening.opens_at.hour) for opening in golden.record.openings] == [("MO", 9)]


def test_a_body_made_by_hand_is_the_one_published():
    body = uuid.uuid4()
    golden = survive(
        [claim(organization="Coop A")],
        TRUST,
        by_hand("organization", {"name": "Coop B", "tax_id": None, "id": str(body)}),
    )
    assert (golden.record.organization, golden.body) == ("Coop B", body)


def test_nothing_is_not_a_service():
    with pytest.raises(ValueError, match="without claims"):
        survive([], TRUST)


def test_every_rule_has_words():
    for rule in RULES:
        assert in_words(rule, survives=True) != rule
        assert rule == "unica" or in_words(rule, survives=False) != rule
