"""One directory from two lists: what is united, under which identifier, what is told of it, and the ways back."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from etl import events, hiding
from etl.history import history, rollback
from etl.link import engine as linking
from etl.link import judgements
from etl.link.fields import SECRET
from etl.load import directory as made
from etl.load import pairs
from etl.pipeline import load_everything
from etl.publication.model import service_identifier
from etl.quality import quality
from etl.reference import tables
from etl.sources.tabular.source import TabularSource
from tests.etl.files import TODAY, directory, go, kinds, mapping, write
from tests.etl.tools import edit, fingerprint, frame, scalar

FIRST, SECOND = "alfa-prova", "beta-prova"
FIELDS = {
    "name": "nome",
    "address": "indirizzo",
    "municipality": "comune",
    "latitude": "lat",
    "longitude": "lon",
    "phone": "telefono",
    "organization": "ente",
    "service_type": {"constant": "farmacia"},
}
ALPHA = TabularSource(mapping(FIRST, "alfa-*.csv", fields=FIELDS))
BETA = TabularSource(mapping(SECOND, "beta-*.csv", fields=FIELDS))
SOURCES = (ALPHA, BETA)
# Streets that do not exist; names that no two share.
NAMES = (
    *("Bianchetti", "Corderovere", "Dellasperanza", "Ferrabosco", "Giustiniani"),
    *("Lambertenghi", "Montezemolo", "Pallanzone", "Quaglierini", "Trebisonda"),
)
NUMBER_OF = {name: number for number, name in enumerate(NAMES)}


def row(name, **changes):
    at = NUMBER_OF[name]
    return {
        "codice": f"{at:03d}",
        "nome": f"Farmacia {name}",
        "indirizzo": f"Via {name} {11 + 2 * at}",
        "comune": "Torino",
        "lat": f"{45.03 + at * 0.007:.6f}",
        "lon": f"{7.63 + at * 0.005:.6f}",
        "telefono": f"011 55501{at:02d}",
        "ente": f"{name} S.n.c.",
    } | changes


def lists(folder, *, alpha=NAMES, beta=NAMES, year=2024):
    """The first list by its own codes, the second by others and in its own words."""
    write(folder, f"alfa-{year}.csv", [row(name) for name in alpha])
    write(
        folder,
        f"beta-{year}.csv",
        [row(name, codice=f"B{NUMBER_OF[name]}", nome=f"FARMACIA {name.upper()} S.N.C.") for name in beta],
    )
    return folder


def of(source, name):
    """Identifier of the claim of a list."""
    at = NUMBER_OF[name]
    return service_identifier(source, f"{at:03d}" if source == FIRST else f"B{at}")


def run(engine, folder, *only, **choices):
    return go(engine, folder, sources=SOURCES, only=only, **choices)


def published(engine, statement="select id from service where service_type_code = 'farmacia' and closed_on is null"):
    return set(frame(engine, statement)["id"])


def leads(engine) -> dict:
    rows = frame(engine, "select member_id, entity_id from identity where entity = 'service'")
    return dict(zip(rows["member_id"], rows["entity_id"], strict=True))


def decide(engine, left, right, verdict, question="service"):
    """A person's judgement, and the directory that follows."""
    with engine.begin() as connection:
        ends = sorted((left, right))
        judgement = judgements.judge(connection, question, *ends, verdict, author="Anna")
        return judgement, made.refresh(connection, today=TODAY)


def undo(engine, judgement):
    with engine.begin() as connection:
        judgements.undo(connection, judgement.id, author="Anna")
        return made.refresh(connection, today=TODAY)


@pytest.fixture(scope="module")
def one_list(databases, filled, tmp_path_factory):
    """Name of a template with the first list."""
    folder = lists(tmp_path_factory.mktemp("alfa"))
    return databases.template("alpha", lambda engine: run(engine, folder, FIRST), base=filled)


@pytest.fixture(scope="module")
def two_lists(databases, one_list, tmp_path_factory):
    """Name of a template with the first list, then the second."""
    folder = lists(tmp_path_factory.mktemp("beta"))
    return databases.template("alpha_beta", lambda engine: run(engine, folder), base=one_list)


