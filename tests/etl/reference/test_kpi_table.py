"""The table of indicators: all faults at once, each by row and column."""

import csv
import shutil
from pathlib import Path

import pytest

from etl.errors import ReferenceDataError
from etl.reference import tables

FILE = "reference/kpi.csv"


def broken(folder: Path, **rows: dict[str, str]) -> Path:
    """The shipped tables with cells of ``kpi.csv`` changed; rows by their number without the header."""
    shutil.copytree(tables.DATA / "reference", folder / "reference")
    with (folder / FILE).open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    for row, cells in rows.items():
        table[int(row.removeprefix("row"))] |= cells
    with (folder / FILE).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return folder


def test_the_shipped_indicators_name_an_action_and_no_target_without_source() -> None:
    found = tables.kpis()
    assert len(found) == 11
    assert found["action"].notna().all()
    assert (found["target"].isna() == found["target_source"].isna()).all()


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    folder = broken(
        tmp_path,
        row0={"service_types": "centro_impiego|casa_comunita"},  # the formula is of one type
        row1={"service_types": "bar"},
        row2={"unit": "persone"},
        row3={"formula": "fantasia"},
        row4={"target": "100"},  # no source
        row5={"levels": "metropolitan_city|zona_omogenea"},  # statutory units cross the zones
        row6={"direction": "avanti"},
        row7={"id": "quota-in-ombra"},
        row8={"levels": "zona_omogenea"},
    )
    with pytest.raises(ReferenceDataError) as error:
        tables.kpis(folder=folder)
    told = "\n".join(error.value.faults)
    for line, word in (
        *((2, "un solo tipo"), (3, "bar"), (4, "non è l'unità"), (5, "fantasia"), (6, "target_source")),
        *((7, "levels"), (8, "avanti"), (9, "quota-in-ombra"), (10, "levels")),
    ):
        assert any(f"riga {line}" in fault and word in fault for fault in error.value.faults), (line, word, told)
