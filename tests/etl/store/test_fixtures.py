"""The fixtures keep their promise: migrated, isolated, with PostGIS."""

from sqlalchemy import text

from tests.databases import make_home, remove_home


def test_a_commit_stays_inside_the_test(session):
    session.execute(text("CREATE TABLE left_behind (x int)"))
    session.commit()
    assert session.scalar(text("SELECT to_regclass('left_behind') IS NOT NULL"))


def test_the_next_test_finds_nothing_of_it(session):
    assert session.scalar(text("SELECT to_regclass('left_behind') IS NULL"))
    assert session.scalar(text("SELECT ST_SRID(ST_SetSRID(ST_MakePoint(7.68, 45.07), 4326))")) == 4326
    assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1


def test_what_a_killed_run_left_is_removed_and_a_living_run_keeps_its_folder():
    left, mine = make_home(), make_home()
    (left / "run").write_text("4194305 1")  # beyond the highest process number of Linux
    another = make_home()
    assert (left.exists(), mine.exists()) == (False, True)
    remove_home(mine)
    remove_home(another)
