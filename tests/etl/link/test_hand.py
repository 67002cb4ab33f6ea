"""Values made by hand: what is refused and why, what is kept, who may change it, what the book of changes says."""

import uuid
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert, select

from etl.errors import NotFound
from etl.identity import uid
from etl.link import hand, hand_place, subject
from etl.link.hand import HandError
from etl.load.claim_rows import claim_row
from etl.store import models as m
from tests.etl.link.test_golden import claim

PLACE = {"address": "Via Roma, 1", "postal_code": "10121"}


def keep(connection, one, entity=None):
    """A claim with all that it hangs on, published under its own identifier or that of another."""
    connection.execute(
        insert(m.Source).from_select(
            ["id", "title", "publisher", "licence"],
            select(*map(_text, (one.source_id, one.source_id.title(), "Prova", "CC0-1.0"))).where(
                ~select(m.Source).where(m.Source.id == one.source_id).exists()
            ),
        )
    )
    run = uuid.uuid4()
    connection.execute(
        insert(m.SourceRun).values(id=run, source_id=one.source_id, content_hash="", code_version="", counts={})
    )
    row = uid("source_record", one.source_id, one.key)
    connection.execute(
        insert(m.SourceRecord).values(
            id=row, source_id=one.source_id, key=one.key, raw={}, content_hash="", accepted=True, last_run_id=run
        )
    )
    connection.execute(insert(m.ServiceClaim).values(claim_row(one, row)))
    connection.execute(insert(m.Identity).values(entity="service", member_id=one.id, entity_id=entity or one.id))
    return one


def _text(value):
    from sqlalchemy import literal

    return literal(value)


@pytest.fixture
def connection(loaded_session):
    return loaded_session.connection()


@pytest.fixture
def one(connection):
    return keep(connection, claim("portale", name="Farmacia Sbagliata", phones=("+390111234567",), **PLACE))


def put(connection, one, field, value, **more):
    return hand.correct(connection, "service", one.id, field, value, **{"author": "Maria Rossi"} | more)


def published(connection, one):
    return subject.find(connection, one.id).golden


CLEANED = [
    ("name", "  FARMACIA   san carlo ", "FARMACIA San Carlo"),
    ("phone", "011 4439190", ["+390114439190"]),
    ("email", "INFO@ESEMPIO.IT", "info@esempio.it"),
    ("url", "WWW.Esempio.IT/x", "http://www.esempio.it/x"),
    ("postal_code", "10122", "10122"),
    ("valid_to", "31/12/2024", "2024-12-31"),
    ("evidence_year", "2024", 2024),
    ("supply_status", "Programmato", "programmato"),
    ("delivery", "domicilio", "domicilio"),
    ("service_type", "Ludoteca", "ludoteca"),
    ("schedule", "lunedì 9-13", {"text": "lunedì 9-13", "osm": "Mo 09:00-13:00"}),
    ("service_capacity", "24 posti; 6 posti letto", None),
    ("note", "piano terra", "piano terra"),
]


@pytest.mark.parametrize(("field", "text", "value"), CLEANED)
def test_a_value_passes_the_steps_of_cleaning_and_wins(connection, one, field, text, value):
    made, _doubts = put(connection, one, field, text)
    if value is not None and field != "name":
        assert made.value == value
    origin = next(o for o in published(connection, one).origins if o.field == field and o.survives)
    assert (origin.value, origin.rule, origin.hand) == (made.value, "a_mano", made.id)


def test_a_capacity_without_unit_is_that_of_the_type(connection, one):
    made, _doubts = put(connection, one, "service_type", "asilo_nido")
    made, _doubts = put(connection, one, "service_capacity", "24")
    assert made.value == [{"unit": "posti", "maximum": 24.0, "description": None}]
    assert [c.maximum for c in published(connection, one).record.capacities] == [24.0]


WRONG = [
    ("phone", "12345", "telefono"),
    ("email", "non è posta", "posta"),
    ("url", "javascript:alert(1)", "pagina web"),
    ("postal_code", "1012", "CAP"),
    ("valid_to", "31/02/2024", "31/02/2024"),
    ("supply_status", "aperto", "attivo"),
    ("service_type", "bar", "service_types.csv"),
    ("service_type", "casa_rifugio", "protetto"),
    ("position", "45.07", "latitudine e longitudine"),
    ("position", "44.99 7.68", "Moncalieri"),
    ("position", "7.68 45.07 3", "latitudine e longitudine"),
    ("organization", "Ente che non esiste", "Nessun ente"),
    ("service_capacity", "tanti", "24 posti"),
    ("service_capacity", "3 elefanti; 2 posti; 4 posti", "due volte"),
    ("name", "", "vuoto"),
    ("name", "-", "per togliere"),
    ("note", "Rossi RSSMRA80A01L219M", "codice fiscale di una persona"),
    ("colore", "verde", "non è un campo"),
    ("service_area", "001272", "non si corregge a mano"),
    ("municipality", "001272", "non si corregge a mano"),
]


