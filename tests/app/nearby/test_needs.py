"""What people say, and the types that must be among the first."""

import pytest

from app.nearby.needs import mended, types_of
from etl.reference import tables

# Questions as people write them, slips included; the type on the right is what answers them.
QUESTIONS = [
    ("consultorio famigliare", "consultorio_familiare", 1),
    ("sportello lavoro", "sportello_lavoro", 1),
    ("cerco lavoro", "centro_impiego", 1),
    ("centro per l'impigo", "centro_impiego", 1),
    ("CENTRO IMPIEGO", "centro_impiego", 1),
    ("anziani a casa", "assistenza_domiciliare", 1),
    ("badante", "assistenza_domiciliare", 1),
    ("mia madre non è autosufficiente", "pua", 2),
    ("mangiare", "mensa_solidale", 1),
    ("dove posso mangiare", "mensa_solidale", 1),
    ("ho fame", "mensa_solidale", 1),
    ("dormire", "dormitorio", 1),
    ("asilo nido gratis", "asilo_nido", 1),
    ("asilo", "asilo_nido", 1),
    ("asilo politico", "servizio_stranieri", 1),
    ("permesso di sogiorno", "servizio_stranieri", 1),
    ("documenti", "ufficio_anagrafe", 1),
    ("documenti", "servizio_stranieri", 2),
    ("violenza", "centro_antiviolenza", 1),
    ("mio marito mi picchia", "centro_antiviolenza", 1),
    ("psicologa", "csm", 1),
    ("droga", "serd", 1),
    ("sfratto", "servizio_emergenza_abitativa", 2),
    ("casa della comunita", "casa_comunita", 1),
    ("assistenti sociali", "servizio_sociale_professionale", 2),
    ("spid", "punto_digitale_facile", 1),
]


@pytest.mark.parametrize(("question", "expected", "within"), QUESTIONS)
def test_the_type_is_among_the_first(question: str, expected: str, within: int) -> None:
    assert expected in types_of(question)[:within]


@pytest.mark.parametrize("question", ["", "   ", "!!", "zxqw", "il di la", "\x01"])
def test_what_nobody_says_of_a_service_means_none(question: str) -> None:
    assert types_of(question) == ()


def test_every_type_is_found_by_its_own_name() -> None:
    lost = [row.code for row in tables.service_types().itertuples() if row.code not in types_of(row.name_it)[:3]]
    assert lost == []


def test_slips_are_mended_and_known_words_kept() -> None:
    assert mended("consultoro famigliare di Pinerolo") == "consultorio familiare pinerolo"
    assert mended("anziani") == "anziani"


def test_the_table_is_read_with_its_rules() -> None:
    table = tables.synonyms()
    assert len(table) > 60
    assert not table["words"].duplicated().any()
