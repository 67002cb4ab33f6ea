"""Where values come from, and what became of former identifiers, as the API tells it."""

import uuid
from datetime import date, datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, delete, insert, select, text, update

from app.api import schemas
from app.main import create_app
from app.settings import WebSettings
from etl.identity import uid
from etl.link.fields import SECRET
from etl.link.golden import survive
from etl.link.origins import rows
from etl.link.survivor import HandValue
from etl.listing.refresh import refresh
from etl.store import models as m
from tests.etl.link.test_golden import TRUST, claim

FORMER = uuid.uuid5(uuid.NAMESPACE_OID, "unito")


def open_service(connection: Connection, *, protected: bool) -> uuid.UUID:
    """An open service of the built-in data."""
    statement = text(
        "select s.id from service s join service_at_location a on a.service_id = s.id"
        " join location l on l.id = a.location_id"
        " where s.closed_on is null and l.location_protected = :protected order by s.id limit 1"
    )
    found: uuid.UUID = connection.execute(statement, {"protected": protected}).scalar_one()
    return found


def claims():
    return [
        claim(
            "portale", name="Farmacia Nuova", phones=("+390114439190",), opening_hours="lun 9-13", address="Via Po, 3"
        ),
        claim(
            "registro", name="Farmacia Vecchia", supply_status="attivo", told_on=date(2024, 3, 4), evidence="decreto"
        ),
    ]


@pytest.fixture
def told(loaded_scratch):
    """A service with origins of two sources, a value made by hand, and another that has become part of it."""
    with loaded_scratch.begin() as connection:
        service_id = open_service(connection, protected=False)
        hand = _hand(connection, service_id)
        made = claims()
        for one in made:
            _declare(connection, one)
        golden = survive(made, TRUST, {hand.field: hand})
        connection.execute(delete(m.FieldOrigin).where(m.FieldOrigin.entity_id == service_id))
        connection.execute(insert(m.FieldOrigin), rows(service_id, golden, made))
        connection.execute(insert(m.Identity).values(entity="service", member_id=FORMER, entity_id=service_id))
    with TestClient(create_app(WebSettings(), engine=loaded_scratch)) as client:
        yield client, service_id


def _row(source):
    (key,) = [one.key for one in claims() if one.source_id == source]
    return uid("source_record", source, key)


def _declare(connection, one):
    about = {"title": one.source_id.title(), "publisher": "Prova", "licence": "CC0-1.0"}
    connection.execute(insert(m.Source).values(id=one.source_id, **about))
    run = uuid.uuid4()
    about_run = {"content_hash": "", "code_version": "", "counts": {}}
    connection.execute(insert(m.SourceRun).values(id=run, source_id=one.source_id, **about_run))
    row = uid("source_record", one.source_id, one.key)
    values = {"id": row, "source_id": one.source_id, "key": one.key, "raw": {}, "content_hash": "", "accepted": True}
    connection.execute(insert(m.SourceRecord).values(**values, last_run_id=run))


def _hand(connection, service_id):
    made = HandValue(
        id=uuid.uuid4(),
        member_id=service_id,
        field="email",
        value="giusta@esempio.it",
        author="Maria Rossi",
        made_at=datetime.fromisoformat("2026-03-04T12:00:00+00:00"),
        note="per telefono",
    )
    connection.execute(insert(m.HandValue).values(entity="service", **vars(made)))
    return made


def field(client, service_id, name):
    (found,) = client.get(f"/api/v1/services/{service_id}/origins?field={name}").json()
    return found


