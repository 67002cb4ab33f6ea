"""The views: what the catalogue says of them, the queries of the other faces, and who may read them."""

import uuid

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.ogc.catalogue import COLLECTIONS
from app.queries.areas import areas
from app.queries.coverage import overlaps
from app.queries.gaps import gaps, points
from app.queries.services import services
from etl.store.roles import READER, may_read_as_public

KINDS = {
    "text": {"text", "character varying"},
    "float8": {"double precision"},
    "timestamptz": {"timestamp with time zone"},
}
SUMS = ("threshold", "points", "persons", "assessed", "unknown", "probable", "estimated", "complete")
SHADOWS = tuple(f"shadow_{supply}{end}" for supply in ("confirmed", "all") for end in ("", "_minus", "_plus"))
MINUTES = ("minutes_confirmed", "minutes_confirmed_max", "minutes_all")


def test_the_catalogue_says_what_there_is(loaded: Engine) -> None:
    columns = text(
        "select table_name, column_name, case data_type when 'USER-DEFINED' then udt_name else data_type end as kind"
        " from information_schema.columns where table_schema = 'ogc' order by table_name, ordinal_position"
    )
    with loaded.connect() as connection:
        rows = connection.execute(columns).all()
    assert {row.table_name for row in rows} == set(COLLECTIONS)
    for name, view in COLLECTIONS.items():
        there = [(row.column_name, row.kind) for row in rows if row.table_name == name]
        told = [(column.name, column.type) for column in view.properties]
        assert [column for column, _ in told] == [column for column, _ in there], name
        for (column, kind), (_, found) in zip(told, there, strict=True):
            assert found in KINDS.get(kind, {kind}), (name, column)


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_keys_are_unique_and_shapes_are_told(loaded: Engine, name: str) -> None:
    view = COLLECTIONS[name]
    asked = text(
        f"select count(*) as rows, count(distinct {view.key.name}) as keys, count(geom) as shapes,"
        f" array_agg(distinct geometrytype(geom)) filter (where geom is not null) as kinds,"
        f" bool_and(st_srid(geom) = 4326) as degrees from ogc.{name}"
    )
    with loaded.connect() as connection:
        found = connection.execute(asked).one()
    assert found.rows == found.keys > 0
    assert found.degrees
    shape = view.geometry_column.geometry_type.upper()
    assert shape == "GEOMETRY" or found.kinds == [shape]


@pytest.mark.parametrize("level", ["metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality", "quarter"])
def test_areas_are_those_of_the_api(loaded_session: Session, level: str) -> None:
    names = ("code", "name", "parent_code", "parent_name", "area_km2", "persons", "altitude_m", "degurba")
    shown = loaded_session.execute(text(f"select {', '.join(names)} from ogc.{level} order by code")).all()
    told = loaded_session.execute(areas(level=level)).all()
    assert [tuple(row) for row in shown] == [tuple(getattr(row, name) for name in names) for row in told]
    assert shown


@pytest.mark.parametrize("type_code", ["centro_impiego", "casa_comunita", "casa_rifugio"])
@pytest.mark.parametrize("level", ["municipality", "zona_omogenea", "distretto"])
def test_gaps_are_those_of_the_api(loaded_session: Session, level: str, type_code: str) -> None:
    names = ("code", "name", *SUMS, *SHADOWS, *MINUTES)
    shown = loaded_session.execute(
        text(f"select {', '.join(names)} from ogc.gaps_{level} where type = :type order by code"), {"type": type_code}
    ).all()
    told = sorted(loaded_session.execute(gaps(type_code=type_code, level=level)).all(), key=lambda row: row.code)
    assert shown
    assert len(shown) == len(told)
    for one, other in zip(shown, told, strict=True):
        for name in names:
            expected = getattr(other, name)
            close = pytest.approx(expected, abs=1e-9) if isinstance(expected, float) else expected
            assert getattr(one, name) == close, (one.code, name)


def test_points_are_those_of_the_api(loaded_session: Session) -> None:
    names = ("code", "status", "reason", "persons", "services_all", "shadow_confirmed")
    query = text(f"select {', '.join(names)} from ogc.gaps_point where type = 'centro_impiego' order by code, name")
    shown = loaded_session.execute(query).all()
    told = loaded_session.execute(points(type_code="centro_impiego")).all()
    assert sorted(tuple(row) for row in shown) == sorted(tuple(getattr(row, name) for name in names) for row in told)


