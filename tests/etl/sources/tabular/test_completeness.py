"""Where a list is complete: no further than its extent and the rows that could be read."""

import pytest

from etl.batch import read
from etl.sources.base import Completeness, Received
from etl.sources.tabular.mapping import EditionRule, Mapping
from etl.sources.tabular.source import TabularSource

HEADER = "codice;nome;tipo;comune\n"
WHOLE = ("1;Uno;caf;Torino", "2;Due;caf;Ivrea", "3;Tre;caf;Moncalieri", "4;Quattro;caf;Torino")
TOWNS = {"Torino": "001272", "Ivrea": "001125", "Moncalieri": "001156"}


def declared(path, *rows, **told):
    """Complete or not by territory, of a list whose three towns make it whole."""
    file = path / "caf.csv"
    file.write_text(HEADER + "\n".join(rows) + "\n")
    mapping = Mapping(
        id="prova",
        title="Prova",
        publisher="Ente di prova",
        licence="CC0-1.0",
        files=("*.csv",),
        delimiter=";",
        key=("codice",),
        edition=EditionRule(date="2026-01-01"),
        complete=(Completeness("caf", **{"municipalities": 3} | told),),
        fields={
            "name": "nome",
            "municipality": "comune",
            "service_type": {"column": "tipo", "values": {"caf": "caf"}, "refusal": "altro_tipo"},
        },
    )
    source = TabularSource(mapping)
    batch = read(source, source.editions([Received(file, file.name, file.name)])[0])
    return {row["territory_code"]: row["complete"] for row in batch.coverage}


def test_a_whole_list_is_complete(tmp_path):
    assert declared(tmp_path, *WHOLE) == {"201": True}


def test_an_extract_is_complete_nowhere(tmp_path):
    assert declared(tmp_path, *WHOLE[:2]) == {"201": False}


def test_an_extract_by_town_is_complete_in_the_towns_that_it_names(tmp_path):
    assert declared(tmp_path, *WHOLE[:2], by_town=True) == {"001272": True, "001125": True}
    # A row of Torino that cannot be used: Torino may have one more.
    assert declared(tmp_path, *WHOLE[:2], "5;;caf;Torino", by_town=True) == {"001272": False, "001125": True}


@pytest.mark.parametrize("wrong", ["5;;caf;Ivrea", ";Cinque;caf;Ivrea", "2;Altro;caf;Ivrea"])
def test_a_rejected_row_takes_its_town_out_of_a_whole_list(tmp_path, wrong):
    assert declared(tmp_path, *WHOLE, wrong) == {"201": True, "001125": False}


@pytest.mark.parametrize("wrong", ["5;Cinque;caf;", "5;Cinque;caf;Paese Inventato", "5;troppe;celle;in;questa;riga"])
@pytest.mark.parametrize("by_town", [True, False])
def test_a_rejected_row_of_nobody_knows_where_takes_all(tmp_path, wrong, by_town):
    kept = WHOLE[:2] if by_town else WHOLE
    assert not any(declared(tmp_path, *kept, wrong, by_town=by_town).values())


@pytest.mark.parametrize("other", ["5;Cinque;caf;Roma", "5;Cinque;patronato;Torino", "5;Cinque;patronato;", WHOLE[0]])
def test_rows_that_are_none_of_the_list_take_nothing(tmp_path, other):
    assert declared(tmp_path, *WHOLE, other) == {"201": True}
