"""ISTAT's files in the database: residents of years beyond the reference data's, figures, layers, times."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine

from etl.pipeline import load_everything, run
from etl.reference.municipalities import municipalities
from etl.reference.population import residents
from etl.sources.catalogue import catalogue
from tests.etl.tools import frame, scalar

SAMPLES = Path(__file__).parent / "sources" / "samples" / "istat"
OURS = ("istat-popolazione", "istat-municipi-2011", "istat-sezioni", "istat-tempi", "aperto-circoscrizioni")
SAMPLE_FILES = (
    "ElencoUnitaAmministrative2011.csv",
    "R01_indicatori_2011_sezioni.csv",
    "Piemonte.txt",
    "circoscrizioni_wgs84.geojson",
)
AGES = (5, 30, 80)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the samples, and residents of 2024 of three ages: as many as in 2023, and ten more in Torino."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name in SAMPLE_FILES:
        shutil.copy(SAMPLES / name, folder / name)
    names = municipalities().names
    people = residents(pd.Index(list(names))).query("year == 2023 and age in @AGES")
    wide = people.pivot_table(index=["code", "age"], columns="sex", values="persons", aggfunc="sum").reset_index()
    wide.loc[(wide["code"] == "001272") & (wide["age"] == 30), "F"] += 10
    rows = [f'"{row.code}","{names[row.code]}",{row.age},{row.M},{row.F},{row.M + row.F}' for row in wide.itertuples()]
    title = '"Popolazione residente per sesso, età al 1° gennaio 2024"'
    header = '"Codice comune","Comune","Età","Totale maschi","Totale femmine","Totale"'
    (folder / "POSAS_2024_it_001_Torino.csv").write_text("\n".join([title, header, *rows]), encoding="utf-8")
    return folder


def _persons_of_2023() -> int:
    people = residents(pd.Index(list(municipalities().names)))
    return int(people.query("year == 2023 and age in @AGES")["persons"].sum())


def test_files_of_istat_are_loaded_beside_the_reference_data(loaded_scratch: Engine, files: Path):
    sources = [source for source in catalogue() if source.declaration.id in OURS]
    outcome = run(loaded_scratch, folder=files, sources=sources)
    assert [(file.name, file.faults) for file in outcome.files if file.state != "caricato"] == []
    assert len(outcome.files) == 5
    assert all(file.accepted + file.rejected == file.read for file in outcome.files)

    years = "select year, source_id, sum(persons) as persons from population group by 1, 2 order by 1"
    assert frame(loaded_scratch, years).to_numpy().tolist() == [
        [2022, "istat-confini", 2_208_370],
        [2023, "istat-confini", 2_198_237],
        [2024, "istat-popolazione", _persons_of_2023() + 10],
    ]
    figure = (
        "select i.value from indicator i join area a on a.id = i.area_id"
        " where a.level = :level and a.code = :code and i.name = :name and i.year = 2011"
    )
    told = {"level": "municipality", "code": "001317", "name": "popolazione_censimento"}
    assert scalar(loaded_scratch, figure, **told) == 131
    absent = "select count(*) from issue where kind = 'comune_senza_dato' and record_key = '001316'"
    assert scalar(loaded_scratch, absent) == 1
    layers = "select a.code from area a join area p on p.id = a.parent_id where a.level = 'layer' and p.code = '001272'"
    assert set(frame(loaded_scratch, layers)["code"]) == {"aperto-circoscrizioni/1", "aperto-circoscrizioni/2"}
    halls = "select count(*) from address_point where source_id = 'istat-municipi-2011'"
    assert scalar(loaded_scratch, halls) == 3
    assert scalar(loaded_scratch, "select count(*) from travel_time") == 3
    assert scalar(loaded_scratch, "select count(*) from area where level = 'census_section'") == 5


def test_the_reference_data_leave_other_years_as_they_are(loaded_scratch: Engine, files: Path):
    sources = [source for source in catalogue() if source.declaration.id in OURS]
    run(loaded_scratch, folder=files, sources=sources)
    counts = (
        "select (select sum(persons) from population), (select count(*) from area), (select count(*) from indicator)"
    )
    before = frame(loaded_scratch, counts).to_numpy().tolist()
    load_everything(loaded_scratch)
    assert frame(loaded_scratch, counts).to_numpy().tolist() == before
    again = run(loaded_scratch, folder=files, sources=sources)
    assert not again.changed
    assert frame(loaded_scratch, counts).to_numpy().tolist() == before


def test_figures_of_sections_are_about_their_areas(loaded_scratch: Engine, files: Path):
    run(loaded_scratch, folder=files, sources=[s for s in catalogue() if s.declaration.id == "istat-sezioni"])
    statement = (
        "select sum(i.value) from indicator i join area a on a.id = i.area_id"
        " where a.level = 'census_section' and i.name = 'popolazione'"
    )
    assert scalar(loaded_scratch, statement) == 311 + 543 + 40 + 12
