"""The sentences on what two lists leave out, and the report of the command line."""

from dataclasses import replace
from datetime import UTC, datetime

from app.commands.etl import report
from app.pages.source_report import standalone
from app.reports import reading
from app.reports.completeness import Compared
from etl.derive.completeness import refresh
from tests.etl.derive.invented import MEASURED, MODEL, TODAY, add_list, two_lists

TOLD = Compared(
    first=True,
    type_name="Farmacia",
    area="Torino",
    other="Altro elenco",
    own=1200,
    others=900,
    both=800,
    applies=True,
    estimate=1349.9,
    low=1330.0,
    high=1372.0,
    missing_low=34.0,
    why="Condizioni verificate.",
)


def test_an_estimate_is_told_as_a_lower_bound():
    assert TOLD.said == (
        "Farmacia, Torino, con «Altro elenco» (1.200 e 900 servizi, 800 in entrambi): la stima è 1.350 in tutto, "
        "da 1.330 a 1.372 al 95 %; da entrambi ne mancano almeno 34."
    )


def test_where_none_need_be_missing_it_says_so():
    assert replace(TOLD, missing_low=0.0).said.endswith("non risulta che ne manchino da entrambi.")


def test_where_nothing_can_be_said_there_is_no_figure():
    nothing = dict.fromkeys(("estimate", "low", "high", "missing_low"))
    said = replace(TOLD, applies=False, **nothing).said
    assert said.endswith("800 in entrambi): non si può dire quanto manca.")


def stocked(session):
    """Reports on two lists that can be compared, a third that cannot, and the rest."""
    connection = session.connection()
    two_lists(connection, both=30)
    add_list(connection, "prova-c", 9, publisher="Comune di Prova")
    refresh(connection, today=TODAY, measured=MEASURED, model=MODEL)
    return {one.id: one for one in reading.sources(connection)}


def test_each_source_tells_its_own_side_and_estimates_first(loaded_session):
    found = stocked(loaded_session)
    left, right = found["prova-a"].compared, found["prova-b"].compared
    assert [one.applies for one in left] == [True, False]
    assert (left[0].own, left[0].others, left[0].other) == (60, 48, "Elenco prova-b")
    assert (right[0].own, right[0].others, right[0].other) == (48, 60, "Elenco prova-a")
    assert found["servizi-ombra"].compared == ()


def test_the_command_line_tells_estimates_of_all_and_reasons_of_one(loaded_session, capsys):
    found = stocked(loaded_session)
    report._show(list(found.values()), detailed=False)
    told = " ".join(capsys.readouterr().out.split())
    assert told.count("da entrambi ne mancano almeno") == 1
    assert "Coppie di elenchi di cui non si può dire: 2." in told
    report._show([found["prova-c"]], detailed=True)
    told = " ".join(capsys.readouterr().out.split())
    assert told.count("non si può dire quanto manca.") == 2
    assert "entrambi gli elenchi vengono da Comune di Prova" in told
    report._show([found["servizi-ombra"]], detailed=True)
    assert "da un elenco solo non si può dire" in " ".join(capsys.readouterr().out.split())


def test_the_file_tells_the_same(loaded_session):
    found = stocked(loaded_session)
    page = standalone(list(found.values()), made=datetime(2026, 11, 22, tzinfo=UTC))
    assert page.count("Quanto manca") == sum(one.lists_services for one in found.values()) == 4
    assert found["prova-a"].compared[0].said.split(" (")[1] in page
