"""The figures and the score of sources, on rows put into the database by hand."""

import re
import uuid
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import etl
from etl.quality import PARTS, quality, selects
from etl.quality.parts import DISAGREEMENTS, freshness
from etl.store import models as m

TODAY = date(2026, 11, 22)
BEGAN = datetime.fromisoformat("2026-11-01T08:00:00+00:00")


class Shelf:
    """Sources, runs, services and bodies, each with what a test wants to be different."""

    def __init__(self, session):
        self.session = session
        self.runs = 0
        taxonomy = self.add(m.Taxonomy, id=uuid.uuid4(), name="prova", description="", version="1")
        term = self.add(m.TaxonomyTerm, id=uuid.uuid4(), code="t", name="t", description="", taxonomy_id=taxonomy.id)
        self.add(m.ServiceType, code="farmacia", term_id=term.id, **_required(m.ServiceType, skip={"code", "term_id"}))

    def add(self, model, **values):
        row = model(**values)
        self.session.add(row)
        self.session.flush()
        return row

    def source(self, name, *, kind="services", **values):
        self.add(m.Source, id=name, title=name, publisher="Ente", licence="CC BY", kind=kind, **values)

    def run(self, source, *, edition=None, files=({"name": "f.csv"},), state="caricato", **counts):
        self.runs += 1
        began = BEGAN + timedelta(hours=self.runs)
        return self.add(
            m.SourceRun,
            id=uuid.uuid4(),
            source_id=source,
            started_at=began,
            finished_at=began,
            content_hash="",
            code_version="",
            edition=edition,
            files=list(files),
            state=state,
            counts=counts,
        )

    def record(self, run, key, *, accepted=True):
        return self.add(
            m.SourceRecord,
            id=uuid.uuid4(),
            source_id=run.source_id,
            key=key,
            raw={},
            content_hash="",
            accepted=accepted,
            last_run_id=run.id,
        )

    def service(self, run, key, *, precision="address", protected=False, address="Via Roma 1", told=(), **values):
        record = self.record(run, key)
        service = self.add(
            m.Service,
            id=uuid.uuid4(),
            name=key,
            status="active",
            supply_status="attivo",
            service_type_code="farmacia",
            **values,
        )
        place = self.add(
            m.Location, id=uuid.uuid4(), precision=precision, position_radius_m=1.0, location_protected=protected
        )
        self.add(m.ServiceAtLocation, id=uuid.uuid4(), service_id=service.id, location_id=place.id)
        if address and not protected:
            self.add(
                m.Address, id=uuid.uuid4(), location_id=place.id, address_1=address, city="Torino", state_province="TO"
            )
        self.tell(service, record, "name", evidence_year=values.get("evidence_year"))
        filled = {"organization": values.get("organization_id"), "url": values.get("url")}
        filled |= {"address": None if protected else address}
        for field in [*told, *(field for field, value in filled.items() if value)]:
            self.tell(service, record, field)
        if not protected and precision != "municipality":
            self.tell(service, record, "position", value={"precision": precision})
        return service

    def tell(self, service, record, field, **values):
        """A value that a row tells of a service."""
        origin = {"entity": "service", "entity_id": service.id, "field": field, "source_record_id": record.id}
        self.add(m.FieldOrigin, id=uuid.uuid4(), **origin, **values)

    def issue(self, run, key, kind, severity="dubbio", *, value=None):
        self.add(
            m.Issue,
            run_id=run.id,
            source_id=run.source_id,
            record_key=key,
            kind=kind,
            severity=severity,
            message=f"{kind}.",
            value=value,
        )


def _required(model, *, skip):
    """A value for every column that must have one."""
    some = {str: "x", int: 1, bool: False, float: 1.0, list: []}
    return {
        column.name: some[column.type.python_type]
        for column in model.__table__.c
        if column.name not in skip and not column.nullable and column.server_default is None
    }


@pytest.fixture
def shelf(session):
    return Shelf(session)


