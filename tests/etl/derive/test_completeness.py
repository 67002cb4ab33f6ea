"""When two lists allow an estimate of what both leave out, on PostGIS."""

import uuid
from datetime import date

import pytest
from sqlalchemy import delete, select, update

from etl.derive.completeness import refresh
from etl.identity import uid
from etl.store import models as m
from geo.completeness import chapman
from tests.etl.derive.invented import (
    KIND,
    MEASURED,
    MODEL,
    TODAY,
    TORINO,
    WHOLE,
    add_list,
    declare,
    join,
    two_lists,
)


@pytest.fixture
def connection(loaded_session):
    return loaded_session.connection()


def run(connection, *, measured=MEASURED, model=MODEL):
    """The rows of the pair, after a refresh."""
    refresh(connection, today=TODAY, measured=measured, model=model)
    table = m.CompletenessEstimate.__table__
    rows = select(table).where(table.c.left_source == "prova-a").order_by(table.c.right_source, table.c.area_id)
    return [row._mapping for row in connection.execute(rows)]


def test_two_lists_that_fulfil_the_conditions_have_an_estimate(connection):
    two_lists(connection)
    (row,) = run(connection)
    expected = chapman(60, 48, 40, precision=(285, 287), recall=(285, 294))
    assert (row["left_count"], row["right_count"], row["both"]) == (60, 48, 40)
    assert row["applies"]
    assert row["area_id"] == uid("area", *WHOLE)
    assert row["service_type_code"] == KIND
    told = [row[name] for name in ("estimate", "low", "high", "missing_low")]
    assert told == pytest.approx([expected.total, expected.low, expected.high, expected.missing_low])
    assert row["estimate"] > 60 + 48 - 40
    for words in ("Comune di Prova; Regione di Prova", "40 servizi", "285 su 287", "285 su 294", "non dice dove"):
        assert words in row["why"]


def test_a_rerun_changes_nothing_and_what_is_gone_goes(connection):
    two_lists(connection)
    assert refresh(connection, today=TODAY, measured=MEASURED, model=MODEL) == 1
    assert refresh(connection, today=TODAY, measured=MEASURED, model=MODEL) == 0
    connection.execute(delete(m.ServiceClaim).where(m.ServiceClaim.source_id == "prova-b"))
    assert refresh(connection, today=TODAY, measured=MEASURED, model=MODEL) == 1
    assert run(connection) == []


