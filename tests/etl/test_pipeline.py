"""Loading twice, in another order, in parallel, with a fault, with a crash; what vanishes and what comes back."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from signal import SIGKILL
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text

from etl.identity import ROOT
from etl.issues import IssueLog
from etl.pipeline import load_everything
from etl.record import Record, ServiceRecord
from etl.reference import tables
from etl.sources.base import Declaration
from etl.sources.builtin import BuiltinServices
from tests.etl.tools import BOOKS, FixedSource, edit, fingerprint, frame, scalar

SERVICES = "builtin/services.csv"
# A closed service keeps all that belongs to it, but places nobody any more.
APART = BOOKS | {"service", "service_listing", "address_point", "service_claim"}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def name_of(row: int) -> str:
    return str(tables.builtin_services()["name"][row])


def drop_first(folder) -> None:
    edit(folder, SERVICES, lambda table: table.iloc[1:])


def age(engine) -> None:
    """Set every time of change to long ago, so that a new one shows."""
    with engine.begin() as connection:
        connection.execute(text("update service set last_modified = :then"), {"then": LONG_AGO})


def modified(engine) -> set[str]:
    return set(frame(engine, "select name from service where last_modified > :then", then=LONG_AGO)["name"])


# --- the same again --------------------------------------------------------------------------------


def test_a_second_load_writes_nothing_at_all(loaded_scratch):
    before = fingerprint(loaded_scratch)
    summary = load_everything(loaded_scratch)
    assert not summary.changed
    assert fingerprint(loaded_scratch) == before


def test_the_same_rows_in_another_order_write_nothing_at_all(loaded_scratch, folder):
    edit(folder, SERVICES, lambda table: table.sample(frac=1, random_state=7))
    before = fingerprint(loaded_scratch)
    assert not load_everything(loaded_scratch, folder=folder).changed
    assert fingerprint(loaded_scratch) == before


class Reversed(BuiltinServices):
    """The same rows from the last to the first."""

    def editions(self, files):
        (edition,) = super().editions(files)
        return [replace(edition, rows=lambda: reversed(list(edition.rows())))]


def test_reading_everything_anew_in_another_order_changes_the_books_only(loaded_scratch):
    before = fingerprint(loaded_scratch, leave_out=BOOKS)
    events = scalar(loaded_scratch, "select count(*) from metadata")
    issues = "select record_key, kind, severity, field, value, mended, message from issue i where run_id ="
    latest = " (select id from source_run where source_id = 'servizi-ombra' order by started_at {} limit 1)"
    with loaded_scratch.begin() as connection:
        connection.execute(text("update source_run set content_hash = 'x' where source_id = 'servizi-ombra'"))
    load_everything(loaded_scratch, sources=[Reversed()])
    assert fingerprint(loaded_scratch, leave_out=BOOKS) == before
    assert scalar(loaded_scratch, "select count(*) from metadata") == events
    counts = scalar(loaded_scratch, "select counts from source_run order by started_at desc limit 1")
    assert (counts["new"], counts["changed"], counts["closed"]) == (0, 0, 0)
    first, second = (
        frame(loaded_scratch, issues + latest.format(order) + " order by 1, 2, 7") for order in ("asc", "desc")
    )
    pd.testing.assert_frame_equal(first, second)


def test_an_empty_database_loaded_anew_is_the_same_directory(scratch, loaded):
    """Identifiers and values do not depend on the machine or the moment: only times and run numbers differ."""
    load_everything(scratch)
    for table, columns in {
        "service": "id, organization_id, name, status, supply_status, note",
        "location": "id, geom, precision, position_radius_m",
        "area": "id, parent_id, geom, area_km2",
        "demand_point": "area_id, municipality_id, weight",
        "source_record": "id, content_hash, accepted",
        "source_coverage": "id, area_id, complete",
    }.items():
        statement = f"select md5(string_agg(t::text, '' order by t::text)) from (select {columns} from {table}) t"
        assert scalar(scratch, statement) == scalar(loaded, statement), table
    hashes = "select string_agg(content_hash, ' ' order by source_id) from source_run"
    assert scalar(scratch, hashes) == scalar(loaded, hashes)


# --- what changes ------------------------------------------------------------------------------------


def test_a_changed_phone_changes_its_service_only(loaded_scratch, folder):
    age(loaded_scratch)
    row = tables.builtin_services()["phone"].notna().idxmax()
    changed = lambda table: table.assign(phone=table["phone"].where(table.index != row, "011 5550100"))  # noqa: E731
    edit(folder, SERVICES, changed)
    summary = load_everything(loaded_scratch, folder=folder)
    assert summary.changed
    assert modified(loaded_scratch) == {name_of(row)}
    phones = frame(
        loaded_scratch, "select number from phone p join service s on s.id = p.service_id where s.name = :name",
        name=name_of(row),
    )  # fmt: skip
    assert phones["number"].tolist() == ["+390115550100"]
    latest = (
        "select counts->>'changed' from source_run where source_id = 'servizi-ombra' order by started_at desc limit 1"
    )
    assert scalar(loaded_scratch, latest) == "1"
    before = fingerprint(loaded_scratch)
    load_everything(loaded_scratch, folder=folder)
    assert fingerprint(loaded_scratch) == before


def test_a_moved_service_takes_its_place_along_and_leaves_none_behind(loaded_scratch, folder):
    age(loaded_scratch)
    places = scalar(loaded_scratch, "select count(*) from location")
    row = tables.builtin_services().query("precision == 'address'").index[0]
    edit(
        folder, SERVICES, lambda table: table.assign(address=table["address"].where(table.index != row, "Via Nuova 1"))
    )
    load_everything(loaded_scratch, folder=folder)
    assert modified(loaded_scratch) == {name_of(row)}
    assert scalar(loaded_scratch, "select count(*) from address where address_1 = 'Via Nuova, 1'") == 1
    empty = (
        "select count(*) from location l where not exists (select from service_at_location where location_id = l.id)"
    )
    assert scalar(loaded_scratch, empty) == 0
    assert scalar(loaded_scratch, "select count(*) from location") in (places, places + 1)


def test_a_vanished_service_is_closed_with_a_date_and_may_come_back(loaded_scratch, folder):
    age(loaded_scratch)
    before = fingerprint(loaded_scratch, leave_out=APART)
    drop_first(folder)
    load_everything(loaded_scratch, folder=folder)
    state = "select closed_on = current_date, status from service where name = :name"
    assert frame(loaded_scratch, state, name=name_of(0)).to_numpy().tolist() == [[True, "defunct"]]
    assert modified(loaded_scratch) == {name_of(0)}
    record = "select closed_on = current_date from source_record where raw->>'name' = :name"
    assert scalar(loaded_scratch, record, name=name_of(0)) is True
    assert scalar(loaded_scratch, "select count(*) from service where closed_on is null") == 243
    # Nothing that belongs to it is lost: place, telephone, origins stay as they were.
    assert fingerprint(loaded_scratch, leave_out=APART) == before
    once = fingerprint(loaded_scratch)
    load_everything(loaded_scratch, folder=folder)
    assert fingerprint(loaded_scratch) == once

    load_everything(loaded_scratch)
    back = "select closed_on is null, status from service where name = :name"
    assert frame(loaded_scratch, back, name=name_of(0)).to_numpy().tolist() == [[True, "inactive"]]
    assert scalar(loaded_scratch, "select count(*) from source_record where closed_on is not null") == 0
    assert fingerprint(loaded_scratch, leave_out=APART) == before


def test_each_change_is_a_new_version_of_the_data_and_a_repetition_none(loaded_scratch, folder):
    count = "select count(*) from data_version"
    first = scalar(loaded_scratch, count)
    drop_first(folder)
    load_everything(loaded_scratch, folder=folder)
    load_everything(loaded_scratch, folder=folder)
    assert scalar(loaded_scratch, count) == first + 1
    load_everything(loaded_scratch)
    assert scalar(loaded_scratch, count) == first + 2


def test_an_exception_to_a_complete_list_counts_without_a_row_of_its_own(loaded_scratch, folder):
    edit(folder, "builtin/completeness.csv", lambda table: table[table["territory_code"] != "ASL TO3"])
    load_everything(loaded_scratch, folder=folder)
    found = frame(
        loaded_scratch,
        "select a.level, c.complete from source_coverage c join area a on a.id = c.area_id"
        " where service_type_code = 'casa_comunita' order by a.level",
    )
    assert found.to_numpy().tolist() == [["asl", False], ["metropolitan_city", True]]


# --- two at once, and crashes --------------------------------------------------------------------------


def test_two_loads_at_once_do_it_once(loaded_scratch, folder):
    drop_first(folder)
    count = "select count(*) from source_run where source_id = 'servizi-ombra'"
    runs = scalar(loaded_scratch, count)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _n: load_everything(loaded_scratch, folder=folder), range(2)))
    assert sorted(summary.changed for summary in done) == [False, True]
    assert scalar(loaded_scratch, count) == runs + 1
    assert scalar(loaded_scratch, "select count(*) from service") == 244


KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import create_engine
import etl.runs
from etl.pipeline import load_everything

etl.runs.finish = lambda *_args: os.kill(os.getpid(), signal.SIGKILL)
load_everything(create_engine(sys.argv[1]), folder=Path(sys.argv[2]))
"""


