"""Rows of field_origin: one for each value told, nothing that could tell a protected place."""

import uuid
from dataclasses import replace
from datetime import date

from etl.identity import uid
from etl.link.fields import SECRET
from etl.link.golden import survive
from etl.link.origins import rows
from etl.record import Capacity
from tests.etl.link.test_golden import TRUST, by_hand, claim

SERVICE = uuid.uuid4()


def test_each_value_is_a_row_with_the_source_record_that_tells_it():
    claims = [
        claim("portale", name="A", evidence="https://esempio.it", evidence_year=2024, told_on=date(2024, 1, 1)),
        claim("registro", name="B"),
    ]
    found = [row for row in rows(SERVICE, survive(claims, TRUST), claims) if row["field"] == "name"]
    assert [(row["value"], row["survives"], row["rule"]) for row in found] == [
        ("B", True, "fiducia"),
        ("A", False, "fiducia"),
    ]
    assert found[1]["source_record_id"] == uid("source_record", "portale", "1")
    assert (found[1]["evidence"], found[1]["evidence_year"]) == ("https://esempio.it", 2024)
    assert found[1]["told_on"] == date(2024, 1, 1)


def test_rows_have_identifiers_of_their_own_that_stay():
    claims = [
        claim("portale", capacities=(Capacity("posti", 20.0), Capacity("letti", 5.0)), phones=("+3901",)),
        claim("registro", capacities=(Capacity("posti", 30.0),)),
    ]
    hand = by_hand("name", "C")
    found = rows(SERVICE, survive(claims, TRUST, hand), claims)
    ids = [row["id"] for row in found]
    assert len(set(ids)) == len(ids)
    assert [row["id"] for row in rows(SERVICE, survive(claims[::-1], TRUST, hand), claims)] == ids
    mine = next(row for row in found if row["hand_value_id"])
    assert (mine["value"], mine["source_record_id"], mine["survives"]) == ("C", None, True)


def test_of_a_protected_place_nothing_is_kept_that_could_tell_it():
    told = {name: f"segreto {name}" for name in ("alternate_name", "description", "note", "accessibility", "evidence")}
    secret = claim(
        "portale",
        address="Via Segreta, 1",
        postal_code="10121",
        locality="segreto",
        opening_hours="segreto",
        capacities=(Capacity("posti", 9.0, "segreto"),),
        phones=("+3901",),
        **told,
    )
    one = replace(secret, protected=True)
    found = rows(SERVICE, survive([one], TRUST), [one], protected=True)
    assert "segret" not in repr(found).lower()
    assert not SECRET & {row["field"] for row in found}
    assert {"name", "phone", "service_type", "service_capacity"} <= {row["field"] for row in found}
    assert "segret" in repr(rows(SERVICE, survive([one], TRUST), [one])).lower()  # the check above can fail
