"""Small traps, each a pair of invented rows of two lists and what the delivered model may make of it at most."""

import random
import uuid
from dataclasses import replace

import pytest

from etl.link import services
from tests.etl.link.claims import claim

pytest.importorskip("splink", reason="il motore di collegamento non è installato")

VIA = "Via dei Ginepri, 12"
HERE, FAR, TURNED = (7.68, 45.07), (7.60, 45.03), (45.07, 7.68)
PHONE = {"phones": ("+390115550001",)}
CHEMIST = {"service_type": "farmacia"}
ONE, PERSON, TWO, RULED = "stesso", "incerto", "diverso", "regola"


def pair(one, other, told):
    """The pair of two rows: ``name``, or ``(name, address)``, or with more fields besides."""
    sides = [side if isinstance(side, tuple) else (side,) for side in (one, other)]
    claims = []
    for source, (name, *rest) in zip("ab", sides, strict=True):
        address, fields = (*rest, *(VIA, {})[len(rest) :])
        claims.append(claim(source, "1", name, address, **(told | fields)))
    found = services.compare(claims)
    return found[0] if found else None


TRAPS = [
    # numbers: a veto where both have one, whatever else is alike
    ("number", "Nido 1", "Nido 2", PHONE, RULED),
    ("roman_is_arabic", "Nido Zibaldone II", "Nido Zibaldone 2", {}, ONE),
    ("roman", "Zibaldone II", "Zibaldone III", PHONE, RULED),
    ("word", "Zibaldone Uno", "Zibaldone Due", PHONE, RULED),
    ("letter", "Zibaldone sez. A", "Zibaldone sez. B", PHONE, RULED),
    ("last_letter", "Zibaldone A", "Zibaldone B", PHONE, RULED),
    ("zero", "Comunale 5", "Farmacia Comunale n. 05", CHEMIST, ONE),
    ("one_number", "Zibaldone 2", "Zibaldone", {}, PERSON),
    # chains and moves
    ("chain", ("Bolle Zibaldone", VIA, {"at": HERE}), ("Bolle Zibaldone", "Via Po, 3", {"at": FAR}), PHONE, PERSON),
    ("chain_in_street", "Bolle Zibaldone", ("Bolle Zibaldone", "Via dei Ginepri, 212"), PHONE, PERSON),
    ("chemists_chain", "Bolle Zibaldone", ("Bolle Zibaldone", "Via Po, 3"), CHEMIST, PERSON),
    ("renamed", "Zibaldone", "Quercia", PHONE | {"at": HERE}, PERSON),
    ("renamed_chemist", "Zibaldone", "Quercia", CHEMIST, ONE),
    ("two_chemists", ("Zibaldone", f"{VIA}/A"), ("Quercia", f"{VIA}/B"), CHEMIST, PERSON),
    # spelling
    ("apostrophe", "L\u2019Albero dell\u2019Unità", "L'ALBERO DELL'UNITA'", {}, ONE),
    ("saint", "S. Anna", "Sant'Anna", {}, ONE),
    ("saints", "SS. Angeli Custodi", "Santi Angeli Custodi", {}, ONE),
    ("other_saint", "San Giulio", "Santa Giulia", {}, PERSON),
    # addresses
    ("interval", ("Zibaldone", "Via dei Ginepri 12-14"), ("Zibaldone", "Via dei Ginepri 14"), {}, ONE),
    ("letters", ("Zibaldone", f"{VIA}/A"), ("Quercia", f"{VIA}/B"), {}, PERSON),
    ("no_number", ("Zibaldone", "Via dei Ginepri snc"), ("Quercia", "Via dei Ginepri s.n."), CHEMIST, PERSON),
    ("initial", ("Zibaldone", "Via M. Bianchi 3"), ("Quercia", "Via Giovanni Bianchi 3"), CHEMIST, PERSON),
    ("date", ("Zibaldone", "Piazza 12 Maggio, 3"), ("Quercia", "Piazza 21 Maggio, 3"), CHEMIST, PERSON),
    ("other_kind", ("Zibaldone", "Via Roma 3"), ("Quercia", "Piazza Roma 3"), CHEMIST, PERSON),
    ("other_town", "Zibaldone", ("Zibaldone", VIA, {"town": "001219"}), PHONE, PERSON),
    ("other_town_chemist", "Zibaldone", ("Zibaldone", VIA, {"town": "001219"}), CHEMIST | PHONE, PERSON),
    ("shared_cap", "Zibaldone", ("Zibaldone", VIA, {"town": "001219"}), CHEMIST | {"postal_code": "10040"}, PERSON),
    # what is missing or wrong
    ("no_names", "-", ".", {}, PERSON),
    ("only_kinds", "Asilo Nido Comunale", "Nido d'infanzia", {"at": HERE}, PERSON),
    ("only_names", ("Zibaldone Raro", None), ("Zibaldone Raro", None), {}, PERSON),
    ("one_point", ("Zibaldone", VIA, {"at": HERE}), "Zibaldone", {}, ONE),
    ("turned", ("Zibaldone", VIA, {"at": TURNED}), ("Zibaldone", VIA, {"at": HERE}), {}, ONE),
    ("no_ground", ("Zibaldone", VIA, {"at": (200.0, 95.0)}), ("Zibaldone", VIA, {"at": HERE}), {}, ONE),
    ("some_phones", ("Zibaldone", "Via Po, 3", {"phones": ("+390115550009", "+390115550001;ext=2")}),
     ("Zibaldone", VIA, {"phones": ("+390115550001", "+390115550003")}), {}, PERSON),
    # floors
    ("floors", ("Zibaldone", VIA, {"note": "al primo piano"}), ("Zibaldone", f"{VIA}, piano terra"), PHONE, RULED),
    ("both_floors", ("Zibaldone", VIA, {"note": "ingresso al piano terra, aule al primo piano"}),
     ("Zibaldone", VIA, {"note": "aule al primo piano"}), {}, ONE),
    ("stressed", ("Zibaldone", VIA, {"note": "mette in primo piano il gioco"}), "Zibaldone, piano terra", {}, ONE),
    ("kindergarten", "Zibaldone", ("Zibaldone", VIA, {"service_type": "scuola_infanzia"}), PHONE, TWO),
]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "told", "most"), [trap[1:] for trap in TRAPS], ids=[trap[0] for trap in TRAPS]
)
def test_traps(one, other, told, most):
    found = pair(one, other, told)
    verdict = TWO if found is None else found.verdict
    if most == ONE:
        assert verdict == ONE
    elif most == PERSON:
        assert verdict != ONE
    else:
        assert verdict == TWO
    if most == RULED and found is not None:
        assert found.decided_by == RULED
    if found is not None:
        assert sum(reason.weight for reason in found.reasons) == pytest.approx(found.weight, abs=1e-6)


