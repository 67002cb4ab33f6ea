"""Which known street a name means: only ever where exactly one can be meant."""

import pytest

from etl.locate.streets import Streets

KNOWN = [
    "corso vittorio emanuele 2", "corso re umberto", "piazza carlo felice", "via san teresa", "via carlo capelli",
    "via francesco sanctis", "via scipio slataper", "via 20 settembre", "via san paolo", "via paolo sacchi",
    "via vittorio asinari bernezzo", "via carlo rosselli", "via nello rosselli", "via carrara", "piazza roma",
    "via garibaldi", "via anita garibaldi", "via monte bianco", "via nizza", "viale p. a. mattioli",
]  # fmt: skip


@pytest.fixture
def streets():
    return Streets(KNOWN)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("corso vittorio emanuele", "corso vittorio emanuele 2"),
        ("corso v. emanuele 2", "corso vittorio emanuele 2"),
        ("piazza c. felice", "piazza carlo felice"),
        ("via s. teresa", "via san teresa"),
        ("via s. paolo", "via san paolo"),
        ("via capelli", "via carlo capelli"),
        ("via asinari vittorio bernezzo", "via vittorio asinari bernezzo"),
        ("via sacchi paolo", "via paolo sacchi"),
        ("viale mattioli", "viale p. a. mattioli"),
        ("carlo capelli", "via carlo capelli"),
        ("via garibaldi", "via garibaldi"),
    ],
)
def test_one_street_can_be_meant(streets, asked, meant):
    assert streets.meant(asked) == ((meant,), False)


@pytest.mark.parametrize(
    ("asked", "meant"), [("via franceso sanctis", "via francesco sanctis"), ("via slaaper", "via scipio slataper")]
)
def test_a_slip_of_the_pen_is_mended_and_told(streets, asked, meant):
    assert streets.meant(asked) == ((meant,), True)


@pytest.mark.parametrize(
    "asked",
    [
        "via rosselli",  # Carlo or Nello
        "via paolo",  # not San Paolo, and a given name is not Paolo Sacchi
        "via bianco",  # not Monte Bianco
        "via carrera",  # not Carrara: another letter is another name
        "via roma",  # the square is another street
        "via settembre",
        "via 25 settembre",
        "via emanuele",
        "via",
        "via zumaglia",
    ],
)
def test_where_no_single_street_can_be_meant_there_is_none(streets, asked):
    assert streets.meant(asked)[0] == ()


def test_spellings_of_one_street_are_one_street():
    streets = Streets(["via s. domenico", "via san domenico"])
    assert streets.meant("via san domenico") == (("via s. domenico", "via san domenico"), False)


def test_streets_of_like_names_far_apart_are_two():
    streets = Streets(["via capelli", "via carlo capelli"], near=lambda _one, _other: False)
    assert streets.meant("via capelli") == (("via capelli",), False)
