"""Content of every kind on its way in, again and back out; what protected places leave behind in the books."""

from datetime import date

import pytest
from shapely import box

from etl.history import history, rollback
from etl.issues import IssueLog
from etl.pipeline import load_everything, run
from etl.record import (
    AddressRecord,
    AreaRecord,
    IndicatorRecord,
    PopulationRecord,
    ServedArea,
    ServiceRecord,
    TravelRecord,
)
from etl.sources.base import Declaration, Edition
from etl.sources.tabular.source import TabularSource
from tests.etl.files import TODAY, mapping, rows, write
from tests.etl.tools import FixedSource, fingerprint, frame, scalar

TORINO, PINEROLO = "001272", "001191"


class Told(FixedSource):
    """A source whose file holds nothing: its records are those of the test."""

    def __init__(self, kind, *records, positions="rilevate"):
        self.declaration = Declaration(
            id=f"{kind}-prova", title=kind, publisher="P", licence="CC0-1.0", kind=kind, positions=positions
        )
        self.records = {record.key: record for record in records}

    def knows(self, name):
        return name == f"{self.declaration.kind}.txt"

    def editions(self, files):
        return [Edition("2024", tuple(files), self.rows)]

    def rows(self):
        return [(key, {"riga": repr(record)}) for key, record in self.records.items()]

    def parse(self, key, raw, edition, log: IssueLog):
        return [self.records[key]]


def tell(engine, folder, *sources):
    for source in sources:
        (folder / f"{source.declaration.kind}.txt").write_text("x", encoding="utf-8")
    return run(engine, folder=folder, sources=sources, today=TODAY)


def issues(engine) -> list[list[str]]:
    statement = "select record_key, kind from issue where severity = 'scartato' and source_id like '%-prova'"
    return frame(engine, statement + " order by 1, 2").to_numpy().tolist()


AREA = AreaRecord("a", "layer", "prova/a", "Area A", TORINO, box(7.6, 45.0, 7.7, 45.1))
CONTENTS = {
    "areas": ((AREA,), "select count(*) from area where source_id = 'areas-prova'"),
    "indicators": (
        (
            IndicatorRecord("i", "municipality", TORINO, 2022, "reddito", 21.5),
            IndicatorRecord("j", "municipality", "058091", 2022, "reddito", 1.0),
            IndicatorRecord("k", "municipality", TORINO, 2022, "reddito", 22.5),
        ),
        "select count(*) from indicator where source_id = 'indicators-prova'",
    ),
    "addresses": (
        (AddressRecord("d", TORINO, "Via di Prova", "3", 45.07, 7.66),),
        "select count(*) from address_point where source_id = 'addresses-prova'",
    ),
    "travel": (
        (
            TravelRecord("t", TORINO, PINEROLO, "car", 41.0, 38.2),
            TravelRecord("u", TORINO, "058091", "car", 400.0, None),
        ),
        "select count(*) from travel_time where source_id = 'travel-prova'",
    ),
}
REJECTED = {
    "indicators": [["j", "area_sconosciuta"], ["k", "dato_ripetuto"]],
    "travel": [["u", "comune_sconosciuto"]],
}


@pytest.mark.parametrize("kind", list(CONTENTS))
def test_a_kind_goes_in_once_and_back_out(loaded_scratch, tmp_path, kind):
    records, count = CONTENTS[kind]
    source = Told(kind, *records)
    first = tell(loaded_scratch, tmp_path, source)
    (file,) = first.files
    assert (file.state, file.read, file.accepted) == ("caricato", len(records), 1)
    assert first.sources[0].counts == {"new": 1, "changed": 0, "closed": 0}
    assert issues(loaded_scratch) == REJECTED.get(kind, [])
    assert scalar(loaded_scratch, count) == 1
    before = fingerprint(loaded_scratch)
    assert not tell(loaded_scratch, tmp_path, source).changed
    assert not load_everything(loaded_scratch, today=TODAY).changed
    assert fingerprint(loaded_scratch) == before
    with loaded_scratch.connect() as connection:
        run_id = history(connection, f"{kind}-prova")[0].run_id
    undone = rollback(loaded_scratch, run_id, sources=[source], today=TODAY)
    assert undone.sources[0].counts["closed"] == 1
    assert scalar(loaded_scratch, count) == 0


