import pytest

from etl.link import bodies, sites
from tests.etl.link.claims import body, claim

pytest.importorskip("splink", reason="il motore di collegamento non è installato")

TAX, OTHER_TAX = "00514490010", "01868520014"
HERE = (7.68, 45.07)


def verdict(pairs):
    return [(pair.verdict, pair.rule) for pair in pairs]


def test_a_tax_code_decides():
    pairs = bodies.compare(
        [body("a", "1", "Cooperativa Ginepro", tax_id=TAX), body("b", "1", "Ginepro scs", tax_id=TAX)]
    )
    assert verdict(pairs) == [("stesso", "codice_fiscale")]


def test_two_tax_codes_veto():
    pairs = bodies.compare(
        [body("a", "1", "Cooperativa Ginepro", tax_id=TAX), body("b", "1", "Cooperativa Ginepro", tax_id=OTHER_TAX)]
    )
    assert verdict(pairs) == [("diverso", "codice_fiscale_diverso")]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Comune di Rivoli", "Città di Rivoli", [("stesso", "comune")]),
        ("Comune di Chieri", "Unione dei Comuni di Chieri", []),
        ("Comune di Torino", "Associazione Volontari Torino", []),
        ("Comune di Rivoli", "Comune di Rivara", []),
        ("ASL TO3", "ASL TO4", []),
    ],
)
def test_kinds_of_body(one, other, expected):
    assert verdict(bodies.compare([body("a", "1", one), body("b", "1", other)])) == expected


def test_kinds_overrule_what_is_alike():
    told = {"phones": ["+390115550001"], "email": "protocollo@example.it"}
    pairs = bodies.compare(
        [body("a", "1", "Comune di Chieri", **told), body("b", "1", "Unione Comuni di Chieri", **told)]
    )
    assert verdict(pairs) == [("diverso", "genere_diverso")]


def test_one_address_is_one_site_whatever_is_there():
    told = {"at": HERE}
    one = claim("a", "1", "Zibaldone", "Via dei Ginepri, 12", phones=("+390115550001",), **told)
    other = claim("b", "1", "Biblioteca Quercia", "V. Ginepri 12", service_type="biblioteca", **told)
    assert verdict(sites.compare([one, other])) == [("stesso", "stesso_indirizzo")]


def test_another_number_of_the_street_is_another_site():
    one = claim("a", "1", "Zibaldone", "Via dei Ginepri, 12")
    other = claim("b", "1", "Quercia", "Via dei Ginepri, 112")
    assert all(told != "stesso" for told, _rule in verdict(sites.compare([one, other])))


def test_claims_of_one_site_are_one_member():
    claims = [claim("a", key, "Zibaldone", "Via dei Ginepri, 12") for key in "12"]
    assert sites.compare(claims) == []
    assert len(sites.feature_hashes(claims)) == 1