def test_a_client_killed_at_the_last_step_leaves_nothing_half(loaded_scratch, folder):
    drop_first(folder)
    before = fingerprint(loaded_scratch)
    address = loaded_scratch.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", KILLED, address, str(folder)]
    killed = subprocess.run(command, cwd=ROOT, env=dict(os.environ), check=False, capture_output=True, timeout=120)
    assert killed.returncode == -SIGKILL, killed.stderr.decode()
    # The server notices the lost client by itself; the lock of the load is free again once it has.
    load_everything(loaded_scratch)
    assert fingerprint(loaded_scratch) == before
    assert load_everything(loaded_scratch, folder=folder).changed
    assert scalar(loaded_scratch, "select count(*) from service where closed_on is null") == 243


# --- a source of another kind ----------------------------------------------------------------------------


class Small(FixedSource):
    """A source with two rows that share a place and a body; the second row comes in by another spelling."""

    declaration = Declaration(id="piccola", title="Piccola", publisher="P", licence="CC0-1.0")
    keys = ("uno", "due")
    types = ("csm", "serd")
    other = ""

    def rows(self) -> list[tuple[str, dict[str, Any]]]:
        return [
            (key, {"key": key, "n": self.other if self.keys.index(key) < i else ""}) for i, key in enumerate(self.keys)
        ]

    def parse(self, key: str, raw: dict[str, Any], edition: str, log: IssueLog) -> list[Record]:
        if key == "tre":
            log.rejected(key, "prova", "Riga di prova scartata.")
            return []
        first = key == "uno"
        record = ServiceRecord(
            key=key,
            service_type=self.types[0 if first else 1],
            name=key + raw["n"],
            organization="ASL Prova" if first else "Asl  PROVA",
            municipality="001272",
            supply_status="attivo",
            precision="address" if first else "street",
            latitude=45.0704,
            longitude=7.6862,
            address="Via Prova, 1" if first else "via prova 1",
        )
        return [record]