@pytest.mark.parametrize(("field", "text", "word"), WRONG)
def test_what_is_wrong_is_refused_and_nothing_is_written(connection, one, field, text, word):
    with pytest.raises(HandError) as caught:
        put(connection, one, field, text)
    assert word.lower() in str(caught.value).lower()
    assert connection.execute(select(m.HandValue)).all() == []


def test_every_fault_is_told_at_once(connection, one):
    with pytest.raises(HandError) as caught:
        put(connection, one, "phone", "0; 12", author=" ", note="RSSMRA80A01L219M")
    told = str(caught.value)
    assert "--author" in told
    assert "Nota:" in told
    assert "RSSMRA80A01L219M" not in told
    assert len(caught.value.faults) >= 3


def test_an_empty_text_takes_the_value_away(connection, one):
    put(connection, one, "phone", "")
    assert published(connection, one).record.phones == ()


def test_only_the_author_or_an_administrator_changes_a_value(connection, one):
    put(connection, one, "name", "Prima")
    with pytest.raises(HandError, match="Maria Rossi"):
        put(connection, one, "name", "Seconda", author="Altri")
    with pytest.raises(HandError, match="Maria Rossi"):
        hand.release(connection, "service", one.id, "name", author="Altri")
    put(connection, one, "name", "Terza", author="maria rossi")
    assert published(connection, one).record.name == "Terza"
    put(connection, one, "name", "Quarta", author="Altri", administrator=True)
    assert published(connection, one).record.name == "Quarta"
    rows = connection.execute(select(m.HandValue.released_at).where(m.HandValue.field == "name")).scalars().all()
    assert sorted(row is None for row in rows) == [False, False, True]


def test_a_released_value_gives_way_to_the_sources_and_stays_on_record(connection, one):
    made, _doubts = put(connection, one, "name", "Giusta", note="telefonata")
    hand.release(connection, "service", one.id, "name", author="Maria Rossi")
    assert published(connection, one).record.name == "Farmacia Sbagliata"
    row = connection.execute(select(m.HandValue)).one()
    assert (row.id, row.value, row.note, row.released_by) == (made.id, "Giusta", "telefonata", "Maria Rossi")
    with pytest.raises(NotFound, match="nessuno"):
        hand.release(connection, "service", one.id, "name", author="Maria Rossi")


def test_a_service_that_is_not_there(connection):
    with pytest.raises(NotFound, match="00000000"):
        hand.correct(connection, "service", uuid.UUID(int=0), "name", "x", author="a")


def test_a_value_follows_the_service_into_another_and_out_again(connection, one):
    other = keep(connection, claim("registro", name="Registro"), entity=one.id)
    made, _doubts = put(connection, other, "name", "Giusta")
    assert made.member_id == one.id
    assert published(connection, other).record.name == "Giusta"
    # Parted again, the value stays with the part that keeps the identifier.
    connection.execute(m.Identity.__table__.update().where(m.Identity.member_id == other.id).values(entity_id=other.id))
    assert published(connection, other).record.name == "Registro"
    assert published(connection, one).record.name == "Giusta"


def test_of_two_values_that_meet_the_later_counts_and_both_are_released(connection, one):
    other = keep(connection, claim("registro", name="Registro"))
    put(connection, one, "name", "Prima")
    put(connection, other, "name", "Seconda")
    connection.execute(m.Identity.__table__.update().where(m.Identity.member_id == other.id).values(entity_id=one.id))
    assert published(connection, one).record.name == "Seconda"
    hand.release(connection, "service", one.id, "name", author="Maria Rossi")
    assert published(connection, one).record.name != "Prima"


def test_who_releases_a_value_does_not_release_that_of_another_author(connection, one):
    other = keep(connection, claim("registro", name="Registro"))
    put(connection, one, "name", "Prima", author="Anna Bianchi")
    put(connection, other, "name", "Seconda")
    connection.execute(m.Identity.__table__.update().where(m.Identity.member_id == other.id).values(entity_id=one.id))
    hand.release(connection, "service", one.id, "name", author="MARIA ROSSI ")
    assert published(connection, one).record.name == "Prima"
    put(connection, one, "name", "Terza", author="Dirigente", administrator=True)
    hand.release(connection, "service", one.id, "name", author="Dirigente", administrator=True)
    assert published(connection, one).record.name not in ("Prima", "Seconda", "Terza")


def test_of_a_protected_place_nothing_is_written_that_could_tell_it(connection):
    shelter = keep(connection, replace(claim("portale", service_type="casa_rifugio"), protected=True))
    for field in ("address", "description", "note", "position", "schedule", "alternate_name", "evidence"):
        with pytest.raises(HandError, match="protetto") as caught:
            put(connection, shelter, field, "Via Segreta 1")
        assert "Segreta" not in str(caught.value)
    put(connection, shelter, "phone", "011 4439190")
    assert published(connection, shelter).record.phones == ("+390114439190",)


