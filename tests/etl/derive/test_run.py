"""Runs: the same inputs give the same run, any other input another; what a run keeps; protected places."""

import re
from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import text

from etl.derive import inputs, refresh
from etl.derive.digests import PARTS, part_digests
from etl.derive.supply import certainty, in_unit
from etl.identity import content_hash
from etl.pipeline import load_everything
from etl.record import ServiceRecord
from etl.sources.base import Declaration
from etl.sources.builtin import BuiltinServices
from tests.etl.tools import FixedSource, edit, fingerprint, frame, scalar

TODAY = date(2026, 11, 22)
CURRENT = "select id from coverage_run where current"


def execute(engine, statement: str, **values) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement), values)


def digest(engine, today: date = TODAY) -> str:
    """What the identifier of a run is made of, without the code."""
    with engine.begin() as connection:
        return content_hash(parts(connection, today))


def parts(connection, today: date = TODAY) -> dict[str, str]:
    return part_digests(inputs.read(connection, today=today), travel={"engine": "x"}, method="y")


# --- which run it is --------------------------------------------------------------------------------


def test_the_same_inputs_are_not_computed_again_and_write_nothing(loaded_scratch):
    before = fingerprint(loaded_scratch)
    summary = refresh(loaded_scratch)
    assert not summary.fresh
    assert summary.run_id == scalar(loaded_scratch, CURRENT)
    assert fingerprint(loaded_scratch) == before


def test_another_day_is_the_same_run_until_an_awaited_opening_passes_its_date(loaded_scratch):
    last = date(2026, 6, 30)
    assert scalar(loaded_scratch, "select max(expected_on) from service") == last
    later = {digest(loaded_scratch, last + timedelta(days=days)) for days in (0, 1, 145, 4_000)}
    earlier = {digest(loaded_scratch, last - timedelta(days=days)) for days in (1, 2, 900)}
    assert len(later) == len(earlier) == 1
    assert later != earlier


def test_another_machine_gives_the_same_hash(scratch, loaded):
    """The rows lie in another order in the tables of a database filled anew."""
    load_everything(scratch)
    execute(scratch, "create table moved as select * from population order by random()")
    execute(scratch, "truncate population")
    execute(scratch, "insert into population select * from moved")
    execute(scratch, "update service set url = url where random() < 0.5")
    assert digest(scratch) == digest(loaded)


# Changes by name: the part of a run's inputs that is another then, and how they are made.
CHANGES = {
    "a status": (
        "services",
        "update service set supply_status = 'attivo' where name = 'Centro per l''impiego di Ivrea'",
    ),
    "a place": ("services", "update location set geom = ST_Translate(geom, 0.01, 0) where geom is not null"),
    "a closed service": (
        "services",
        "update service set closed_on = current_date where name = 'Centro per l''impiego di Ivrea'",
    ),
    "a resident": (
        "population",
        (
            "update population set persons = persons + 1 where age = 40 and sex = 'F' and area_id ="
            " (select id from area where code = '001272' and level = 'municipality')"
        ),
    ),
    "a weight": (
        "data",
        "update demand_point set weight = 100 where area_id = (select id from area where code = 'q01')",
    ),
    "a complete list": (
        "data",
        "update source_coverage set complete = false where service_type_code = 'casa_quartiere'",
    ),
    "a threshold": ("standards", "update standard set minimum = 25 where id = 'LAV-centro_impiego'"),
    "a target age": ("standards", "update service_type set age_max = 60 where code = 'centro_impiego'"),
}
NO_CHANGES = {
    "a telephone": "update phone set number = '1'",
    "a name": "update service set name = name || '!', note = 'x', evidence = 'y'",
    "a title of a rule": "update standard set title_it = 'x', note = 'y'",
    "a synonym": "update service_type set synonyms_it = '{x}'",
    "a population of another year": "update population set persons = 0 where year = 2022",
}