def test_a_body_is_told_as_it_is_published_whatever_the_row_of_the_service_calls_it(told, loaded_scratch):
    client, service_id = told
    own = {"name": "Nome della riga", "tax_id": None}
    with loaded_scratch.begin() as connection:
        public = m.Organization
        body = connection.execute(select(m.Service.organization_id).where(m.Service.id == service_id)).scalar_one()
        connection.execute(
            update(public).where(public.id == body).values(name="Nome del registro", tax_id="00514490010")
        )
        connection.execute(delete(m.Identity).where(m.Identity.entity == "organization", m.Identity.member_id == body))
        connection.execute(insert(m.Identity).values(entity="organization", member_id=body, entity_id=body))
        connection.execute(delete(m.OrganizationClaim).where(m.OrganizationClaim.source_id == "registro"))
        named = {"name": "Nome del registro", "evidence": "atto"}
        claimed = {"organization_id": body, "source_id": "registro", "rank": 0, "told": named}
        connection.execute(insert(m.OrganizationClaim).values(**claimed))
        row = {"id": uuid.uuid4(), "entity": "service", "entity_id": service_id, "field": "organization", "value": own}
        connection.execute(insert(m.FieldOrigin).values(**row, source_record_id=_row("portale")))
        refresh(connection)
    found = field(client, service_id, "organization")
    assert found["value"] == {"name": "Nome del registro", "tax_id": "00514490010"}
    first, second = found["origins"]
    assert (first["source_id"], first["survives"], first["evidence"]) == ("registro", True, "atto")
    assert (second["value"], second["survives"]) == (own, False)
    book = {row["field_name"]: row for row in client.get(f"/api/v1/services/{service_id}/metadata").json()}
    assert book["organization"]["replacement_value"] == "Nome del registro 00514490010"
    shown = client.get(f"/api/v1/services/{service_id}").json()["properties"]
    assert shown["organization"] == found["value"]["name"]


def test_of_a_closed_service_the_way_to_its_history_is_told(told, loaded_scratch):
    client, service_id = told
    with loaded_scratch.begin() as connection:
        connection.execute(update(m.Service).where(m.Service.id == service_id).values(closed_on=date(2026, 3, 4)))
        refresh(connection)
        connection.execute(insert(m.DataVersion).values(content_hash="", reason="review"))
    answer = client.get(f"/api/v1/services/{service_id}")
    assert answer.status_code == 404
    assert "4 marzo 2026" in answer.json()["detail"]
    assert client.get(f"/api/v1/services/{service_id}/metadata").status_code == 200


def test_a_published_value_tells_source_date_rule_and_what_lost(told):
    client, service_id = told
    found = field(client, service_id, "name")
    assert (found["value"], found["name"]) == ("Farmacia Vecchia", "nome")
    won, lost = found["origins"]
    assert (won["survives"], won["source"], won["told_on"], won["rule"]) == (True, "Registro", "2024-03-04", "fiducia")
    assert won["why"] == "la fonte è più affidabile per questo dato"
    assert (lost["value"], lost["survives"], lost["source_id"]) == ("Farmacia Nuova", False, "portale")
    assert won["evidence"] == "decreto"


def test_values_are_told_in_words(told):
    client, service_id = told
    assert field(client, service_id, "phone")["text"] == "011 443 9190"
    assert field(client, service_id, "hours")["text"] == "lun 9-13"
    assert field(client, service_id, "supply_status")["text"] == "attivo"
    assert field(client, service_id, "type")["text"] == "Farmacia"
    assert field(client, service_id, "municipality")["text"] == "Torino"
    assert "indirizzo" in field(client, service_id, "position")["text"]


def test_a_value_made_by_hand_says_so_and_names_nobody(told):
    client, service_id = told
    answer = client.get(f"/api/v1/services/{service_id}/origins?field=email")
    (found,) = answer.json()
    (origin,) = found["origins"]
    assert (found["value"], origin["by_hand"], origin["rule"], origin["source_id"]) == (
        *("giusta@esempio.it", True, "a_mano", None),
    )
    assert origin["told_on"] == "2026-03-04"
    everything = answer.text + client.get(f"/api/v1/services/{service_id}/metadata").text
    assert "Rossi" not in everything
    assert "telefono»" not in everything


def test_answers_are_as_declared(told):
    client, service_id = told
    for row in client.get(f"/api/v1/services/{service_id}/origins").json():
        schemas.FieldOrigins.model_validate(row)
    for row in client.get(f"/api/v1/services/{service_id}/metadata").json():
        schemas.ServiceMetadata.model_validate(row)


