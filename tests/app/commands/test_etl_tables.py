"""How the outcome of a run looks on the screen, from outcomes made by hand."""

import uuid

import pytest

from app.commands.etl import tables
from app.commands.etl.run import refused
from etl.outcome import Event, FileOutcome, Outcome, SourceOutcome, Unclaimed

RUN = uuid.UUID(int=1)


def event(number, kind="modificato", field="phone", before="", after="+390110000000"):
    return Event("farmacie", "service", uuid.UUID(int=number), f"Farmacia [{number}]", kind, field, before, after)


def outcome(*, files=(), unclaimed=(), events=(), dry_run=False, changed=True):
    sources = (SourceOutcome("farmacie", "Farmacie", RUN, tuple(events), issues=3),)
    return Outcome(tuple(files), tuple(unclaimed), sources, changed=changed, dry_run=dry_run)


@pytest.fixture
def shown(capfd):
    def show(told, **options):
        tables.show_outcome(told, **options)
        return capfd.readouterr().out

    return show


def test_rows_of_files_add_up(shown):
    files = [
        FileOutcome("a.csv", "farmacie", "2018", "caricato", 10, 9, 1),
        FileOutcome("b.csv", "farmacie", "2019", "respinto", faults=("Il file è vuoto.",)),
    ]
    told = shown(outcome(files=files))
    assert "10 righe lette = 9 accettate + 1 scartate." in told
    assert "b.csv: Il file è vuoto." in told


def test_a_dry_run_lists_the_first_differences_and_how_many_are_left(shown):
    told = shown(outcome(events=[event(number) for number in range(60)], dry_run=True))
    assert "Farmacia [49]: modificato (telefono): nulla → «+390110000000»" in told
    assert "Farmacia [50]" not in told
    assert "e altre 10: --all" in told
    assert "Farmacia [59]" in shown(outcome(events=[event(number) for number in range(60)], dry_run=True), most=None)


def test_a_real_run_lists_no_differences(shown):
    told = shown(outcome(files=[FileOutcome("a.csv", "farmacie", None, "caricato")], events=[event(1)]))
    assert "Farmacia [1]" not in told
    assert told.rstrip().endswith("Caricato.")


def test_only_kinds_of_event_that_happened_have_a_column(shown):
    told = shown(outcome(events=[event(1, "chiuso", "closed_on", "", "2026-11-22")]))
    assert "chiusi" in told
    assert "nuovi" not in told


def test_positions_and_states_are_told_in_words(shown):
    moved = event(1, "riposizionato", "position", "municipality", "POINT(7.689379 44.998327) street")
    told = shown(outcome(events=[moved], dry_run=True))
    assert "riposizionato: solo il comune → 44.998327, 7.689379 (via)" in told
    told = shown(
        outcome(events=[event(1, field="supply_status", before="attivo", after="da_verificare")], dry_run=True)
    )
    assert "«attivo» → «da verificare»" in told


def test_files_of_nobody_are_apart_from_those_refused(shown):
    files = [Unclaimed("note.txt"), Unclaimed("farmacie.csv", ("manca la colonna «CAP» (farmacie)",))]
    told = shown(outcome(unclaimed=files))
    assert told.index("manca la colonna") < told.index("non sono stati aperti") < told.index("note.txt")


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        (outcome(), False),
        (outcome(unclaimed=[Unclaimed("note.txt")]), False),
        (outcome(unclaimed=[Unclaimed("farmacie.csv", ("è vuoto",))]), True),
        (outcome(files=[FileOutcome("a.csv", "farmacie", None, "respinto")]), True),
        (outcome(files=[FileOutcome("a.csv", "farmacie", None, "superato")]), False),
    ],
)
def test_a_refused_file_is_a_failure_and_a_file_of_nobody_is_not(told, answer):
    assert refused(told) is answer


def test_bulk_contents_show_rows_where_no_events_are_told(shown):
    source = SourceOutcome("civici", "Civici", RUN, (), issues=1, counts={"new": 12345, "changed": 0, "closed": 7})
    told = shown(Outcome((FileOutcome("c.csv", "civici", None, "caricato"),), (), (source,), changed=True))
    assert "12345" in told
    assert "chiusi" in told


def test_differences_are_sorted_by_name_and_things_of_one_name_tell_where_they_are(shown):
    def new(number, name, place):
        return Event("farmacie", "service", uuid.UUID(int=number), name, "nuovo", "", "", name, place)

    events = [new(1, "Via Po 10", ""), new(2, "farmacia B", "Ivrea"), new(3, "Via Po 9", "Susa")]
    events += [new(4, "Farmacia A", "Via Po 2, Torino"), new(5, "Farmacia A", "Via Po 1, Torino")]
    told = shown(outcome(events=sorted(events), dry_run=True))
    lines = [line.strip() for line in told.splitlines() if ": nuovo" in line]
    assert lines == [
        "Farmacia A (Via Po 1, Torino): nuovo",
        "Farmacia A (Via Po 2, Torino): nuovo",
        "farmacia B: nuovo",
        "Via Po 9: nuovo",
        "Via Po 10: nuovo",
    ]


def test_rows_to_check_are_counted_for_each_source_and_it_is_said_where_they_are_read(shown):
    sources = [SourceOutcome("redditi", "Redditi", RUN, issues=3, doubts=2)]
    sources.append(SourceOutcome("vecchia", "Vecchia", RUN, issues=1))
    told = shown(Outcome((), (), tuple(sources), changed=True))
    assert "Da con-" in told
    assert [line.split()[-2:] for line in told.splitlines() if line.startswith((" redditi", "redditi"))] == [["3", "2"]]
    assert [line.split()[-1] for line in told.splitlines() if line.lstrip().startswith("vecchia")] == ["–"]
    assert "./ombra etl report --source ID" in told


def test_a_long_path_is_told_by_its_last_part_unless_two_end_alike(shown):
    def file(name):
        return FileOutcome(name, "farmacie", "2018", "caricato", 10, 9, 1)

    told = shown(outcome(files=[file("ministero-farmacie/elenco-delle-farmacie-2018.csv")]))
    assert [line.split()[0] for line in told.splitlines() if ".csv" in line or "elenco" in line] == [
        "elenco-delle-farmacie-",
        "2018.csv",
    ]
    assert "ministero" not in told
    told = shown(outcome(files=[file("vecchio/elenco.csv"), file("nuovo/elenco.csv")]))
    assert "vecchio/" in told
    assert "nuovo/" in told
