"""The HSDS data package: valid for frictionless, the rows of SQL, and read back by our own reader of such packages."""

import csv
import io
import json
import zipfile
from pathlib import Path

import frictionless
import pytest
from sqlalchemy import Engine

from app.exports import hsds
from app.exports.hsds_tables import TABLES
from app.exports.layers import one_state
from tests.app.test_protected import NAME, PHONE, _leaks
from tests.etl.sources.test_hsds import load, source
from tests.etl.tools import SHARED, frame, scalar

OFFICIAL = SHARED / "hsds-3.1" / "datapackage.json"


def made(engine: Engine, out: Path) -> Path:
    with one_state(engine) as connection:
        hsds.write(connection, out, progress=lambda _step: None)
    return out


@pytest.fixture(scope="module")
def package(loaded: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(loaded, tmp_path_factory.mktemp("hsds") / "ombra.zip")


def rows(package: Path, table: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(package) as files:
        return list(csv.DictReader(io.StringIO(files.read(TABLES[table].file).decode())))


def test_frictionless_finds_no_fault(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package) as files:
        files.extractall(tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    assert report.stats["tasks"] == len(TABLES)
    broken = (tmp_path / "services.csv").read_text(encoding="utf-8").replace("organization_id", "organisation", 1)
    (tmp_path / "services.csv").write_text(broken, encoding="utf-8")
    assert not frictionless.validate(str(tmp_path / "datapackage.json")).valid


def test_rows_are_those_of_the_database(package: Path, loaded: Engine) -> None:
    assert {row["id"] for row in rows(package, "service")} == set(
        frame(loaded, "select id::text from service_listing")["id"]
    )
    for table, statement in {
        "location": "select count(*) from location where not location_protected",
        "service_at_location": "select count(*) from service_at_location",
        "taxonomy_term": "select count(*) from taxonomy_term",
        "attribute": "select count(*) from attribute where link_entity = 'service'",
        "organization": "select count(*) from organization",
        "service_area": "select count(*) from service_area",
    }.items():
        assert len(rows(package, table)) == scalar(loaded, statement), table
    events = {row["resource_id"] for row in rows(package, "metadata")}
    assert events == {row["id"] for row in rows(package, "service")}


def test_names_are_those_of_the_standard(package: Path) -> None:
    if not OFFICIAL.is_file():
        pytest.skip("manca shared/data/hsds-3.1/datapackage.json")
    official = {one["name"]: one for one in json.loads(OFFICIAL.read_text(encoding="utf-8"))["resources"]}
    with zipfile.ZipFile(package) as files:
        ours = json.loads(files.read("datapackage.json"))["resources"]
    for one in ours:
        theirs = official[one["name"]]
        assert one["path"] == theirs["path"]
        known = {field["name"]: field["type"] for field in theirs["schema"]["fields"]}
        # Two tables whose columns the published descriptor leaves out; the JSON schemas have them.
        if one["name"] not in ("unit", "service_capacity"):
            told = {field["name"]: field["type"] for field in one["schema"]["fields"]}
            assert told.items() <= known.items(), one["name"]


def test_the_same_data_make_the_same_package(package: Path, loaded: Engine, tmp_path: Path) -> None:
    assert made(loaded, tmp_path / "again.zip").read_bytes() == package.read_bytes()


def test_our_own_reader_takes_it_back(package: Path, loaded: Engine) -> None:
    kinds = frame(
        loaded,
        "select x.name as taxonomy, t.code, t.name from taxonomy_term t join taxonomy x on x.id = t.taxonomy_id",
    )
    types = {f"{row.taxonomy}:{row.code}": "farmacia" for row in kinds.itertuples()}
    told, found, log = load([package], source(types=types))
    assert len(told) == scalar(
        loaded,
        "select count(*) from service_listing l left join service_at_location a on a.service_id = l.id",
    )
    assert {entry.kind for entry in log.entries} <= {"orario_incerto", "orari_incerti"}
    names = {record.name for record in found.values()}
    assert names == set(frame(loaded, "select name from service_listing")["name"])


def test_nothing_of_a_protected_place_is_in_it(guarded: Engine, tmp_path: Path) -> None:
    package = made(guarded, tmp_path / "ombra.zip")
    [refuge] = [row for row in rows(package, "service") if row["name"] == NAME]
    assert refuge["description"] == ""
    assert [row["number"] for row in rows(package, "phone") if row["service_id"] == refuge["id"]] == [PHONE]
    for table in ("service_at_location", "schedule", "service_area"):
        assert refuge["id"] not in {row["service_id"] for row in rows(package, table)}
    with zipfile.ZipFile(package) as files:
        for name in files.namelist():
            assert not _leaks(files.read(name).decode()), name
