"""People find services by their own words."""

import pytest

from app.pages import search
from etl.reference import tables
from etl.reference.vocabulary import service_types

CODES = {
    "Torino": "001272",
    "Leinì": "001130",
    "Rivalta di Torino": "001214",
    "Rivarolo Canavese": "001217",
    "Agliè": "001001",
}


@pytest.fixture(scope="module")
def types() -> list[dict]:
    return service_types(tables.service_types())


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Torino", "001272"),
        ("torino", "001272"),
        ("LEINI'", "001130"),
        ("aglie", "001001"),
        ("rivarolo", "001217"),
        ("", None),
    ],
)
def test_municipalities_are_found_as_people_write_them(written: str, code: str | None) -> None:
    place = search.municipality(written, CODES)
    assert (place.code, place.unknown) == (code, False)


def test_a_name_with_two_meanings_is_asked_back() -> None:
    place = search.municipality("riva", CODES)
    assert place.unknown
    assert set(place.suggestions) == {"Rivalta di Torino", "Rivarolo Canavese"}


def test_a_slip_of_the_pen_is_suggested() -> None:
    assert search.municipality("Torinno", CODES).suggestions == ["Torino"]
    assert search.municipality("Atlantide", CODES) == search.Place(unknown=True, suggestions=[])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("lavoro", "centro_impiego"),
        ("mangiare", "mensa_solidale"),
        ("dormire", "dormitorio"),
        ("consultorio", "consultorio_familiare"),
        ("assistente sociale", "sportello_sociale"),
        ("CONSULTORI", "consultorio_familiare"),
    ],
)
def test_words_of_people_lead_to_types(words: str, code: str, types: list[dict]) -> None:
    assert code in search.types_for(words, types)


def test_every_word_must_be_meant(types: list[dict]) -> None:
    assert search.types_for("lavoro astronave", types) == []
    assert search.types_for("   ", types) == []


def test_nothing_found_is_not_nothing_there() -> None:
    assert "non vuol dire" in search.outcome(0)
    assert search.outcome(1) == "1 servizio in elenco"
    assert search.outcome(1234) == "1.234 servizi in elenco"