def test_an_area_lies_in_all_that_its_municipality_lies_in(loaded_scratch, tmp_path):
    tell(loaded_scratch, tmp_path, Told("areas", AREA))
    above = frame(
        loaded_scratch,
        "select o.level from area_within w join area a on a.id = w.area_id join area o on o.id = w.ancestor_id"
        " where a.code = 'prova/a'",
    )
    assert set(above["level"]) == {"layer", "municipality", "zona_omogenea", "metropolitan_city", "asl", "distretto"}
    assert scalar(loaded_scratch, "select round(area_km2) from area where code = 'prova/a'") == 88


def test_figures_of_an_area_that_comes_with_them_are_in_and_one_that_leaves_takes_them_along(loaded_scratch, tmp_path):
    figure = IndicatorRecord("i", "layer", "prova/a", 2022, "reddito", 21.5)
    count = "select count(*) from indicator where source_id = 'indicators-prova'"
    tell(loaded_scratch, tmp_path, Told("areas", AREA), Told("indicators", figure))
    assert scalar(loaded_scratch, count) == 1
    other = AreaRecord("a", "layer", "prova/b", "Area B", TORINO, None)
    tell(loaded_scratch, tmp_path, Told("areas", other), Told("indicators", figure))
    assert scalar(loaded_scratch, count) == 0
    assert issues(loaded_scratch)[-1] == ["i", "area_sconosciuta"]


def test_residents_of_some_municipalities_only_are_refused(loaded_scratch, tmp_path):
    before = fingerprint(loaded_scratch)
    outcome = tell(loaded_scratch, tmp_path, Told("population", PopulationRecord("p", TORINO, 2025, "F", 40, 7_000)))
    assert outcome.failed
    assert "I residenti del 2025 mancano per 311 comuni" in outcome.files[0].faults[0]
    assert fingerprint(loaded_scratch) == before


def test_residents_of_a_year_that_is_loaded_are_not_taken_twice(loaded_scratch, tmp_path):
    codes = frame(loaded_scratch, "select code from area where level = 'municipality' order by 1")["code"]
    people = [PopulationRecord(f"{code}/{year}", code, year, "F", 40, 10) for code in codes for year in (2023, 2025)]
    outcome = tell(loaded_scratch, tmp_path, Told("population", *people))
    assert (outcome.files[0].accepted, outcome.files[0].rejected) == (312, 312)
    by_source = "select source_id, year, count(*) n from population where year >= 2023 group by 1, 2 order by 2, 1"
    assert frame(loaded_scratch, by_source).to_numpy().tolist() == [
        ["istat-confini", 2023, 312 * 202],
        ["population-prova", 2025, 312],
    ]


def test_an_area_served_that_does_not_exist_is_taken_off_its_service(loaded_scratch, tmp_path):
    service = ServiceRecord(
        key="s", service_type="csm", name="Servizio", organization=None, municipality=TORINO, supply_status="attivo",
        precision="municipality", latitude=None, longitude=None,
        service_areas=(ServedArea("municipality", TORINO, "x"), ServedArea("layer", "nessuna", "x")),
    )  # fmt: skip
    outcome = tell(loaded_scratch, tmp_path, Told("services", service))
    assert outcome.files[0].accepted == 1
    assert issues(loaded_scratch) == [["s", "area_sconosciuta"]]
    areas = "select count(*) from service_area a join service s on s.id = a.service_id where s.name = 'Servizio'"
    assert scalar(loaded_scratch, areas) == 1