@pytest.fixture
def first(databases, one_list):
    with databases.clone(one_list, "first") as engine:
        yield engine


@pytest.fixture
def both(databases, two_lists):
    with databases.clone(two_lists, "both") as engine:
        yield engine


# --- united ---------------------------------------------------------------------------------------------


def test_a_second_list_of_the_same_things_adds_none_and_changes_no_identifier(first, tmp_path):
    before = published(first)
    assert before == {of(FIRST, name) for name in NAMES}
    outcome = run(first, lists(tmp_path))
    assert published(first) == before
    assert {leads(first)[of(SECOND, name)] for name in NAMES} == before
    assert scalar(first, "select count(*) from restricted.service_claim where source_id like '%-prova'") == 20
    # What the second list tells is new for it, though nothing new is public.
    assert len(kinds(outcome, SECOND)["nuovo"]) == 10
    assert (outcome.linkage.merged, outcome.unions) == (10, ())
    again = run(first, tmp_path)
    assert not again.changed
    assert again.linkage == outcome.linkage


def test_every_value_has_its_origin_and_so_have_those_that_lost(both):
    told = frame(
        both,
        "select o.survives, r.source_id, o.value #>> '{}' as value from field_origin o"
        " join source_record r on r.id = o.source_record_id where o.field = 'name' and o.entity_id = :id",
        id=of(FIRST, "Bianchetti"),
    )
    assert set(told["source_id"]) == {FIRST, SECOND}
    assert told["survives"].sum() == 1
    name = scalar(both, "select name from service where id = :id", id=of(FIRST, "Bianchetti"))
    assert told[told["survives"]]["value"].tolist() == [name]


def test_one_place_and_one_body_hold_what_both_lists_tell(both):
    counts = (
        "select count(*), count(distinct sl.location_id), count(distinct s.organization_id) from service s"
        " join service_at_location sl on sl.service_id = s.id where s.service_type_code = 'farmacia'"
    )
    assert frame(both, counts).to_numpy().tolist() == [[10, 10, 10]]
    orphans = "select count(*) from location l where organization_id is null and not exists"
    assert scalar(both, f"{orphans} (select from service_at_location s where s.location_id = l.id)") == 0


def test_rows_and_lists_in_any_order_are_one_directory(databases, filled, tmp_path):
    found = []
    for seed in (1, 2):
        folder = lists(tmp_path / str(seed), alpha=_shuffled(seed), beta=_shuffled(seed + 10))
        with databases.clone(filled, "shuffled") as engine:
            run(engine, folder)
            found.append((directory(engine), leads(engine)))
    assert found[0] == found[1]


def _shuffled(seed):
    names = list(NAMES)
    random.Random(seed).shuffle(names)
    return names


def test_what_was_compared_is_not_compared_again_and_the_pairs_are_the_same(both, tmp_path):
    changed = [row(name, telefono="011 5559999" if name == "Ferrabosco" else row(name)["telefono"]) for name in NAMES]
    write(tmp_path, "alfa-2025.csv", changed)
    steps = []
    run(both, tmp_path, FIRST, progress=steps.append)
    with both.begin() as connection:
        kept = [pairs.read(connection, question) for question in ("service", "location", "organization")]
        connection.execute(text("delete from match"))
        connection.execute(text("update identity set feature_hash = null"))
        connection.execute(text("update source_run set content_hash = '' where source_id = 'collegamento'"))
        assert made.refresh(connection, today=TODAY).changed
        assert [pairs.read(connection, question) for question in ("service", "location", "organization")] == kept
    assert kept[0]