def one(session, name):
    frame = quality(session.connection(), today=TODAY).set_index("id")
    return frame.loc[name].to_dict()


def test_a_source_without_anything_loaded_has_no_score(session, shelf):
    shelf.source("muta")
    row = one(session, "muta")
    assert row["score"] is None
    assert {row[name] for name in ("read", "accepted", "issues", "nuovo", "age_days", *PARTS)} == {None}


def test_withdrawn_content_has_no_score(session, shelf):
    shelf.source("ritirata")
    shelf.run("ritirata", read=3, accepted=3, rejected=0)
    shelf.run("ritirata", state="ritirato", read=0, accepted=0, rejected=0)
    assert one(session, "ritirata")["score"] is None


def test_counts_and_remarks_are_those_of_the_last_run(session, shelf):
    shelf.source("due")
    first = shelf.run("due", edition="2022", read=9, accepted=9, rejected=0)
    shelf.issue(first, "a", "vecchio")
    last = shelf.run("due", edition="2023", read=10, accepted=8, rejected=2)
    shelf.issue(last, "a", "nome_mancante", "scartato")
    shelf.issue(last, "b", "nome_mancante", "scartato")
    shelf.issue(last, "c", "telefono", "modificato")
    row = one(session, "due")
    assert (row["read"], row["accepted"], row["rejected"], row["edition"]) == (10, 8, 2, "2023")
    assert (row["issues"], row["issues_scartato"], row["issues_modificato"], row["issues_dubbio"]) == (3, 2, 1, 0)
    told = [(kind.kind, kind.severity, kind._mapping["count"]) for kind in session.execute(selects.issues())]
    assert told == [("nome_mancante", "scartato", 2), ("telefono", "modificato", 1)]


def test_a_remark_for_many_rows_counts_for_all_of_them(session, shelf):
    shelf.source("civici", kind="addresses")
    run = shelf.run("civici", read=1000, accepted=600, rejected=400)
    shelf.issue(run, "001272", "fuori_territorio", "scartato", value="400")
    assert one(session, "civici")["issues"] == 400


def test_things_are_counted_once_for_each_event(session, shelf):
    shelf.source("eventi")
    run = shelf.run("eventi", read=2, accepted=2, rejected=0)
    thing, other = uuid.uuid4(), uuid.uuid4()
    for resource, event, field in [
        (thing, "modificato", "email"),
        (thing, "modificato", "url"),
        (other, "nuovo", "name"),
    ]:
        shelf.add(
            m.Metadata,
            id=uuid.uuid4(),
            resource_id=resource,
            resource_type="service",
            last_action_date=TODAY,
            last_action_type="update",
            field_name=field,
            previous_value="",
            replacement_value="x",
            updated_by="eventi",
            run_id=run.id,
            event=event,
        )
    row = one(session, "eventi")
    assert (row["modificato"], row["nuovo"], row["chiuso"]) == (1, 1, 0)


