"""The merge of rows into a table: what is new, what differs, what is left alone, what goes."""

import uuid
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import select, text

from etl.store import models as m
from etl.store.frames import Missing, merge, plain, read_frame, read_geoframe, records

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def source(key, **values):
    return {"id": key, "title": key.upper(), "publisher": "P", "licence": "CC0-1.0", "note": None} | values


@pytest.fixture
def connection(session):
    connection = session.connection()
    merge(connection, m.Source, [source("a"), source("b")])
    return connection


def ids(connection):
    return set(connection.execute(select(m.Source.id)).scalars())


def test_new_changed_and_equal_rows_are_told_apart(connection):
    done = merge(connection, m.Source, [source("a"), source("b", title="altro"), source("c")], tell="id")
    assert (done.inserted, done.updated, done.deleted, done.changed) == (1, 1, 0, 2)
    assert done.told == {"b", "c"}
    assert connection.scalar(select(m.Source.title).where(m.Source.id == "b")) == "altro"


def test_an_equal_row_is_not_written_again(connection):
    mark = text("select ctid::text from source where id = 'a'")
    before = connection.scalar(mark)
    assert merge(connection, m.Source, [source("a")]).changed == 0
    assert connection.scalar(mark) == before


def test_nothing_is_deleted_unless_it_is_said_what_may_be(connection):
    merge(connection, m.Source, [source("a")])
    assert ids(connection) == {"a", "b"}
    done = merge(connection, m.Source, [source("a")], missing=Missing("t.id > %(least)s", {"least": "b"}))
    assert done.deleted == 0
    done = merge(connection, m.Source, [source("a")], missing=Missing(), tell="id")
    assert (done.deleted, done.told) == (1, {"b"})
    assert ids(connection) == {"a"}


def test_no_rows_at_all_delete_what_may_be_deleted(connection):
    assert merge(connection, m.Source, []).changed == 0
    assert merge(connection, m.Source, [], missing=Missing()).deleted == 2


def test_a_row_given_twice_is_refused(connection):
    with pytest.raises(Exception, match="second time"):
        merge(connection, m.Source, [source("a", title="1"), source("a", title="2")])


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, np.float64("nan")])
def test_every_word_for_nothing_becomes_null(connection, nothing):
    merge(connection, m.Source, [source("a", note="c'è")])
    merge(connection, m.Source, [source("a", note=nothing)])
    assert connection.scalar(select(m.Source.note).where(m.Source.id == "a")) is None


def test_numpy_values_and_arrays_become_pythons():
    assert plain(np.int64(3)) == 3
    assert type(plain(np.bool_(True))) is bool
    assert plain(np.array([1.5, np.nan])) == [1.5, None]
    rows = records(pd.DataFrame({"n": [1, 2], "x": [0.5, np.nan]}, index=["u", "v"]))
    assert rows[0] == {"n": 1, "x": 0.5}
    assert type(rows[0]["n"]) is int


def area(**values):
    row = {
        "id": ONE,
        "level": "layer",
        "code": "x",
        "name": "X",
        "source_id": "a",
        "area_km2": 1.25,
        "geom": shapely.box(7, 45, 8, 46),
        "label_point": shapely.Point(7.5, 45.5),
        "attributes": {"b": [1, None], "a": "è"},
    }
    return row | values


def test_geometry_and_json_go_in_and_out_and_equal_ones_count_as_equal(connection):
    assert merge(connection, m.Area, [area()]).inserted == 1
    again = area(geom=shapely.from_wkb(shapely.box(7, 45, 8, 46).wkb), attributes={"a": "è", "b": [1, None]})
    assert merge(connection, m.Area, [again]).changed == 0
    statement = select(m.Area.id, m.Area.attributes, text("ST_AsBinary(geom) as geometry")).where(m.Area.id == ONE)
    found = read_geoframe(connection, statement, index="id")
    assert found.crs == "EPSG:4326"
    assert found.geometry[ONE].equals(shapely.box(7, 45, 8, 46))
    assert found.attributes[ONE] == {"a": "è", "b": [1, None]}


def test_a_geometry_with_the_same_box_but_another_shape_counts_as_changed(connection):
    merge(connection, m.Area, [area()])
    assert (
        merge(
            connection, m.Area, [area(geom=shapely.Polygon([(7, 45), (8, 45), (8, 46), (7, 46), (7.5, 45.5)]))]
        ).updated
        == 1
    )
    assert merge(connection, m.Area, [area(geom=None)]).updated == 1


def test_arrays_and_text_with_every_awkward_sign_survive(connection):
    awkward = ["a,b", 'con "virgolette"', "a\tb\\N\nc", "{}", ""]
    term = {"id": ONE, "name": "T", "description": "T", "uri": None, "version": "1"}
    merge(connection, m.Taxonomy, [term])
    merge(connection, m.TaxonomyTerm, [{"id": TWO, "taxonomy_id": ONE, "code": "t", "name": "t", "description": "t"}])
    row = {
        "code": "x", "position": 0, "term_id": TWO, "macro_area": "A", "name_it": "n", "name_en": "n",
        "synonyms_it": awkward, "synonyms_en": [], "description_it": awkward[2],
        "users": tuple("AB"), "age_min": np.int64(3),
        "age_max": pd.NA, "sex": None, "capacity_unit": "sede", "delivery": "sede", "residence_bound": np.bool_(True),
        "protected": False, "proximity": "prossimita", "travel_mode": "car", "social": True,
    }  # fmt: skip
    assert merge(connection, m.ServiceType, [row]).inserted == 1
    assert merge(connection, m.ServiceType, [row]).changed == 0
    columns = (m.ServiceType.synonyms_it, m.ServiceType.users, m.ServiceType.description_it, m.ServiceType.age_max)
    found = connection.execute(select(*columns).where(m.ServiceType.code == "x")).one()
    assert tuple(found) == (awkward, ["A", "B"], awkward[2], None)


def test_touch_stamps_only_what_differs(loaded_session):
    connection = loaded_session.connection()
    connection.execute(text("update service set last_modified = :then"), {"then": LONG_AGO})
    rows = [
        dict(row)
        for row in connection.execute(
            text("select id, name, status, service_type_code, supply_status from service limit 2")
        ).mappings()
    ]
    rows[0]["name"] = "Altro nome"
    done = merge(connection, m.Service, rows, touch="last_modified", tell="id")
    assert (done.updated, done.told) == (1, {rows[0]["id"]})
    touched = connection.execute(text("select id from service where last_modified > :then"), {"then": LONG_AGO})
    assert set(touched.scalars()) == {rows[0]["id"]}


def test_reading_without_rows_keeps_the_columns(session):
    found = read_frame(session.connection(), select(m.Source.id, m.Source.title), index="id")
    assert list(found.columns) == ["title"]
    assert found.empty