def test_files_of_one_edition_are_accounted_for_one_by_one(loaded_scratch, tmp_path):
    bodies = TabularSource(
        mapping("enti-prova", "enti-*.csv", kind="organizations", fields={"name": "nome", "tax_id": "piva"})
    )
    write(tmp_path, "enti-2024-a.csv", rows()[:7])
    write(tmp_path, "enti-2024-b.csv", [*rows()[6:], {**rows()[0], "codice": "x", "nome": ""}])
    for state in ("caricato", "invariato"):
        told = run(loaded_scratch, folder=tmp_path, sources=[bodies], today=TODAY).files
        assert [(file.name, file.state, file.read, file.accepted, file.rejected) for file in told] == [
            ("enti-2024-a.csv", state, 7, 7, 0),
            ("enti-2024-b.csv", state, 7, 5, 2),
        ]


# --- protected places --------------------------------------------------------------------------------------


def test_events_and_books_tell_nothing_of_a_protected_place(loaded_scratch, tmp_path):
    refuges = TabularSource(
        mapping(
            "rifugi-prova",
            "rifugi-*.csv",
            fields={
                "name": "nome",
                "address": "indirizzo",
                "municipality": "comune",
                "latitude": "lat",
                "longitude": "lon",
                "service_type": {"constant": "casa_rifugio"},
            },
        )
    )
    hidden = {"indirizzo": "Via Segretissima 9"}
    # A row that cannot be read may tell a protected place as well as another.
    write(tmp_path, "rifugi-2024.csv", rows(n000=hidden, n001={"nome": "", "indirizzo": "Via Segretissima 11"}))
    run(loaded_scratch, folder=tmp_path, sources=[refuges], today=TODAY)
    write(tmp_path, "rifugi-2025.csv", rows(n000={"indirizzo": "Via Segretissima 13", "nome": "Casa"}, n001=None))
    outcome = run(loaded_scratch, folder=tmp_path, sources=[refuges], today=TODAY)
    events = [event for source in outcome.sources for event in source.events]
    assert {event.kind for event in events} == {"rinominato"}
    assert scalar(loaded_scratch, "select count(*) from address_point where source_id = 'rifugi-prova'") == 0
    public = [table for table in fingerprint(loaded_scratch) if not table.startswith("restricted.")]
    for table in public:
        leak = f"select count(*) from {table} t where t::text like '%Segretissima%'"
        assert scalar(loaded_scratch, leak) == 0, table
    kept = "select count(*) from restricted.received_file where name like 'rifugi-%'"
    assert scalar(loaded_scratch, kept) == 2
    assert scalar(loaded_scratch, "select count(*) from restricted.position where address_1 like '%Segretissima%'") > 0
    moments = scalar(loaded_scratch, "select max(last_action_date) from metadata")
    assert TODAY <= moments <= max(TODAY, date.today())  # noqa: DTZ011  the built-in data were loaded today


class Nosy:
    """A geocoder beyond this machine: it remembers what it was asked, and knows nothing."""

    def __init__(self):
        self.asked = []

    def find(self, municipality, address):
        self.asked.append(address)


def test_a_geocoder_beyond_this_machine_is_never_asked_for_a_protected_place(loaded_scratch, tmp_path):
    def service(key, kind):
        return ServiceRecord(
            key=key, service_type=kind, name=key, organization=None, municipality=TORINO, supply_status="attivo",
            precision="municipality", latitude=None, longitude=None, address=f"Via {key}, 1",
        )  # fmt: skip

    (tmp_path / "services.txt").write_text("x", encoding="utf-8")
    source, outside = Told("services", service("Segreta", "casa_rifugio"), service("Nota", "csm")), Nosy()
    run(loaded_scratch, folder=tmp_path, sources=[source], today=TODAY, outside=outside, dry_run=True)
    assert outside.asked == ["Via Nota, 1"]