def test_without_the_engine_what_is_linked_stays_and_what_is_new_stands_alone_until_it_is_there(
    databases, two_lists, tmp_path, monkeypatch
):
    with databases.clone(two_lists, "without") as engine:
        third = TabularSource(mapping("gamma-prova", "gamma-*.csv", fields=FIELDS))
        write(tmp_path, "gamma-2024.csv", [row(name, codice=f"G{name}") for name in NAMES[:2]])
        monkeypatch.setattr(linking, "available", lambda: False)
        steps = []
        outcome = go(engine, tmp_path, sources=(third,), progress=steps.append)
        assert (outcome.linkage.merged, len(published(engine))) == (10, 12)
        assert any("non è installato" in step for step in steps)
        assert not go(engine, tmp_path, sources=(third,)).changed
        monkeypatch.undo()
        outcome = go(engine, tmp_path, sources=(third,))
        assert outcome.changed
        assert (outcome.linkage.merged, len(published(engine))) == (10, 10)
        assert [event.kind for event in outcome.unions] == ["unito", "unito"]


def test_the_book_of_the_linkage_is_no_source(both):
    with both.connect() as connection:
        assert scalar(both, "select count(*) from source_run where source_id = 'collegamento'") >= 2
        assert "collegamento" not in {run.source_id for run in history(connection)}
        assert "collegamento" not in set(quality(connection, today=TODAY)["id"])


# --- closed, rolled back ----------------------------------------------------------------------------------


def test_a_service_is_closed_when_no_list_holds_it_any_more(both, tmp_path):
    rest = NAMES[1:]
    lists(tmp_path, alpha=rest, beta=NAMES, year=2025)
    told = kinds(run(both, tmp_path), FIRST)
    assert told == {"chiuso": {(f"Farmacia {NAMES[0]}", "closed_on")}}
    assert published(both) == {of(FIRST, name) for name in NAMES}
    name = "select name from service where id = :id"
    assert scalar(both, name, id=of(FIRST, NAMES[0])) != f"Farmacia {NAMES[0]}"  # it is the second list's now
    lists(tmp_path, alpha=rest, beta=rest, year=2026)
    later = TODAY + timedelta(days=9)
    outcome = run(both, tmp_path, today=later)
    assert outcome.linkage.merged == len(rest)
    closed = "select closed_on from service where id = :id"
    assert scalar(both, closed, id=of(FIRST, NAMES[0])) == later
    lists(tmp_path, year=2027)
    run(both, tmp_path, today=later)
    assert published(both) == {of(FIRST, name) for name in NAMES}
    assert scalar(both, name, id=of(FIRST, NAMES[0])) == f"Farmacia {NAMES[0]}"


def test_what_was_told_to_end_on_a_day_to_come_is_closed_when_that_day_has_come(first):
    """By its source or by hand, though no file comes and nobody decides anything."""
    days = [TODAY + timedelta(days=9), TODAY + timedelta(days=19)]
    told, by_hand = of(FIRST, NAMES[0]), of(FIRST, NAMES[1])
    record = "update restricted.service_claim set record = jsonb_set(record, '{valid_to}', :day) where id = :id"
    given = (
        "insert into hand_value (id, entity, member_id, field, value, author) values"
        " (gen_random_uuid(), 'service', :id, 'valid_to', :day, 'Anna')"
    )
    with first.begin() as connection:
        connection.execute(text(record), {"id": told, "day": f'"{days[0]}"'})
        connection.execute(text(given), {"id": by_hand, "day": f'"{days[1]}"'})
    closed = "select id, closed_on from service where closed_on is not null and id = any(:ids)"
    found = {}
    for day in (TODAY, *days):
        with first.begin() as connection:
            made.refresh(connection, today=day)
            assert not made.refresh(connection, today=day).changed
        found[day] = dict(frame(first, closed, ids=[told, by_hand]).to_numpy().tolist())
    assert found == {TODAY: {}, days[0]: {told: days[0]}, days[1]: {told: days[0], by_hand: days[1]}}
    event = "select last_action_date from metadata where resource_id = :id and event = 'chiuso'"
    assert frame(first, event, id=told)["last_action_date"].tolist() == [days[0]]


def test_a_list_is_taken_back_and_the_services_stay_under_their_identifiers(both):
    before = directory(both)
    with both.connect() as connection:
        loaded = history(connection, FIRST)[0].run_id
    undone = rollback(both, loaded, sources=SOURCES, today=TODAY)
    assert len(kinds(undone, FIRST)["chiuso"]) == 10
    assert published(both) == {of(FIRST, name) for name in NAMES}
    with both.connect() as connection:
        back = history(connection, FIRST)[0].run_id
    rollback(both, back, sources=SOURCES, today=TODAY)
    assert directory(both) == before