def test_services_are_measured_by_what_is_filled_precise_and_reachable(session, shelf):
    shelf.source("farmacie", refresh_days=365)
    run = shelf.run("farmacie", edition="2026-11-20", read=4, accepted=4, rejected=0)
    body = shelf.add(m.Organization, id=uuid.uuid4(), name="Ente", description="Ente")
    shelf.service(run, "a", organization_id=body.id, url="https://esempio.it", told=("phone", "schedule"))
    shelf.service(run, "b", precision="street", url="https://esempio.it")
    shelf.service(run, "c", precision="municipality", address=None)
    shelf.service(run, "chiuso", closed_on=TODAY)
    row = one(session, "farmacie")
    assert row["things"] == 3
    assert row["completeness"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert row["precision"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert row["contactability"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert (row["freshness"], row["agreement"], row["age_days"], row["overdue"]) == (1.0, 1.0, 2, False)
    assert row["score"] == pytest.approx(100 * (0.5 * 3 + 2) / 5)


def test_a_source_is_measured_by_what_it_says_itself_of_a_service_that_others_tell_better(session, shelf):
    shelf.source("farmacie")
    shelf.source("altra")
    good = shelf.run("farmacie", edition="2026", read=1, accepted=1, rejected=0)
    poor = shelf.run("altra", edition="2026", read=1, accepted=1, rejected=0)
    body = shelf.add(m.Organization, id=uuid.uuid4(), name="Ente", description="Ente")
    service = shelf.service(good, "a", organization_id=body.id, url="https://esempio.it", told=("phone", "schedule"))
    second = shelf.record(poor, "b")
    shelf.tell(service, second, "name", survives=False, rule="fiducia")
    assert one(session, "farmacie")["completeness"] == one(session, "farmacie")["precision"] == 1.0
    row = one(session, "altra")
    assert (row["things"], row["completeness"], row["precision"], row["contactability"]) == (1, 0, 0, 0)
    # What is said in a row that the source no longer lists does not count.
    shelf.tell(service, shelf.record(poor, "c"), "name", survives=False, rule="non_elencata")
    assert one(session, "altra")["things"] == 1
    # Nor is what it says of its own service a saying of another at the same place, of which that is published.
    beside = shelf.service(good, "d", organization_id=body.id)
    shelf.tell(beside, second, "address", rule="sede")
    assert one(session, "altra")["things"] == 1
    assert one(session, "farmacie")["things"] == 2
    # What it says of a place that another tells better is its own.
    shelf.tell(beside, shelf.record(poor, "e"), "address", survives=False, rule="sede")
    assert one(session, "altra")["things"] == 2


def test_protected_and_remote_services_are_asked_for_no_address(session, shelf):
    shelf.source("riservate")
    run = shelf.run("riservate", edition="2026", read=2, accepted=2, rejected=0)
    body = shelf.add(m.Organization, id=uuid.uuid4(), name="Ente", description="Ente")
    for key, values in {"a": {"protected": True}, "b": {"delivery": "remoto", "address": None}}.items():
        told = {"organization_id": body.id, "url": "https://esempio.it", "told": ("schedule",) if key == "b" else ()}
        shelf.service(run, key, precision="municipality", **told, **values)
    row = one(session, "riservate")
    assert row["completeness"] == 1.0
    assert row["precision"] is None


def test_what_something_else_denies_lowers_agreement_once_a_row(session, shelf):
    shelf.source("dubbie")
    run = shelf.run("dubbie", edition="2026", read=5, accepted=4, rejected=1)
    for key in "abcd":
        shelf.service(run, key)
    shelf.record(run, "e", accepted=False)
    shelf.issue(run, "a", "punto_di_ripiego", "scartato")
    shelf.issue(run, "a", "lontano_da_indirizzo", "scartato")
    shelf.issue(run, "b", "accento", "modificato")
    shelf.issue(run, "e", "fuori_comune", "scartato")
    assert one(session, "dubbie")["agreement"] == 0.75


def test_bodies_without_address_are_not_asked_for_one(session, shelf):
    shelf.source("enti", kind="organizations")
    run = shelf.run("enti", edition="2026-11-22", read=2, accepted=2, rejected=0)
    told = [{"tax_id": "1", "legal_status": "odv"}, {"identifiers": [["runts", "7"]], "email": "a@esempio.it"}]
    for number, fields in enumerate(told):
        body = shelf.add(m.Organization, id=uuid.uuid4(), name=str(number), description="")
        record = shelf.record(run, str(number))
        shelf.add(
            m.OrganizationClaim,
            organization_id=body.id,
            source_id="enti",
            rank=0,
            source_record_id=record.id,
            told={"name": str(number), **fields},
        )
    row = one(session, "enti")
    assert row["things"] == 2
    assert row["completeness"] == pytest.approx((2 / 3 + 1 / 3) / 2)
    assert row["contactability"] == 0.5
    assert row["precision"] is None
    assert row["score"] == pytest.approx(100 * (0.5 + 1 + 1 + 0.5) / 4)


def test_a_complete_list_is_held_against_the_total_published_elsewhere(session, shelf):
    shelf.source("elenco")
    shelf.run("elenco", edition="2026", read=8, accepted=8, rejected=0)
    area = shelf.add(m.Area, id=uuid.uuid4(), level="metropolitan_city", code="201", name="TO", source_id="elenco")
    shelf.add(
        m.SourceCoverage,
        id=uuid.uuid4(),
        source_id="elenco",
        service_type_code="farmacia",
        area_id=area.id,
        complete=True,
        listed=8,
        official_total=10,
    )
    assert one(session, "elenco")["completeness"] == 0.8


def test_figures_are_measured_by_the_municipalities_they_tell(session, shelf):
    shelf.source("reddito", kind="indicators")
    shelf.run("reddito", edition="2026", read=1, accepted=1, rejected=0)
    areas = [
        shelf.add(m.Area, id=uuid.uuid4(), level="municipality", code=str(code), name="", source_id="reddito")
        for code in range(4)
    ]
    shelf.add(m.Indicator, area_id=areas[0].id, year=2022, name="reddito", source_id="reddito", value=1.0)
    row = one(session, "reddito")
    assert row["completeness"] == 0.25
    assert row["agreement"] is None


def test_tables_without_files_are_as_old_as_their_evidence(session, shelf):
    shelf.source("compilata", reference_date="2026-11-22")
    run = shelf.run("compilata", edition="2026-11-22", files=(), read=3, accepted=3, rejected=0)
    for key, year in {"a": 2018, "b": 2020, "c": 2026}.items():
        shelf.service(run, key, evidence_year=year)
    row = one(session, "compilata")
    assert row["age_days"] == (TODAY - date(2020, 12, 31)).days
    assert row["freshness"] == 0.0


@pytest.mark.parametrize(("edition", "first"), [("2026", date(2026, 1, 1)), ("2026-10", date(2026, 10, 1))])
def test_an_edition_of_a_year_or_a_month_is_as_old_as_its_first_day(session, shelf, edition, first):
    shelf.source("annuale", refresh_days=300)
    shelf.run("annuale", edition=edition, read=1, accepted=1, rejected=0)
    row = one(session, "annuale")
    assert (row["age_days"], row["dated"]) == ((TODAY - first).days, edition)
    assert row["overdue"] is (edition == "2026")


def test_a_file_without_date_has_no_age(session, shelf):
    shelf.source("senza-data")
    run = shelf.run("senza-data", edition="", read=1, accepted=1, rejected=0)
    shelf.service(run, "a")
    row = one(session, "senza-data")
    assert (row["age_days"], row["freshness"]) == (None, 0.0)
    assert row["score"] is not None


def test_one_part_alone_is_no_score(session, shelf):
    shelf.source("confini", kind="areas")
    shelf.run("confini", edition="2011", read=9, accepted=9, rejected=0, new=9, changed=0, closed=0)
    row = one(session, "confini")
    assert row["freshness"] == 0.0
    assert row["score"] is None
    assert row["nuovo"] == 9


def test_freshness_never_rises_with_age():
    told = [freshness(age, 30) for age in range(0, 200, 5)]
    assert told == sorted(told, reverse=True)
    assert (told[0], told[-1]) == (1.0, 0.0)


def test_every_kind_that_counts_as_disagreement_is_told_somewhere():
    sources = [path.read_text(encoding="utf-8") for path in Path(etl.__file__).parent.rglob("*.py")]
    told = {word for text in sources if "DISAGREEMENTS" not in text for word in re.findall(r'"([a-z_]+)"', text)}
    assert told >= DISAGREEMENTS


def test_examples_are_different_and_those_with_values_come_first(session, shelf):
    shelf.source("esempi")
    run = shelf.run("esempi", read=9, accepted=9, rejected=0)
    for value in [None, None, "b", "a", "a"]:
        shelf.issue(run, str(value), "nome", value=value)
    told = [(row.message, row.value) for row in session.execute(selects.examples(2))]
    assert told == [("nome.", "a"), ("nome.", "b")]