def test_metadata_tell_where_values_come_from_in_the_words_of_hsds(told):
    client, service_id = told
    found = {row["field_name"]: row for row in client.get(f"/api/v1/services/{service_id}/metadata").json()}
    name = found["name"]
    assert (name["previous_value"], name["replacement_value"]) == ("Farmacia Nuova", "Farmacia Vecchia")
    assert (name["updated_by"], name["last_action_date"]) == ("Registro", "2024-03-04")
    assert found["email"]["updated_by"] == "redazione"
    # What no source dates was read on a day: HSDS wants one.
    assert found["schedule"]["last_action_date"] == date.today().isoformat()  # noqa: DTZ011


def test_changes_of_what_has_become_part_of_a_service_are_its_own(told, loaded_scratch):
    client, service_id = told
    change = {
        "resource_type": "service",
        "last_action_date": date(2025, 5, 5),
        "last_action_type": "update",
        "field_name": "name",
        "previous_value": "A",
        "replacement_value": "B",
        "updated_by": "ombra",
        "event": "rinominato",
    }
    with loaded_scratch.begin() as connection:
        connection.execute(insert(m.Metadata).values(id=uuid.uuid4(), resource_id=FORMER, **change))
    rows_told = client.get(f"/api/v1/services/{service_id}/metadata").json()
    assert ("A", "B", "rinominato", str(service_id)) in {
        (row["previous_value"], row["replacement_value"], row["event"], row["resource_id"]) for row in rows_told
    }


@pytest.mark.parametrize("rest", ["", "/origins", "/origins?field=name", "/metadata"])
def test_a_former_identifier_leads_to_the_present_one(told, rest):
    client, service_id = told
    answer = client.get(f"/api/v1/services/{FORMER}{rest}", follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == f"/api/v1/services/{service_id}{rest}"
    assert client.get(f"/api/v1/services/{FORMER}{rest}").status_code == 200


@pytest.mark.parametrize("rest", ["", "/origins", "/metadata"])
def test_an_identifier_that_nobody_ever_had_is_a_problem(client, rest):
    answer = client.get(f"/api/v1/services/{uuid.UUID(int=7)}{rest}", follow_redirects=False)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_field_that_is_none_is_a_problem_that_lists_them(told):
    client, service_id = told
    answer = client.get(f"/api/v1/services/{service_id}/origins?field=colore")
    assert answer.status_code == 400
    assert "supply_status" in answer.json()["detail"]


@pytest.fixture
def refuge(guarded, databases):
    """A database of the test's own with a protected place, of which the book of changes has kept too much."""
    with databases.clone("with_refuge", "refuge_origins") as engine:
        with engine.begin() as connection:
            service_id = open_service(connection, protected=True)
            for name in ("address", "position", "note"):
                about = {"resource_type": "service", "last_action_date": date(2025, 5, 5), "updated_by": "ombra"}
                values = {"previous_value": "Via Segretissima", "replacement_value": "Via Segretissima 2"}
                row = {"id": uuid.uuid4(), "resource_id": service_id, "last_action_type": "update", "field_name": name}
                connection.execute(insert(m.Metadata).values(**about, **values, **row))
        with TestClient(create_app(WebSettings(), engine=engine)) as client:
            yield client, service_id


def test_of_a_protected_place_neither_origins_nor_changes_tell_it(refuge):
    client, service_id = refuge
    origins = client.get(f"/api/v1/services/{service_id}/origins")
    changes = client.get(f"/api/v1/services/{service_id}/metadata")
    assert origins.status_code == changes.status_code == 200
    told = {row["field"]: row["value"] for row in origins.json()}
    assert "phone" in told
    assert not SECRET & told.keys()
    assert "Segret" not in origins.text + changes.text


def test_every_published_property_of_a_service_has_a_field(client):
    """Whatever the API publishes of a service, somebody may ask where it comes from."""
    from app.reports.provenance import field_named

    not_told = {"id", "last_modified"}  # made here, not told by anybody
    for name in schemas.ServiceProperties.model_fields:
        assert name in not_told or field_named(name), name


def test_the_service_of_the_example_exists(client, loaded):
    from app.api.responses import EXAMPLES

    found = EXAMPLES["ServiceMetadata"]["resource_id"]
    with loaded.connect() as connection:
        assert connection.execute(select(m.Service.id).where(m.Service.id == uuid.UUID(found))).first()