def test_a_try_leaves_nothing_behind(first, tmp_path):
    before = fingerprint(first)
    outcome = run(first, lists(tmp_path), dry_run=True)
    assert outcome.linkage.merged == 10
    assert fingerprint(first) == before


# --- judgements -------------------------------------------------------------------------------------------


def test_a_split_gives_each_its_own_identifier_and_undone_the_former(both):
    before, redirects = directory(both), leads(both)
    own, other = of(FIRST, NAMES[0]), of(SECOND, NAMES[0])
    judgement, found = decide(both, own, other, "diverso")
    assert {own, other} <= published(both)
    assert [(event.kind, event.entity_id, event.before) for event in found.events] == [("diviso", other, str(own))]
    again = undo(both, judgement)
    assert leads(both) == redirects
    assert [(event.kind, event.entity_id, event.after) for event in again.events] == [("unito", other, str(own))]
    now = directory(both)
    assert {table for table in now if now[table] != before[table]} == {"judgement"}
    told = "select event from metadata where resource_id = :id and event in ('unito', 'diviso') order by event"
    assert frame(both, told, id=other)["event"].tolist() == ["diviso", "unito"]
    assert scalar(both, "select count(*) from service where id = :id", id=other) == 0


def test_judgements_outlive_loads_and_what_was_published_first_gives_the_identifier(both, tmp_path):
    left, right = of(FIRST, NAMES[3]), of(FIRST, NAMES[4])
    decide(both, left, right, "stesso")
    decide(both, of(FIRST, NAMES[5]), of(SECOND, NAMES[5]), "diverso")
    ids = leads(both)
    assert ids[left] == ids[right]
    assert ids[of(SECOND, NAMES[5])] != ids[of(FIRST, NAMES[5])]
    write(tmp_path, "alfa-2025.csv", [row(name, telefono="011 5559999") for name in NAMES])
    assert run(both, tmp_path, FIRST).changed
    assert leads(both) == ids


def test_two_bodies_judged_to_be_one_are_published_once_and_apart_again(both):
    before = directory(both)
    bodies = frame(
        both,
        "select s.organization_id as id from service s where s.id = any(:ids) order by s.id",
        ids=[of(FIRST, NAMES[0]), of(FIRST, NAMES[1])],
    )["id"].tolist()
    judgement, _found = decide(both, *bodies, "stesso", question="organization")
    run_by = "select count(distinct organization_id) from service where id = any(:ids)"
    assert scalar(both, run_by, ids=[of(FIRST, NAMES[0]), of(FIRST, NAMES[1])]) == 1
    assert scalar(both, "select count(*) from organization where id = any(:ids)", ids=bodies) == 1
    undo(both, judgement)
    now = directory(both)
    assert {table for table in now if now[table] != before[table]} == {"judgement"}


# --- protected places ---------------------------------------------------------------------------------------