def test_what_a_measure_reads_makes_another_run_by_one_part_and_nothing_else_does(loaded):
    with loaded.connect() as connection:  # never committed
        before = parts(connection)
        assert tuple(before) == PARTS
        told = CHANGES | {name: (None, statement) for name, statement in NO_CHANGES.items()}
        for name, (part, statement) in told.items():
            with connection.begin_nested() as savepoint:
                assert connection.execute(text(statement)).rowcount > 0, name
                after = parts(connection)
                savepoint.rollback()
            assert {one for one in PARTS if after[one] != before[one]} == ({part} - {None}), name
        read = inputs.read(connection, today=TODAY)
    assert part_digests(read, travel={"engine": "z"}, method="y")["travel"] != before["travel"]
    assert part_digests(read, travel={"engine": "x"}, method="z")["method"] != before["method"]


def test_one_service_less_is_another_run_and_putting_it_back_the_first(loaded_scratch, folder):
    first = scalar(loaded_scratch, CURRENT)
    versions = scalar(loaded_scratch, "select count(*) from data_version")
    edit(folder, "builtin/services.csv", lambda table: table[table["name"] != "Centro per l'impiego Torino Nord"])
    load_everything(loaded_scratch, folder=folder)
    summary = refresh(loaded_scratch)
    assert summary.fresh
    assert summary.run_id != first
    assert scalar(loaded_scratch, CURRENT) == summary.run_id
    assert scalar(loaded_scratch, "select count(*) from coverage_run") == 2
    assert scalar(loaded_scratch, "select count(*) from data_version") == versions + 2  # the data, then the measures
    load_everything(loaded_scratch)
    back = refresh(loaded_scratch)
    assert (back.fresh, back.run_id) == (False, first)
    assert scalar(loaded_scratch, CURRENT) == first


def test_the_summary_speaks_of_the_types_of_which_something_is_known(loaded_scratch):
    summary = refresh(loaded_scratch)
    by_name = {figures.name: figures for figures in summary.types}
    centre = by_name["Centro per l'impiego"]
    assert centre.assessed == pytest.approx(1_360_375)
    lines = dict(summary.lines())
    assert lines["Centro per l'impiego"].endswith("0 senza dati su 1.360.375")
    assert "Fattoria sociale" not in lines
    shadows = [figures.confirmed for figures in summary.types]
    assert shadows == sorted(shadows, reverse=True)


def test_a_territory_without_services_is_all_unknown(scratch):
    load_everything(scratch, sources=[])
    summary = refresh(scratch, today=TODAY)
    assert summary.types == ()
    assert scalar(scratch, "select count(distinct status) from coverage_result") == 1
    assert scalar(scratch, "select count(*) from overlap_result") == 0
    assert scalar(scratch, "select sum(unknown) from coverage_result where service_type_code = 'csm'") > 1e6


# --- supply ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "expected_on", "found"),
    [
        ("attivo", None, "confermata"),
        ("da_verificare", None, "incerta"),
        ("atteso", TODAY - timedelta(days=1), "incerta"),
        ("atteso", TODAY, "incerta"),
        ("atteso", TODAY + timedelta(days=1), "programmata"),
        ("atteso", None, "programmata"),
        ("programmato", TODAY - timedelta(days=1), "programmata"),
    ],
)
def test_how_far_a_service_may_be_counted_on(status, expected_on, found):
    assert certainty(status, expected_on, TODAY) == found


def test_closed_services_are_no_supply(loaded_scratch):
    execute(loaded_scratch, "update service set supply_status = 'chiuso' where service_type_code = 'csm'")
    execute(loaded_scratch, "update service set closed_on = current_date where service_type_code = 'serd'")
    with loaded_scratch.begin() as connection:
        types = set(inputs.read(connection, today=TODAY).services["type"])
    assert "dormitorio" in types
    assert not types & {"csm", "serd"}