def of(cls: type[Small], **values) -> Small:
    return type("Other", (cls,), values)()


def test_services_of_one_address_share_the_place_with_the_finer_position(loaded_scratch):
    load_everything(loaded_scratch, sources=[Small()])
    place = frame(
        loaded_scratch,
        "select distinct l.id, l.precision from location l join service_at_location a on a.location_id = l.id"
        " join service s on s.id = a.service_id where s.name in ('uno', 'due')",
    )
    assert place["precision"].tolist() == ["address"]
    body = "select distinct o.name from organization o join service s on s.organization_id = o.id"
    bodies = frame(loaded_scratch, body + " where s.name in ('uno', 'due')")
    assert bodies["name"].tolist() == ["ASL Prova"]
    before = fingerprint(loaded_scratch, leave_out=BOOKS)
    load_everything(loaded_scratch, sources=[of(Small, keys=("due", "uno"))])
    assert fingerprint(loaded_scratch, leave_out=BOOKS) == before


def test_a_source_leaves_the_services_of_another_alone(loaded_scratch):
    load_everything(loaded_scratch, sources=[Small()])
    load_everything(loaded_scratch, sources=[of(Small, keys=("uno",))])
    closed = frame(loaded_scratch, "select name from service where closed_on is not null")
    assert closed["name"].tolist() == ["due"]