def test_what_becomes_protected_is_parted_and_told_nowhere(both, tmp_path_factory, tmp_path):
    import shutil

    secret = {"indirizzo": "Via Segretissima 7", "telefono": "011 5550777"}
    names = NAMES[:9]
    write(tmp_path, "alfa-2025.csv", [*(row(name) for name in names), row(NAMES[9], **secret)])
    write(
        tmp_path,
        "beta-2025.csv",
        [row(name, codice=f"B{NUMBER_OF[name]}", **(secret if name == NAMES[9] else {})) for name in NAMES],
    )
    run(both, tmp_path)
    assert scalar(both, "select count(*) from match where reasons::text ilike '%segretissim%'") > 0
    with both.begin() as connection:
        values = {"member": of(FIRST, NAMES[9]), "now": date(2026, 11, 22)}
        given = (
            "insert into hand_value (id, entity, member_id, field, value, author, made_at) values"
            " (gen_random_uuid(), 'service', :member, 'note', '\"dietro Via Segretissima\"', 'Anna', :now)"
        )
        connection.execute(text(given), values)
        assert made.refresh(connection, today=TODAY).changed
    data = tmp_path_factory.mktemp("protetti") / "data"
    shutil.copytree(tables.DATA, data)
    protect = lambda table: table.assign(protected=table["protected"].where(table["code"] != "farmacia", "true"))  # noqa: E731
    edit(data, "reference/service_types.csv", protect)
    assert load_everything(both, folder=data, files=SOURCES, today=TODAY).changed
    public = [table for table in fingerprint(both) if not table.startswith("restricted.")]
    told = {
        table for table in public if scalar(both, f"select count(*) from {table} t where t::text ilike '%segretissim%'")
    }
    assert told == set()
    assert {of(FIRST, name) for name in NAMES} | {of(SECOND, name) for name in NAMES} <= published(both)
    of_protected = "select count(*) from match m join restricted.service_claim c on c.id in (m.left_id, m.right_id)"
    assert scalar(both, f"{of_protected} where c.protected") == 0
    values = "select count(*) from field_origin o join service s on s.id = o.entity_id where o.field = any(:secret)"
    assert scalar(both, f"{values} and s.service_type_code = 'farmacia'", secret=sorted(SECRET)) == 0
    assert not load_everything(both, folder=data, files=SOURCES, today=TODAY).changed
    # Public again, they are one again, and the same.
    assert load_everything(both, files=SOURCES, today=TODAY).changed
    assert published(both) == {of(FIRST, name) for name in NAMES}


@pytest.mark.parametrize("source", SOURCES, ids=["published", "redirected"])
def test_the_book_does_not_tell_what_a_protected_place_was_one_with(both, source):
    """Where the open one is would tell where the protected one is."""
    two = [of(FIRST, NAMES[0]), of(SECOND, NAMES[0])]
    judgement, _found = decide(both, *two, "diverso")
    undo(both, judgement)
    together = (
        "select count(*) from metadata where concat(resource_id, previous_value, replacement_value) like"
        " '%' || cast(:one as text) || '%' and concat(resource_id, previous_value, replacement_value) like"
        " '%' || cast(:other as text) || '%'"
    )
    assert scalar(both, together, one=two[0], other=two[1]) == 2
    key = "000" if source is ALPHA else "B0"
    with both.begin() as connection:
        hiding.hide(connection, source.declaration.id, [key])
        events.forget(connection, {service_identifier(source.declaration.id, key)})
        found = made.refresh(connection, today=TODAY)
    assert found.changed
    assert found.events == ()
    assert set(two) <= published(both)
    assert scalar(both, together, one=two[0], other=two[1]) == 0


def test_a_type_given_by_hand_that_becomes_protected_hides_every_row_of_the_service(both):
    two = [of(FIRST, NAMES[0]), of(SECOND, NAMES[0])]
    given = (
        "insert into hand_value (id, entity, member_id, field, value, author) values"
        " (gen_random_uuid(), 'service', :member, :field, :value, 'Anna')"
    )
    with both.begin() as connection:
        for field, value in (("service_type", '"ludoteca"'), ("note", '"dietro la chiesa"')):
            connection.execute(text(given), {"member": two[0], "field": field, "value": value})
        made.refresh(connection, today=TODAY)
    address = "select count(*) from address where address_1 ilike '%bianchetti%'"
    assert scalar(both, address) == 1
    with both.begin() as connection:
        connection.execute(text("update service_type set protected = true where code = 'ludoteca'"))
        made.refresh(connection, today=TODAY)
    places = (
        "select l.location_protected from service_at_location a join location l on l.id = a.location_id"
        " where a.service_id = any(:ids)"
    )
    assert frame(both, places, ids=two)["location_protected"].tolist() == [True, True]
    assert scalar(both, address) == 0
    assert scalar(both, "select count(*) from hand_value where field = 'note'") == 0
    told = "select count(*) from source_record where raw::text ilike '%via bianchetti%'"
    assert scalar(both, told) == 0
    with both.begin() as connection:
        assert not made.refresh(connection, today=TODAY).changed