def test_two_declarations_of_one_place_the_smaller_in_surface_wins(loaded_scratch):
    """A zone (40 municipalities) inside a larger ASL, whatever the order of the levels."""
    execute(
        loaded_scratch,
        "insert into source_coverage (id, source_id, service_type_code, area_id, complete)"
        " select gen_random_uuid(), 'servizi-ombra', 'csm', id, level = 'zona_omogenea' from area"
        " where (level, code) in (('zona_omogenea', '06'), ('asl', 'ASL TO3'))",
    )
    with loaded_scratch.begin() as connection:
        read = inputs.read(connection, today=TODAY)
    declared = read.complete[read.complete["type"] == "csm"].set_index("municipality")["complete"]
    by_code = declared.groupby(declared.index.map(read.units["code"])).first()
    assert by_code["001270"]  # Susa: zone 6
    assert not by_code["001191"]  # Pinerolo: ASL TO3, zone 5
    assert not by_code["001272"]  # Torino: declared of the city itself


# --- protected places ---------------------------------------------------------------------------------------


class Refuge(FixedSource):
    """One refuge in the Pinerolese (zone 5), with an address; the list is complete."""

    declaration = Declaration(id="prova-rifugio", title="Prova", publisher="P", licence="CC0-1.0")

    def rows(self):
        return [("rifugio", {"name": "rifugio", "address": "Via Segreta 1"})]

    def parse(self, key, raw, edition, log):
        record = ServiceRecord(
            key=key, service_type="casa_rifugio", name="Rifugio di prova", organization="Ente di prova",
            municipality="001191", supply_status="attivo", precision="address", latitude=44.8856, longitude=7.3306,
            address="Via Segreta 1", evidence="pagina su Via Segreta", note="suonare in Via Segreta",
        )  # fmt: skip
        return [record]

    def coverage(self, records):
        row = {"service_type": "casa_rifugio", "territory_level": "metropolitan_city", "territory_code": "201"}
        return pd.DataFrame([row]).assign(
            complete=True, listed=None, official_total=None, official_year=None, note=None
        )


@pytest.fixture(scope="module")
def guarded(databases, filled):
    with databases.clone(filled, "guarded") as engine:
        load_everything(engine, sources=[BuiltinServices(), Refuge()])
        refresh(engine)
        yield engine


def test_a_protected_place_covers_its_zone_and_tells_no_minutes(guarded):
    found = frame(
        guarded,
        "select z.code zone, r.* from coverage_result r join area_within w on w.area_id = r.area_id"
        " join area z on z.id = w.ancestor_id and z.level = 'zona_omogenea'"
        f" where r.run_id = ({CURRENT}) and r.service_type_code = 'casa_rifugio'",
    )
    inside = found[found["zone"] == "05"]
    outside = found[found["zone"] != "05"]
    assert set(inside["status"]) == {"presente"}
    assert set(outside["status"]) == {"scoperta"}
    assert inside["shadow_confirmed"].sum() == 0
    minutes = ["nearest_confirmed", "nearest_confirmed_low", "nearest_confirmed_high", "nearest_all"]
    assert found[minutes].isna().all(axis=None)
    assert set(inside["access_confirmed"].round(12)) == {inside["access_confirmed"].iloc[0].round(12)}
    for entries in inside["nearest"]:
        [entry] = entries
        assert entry["minutes"] is entry["low"] is entry["high"] is None
        assert not entry["located"]
    assert (outside["nearest"].map(len) == 0).all()


def test_nothing_that_a_run_keeps_tells_more_than_the_zone(guarded):
    """The same answer at every point of the zone, and no trace of the place in reach or overlaps."""
    columns = "status, reason, fragile, bordo, stimata, complete, services_all, providers_confirmed, nearest::text"
    answers = frame(
        guarded,
        f"select distinct {columns} from coverage_result r join area_within w on w.area_id = r.area_id"
        " join area z on z.id = w.ancestor_id and z.level = 'zona_omogenea' and z.code = '05'"
        f" where r.run_id = ({CURRENT}) and r.service_type_code = 'casa_rifugio'",
    )
    assert len(answers.drop(columns="bordo").drop_duplicates()) == 1
    reach = scalar(
        guarded,
        f"select persons from service_reach where run_id = ({CURRENT}) and service_id ="
        " (select id from service where service_type_code = 'casa_rifugio')",
    )
    women_of_the_zone = scalar(
        guarded,
        f"select sum(persons) from coverage_result r join area_within w on w.area_id = r.area_id"
        " join area z on z.id = w.ancestor_id and z.level = 'zona_omogenea' and z.code = '05'"
        f" where r.run_id = ({CURRENT}) and r.service_type_code = 'casa_rifugio'",
    )
    assert reach == pytest.approx(women_of_the_zone)
    assert scalar(guarded, "select count(*) from overlap_result where service_type_code = 'casa_rifugio'") == 0
    kept = frame(guarded, "select r::text from coverage_result r where service_type_code = 'casa_rifugio'")["r"]
    assert not kept.str.contains(re.escape("44.88") + "|" + re.escape("7.33") + "|Segreta").any()


