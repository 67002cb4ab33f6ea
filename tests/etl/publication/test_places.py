"""Services of one place: what is published of it is told by one of them, and each says so."""

import uuid
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from etl.link.fields import published
from etl.link.golden import survive
from etl.publication.places import BY_PLACE, OF_PLACE, Listed, agree
from tests.etl.link.test_golden import HERE, THERE, TRUST, claim

PLACE = uuid.uuid4()


def listed(*claims, place=PLACE):
    return Listed(claims[0].id, claims, survive(claims, TRUST), place, None)


def origins(one, field):
    return [(origin.value, origin.survives, origin.rule) for origin in one.golden.origins if origin.field == field]


def by_key(found):
    return {one.claims[0].key: one for one in found}


LIBRARY = claim("portale", "biblioteca", address="Via Guido Reni, 102", postal_code="10136", accessibility="rampa")
OFFICE = claim("registro", "anagrafe", address="VIA G. RENI 102", point=THERE, precision="street")


def test_what_is_published_of_a_place_survives_for_each_of_its_services():
    found = by_key(agree([listed(OFFICE), listed(LIBRARY)]))
    office = found["anagrafe"]
    assert office.golden.position.point == HERE
    assert office.golden.record.address == "Via Guido Reni, 102"
    assert origins(office, "address") == [
        ("Via Guido Reni, 102", True, BY_PLACE),
        ("VIA G. RENI 102", False, BY_PLACE),
    ]
    assert [survives for _value, survives, _rule in origins(office, "position")] == [True, False]
    assert origins(office, "accessibility") == [("rampa", True, BY_PLACE)]
    assert office.witnesses == (LIBRARY,)
    assert found["biblioteca"] == listed(LIBRARY)


def test_an_accessibility_that_only_the_other_service_knows_is_published():
    school = replace(OFFICE, record=replace(OFFICE.record, accessibility="ascensore"))
    plain = replace(LIBRARY, record=replace(LIBRARY.record, accessibility=None))
    found = by_key(agree([listed(school), listed(plain)]))
    assert {one.golden.record.accessibility for one in found.values()} == {"ascensore"}
    assert origins(found["biblioteca"], "accessibility") == [("ascensore", True, BY_PLACE)]


def test_a_postal_code_is_taken_only_from_a_service_that_writes_the_same_address():
    bare = replace(LIBRARY, record=replace(LIBRARY.record, postal_code=None))

    def code(address):
        other = claim("registro", "anagrafe", address=address, postal_code="10100", precision="street")
        return by_key(agree([listed(bare), listed(other)]))

    assert {one.golden.record.postal_code for one in code("VIA GUIDO RENI 102").values()} == {"10100"}
    apart = code("Corso Siracusa, 1")
    assert {one.golden.record.postal_code for one in apart.values()} == {None}
    assert origins(apart["anagrafe"], "postal_code") == [("10100", False, BY_PLACE)]


def test_a_service_that_is_closed_does_not_tell_where_an_open_one_is():
    closed = listed(replace(LIBRARY, closed_on=date(2024, 1, 1)))
    found = by_key(agree([closed, listed(OFFICE)]))
    assert {one.golden.record.address for one in found.values()} == {"VIA G. RENI 102"}
    assert ("Via Guido Reni, 102", False, BY_PLACE) in origins(found["biblioteca"], "address")


def test_places_apart_and_protected_places_stay_as_they_are():
    alone = [listed(LIBRARY, place=uuid.uuid4()), listed(OFFICE, place=uuid.uuid4())]
    assert sorted(agree(alone), key=id) == sorted(alone, key=id)
    hidden = [listed(replace(LIBRARY, protected=True)), listed(OFFICE)]
    assert {one.witnesses for one in agree(hidden)} == {()}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_published_place_always_has_one_origin_that_survives(data):
    texts = st.sampled_from([None, "Via Roma, 1", "VIA ROMA 1", "Via Po, 2"])
    codes = st.sampled_from([None, "10121", "10122"])
    closings = st.sampled_from([None, date(2024, 1, 1)])
    claims = [
        claim(
            source,
            str(turn),
            closed_on=data.draw(closings),
            point=data.draw(st.sampled_from([HERE, THERE])),
            precision=data.draw(st.sampled_from(["address", "street"])),
            address=data.draw(texts),
            postal_code=data.draw(codes),
            accessibility=data.draw(st.sampled_from([None, "rampa"])),
        )
        for turn, source in enumerate(["portale", "registro", "altra"])
    ]
    found = agree([listed(one) for one in claims])
    assert found == agree([listed(one) for one in claims[::-1]])
    for name in OF_PLACE:
        values = [published(one.golden.record, one.golden.position, name) for one in found]
        assert values == values[:1] * len(values)
        for one in found:
            surviving = [value for value, survives, _rule in origins(one, name) if survives]
            assert set(map(repr, surviving)) == ({repr(values[0])} if values[0] is not None else set())
            known = {each.id for each in (*one.claims, *one.witnesses)}
            assert {origin.claim for origin in one.golden.origins} <= known
