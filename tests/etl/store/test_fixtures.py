"""The fixtures keep their promise: migrated, isolated, with PostGIS."""

from sqlalchemy import text


def test_a_commit_stays_inside_the_test(session):
    session.execute(text("CREATE TABLE left_behind (x int)"))
    session.commit()
    assert session.scalar(text("SELECT to_regclass('left_behind') IS NOT NULL"))


def test_the_next_test_finds_nothing_of_it(session):
    assert session.scalar(text("SELECT to_regclass('left_behind') IS NULL"))
    assert session.scalar(text("SELECT ST_SRID(ST_SetSRID(ST_MakePoint(7.68, 45.07), 4326))")) == 4326
    assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
