"""Which municipalities a rule with an area condition speaks of."""

import pandas as pd
import pytest

from geo.conditions import CLASSES, Condition, resolve, tellable
from geo.errors import InvalidInput

TOWNS = pd.DataFrame(
    {
        "altimetric_zone": ["pianura", "collina_interna", "montagna_interna", "montagna_interna"],
        "degurba": ["citta", "piccole_citta_sobborghi", "rurale", "piccole_citta_sobborghi"],
        "inner_class": ["polo", "cintura", "ultraperiferico", "intermedio"],
    },
    index=["Torino", "Chieri", "Ceresole", "Bardonecchia"],
)
UNCLASSED = TOWNS.assign(inner_class=None)


@pytest.mark.parametrize(
    ("condition", "municipalities"),
    [
        ("tutte", ["Torino", "Chieri", "Ceresole", "Bardonecchia"]),
        ("rurale", ["Ceresole"]),
        ("extraurbana", ["Ceresole"]),
        ("urbana", ["Torino", "Chieri", "Bardonecchia"]),
        ("montana", ["Ceresole", "Bardonecchia"]),
        ("interna", ["Ceresole", "Bardonecchia"]),
        ("interna|rurale", ["Ceresole", "Bardonecchia"]),
        ("cintura", ["Chieri"]),
        ("periferico", []),
    ],
)
def test_every_condition_that_classes_tell(condition, municipalities):
    assert resolve(condition, TOWNS) == Condition(tuple(municipalities))


def test_without_the_inner_classes_only_what_is_certain_counts_and_it_says_so():
    assert resolve("interna|rurale", UNCLASSED) == Condition(("Ceresole",), ("inner_class",))
    assert resolve("interna", UNCLASSED) is None


def test_a_class_that_is_missing_where_it_decides_nothing_is_not_missed():
    """Ceresole is rural: whether it is inner changes nothing."""
    told = TOWNS.assign(inner_class=["polo", "cintura", None, "intermedio"])
    assert resolve("interna|rurale", told) == Condition(("Ceresole", "Bardonecchia"))
    assert resolve("interna", told) == Condition(("Bardonecchia",), ("inner_class",))


@pytest.mark.parametrize("condition", ["stazione_porto_aeroporto", "centro_commerciale", "zona_residenziale"])
def test_what_is_no_municipality_cannot_be_told(condition):
    assert resolve(condition, TOWNS) is None
    assert not tellable(condition)
    partly = resolve(f"rurale|{condition}", TOWNS)
    assert partly == Condition(("Ceresole",), (condition,))


def test_every_class_is_known_and_an_unknown_one_is_a_fault_by_name():
    assert len(CLASSES) == 6
    wrong = TOWNS.assign(degurba="urbana").drop(columns="inner_class")
    with pytest.raises(InvalidInput) as caught:
        resolve("rurale", wrong)
    text = "\n".join(caught.value.faults)
    assert "'inner_class' is missing" in text
    assert "classes.degurba" in text