# --- places -------------------------------------------------------------------------------------------


def test_a_point_lies_in_the_municipality(connection, one):
    put(connection, one, "position", "45.0703, 7.6869")
    golden = published(connection, one)
    assert (golden.position.point.y, golden.position.point.x, golden.position.precision) == (45.0703, 7.6869, "address")
    assert golden.own_place
    assert golden.record.address == "Via Roma, 1"


@pytest.mark.parametrize("text", ["45.0703 7.6869", "45.0703,7.6869", "45,0703; 7,6869", "POINT(7.6869 45.0703)"])
def test_a_point_as_people_write_it(connection, one, text):
    made, _doubts = put(connection, one, "position", text)
    assert (made.value["latitude"], made.value["longitude"]) == (45.0703, 7.6869)


def test_an_address_is_looked_up_and_its_point_goes_with_it(connection, one):
    known = {"source_id": "portale", "municipality": "001272", "street": "via po", "number": "3", "rank": 0}
    connection.execute(insert(m.AddressPoint).values(known | {"longitude": 7.69, "latitude": 45.068}))
    made, _doubts = put(connection, one, "address", "v. Po 3")
    assert made.value["address"] == "Via Po, 3"
    golden = published(connection, one)
    assert (golden.record.address, golden.record.postal_code) == ("Via Po, 3", None)
    assert (round(golden.position.point.x, 4), round(golden.position.point.y, 4)) == (7.69, 45.068)
    hand.release(connection, "service", one.id, "address", author="Maria Rossi")
    assert published(connection, one).position == one.position


def test_an_address_that_nothing_knows_has_no_point(connection, one):
    put(connection, one, "address", "Via Che Non Esiste, 3")
    golden = published(connection, one)
    assert (golden.position.point, golden.position.precision) == (None, "municipality")
    assert golden.position.radius_m > 1_000


def test_another_spelling_leaves_the_point(connection, one):
    put(connection, one, "address", "via roma 1 (cortile)")
    golden = published(connection, one)
    assert golden.record.address.endswith("(Cortile)")
    assert (golden.position, golden.record.postal_code) == (one.position, "10121")


def test_points_of_a_town_are_found_there(connection):
    assert hand_place.elsewhere(connection, "001272", 7.6869, 45.0703) is None
    assert "fuori" in hand_place.elsewhere(connection, "001272", 12.49, 41.89)


# --- bodies -------------------------------------------------------------------------------------------


def test_a_body_of_the_directory_by_name_code_or_identifier(connection, one):
    body = connection.execute(select(m.Organization).order_by(m.Organization.name).limit(1)).one()
    for text in (body.name, body.name.upper(), str(body.id)):
        made, _doubts = put(connection, one, "organization", text)
        assert made.value["id"] == str(body.id), text
    golden = published(connection, one)
    assert (golden.body, golden.record.organization) == (body.id, body.name)


def test_of_several_bodies_the_names_are_listed(connection, one):
    for code in ("00514490010", "01907990012"):
        values = {"id": uuid.uuid4(), "name": "Coop Uguale", "description": "x", "tax_id": code}
        connection.execute(insert(m.Organization).values(values))
    with pytest.raises(HandError, match="00514490010"):
        put(connection, one, "organization", "Coop Uguale")
    made, _doubts = put(connection, one, "organization", "00514490010")
    assert made.value["tax_id"] == "00514490010"


# --- the book -----------------------------------------------------------------------------------------


def book(connection, one):
    table = m.Metadata
    columns = (table.field_name, table.previous_value, table.replacement_value, table.updated_by, table.event)
    statement = select(*columns).where(table.resource_id == one.id).order_by(table.field_name)
    return [tuple(row) for row in connection.execute(statement)]


def test_the_book_tells_what_changed_and_no_names_of_officers(connection, one):
    put(connection, one, "name", "Giusta")
    assert book(connection, one) == [("name", "Farmacia Sbagliata", "Giusta", "redazione", "rinominato")]
    hand.release(connection, "service", one.id, "name", author="Maria Rossi")
    assert ("name", "Giusta", "Farmacia Sbagliata", "redazione", "rinominato") in book(connection, one)


def test_the_book_tells_a_move_once_with_what_falls_with_it(connection, one):
    put(connection, one, "address", "Via Che Non Esiste, 3")
    told = {row[0]: row for row in book(connection, one)}
    assert told["address"][1:3] == ("Via Roma, 1", "Via Che Non Esiste, 3")
    assert told["postal_code"][1:3] == ("10121", "")
    assert "position" not in told


def test_a_value_that_says_the_same_is_no_change(connection, one):
    put(connection, one, "name", "Farmacia Sbagliata")
    assert book(connection, one) == []
    assert connection.execute(select(m.HandValue.made_at)).scalar_one().date() >= date(2026, 1, 1)
