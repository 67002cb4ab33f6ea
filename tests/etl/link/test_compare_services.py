"""What the delivered model makes of pairs that lists really hold, in invented rows."""

import logging
import uuid

import pytest

from etl.link import services
from etl.link.parameters import parameters
from tests.etl.link.claims import claim

pytest.importorskip("splink", reason="il motore di collegamento non è installato")

VIA = "Via dei Ginepri, 12"
HERE, FAR = (7.68, 45.07), (7.60, 45.03)


def only(*claims, **options):
    (pair,) = services.compare(claims, **options)
    return pair


def chemist(source, key, name, address=VIA, **told):
    return claim(source, key, name, address, service_type="farmacia", **told)


def test_the_same_name_and_address_in_two_lists_is_one():
    pair = only(chemist("a", "1", "Zibaldone"), chemist("b", "1", "Farmacia Zibaldone SNC del Dott. Verdi e C."))
    assert (pair.verdict, pair.decided_by, pair.rule) == ("stesso", "modello", None)


def test_reasons_add_up_and_are_in_words():
    pair = only(chemist("a", "1", "Zibaldone"), chemist("b", "1", "Zibaldone"))
    assert sum(reason.weight for reason in pair.reasons) == pytest.approx(pair.weight, abs=1e-6)
    assert pair.probability == pytest.approx(1 / (1 + 2**-pair.weight))
    told = {reason.evidence: reason.told for reason in pair.reasons}
    assert told["nome"] == "nome uguale: zibaldone"
    assert told["luogo"] == "stessa via e civico: via ginepri 12"
    assert told["partenza"].startswith("prima di confrontare: una coppia ogni ")


def test_a_renamed_chemist_is_one_and_another_in_the_street_is_not():
    renamed = only(chemist("a", "1", "Zibaldone"), chemist("b", "1", "Centrale dei Ginepri"))
    assert renamed.verdict == "stesso"
    neighbours = services.compare([chemist("a", "1", "Zibaldone"), chemist("b", "1", "Quercia", "Via dei Ginepri, 40")])
    assert all(pair.verdict == "diverso" for pair in neighbours)


def test_two_toy_libraries_at_one_point_are_two():
    told = {"service_type": "ludoteca", "at": HERE, "phones": ("+390115550001",)}
    pairs = services.compare(
        [
            claim("a", "1", 'Laboratorio di Lettura - "Le Ghiande"', VIA, email="lettura@example.it", **told),
            claim("a", "2", 'Laboratorio di Musica - "Il Flauto"', VIA, email="musica@example.it", **told),
        ]
    )
    assert all(pair.verdict != "stesso" for pair in pairs)


def test_a_row_entered_twice_is_one():
    told = {"service_type": "ludoteca", "at": HERE, "phones": ("+390115550001",), "email": "gio@example.it"}
    assert (
        only(claim("a", "1", "Giocafacile", VIA, **told), claim("a", "2", "Giocafacile", VIA, **told)).verdict
        == "stesso"
    )


@pytest.mark.parametrize(
    ("one", "other", "rule"),
    [
        ("Zibaldone 1", "Zibaldone 2", "numero_diverso"),
        ("Zibaldone", "Zibaldone", None),
        ("Zibaldone, piano terra", "Zibaldone, primo piano", "piano_diverso"),
    ],
)
def test_numbers_and_floors_keep_apart_what_is_else_alike(one, other, rule):
    told = {"phones": ("+390115550001",), "email": "nido@example.it", "at": HERE}
    pair = only(claim("a", "1", one, VIA, **told), claim("b", "1", other, VIA, **told))
    assert pair.rule == rule
    assert pair.verdict == ("stesso" if rule is None else "diverso")
    assert pair.decided_by == ("modello" if rule is None else "regola")


def test_a_nursery_is_never_the_kindergarten_below():
    told = {"phones": ("+390115550001",), "email": "nido@example.it", "at": HERE}
    assert not services.compare(
        [
            claim("a", "1", "Zibaldone", VIA, **told),
            claim("b", "1", "Zibaldone", VIA, service_type="scuola_infanzia", **told),
        ]
    )


