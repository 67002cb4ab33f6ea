import pytest

from etl.link.names import parse_name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("F.cia Quercia di Verdi E.", {"quercia", "verdi"}),
        ("ZIBALDONE s.n.c.", {"zibaldone"}),
        ("Farmacia Dell'Università S.r.l.", {"universita"}),
        ("Maria Cristina SAS del Dr. Verdi Carlo e C", {"maria", "cristina", "verdi", "carlo"}),
        ("ASILO NIDO COMUNALE", set()),
        ("Scuola Secondaria di I grado Sant'Anna", {"anna"}),
        ("Regia Farmacia XX Settembre", {"regia", "20", "settembre"}),
        ("Alchemica 1961", {"alchemica"}),
        ("S. Croce", {"croce"}),
        ("SS. Apostoli", {"apostoli"}),
    ],
)
def test_what_tells_a_name_from_another(text, words):
    assert set(parse_name(text).words) == words


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Comunale 05", {"5"}),
        ("Comunale 5 - AFC", {"5"}),
        ("Nido n. 3", {"3"}),
        ("Lilliput II", {"2"}),
        ("Secondo circolo", {"2"}),
        ("Nido Primo", {"1"}),
        ("Nido V", {"5"}),
        ("Zibaldone Due", {"2"}),
        ("Zibaldone B", {"b"}),
        ("Plesso G di Via Po", {"g"}),
        ("Biblioteca civica Primo Levi", set()),
        ("I Mandarini", set()),
        ("Scuola I Mandarini", set()),
        ("Le Tre Lune", set()),
        ("Scuola materna e primaria", set()),
        ("Asilo c/o la parrocchia", set()),
        ("Scuola a tempo pieno", set()),
        ("San Pio X", set()),
        ("Giovanni XXIII", set()),
        ("Madonna dei Fiori di Verdi M.G. e I. SNC", set()),
        ("Alchemica 1961", set()),
    ],
)
def test_numbers_are_its_own(text, numbers):
    assert parse_name(text).numbers == numbers


def test_its_own_address_is_no_part_of_a_name():
    assert parse_name("Scuola Materna, Via Assisi 45", street="via assisi").words == ()
    assert parse_name("Asilo, Piazza Cavour 14, piano terra", street="piazza cavour").floor == "0"
    # of another street it is: the name says where it was, or of whom it is
    assert "assisi" in parse_name("Scuola Materna, Via Assisi 45", street="via roma").words


def test_words_of_its_town_tell_nothing():
    assert parse_name("Biblioteca civica, Balangero", aside=frozenset({"balangero"})).words == ()


def test_a_name_without_end_is_read_in_part():
    assert len(parse_name("parola " * 100_000).words) == 1