def test_overlaps_are_those_of_the_api(loaded_session: Session) -> None:
    names = ("id", "type", "kind", "services", "persons", "jaccard", "threshold", "minutes", "requirements", "exact")
    shown = loaded_session.execute(text(f"select {', '.join(names)} from ogc.overlaps")).all()
    told = loaded_session.execute(overlaps()).all()
    assert sorted(tuple(row) for row in shown) == sorted(tuple(getattr(row, name) for name in names) for row in told)


def test_services_are_those_of_the_directory(loaded_session: Session) -> None:
    """Against the query over the tables of HSDS, which does not know the listing that the view reads."""
    names = ("id", "name", "type", "organization", "municipality_code", "zone_code", "certainty", "precision")
    shown = loaded_session.execute(text(f"select {', '.join(names)}, st_astext(geom) from ogc.services")).all()
    listed = services().subquery()
    told = loaded_session.execute(
        text(f"select {', '.join(names)} from ({_sql(listed)}) told")  # the same columns of another making
    ).all()
    first = {row.id: tuple(row) for row in told}
    assert {row.id: tuple(row)[:-1] for row in shown} == first


def _sql(listed: object) -> str:
    from sqlalchemy import select
    from sqlalchemy.dialects import postgresql

    compiled = select(listed).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return str(compiled).replace("%%", "%")


def test_a_new_current_run_shows_by_itself(loaded_session: Session) -> None:
    """Nothing has to be told: the views read the run that is current when they are asked."""
    run = uuid.uuid4()
    before = loaded_session.execute(text("select distinct run from ogc.gaps_zona_omogenea")).scalar_one()
    loaded_session.execute(text("update coverage_run set current = false"))
    assert loaded_session.execute(text("select count(*) from ogc.gaps_zona_omogenea")).scalar_one() == 0
    columns = "input_hash, engine, code_version, parameters, data_version, population_year, digests, inputs"
    copied = f"select :new, {columns.replace('input_hash', ':hash')}, true from coverage_run where id = :old"
    values = {"new": run, "old": before, "hash": "another"}
    loaded_session.execute(text(f"insert into coverage_run (id, {columns}, current) {copied}"), values)
    loaded_session.execute(
        text(
            "insert into type_result (run_id, service_type_code, rule_id, input_hash)"
            " select :new, service_type_code, rule_id, input_hash from type_result"
            " where run_id = :old and service_type_code = 'csm'"
        ),
        values,
    )
    kept = [
        name
        for (name,) in loaded_session.execute(
            text("select column_name from information_schema.columns where table_name = 'coverage_result'")
        )
        if name not in ("run_id", "persons")
    ]
    loaded_session.execute(
        text(
            f"insert into coverage_result (run_id, persons, {', '.join(kept)}) select :new, 7, {', '.join(kept)}"
            " from coverage_result where run_id = :old and service_type_code = 'csm'"
        ),
        values,
    )
    shown = loaded_session.execute(
        text("select distinct run, type, persons / points as persons from ogc.gaps_zona_omogenea")
    ).all()
    assert [tuple(row) for row in shown] == [(run, "csm", 7.0)]


def test_boxes_and_tiles_use_the_index(loaded_session: Session) -> None:
    """The view is no wall between a question and the index of the table behind it."""
    loaded_session.execute(text("set local enable_seqscan = off"))
    where = "st_intersects(geom, st_makeenvelope(7.6, 45, 7.7, 45.1, 4326))"
    plan = loaded_session.execute(text(f"explain select id, name from ogc.services where {where} limit 10")).scalars()
    told = "\n".join(plan)
    assert "Index Cond: (geom && " in told


def test_the_role_reads_what_is_public_only(guarded: Engine) -> None:
    with guarded.connect() as connection:
        if not may_read_as_public(connection):
            pytest.fail("the owner of the test cluster may make the role")
        secret = connection.execute(text("select count(*) from location where location_protected")).scalar_one()
        connection.execute(text(f"set role {READER}"))
        assert connection.execute(text("select count(*) from location where location_protected")).scalar_one() == 0
        assert connection.execute(text("select count(*) from location")).scalar_one() > 0
        for name in COLLECTIONS:
            connection.execute(text(f"select * from ogc.{name} limit 1"))
    assert secret > 0
    hidden = ("restricted.position", "restricted.secret", "service", "source_record", "issue", "judgement")
    for table in hidden:
        with guarded.connect() as connection:
            connection.execute(text(f"set role {READER}"))
            with pytest.raises(ProgrammingError, match="permission denied"):
                connection.execute(text(f"select * from {table}"))


def test_the_role_writes_nothing(guarded: Engine) -> None:
    for statement in ("delete from area", "create table public.mine ()", "update service_listing set name = ''"):
        with guarded.connect() as connection:
            connection.execute(text(f"set role {READER}"))
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                connection.execute(text(statement))