def test_rejected_rows_and_unknown_types_are_remarks(loaded_scratch):
    load_everything(loaded_scratch, sources=[of(Small, keys=("uno", "due", "tre"), types=("csm", "boh"))])
    found = frame(loaded_scratch, "select record_key, kind from issue where source_id = 'piccola' order by 1")
    assert found.to_numpy().tolist() == [["due", "tipo_sconosciuto"], ["tre", "prova"]]
    counts = scalar(loaded_scratch, "select counts from source_run where source_id = 'piccola'")
    assert (counts["read"], counts["accepted"], counts["rejected"]) == (3, 1, 2)


@pytest.mark.parametrize(("other", "kind"), [("", "riga_ripetuta"), (" bis", "chiave_ripetuta")])
def test_of_two_rows_with_one_key_one_counts_whatever_their_order(loaded_scratch, other, kind):
    load_everything(loaded_scratch, sources=[of(Small, keys=("uno", "uno", "due"), other=other)])
    told = frame(loaded_scratch, "select record_key, kind, severity from issue where kind like '%ripetuta'")
    assert told.to_numpy().tolist() == [["uno", kind, "scartato"]]
    counts = scalar(loaded_scratch, "select counts from source_run where source_id = 'piccola'")
    assert (counts["read"], counts["accepted"], counts["rejected"]) == (3, 2, 1)
    before = fingerprint(loaded_scratch)

    class Turned(Small):
        def rows(self):
            return list(reversed(super().rows()))

    turned = of(Turned, keys=("uno", "uno", "due"), other=other)
    assert not load_everything(loaded_scratch, sources=[turned]).changed
    assert fingerprint(loaded_scratch) == before


def test_remarks_about_protected_records_hold_no_values(loaded_scratch):
    class Refuge(Small):
        def parse(self, key: str, raw: dict[str, Any], edition: str, log: IssueLog) -> list[Record]:
            log.doubtful(key, "prova", "Sta in Via Segreta 1", field="address", value="Via Segreta 1")
            log.changed(key, "prova", "Via Segreta", field="address", value="V. Segreta", mended="Via Segreta")
            return super().parse(key, raw, edition, log)

    load_everything(loaded_scratch, sources=[of(Refuge, types=("casa_rifugio", "casa_rifugio"))])
    told = frame(loaded_scratch, "select value, mended, message from issue where source_id = 'piccola'")
    assert len(told) == 4
    assert told[["value", "mended"]].isna().all(axis=None)
    assert not told["message"].str.contains("Segreta").any()
    public = frame(
        loaded_scratch,
        "select l.geom, l.coord_source, l.precision, l.position_radius_m from location l where location_protected",
    )
    assert public[["geom", "coord_source"]].isna().all(axis=None)
    assert set(public["precision"]) == {"municipality"}
    assert set(public["position_radius_m"]) == {5_000.0}
    assert scalar(loaded_scratch, "select count(*) from restricted.position where address_1 is not null") == 2
    hidden = "select id from location where location_protected"
    assert scalar(loaded_scratch, f"select count(*) from address where location_id in ({hidden})") == 0