def test_the_row_of_a_protected_place_is_kept_apart(guarded):
    told = frame(
        guarded,
        "select r.raw::text raw, r.content_hash, s.evidence, s.note, max(o.evidence) origin, k.raw->>'address' apart"
        " from source_record r join field_origin o on o.source_record_id = r.id join service s on s.id = o.entity_id"
        " join restricted.source_record k on k.source_record_id = r.id group by 1, 2, 3, 4, 6",
    )
    assert told.to_numpy().tolist() == [["{}", "", None, None, None, "Via Segreta 1"]]
    for table in ("source_record", "service", "field_origin", "issue", "location"):
        assert scalar(guarded, f"select count(*) from public.{table} t where t::text like '%Via Segreta%'") == 0, table


def test_a_service_that_comes_to_people_without_a_known_area_makes_its_list_incomplete(loaded_scratch):
    execute(loaded_scratch, "update service set delivery = 'domicilio' where name = 'Centro per l''impiego di Ivrea'")
    refresh(loaded_scratch)
    found = frame(
        loaded_scratch,
        "select status, sum(persons) persons from coverage_result"
        f" where run_id = ({CURRENT}) and service_type_code = 'centro_impiego' group by status",
    )
    assert not {"scoperta", "carente"} & set(found["status"])
    assert "senza_dati" in set(found["status"])


def test_a_run_sees_one_state_of_the_data(loaded_scratch):
    """Somebody changes a name while the run computes: what it tells at its end is what it read at its beginning."""
    before = "Centro per l'impiego"
    execute(loaded_scratch, "delete from coverage_run")
    changed = []

    def meddle(_step: str) -> None:
        if len(changed) == 1:  # the second step: the data have been read
            execute(loaded_scratch, "update service_type set name_it = 'Altro' where code = 'centro_impiego'")
        changed.append(_step)

    summary = refresh(loaded_scratch, progress=meddle)
    assert len(changed) > 2
    assert before in {figures.name for figures in summary.types}
    assert scalar(loaded_scratch, "select name_it from service_type where code = 'centro_impiego'") == "Altro"
    # Of this database only: another worker of the suite uses the same server.
    here = "database = (select oid from pg_database where datname = current_database())"
    assert scalar(loaded_scratch, f"select count(*) from pg_locks where locktype = 'advisory' and {here}") == 0


def test_a_capacity_counts_in_the_unit_of_the_rule_only(loaded):
    """Beds are no places: what is told in another unit is not known, and is never added."""
    of = "(select id from service where service_type_code = 'dormitorio' order by id limit 1)"
    told = "insert into service_capacity (id, service_id, unit, maximum) values "
    with loaded.connect() as connection:  # never committed
        values = [f"(gen_random_uuid(), {of}, '{name}', {n})" for name, n in (("posti", 10), ("posti letto", 7))]
        connection.execute(text(told + ", ".join(values)))
        read = inputs.read(connection, today=TODAY)
        service = str(connection.execute(text(f"select {of}")).scalar_one())
    row = read.services[read.services["service"] == service]
    assert (row["capacity"].tolist(), row["capacity_known"].tolist()) == ([7.0], [True])  # the type's own are beds
    places = in_unit(read.services, read.capacities, "posti").loc[row.index]
    assert places["capacity"].tolist() == [10.0]
    people = in_unit(read.services, read.capacities, "utenti").loc[row.index]
    assert (people["capacity"].tolist(), people["capacity_known"].tolist()) == ([1.0], [False])
