"""A whole run over files of OpenStreetMap, ANNCSU and HSDS: what is in the database after it, and what must not be."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from etl.pipeline import run
from etl.sources.anncsu import Anncsu
from etl.sources.hsds import HsdsMapping, HsdsSource
from etl.sources.osm_services import OsmServices
from etl.store.models import Base

SAMPLES = Path(__file__).parent / "samples"
DIRECTORY = HsdsSource(
    HsdsMapping(
        id="hsds-prova",
        title="Elenco di prova",
        publisher="Ente di prova",
        licence="CC-BY-4.0",
        files=("*.json",),
        types={"HD-1000": "centro_famiglie"},
    )
)
SOURCES = (OsmServices(), Anncsu(), DIRECTORY)


@pytest.fixture
def folder(tmp_path):
    for name in ("osm-servizi.json", "INDIR_PIEM_20260803.csv"):
        shutil.copy(SAMPLES / name, tmp_path / name)
    shutil.copytree(SAMPLES / "hsds-prova", tmp_path / "hsds-prova")
    return tmp_path


def everything(engine, *, schemas):
    """All rows of the tables of some schemas as one text."""
    with engine.connect() as connection:
        tables = [table for table in Base.metadata.sorted_tables if table.schema in schemas]
        return "\n".join(
            str(row) for table in tables for row in connection.execute(text(f"select t::text from {table} t")).scalars()
        )


def test_files_are_claimed_loaded_and_accounted_for(loaded_scratch, folder):
    outcome = run(loaded_scratch, folder=folder, sources=SOURCES)
    told = {file.source_id: file for file in outcome.files}
    assert not outcome.unclaimed
    assert not outcome.failed
    assert all(file.accepted + file.rejected == file.read for file in outcome.files)
    assert (told["osm-servizi"].read, told["osm-servizi"].accepted) == (20, 11)
    assert (told["anncsu"].read, told["anncsu"].accepted) == (13, 4)
    again = run(loaded_scratch, folder=folder, sources=SOURCES)
    assert not again.changed
    assert [(file.read, file.accepted) for file in again.files] == [
        (file.read, file.accepted) for file in outcome.files
    ]


def test_nothing_of_places_to_protect_and_of_persons_is_in_the_public_tables(loaded_scratch, folder):
    run(loaded_scratch, folder=folder, sources=SOURCES)
    public = everything(loaded_scratch, schemas={None, "public"})
    assert "Dormitorio di prova" in public
    secrets = (
        "da non mostrare",
        "Nascosta",
        "900000005",
        "900000006",
        "Persona Inventata",
        "persona.inventata",
        "mappatore",
    )
    assert not [secret for secret in secrets if secret in public]


def tagged(folder, day, **tags):
    """An answer of Overpass of a day: a library, and a place of these tags."""
    place = {
        "addr:street": "Via Segretissima",
        "addr:housenumber": "9",
        "opening_hours": "chiedere a Segretissimo",
    }
    library = {"amenity": "library", "name": "Biblioteca di prova"}
    elements = [
        {"type": "node", "id": 900000101, "lat": 45.07, "lon": 7.68, "tags": library},
        {"type": "node", "id": 900000102, "lat": 45.0612345, "lon": 7.6612345, "tags": place | tags},
    ]
    whole = {"osm3s": {"timestamp_osm_base": f"{day}T00:00:00Z"}, "elements": elements}
    (folder / f"osm-{day}.json").write_text(json.dumps(whole), encoding="utf-8")


@pytest.mark.parametrize(
    "before", [{"amenity": "pharmacy", "name": "Farmacia"}, {"amenity": "social_facility", "name": "Casa"}], ids=str
)
def test_a_place_that_the_map_now_tells_to_be_a_shelter_leaves_nothing_public(loaded_scratch, tmp_path, before):
    """Whether it was a service of ours or a row that was rejected; nothing is told of what it is now."""
    secrets = ("Segretissim", "7.66123")
    tagged(tmp_path, "2025-01-01", **before)
    run(loaded_scratch, folder=tmp_path, sources=(OsmServices(),))
    public = everything(loaded_scratch, schemas={None, "public"})
    assert all(secret in public for secret in secrets)
    shelter = {"amenity": "social_facility", "social_facility": "shelter", "social_facility:for": "woman"}
    tagged(tmp_path, "2026-01-01", **shelter, name="Nome nuovo")
    assert not run(loaded_scratch, folder=tmp_path, sources=(OsmServices(),)).failed
    public = everything(loaded_scratch, schemas={None, "public"})
    assert not [secret for secret in (*secrets, "Nome nuovo") if secret in public]
    assert "Biblioteca di prova" in public
    assert not run(loaded_scratch, folder=tmp_path, sources=(OsmServices(),)).changed
    with loaded_scratch.connect() as connection:
        kept = "select count(*) from restricted.source_record where raw::text like '%Segretissima%'"
        assert connection.scalar(text(kept)) == 1
