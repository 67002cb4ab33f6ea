"""Keys of Italian addresses: the same street and number have one key, whoever wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.locate.address import Address, number_key, parse, street_key

SAME = [
    ["C.so Vittorio Emanuele II 12/a", "CORSO VITTORIO EMANUELE II, 12 A", "Corso Vittorio Emanuele Secondo n. 12/A"],
    ["Via XX Settembre 15", "via 20 Settembre, 15", "VIA VENTI SETTEMBRE n.15", "V.XX Settembre 15"],
    ["Via San Paolo, 3", "VIA SANTO PAOLO 3", "via san  paolo   3"],
    ["V. S. Paolo 3", "V.S.PAOLO 3", "VIA S.PAOLO,3"],
    ["Piazza Vittorio Veneto, 1", "P.zza Vittorio Veneto 1", "p. Vittorio Veneto 1", "PZZA VITTORIO VENETO N. 1"],
    ["Viale Thovez 37", "V.LE THOVEZ 37", "vle Thovez, 37"],
    ["Via Palazzo di Città 5", "VIA PALAZZO DI CITTA'5", "VIA PALAZZO CITTA' 5"],
    ["Piazza Massimo d'Azeglio 2", "Piazza Massimo D'Azeglio N. 2", "P.za Massimo D’Azeglio, 2"],
    ["Lungo Dora Savona 24", "Lungodora Savona, 24"],
    ["Via I Maggio 10", "Via 1° Maggio 10", "Via Primo Maggio, 10", "VIA 1 MAGGIO 10"],
    ["Via Papa Giovanni XXIII 24", "V.PAPA GIOVANNI XXIII 24", "Via Papa Giovanni Ventitreesimo 24"],
    ["Via Fratelli Carle 41", "Via F.lli Carle 41", "VIA FR.LLI CARLE N.41"],
    ["Fraz. Gressan 4", "Frazione Gressan, 4", "Loc. Gressan 4", "B.ta Gressan 4"],
    ["Via Farinelli 36/9", "Via Farinelli 36 int. 9", "VIA FARINELLI 36, INTERNO 9"],
    ["Via Zuretti 29", "c/o Presidio CTO - Via Zuretti 29", "Via Zuretti, 29, 10126, Torino"],
    ["Corso Moncalieri 52/A", "CORSO MONCALIERI52/A", "corso MONCALIERI, 52A (angolo via Asti)"],
    ["Via Avvocato Ferrero 24", "Via Avv. Ferrero 24"],
    ["Piazza Cavour 4", "piazza PIAZZA CAVOUR 4"],
]


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_spellings_of_one_address_have_one_key(spellings):
    assert len({parse(text) for text in spellings}) == 1, {text: parse(text) for text in spellings}


def test_the_spellings_of_the_table_are_of_different_addresses():
    assert len({parse(spellings[0]) for spellings in SAME}) == len(SAME)


@pytest.mark.parametrize(
    ("text", "street", "number"),
    [
        ("Piazza XII Maggio 1944 8", "piazza 12 maggio 1944", "8"),
        ("PIAZZA XII MAGGIO 1944", "piazza 12 maggio 1944", ""),
        ("Via Primo Levi 5", "via primo levi", "5"),
        ("Via Umberto I 7", "via umberto 1", "7"),
        ("V. LE CHIUSE 3", "via chiuse", "3"),
        ("V.BULLIO 5/REVIGLIASCO", "via bullio", "5"),
        ("V.BARTOLOMEO 13-15", "via bartolomeo", "13"),
        ("Via Roma 12 e 14", "via roma", "12"),
        ("VIA NIZZA 22 F", "via nizza", "22/f"),
        ("Corso Vittorio Emanuele II, 182/bis/C", "corso vittorio emanuele 2", "182/bis/c"),
        ("Frazione Mezzavilla 7Bis", "localita mezzavilla", "7/bis"),
        ("Via Giacomo Nel 9", "via giacomo nel", "9"),
        ("Via Roma s.n.c.", "via roma", ""),
        ("CORSO MONCALIERI 218 PI 06283010012", "corso moncalieri", "218"),
        ("P.ZZA C.ROSSO 18", "piazza c. rosso", "18"),
        ("Matteotti 2", "matteotti", "2"),
    ],
)
def test_street_and_number_are_told_apart(text, street, number):
    assert parse(text) == Address(street, number)


@pytest.mark.parametrize("text", ["", "   ", "12", "snc", "-", "10123", "()", "…"])
def test_what_names_no_street_is_no_address(text):
    assert parse(text) is None or parse(text).number == ""
    assert text == "snc" or parse(text) is None


def test_a_street_alone_keeps_the_figures_of_its_name():
    assert street_key("PIAZZA XII MAGGIO 1944") == "piazza 12 maggio 1944"
    assert street_key("VIA STATALE 24") == "via statale 24"
    assert street_key("") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [("12", "12"), ("0012", "12"), ("12 BIS", "12/bis"), ("12/A", "12/a"), ("SNC", ""), ("", ""), ("n. 7", "7")],
)
def test_a_number_alone(text, key):
    assert number_key(text) == key


@given(st.text(max_size=80))
def test_no_text_is_too_strange(text):
    for result in (parse(text), street_key(text), number_key(text)):
        assert result is None or isinstance(result, Address | str)


@given(st.text(alphabet="viacorso .'/0123456789ixIXaà-,nN", max_size=40))
def test_case_and_outer_blanks_do_not_matter(text):
    assert parse(text) == parse(f"  {text.upper()} ")


def test_a_million_characters_are_read_quickly():
    assert parse("Via " + "Roma " * 200_000) is not None
