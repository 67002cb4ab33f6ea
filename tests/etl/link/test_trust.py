"""Trust in sources: which row counts, and what is wrong with a table."""

import shutil

import pytest

from etl.errors import ReferenceDataError
from etl.link import trust as module
from etl.link.trust import Trust, digest, trust
from etl.reference.tables import service_types
from etl.sources.builtin import BuiltinServices
from etl.sources.catalogue import catalogue


def test_the_narrowest_row_counts():
    ranks = {("*", "*"): 50, ("*", "name"): 40, ("aperto-*", "*"): 30, ("aperto-*", "name"): 20, ("aperto-x", "*"): 10}
    found = Trust(ranks)
    assert found.rank("ignota", "phone") == 50
    assert found.rank("ignota", "name") == 40
    assert found.rank("aperto-y", "phone") == 30
    assert found.rank("aperto-y", "name") == 20
    assert found.rank("aperto-x", "name") == 10


def test_registers_name_and_portals_place():
    known = trust()
    for register, portal in [("ministero-farmacie", "aperto-farmacie"), ("iccu-biblioteche", "aperto-biblioteche")]:
        assert known.rank(register, "name") < known.rank(portal, "name")
        assert known.rank(register, "supply_status") < known.rank(portal, "supply_status")
        assert known.rank(portal, "schedule") < known.rank(register, "schedule")
        assert known.rank(portal, "address") < known.rank(register, "address")


def test_every_list_of_services_and_bodies_is_judged():
    known = trust()
    declared = [source.declaration for source in [*catalogue(), BuiltinServices()]]
    for one in declared:
        if one.kind in ("services", "organizations"):
            assert known.rank(one.id, "name") < known.rank("ignota", "name"), one.id
            assert known.reason(one.id, "name"), one.id


def test_types_are_types():
    known = trust().general
    assert known
    assert set(known) | set(known.values()) <= set(service_types()["code"])


def test_what_the_loaded_sources_say_of_their_points(loaded_session):
    from sqlalchemy import text

    statement = text(
        "insert into source (id, title, publisher, licence, positions) values ('rilevata', 'x', 'x', 'x', 'rilevate')"
    )
    loaded_session.execute(statement)
    found = trust(loaded_session.connection())
    assert (found.survey("rilevata"), found.survey("ignota")) == (module.SURVEYED, module.DECLARED)
    assert found.rank("ignota", "name") == 50


def test_all_faults_of_the_tables_come_at_once(tmp_path):
    (tmp_path / "trust.csv").write_text(
        "source_id,field,rank,reason\na,nome,1,x\na,name,primo,x\na,name,2,\na,phone,1,x\na,phone,1,x\n"
    )
    (tmp_path / "general_types.csv").write_text("specific,general\n")
    with pytest.raises(ReferenceDataError) as caught:
        trust(folder=tmp_path)
    told = str(caught.value)
    for word in ("riga 2", "«nome»", "riga 3", "riga 4", "riga 6", "*,*", "specific,general,reason"):
        assert word in told, word


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(ReferenceDataError, match=r"trust\.csv"):
        trust(folder=tmp_path)


def test_another_rank_is_another_digest(tmp_path):
    shutil.copytree(module.FOLDER, tmp_path / "a")
    shutil.copytree(module.FOLDER, tmp_path / "b")
    file = tmp_path / "b" / "trust.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("*,*,50", "*,*,51"), encoding="utf-8")
    assert digest(folder=tmp_path / "a") == digest()
    assert digest(folder=tmp_path / "a") != digest(folder=tmp_path / "b")