ELSEWHERE = ("municipality", "001191")
# Each breaks one condition, and one only.
FAILURES = {
    "84 months": (
        {"first": {"told_on": date(2017, 3, 1)}},
        "Date: le date di riferimento distano 84 mesi",
        "al massimo 12",
    ),
    "13 months": ({"first": {"told_on": date(2023, 2, 1)}}, "Date:", "distano 13 mesi (da 02/2023 a 03/2024)"),
    "undated": ({"second": {"told_on": None}}, "Date: non di tutte le voci", ""),
    "publisher": ({"second": {"publisher": "Comune di Prova"}}, "Origine:", "Comune di Prova"),
    "portal": ({"second": {"publisher": "Comune di Prova, dati aperti"}}, "Origine:", "vengono da Comune di Prova."),
    "definition": ({"second": {"scope": None}}, "Definizione:", "«Elenco prova-b»"),
    "too few": ({"both": 6}, "In comune: 6 servizi", "almeno 7"),
    "extract": ({"second": {"towns": ("001272",)}}, "Territorio: comuni nominati 1", "e 4 nell'altro"),
    "territory": (
        {"first": {"scope": TORINO, "towns": TORINO[1:]}, "second": {"scope": ELSEWHERE, "towns": ELSEWHERE[1:]}},
        "Territorio: i due elenchi dichiarano",
        "territori diversi",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_one_condition_that_fails_is_told_alone_and_leaves_no_figure(connection, name):
    how, opening, words = FAILURES[name]
    two_lists(connection, **how)
    (row,) = run(connection)
    assert not row["applies"]
    assert [row[figure] for figure in ("estimate", "low", "high", "missing_low")] == [None] * 4
    assert row["why"].startswith(opening)
    assert words in row["why"]
    assert row["why"].count(": ") == 1, row["why"]


@pytest.mark.parametrize(
    ("measured", "model", "words"),
    [({}, MODEL, "non è stato misurato"), (MEASURED, "altro-modello", "parametri diversi")],
)
def test_without_a_measured_error_of_linkage_nothing_is_estimated(connection, measured, model, words):
    two_lists(connection)
    (row,) = run(connection, measured=measured, model=model)
    assert not row["applies"]
    assert row["why"].startswith("Collegamento:")
    assert words in row["why"]


def test_all_reasons_are_told_at_once(connection):
    two_lists(connection, both=3, first={"told_on": date(2017, 3, 1)}, second={"publisher": "Comune di Prova"})
    (row,) = run(connection, measured={})
    for opening in ("Date:", "Origine:", "In comune:", "Collegamento:"):
        assert opening in row["why"]


def test_two_lists_that_claim_nothing_are_told_together(connection):
    two_lists(connection, first={"scope": None}, second={"scope": None})
    (row,) = run(connection)
    assert row["why"].startswith("Definizione: né «Elenco prova-a» né «Elenco prova-b»")
    assert row["area_id"] == uid("area", *WHOLE)


def test_dates_a_year_apart_will_do(connection):
    two_lists(connection, first={"told_on": date(2023, 3, 1)})
    assert run(connection)[0]["applies"]


def test_a_list_of_the_city_and_one_of_the_whole_are_compared_in_the_city(connection):
    two_lists(connection, left=80, right=60, both=45, first={"scope": TORINO, "towns": ("001272",)})
    (row,) = run(connection)
    assert row["area_id"] == uid("area", *TORINO)
    # The other list names four towns in turn: every fourth of its services is in Torino.
    assert (row["left_count"], row["right_count"], row["both"]) == (80, 15, 12)
    assert row["applies"]


def test_a_part_that_is_declared_apart_does_not_narrow_what_is_claimed(connection):
    two_lists(connection)
    declare(connection, "prova-a", TORINO)
    assert [row["area_id"] for row in run(connection)] == [uid("area", *WHOLE)]


def test_what_a_list_holds_twice_counts_once(connection):
    two_lists(connection)
    ids = [uid("service", "prova-a", key) for key in ("058", "059")]
    rows = [{"entity": "service", "member_id": one, "entity_id": ids[0]} for one in ids]
    connection.execute(m.Identity.__table__.insert(), rows)
    assert run(connection)[0]["left_count"] == 59


@pytest.mark.parametrize(
    "values",
    [
        {"closed_on": TODAY},
        {"protected": True},
        {"record": {"service_type": KIND, "supply_status": "programmato"}},
        {"record": {"service_type": "biblioteca", "supply_status": "attivo"}},
    ],
)
def test_what_is_closed_protected_planned_or_of_another_type_is_in_no_list(connection, values):
    two_lists(connection)
    claim = m.ServiceClaim
    some = (claim.source_id == "prova-a", claim.key >= "050")
    connection.execute(update(claim).where(*some).values(**values))
    assert run(connection)[0]["left_count"] == 50


def test_each_pair_of_lists_is_judged(connection):
    two_lists(connection)
    third = add_list(connection, "prova-c", 50, publisher="Ordine di Prova", told_on=date(2018, 1, 1))
    join_to = [uid("service", "prova-a", f"{number:03d}") for number in range(40)]
    rows = [
        {"entity": "service", "member_id": member, "entity_id": entity}
        for member, entity in zip(third, join_to, strict=False)
    ]
    connection.execute(m.Identity.__table__.insert(), rows)
    first, second = run(connection)
    assert (first["right_source"], first["applies"]) == ("prova-b", True)
    assert (second["right_source"], second["both"], second["applies"]) == ("prova-c", 40, False)


def test_one_list_alone_is_not_judged(connection):
    add_list(connection, "prova-a", 30, publisher="Comune di Prova")
    assert run(connection) == []


def test_before_the_territory_is_loaded_there_is_nothing(session):
    assert refresh(session.connection(), today=TODAY) == 0


def test_claims_that_no_grouping_knows_stand_alone(connection):
    one = add_list(connection, "prova-a", 30, publisher="Comune di Prova")
    other = add_list(connection, "prova-b", 30, publisher="Regione di Prova")
    assert run(connection)[0]["both"] == 0
    join(connection, one, other, 10)
    assert run(connection)[0]["both"] == 10
    assert all(isinstance(row["id"], uuid.UUID) for row in run(connection))