def test_types_that_lists_mix_can_be_one():
    told = {"at": HERE, "phones": ("+390115550001",)}
    pair = only(
        claim("a", "1", "Zibaldone", VIA, **told), claim("b", "1", "Zibaldone", VIA, service_type="micronido", **told)
    )
    assert pair.verdict == "stesso"


def test_a_chain_in_one_list_is_for_a_person_at_most():
    told = {"phones": ("+390115550001",), "email": "catena@example.it"}
    pairs = services.compare(
        [
            claim("a", "1", "Bolle Zibaldone", VIA, at=HERE, **told),
            claim("a", "2", "Bolle Zibaldone", "Via dei Tigli, 3", at=FAR, **told),
        ]
    )
    assert all(pair.verdict != "stesso" for pair in pairs)


def test_a_switchboard_tells_nothing():
    told = {"phones": ("+390110000000",)}
    desks = [
        claim("a", str(n), f"Sportello {word}", f"Via dei Tigli, {n}", **told) for n, word in enumerate("xyz" * 2, 1)
    ]
    own = claim("b", "1", "Zibaldone", VIA, **told)
    found = [pair for pair in services.compare([*desks, own]) if own.id in (pair.left, pair.right)]
    assert not found


def test_a_point_of_the_municipality_is_no_evidence():
    alone = services.compare([claim("a", "1", "Quercia"), claim("b", "1", "Faggio")])
    assert not alone


def test_protected_places_are_never_compared():
    told = {"service_type": "casa_rifugio", "at": HERE}
    assert not services.compare(
        [claim("a", "1", "Casa", VIA, protected=True, **told), claim("b", "1", "Casa", VIA, **told)]
    )


def test_the_order_and_the_company_change_no_score():
    claims = [
        chemist("a", "1", "Zibaldone"),
        chemist("b", "1", "Zibaldone di Verdi"),
        chemist("b", "2", "Quercia", "Via Po, 1"),
    ]
    alone = services.compare(claims[:2])
    assert services.compare(list(reversed(claims))) == services.compare(claims)
    assert [
        pair for pair in services.compare(claims) if {pair.left, pair.right} == {claims[0].id, claims[1].id}
    ] == alone


def test_only_pairs_with_a_changed_claim():
    claims = [chemist("a", "1", "Zibaldone"), chemist("b", "1", "Zibaldone"), chemist("c", "1", "Zibaldone")]
    found = services.compare(claims, changed=[claims[2].id])
    assert len(found) == 2
    assert all(claims[2].id in (pair.left, pair.right) for pair in found)
    assert not services.compare(claims, changed=[uuid.uuid4()])


def test_nothing_to_compare_needs_no_engine(monkeypatch):
    monkeypatch.setattr("etl.link.engine.score", lambda *_args, **_options: pytest.fail("engine called"))
    assert services.compare([chemist("a", "1", "Zibaldone"), claim("b", "1", "Quercia", "Via Po, 1")]) == []
    assert services.compare([]) == []


def test_the_engine_says_nothing(capfd, caplog):
    caplog.set_level(logging.DEBUG)
    services.compare([chemist("a", "1", "Zibaldone"), chemist("b", "1", "Zibaldone")])
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name.startswith("splink")]


def test_hashes_follow_what_is_compared():
    before, after = chemist("a", "1", "Zibaldone"), chemist("a", "1", "Zibaldone", phones=("+390115550001",))
    same = chemist("a", "1", "Zibaldone", note="nulla di ciò che si confronta")
    assert services.feature_hashes([before]) == services.feature_hashes([same])
    assert services.feature_hashes([before]) != services.feature_hashes([after])


def test_thresholds_are_in_order():
    for thresholds in parameters().thresholds.values():
        assert thresholds.keep <= thresholds.review <= thresholds.merge
