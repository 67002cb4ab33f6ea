"""The listing is what the directory says, whatever brought it there; its changes are told in order, once for each."""

import random

import pytest
from sqlalchemy import Engine, text

from etl import listing
from etl.history import rollback
from etl.listing.content import CONTENT, NAMES
from tests.etl.files import CHANGES, SOURCES, TODAY, go, rows, write
from tests.etl.tools import frame, scalar

SEQUENCE = "select seq, service_id, kind, merged_into from service_change order by seq"
LISTED = f"select {', '.join(f'{name}::text' for name in NAMES)} from {{table}} order by id"


def rebuilt(engine: Engine) -> None:
    """Hold the listing, row for row, against the Select that it is made of."""
    kept = frame(engine, LISTED.format(table="service_listing"))
    made = frame(engine, LISTED.format(table=f"({CONTENT}) made"))
    assert kept.to_dict("records") == made.to_dict("records")


def done(engine: Engine, *statements: str) -> int:
    """Edit the directory, then make the listing follow; how many rows of it changed."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
        return listing.refresh(connection)


def feed(engine: Engine) -> dict[str, tuple[int, str]]:
    return {str(row.service_id): (row.seq, row.kind) for row in frame(engine, SEQUENCE).itertuples()}


def test_it_is_the_public_directory(loaded: Engine) -> None:
    """Held against SQL of another making: the open services of the tables, each with its body, type and zone."""
    listed = frame(loaded, "select id, name, type_name, organization, zone from service_listing order by id")
    tables = frame(
        loaded,
        "select s.id, s.name, t.name_it as type_name, o.name as organization, z.name as zone from service s"
        " join service_type t on t.code = s.service_type_code left join organization o on o.id = s.organization_id"
        " join service_at_location n on n.service_id = s.id join location l on l.id = n.location_id"
        " left join area_within w on w.area_id = l.municipality_id"
        " left join area z on z.id = w.ancestor_id and z.level = 'zona_omogenea'"
        " where s.closed_on is null and s.supply_status <> 'chiuso'"
        " and (z.id is not null or l.municipality_id is null) order by s.id",
    )
    assert len(listed) > 200
    assert listed.to_dict("records") == tables.to_dict("records")
    rebuilt(loaded)


def test_every_service_that_is_listed_has_one_change_of_its_number(loaded: Engine) -> None:
    apart = "select count(*) from service_listing l left join service_change c on c.service_id = l.id"
    assert scalar(loaded, f"{apart} where c.seq is distinct from l.seq") == 0


def test_loads_tell_what_is_new_changed_and_gone_and_nothing_else(loaded_scratch: Engine, tmp_path) -> None:
    start = feed(loaded_scratch)
    write(tmp_path, "farmacie-2024.csv", rows())
    go(loaded_scratch, tmp_path)
    first = feed(loaded_scratch)
    fresh = {one: told for one, told in first.items() if one not in start}
    assert {kind for _seq, kind in fresh.values()} == {"nuovo"}
    assert len(fresh) == 12
    assert {one: first[one] for one in start} == start  # of the others nothing is told
    write(tmp_path, "farmacie-2025.csv", CHANGES)
    go(loaded_scratch, tmp_path)
    second = feed(loaded_scratch)
    moved = {one: second[one][1] for one in second if second[one] != first[one]}
    assert set(moved) <= set(fresh)
    assert sorted(moved.values()).count("chiuso") == 2  # one left out, one past its last day
    assert set(moved.values()) == {"chiuso", "cambiato"}
    assert min(second[one][0] for one in moved) > max(seq for seq, _kind in first.values())
    rebuilt(loaded_scratch)
    run = scalar(
        loaded_scratch, "select id from source_run where source_id = 'farmacie-prova' order by started_at desc limit 1"
    )
    rollback(loaded_scratch, run, sources=SOURCES, today=TODAY)
    back = feed(loaded_scratch)
    assert {back[one][1] for one in moved if moved[one] == "chiuso"} == {"nuovo"}
    rebuilt(loaded_scratch)


def test_what_becomes_one_with_another_says_where_it_is(loaded_scratch: Engine) -> None:
    kept, gone, hidden = frame(loaded_scratch, "select id from service_listing order by id limit 3")["id"]
    one = (
        "insert into identity (entity, member_id, entity_id) values ('service', '{gone}', '{kept}')"
        " on conflict (entity, member_id) do update set entity_id = '{kept}'"
    )
    close = "update service set closed_on = date '2026-01-01' where id = '{gone}'"
    told = "select kind || coalesce(merged_into::text, '') from service_change where service_id = '{gone}'"
    united = [statement.format(gone=gone, kept=kept) for statement in (one, close)]
    assert done(loaded_scratch, *united) == 1
    assert scalar(loaded_scratch, told.format(gone=gone)) == f"unito{kept}"
    # A protected one is only gone: where it is now would be told by the other's place.
    protect = f"update service_listing set location_protected = true where id = '{hidden}'"
    assert done(loaded_scratch, protect, *(way.format(gone=hidden, kept=kept) for way in (one, close))) == 1
    assert scalar(loaded_scratch, told.format(gone=hidden)) == "chiuso"


EDITS = (
    "update service set name = name || ' bis' where id in ({ids})",
    "update service set closed_on = date '2026-01-01' where id in ({ids})",
    "update service set closed_on = null where closed_on is not null",
    "update service set supply_status = 'chiuso' where id in ({ids})",
    "update service set supply_status = 'attivo' where supply_status = 'chiuso'",
    "delete from phone where service_id in ({ids})",
    "update service_type set name_it = name_it || '.' where position % 9 = 0",
    "update area set name = name || ' ' where level = 'zona_omogenea' and code = '05'",
)


@pytest.mark.parametrize("seed", range(3))
def test_after_any_edits_it_equals_what_is_made_anew(loaded_session, seed: int) -> None:
    chance = random.Random(seed)
    connection = loaded_session.connection()
    ids = [str(one) for one in connection.execute(text("select id from service order by id")).scalars()]
    for _turn in range(6):
        chosen = ", ".join(f"'{one}'" for one in chance.sample(ids, 5))
        connection.execute(text(chance.choice(EDITS).format(ids=chosen)))
        before = dict(connection.execute(text("select service_id, seq from service_change")).all())
        most = max(before.values())
        changed = listing.refresh(connection)
        assert listing.refresh(connection) == 0
        after = dict(connection.execute(text("select service_id, seq from service_change")).all())
        moved = [one for one in after if after[one] != before.get(one)]
        assert len(moved) == changed
        assert all(after[one] > most for one in moved)
        kept = connection.execute(text(LISTED.format(table="service_listing"))).all()
        assert kept == connection.execute(text(LISTED.format(table=f"({CONTENT}) made"))).all()
