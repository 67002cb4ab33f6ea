"""What becomes protected is told by no run, however old: not by minutes, groups, reach or outcomes."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.main import create_app
from app.settings import WebSettings
from etl.derive import hidden, refresh
from etl.derive.run import exclusive
from etl.pipeline import load_everything
from etl.reference import tables
from tests.etl.derive.test_book import TODAY
from tests.etl.tools import edit, scalar

KIND = "consultorio_familiare"
OTHER = "centro_impiego"
COUNTED = {
    "coverage_result": "service_type_code = :kind",
    "access_score": "service_type_code = :kind",
    "overlap_result": "service_type_code = :kind",
    "service_reach": "service_id in (select id from service where service_type_code = :kind)",
    "compliance_result": "rule_id in (select id from standard where :kind = any(service_types))",
}
MINUTES = (
    "select count(*) from coverage_result r, jsonb_array_elements(r.nearest) n where n->>'service' = '{}'"
    " and n->>'minutes' is not null"
)


def held(engine, run_id, kind: str) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table: connection.execute(
                text(f"select count(*) from {table} where run_id = :run and {where}"), {"run": run_id, "kind": kind}
            ).scalar_one()
            for table, where in COUNTED.items()
        }


@pytest.fixture
def protected(loaded_scratch):
    """The run before a place became protected, and its service; the run after is made."""
    former = scalar(loaded_scratch, "select id from coverage_run where current")
    service = scalar(loaded_scratch, f"select id from service where service_type_code = '{KIND}' order by name limit 1")
    before = {kind: held(loaded_scratch, former, kind) for kind in (KIND, OTHER)}
    assert all(before[KIND][table] for table in ("coverage_result", "service_reach", "compliance_result"))
    assert scalar(loaded_scratch, MINUTES.format(service))
    place = f"(select location_id from service_at_location where service_id = '{service}')"
    with loaded_scratch.begin() as connection:
        connection.execute(text(f"delete from address where location_id in {place}"))
        connection.execute(text(f"update location set geom = null, location_protected = true where id in {place}"))
    later = refresh(loaded_scratch, today=TODAY).run_id
    assert later != former
    return former, later, service, before


def test_no_run_tells_how_far_it_is(loaded_scratch, protected):
    former, later, service, before = protected
    assert scalar(loaded_scratch, MINUTES.format(service)) == 0
    assert set(held(loaded_scratch, former, KIND).values()) == {0}
    assert held(loaded_scratch, former, OTHER) == before[OTHER]
    assert held(loaded_scratch, later, KIND)["coverage_result"] == before[KIND]["coverage_result"]
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        for path in ("gaps", "gaps/points", "coverage", "overlaps", "compliance"):
            answer = client.get(f"/api/v1/{path}?type={KIND}&run={former}")
            assert answer.status_code in (200, 404), path
            assert str(service) not in answer.text
        compared = client.get(f"/api/v1/coverage/runs/{former}/compare/{later}?type={KIND}")
        assert compared.status_code in (200, 404)


def test_a_run_that_knew_it_to_be_protected_keeps_its_results(loaded_scratch, protected):
    _former, later, _service, _before = protected
    kept = held(loaded_scratch, later, KIND)
    with loaded_scratch.begin() as connection:
        connection.execute(text("update standard set minimum = 20 where id = 'LAV-centro_impiego'"))
    last = refresh(loaded_scratch, today=TODAY).run_id
    assert last != later
    assert held(loaded_scratch, later, KIND) == kept
    with loaded_scratch.begin() as connection:
        assert hidden.forget(connection, spare=last) == 0


def test_of_a_run_whose_inputs_are_gone_nothing_can_be_known(loaded_scratch, protected):
    _former, later, _service, _before = protected
    with loaded_scratch.begin() as connection:
        connection.execute(text("update coverage_run set inputs = inputs - 'tables' where id = :run"), {"run": later})
        connection.execute(text("update standard set minimum = 20 where id = 'LAV-centro_impiego'"))
    refresh(loaded_scratch, today=TODAY)
    assert set(held(loaded_scratch, later, OTHER).values()) == {0}


# ---- by the reference tables, before any run --------------------------------------


@pytest.fixture
def guarded_type(tmp_path):
    """A data folder in which the type is protected."""
    folder = tmp_path / "data"
    shutil.copytree(tables.DATA, folder)
    protect = lambda table: table.assign(protected=table["protected"].where(table["code"] != KIND, "true"))  # noqa: E731
    edit(folder, "reference/service_types.csv", protect)
    edit(folder, "builtin/services.csv", _without_places)
    return folder


def _without_places(services):
    there = services["service_type"] == KIND
    services.loc[there, "address"] = ""
    services.loc[there, "precision"] = "municipality"
    return services


def test_with_the_load_that_protects_a_type_its_minutes_are_gone(loaded_scratch, guarded_type):
    """The next run comes later, and may never come."""
    shown = scalar(loaded_scratch, "select id from coverage_run where current")
    before = held(loaded_scratch, shown, OTHER)
    assert held(loaded_scratch, shown, KIND)["coverage_result"]
    assert load_everything(loaded_scratch, folder=guarded_type, today=TODAY).changed
    assert set(held(loaded_scratch, shown, KIND).values()) == {0}
    assert held(loaded_scratch, shown, OTHER) == before
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        for path in ("gaps", "gaps/points", "coverage", "overlaps", "compliance"):
            assert client.get(f"/api/v1/{path}?type={KIND}").status_code in (200, 404), path
    later = refresh(loaded_scratch, today=TODAY).run_id
    assert held(loaded_scratch, later, KIND)["coverage_result"]
    services = "select count(*) from service where service_type_code = :kind and closed_on is null"
    assert scalar(loaded_scratch, services, kind=KIND) > 0
    minutes = (
        "select count(*) from coverage_result r, jsonb_array_elements(r.nearest) n where n->>'minutes' is not null"
        " and r.service_type_code = :kind"
    )
    assert scalar(loaded_scratch, minutes, kind=KIND) == 0


def test_a_run_under_way_keeps_nothing_that_the_load_has_protected(loaded_scratch, guarded_type):
    """A run that began before the load ends before it, so that what it keeps is seen."""
    with ThreadPoolExecutor(1) as pool:
        with exclusive(loaded_scratch) as connection:
            connection.execute(text("select 1"))  # its view of the data is that of now
            loading = pool.submit(load_everything, loaded_scratch, folder=guarded_type, today=TODAY)
            waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
            while not scalar(loaded_scratch, waiting):
                assert not loading.done()
                time.sleep(0.05)
        assert loading.result(timeout=120).changed