def several(draw, count):
    """Rows whose parts are drawn from few values, so that many pairs are half alike."""
    names = ("Zibaldone", "Zibaldone 2", "Quercia Zibaldone 2", "Nido 2", "Nido 2 Quercia", "Asilo nido", "S. Anna II")
    streets = (VIA, "Via dei Ginepri 12-16", "V. Ginepri, 14/B", "Via G. Ginepri", "Via Guido Ginepri 14", None)
    phones = ((), ("+390115550001",), ("+390115550002", "+390115550001"))
    for number in range(count):
        told = {"phones": draw.choice(phones), "at": draw.choice((None, HERE, (7.6803, 45.0701)))}
        told |= {"service_type": draw.choice(("asilo_nido", "farmacia")), "seats": draw.choice((None, 20, 22))}
        name = draw.choice(names) + draw.choice(("", ", piano terra"))
        yield claim(draw.choice("ab"), str(number), name, draw.choice(streets), **told)


def test_which_of_two_is_left_changes_nothing():
    """Identifiers say which of two is left; here they are given in the opposite order."""
    claims = list(several(random.Random(5), 60))
    order = sorted(claims, key=lambda one: one.id)
    opposite = {one.id: uuid.UUID(int=len(order) - place) for place, one in enumerate(order)}
    turned = [replace(one, id=opposite[one.id]) for one in claims]

    def scores(pairs, name):
        told = {frozenset((name[one.left], name[one.right])): one for one in pairs}
        return {ends: (round(one.weight, 6), one.verdict, one.rule) for ends, one in told.items()}

    before = scores(services.compare(claims), opposite)
    assert len(before) > 100
    assert scores(services.compare(turned), {one: one for one in opposite.values()}) == before
