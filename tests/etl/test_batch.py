"""Files of one edition read together: what joins them, and what only a person can tell apart."""

import pytest

from etl.batch import read
from etl.errors import SourceError
from etl.sources.base import Received
from tests.etl.files import PHARMACIES, rows, write


def joined(folder, *tables):
    files = [write(folder, f"farmacie-2024-{n}.csv", table) for n, table in enumerate(tables)]
    [edition] = PHARMACIES.editions([Received(file, file.name, file.name) for file in files])
    return read(PHARMACIES, edition)


def test_files_that_list_other_things_or_the_same_are_joined(tmp_path):
    batch = joined(tmp_path, rows()[:7], rows()[6:])
    assert len(batch.records) == 12
    assert batch.counts == {"read": 13, "accepted": 12, "rejected": 1}


@pytest.mark.parametrize("turned", [False, True])
def test_two_versions_of_a_file_are_not_blended(tmp_path, turned):
    tables = [rows(), rows(n003={"indirizzo": "Via Altra 3"}, n005={"nome": "Altra"}), rows()[:1]]
    with pytest.raises(SourceError) as refused:
        joined(tmp_path, *(reversed(tables) if turned else tables))
    [fault] = refused.value.faults
    assert "2 righe (003, 005)" in fault
    assert "farmacie-2024-1.csv" in fault


def test_of_one_file_the_order_of_rows_decides_nothing(tmp_path):
    table = rows() + rows(n003={"nome": "Altra"})[3:4]
    assert joined(tmp_path, table).records == joined(tmp_path, table[::-1]).records
