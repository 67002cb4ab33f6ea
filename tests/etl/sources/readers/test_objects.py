import json

import pytest

from etl.sources.readers.table import read_table


@pytest.fixture
def read(tmp_path):
    def read(content, form="json", **options):
        path = tmp_path / f"dati.{form}"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return read_table(path, format=form, **options)

    return read


def rows(table):
    return [row for _number, row in table.rows]


def test_objects_are_flattened_and_numbers_keep_their_digits(read):
    table = read(
        '[{"id": 7, "x": 45.40970, "v": null, "ok": true, "n": NaN, "luogo": {"via": "Po", "cap": "10123"}, '
        '"tel": ["011 1", "011 2"], "orari": [{"d": "MO"}], "vuoto": {}, "nessuno": []}, {"id": "8", "nuovo": " a "}]'
    )
    assert rows(table)[0] == {
        "id": "7",
        "x": "45.40970",
        "v": "",
        "ok": "true",
        "n": "NaN",
        "luogo.via": "Po",
        "luogo.cap": "10123",
        "tel": "011 1 ; 011 2",
        "orari": '[{"d": "MO"}]',
        "vuoto": "",
        "nessuno": "",
        "nuovo": "",
    }
    assert rows(table)[1]["nuovo"] == " a "
    assert [number for number, _row in table.rows] == [1, 2]


@pytest.mark.parametrize(
    "whole",
    [
        [{"id": 1}],
        {"totale": 1, "righe": [{"id": 1}]},
        {"success": True, "result": {"fields": [{"id": "_id"}], "records": [{"id": 1}]}},
    ],
)
def test_the_list_of_objects_is_found(read, whole):
    assert rows(read(whole)) == [{"id": "1"}]


def test_a_list_is_chosen_by_name(read):
    whole = {"servizi": [{"id": 1}], "enti": [{"id": 2}]}
    assert rows(read(whole, sheet="enti")) == [{"id": "2"}]


def test_what_is_no_object_or_unclear_is_a_broken_row(read):
    table = read('[{"id": 1}, 5, {"id": 2, "id": 3}, {"id": "\\ud800"}, {"id": "a\\u0000"}, {"id": 4}]')
    assert [row["id"] for row in rows(table)] == ["1", "4"]
    assert [row.number for row in table.broken] == [2, 3, 4, 5]


def test_ignored_keys_are_left_out(read):
    assert rows(read([{"id": 1, "capo": {"nome": "R", "eta": 3}}], ignored={"capo.nome"})) == [
        {"id": "1", "capo.eta": "3"}
    ]


def test_features_give_properties_and_geometry(read):
    features = [
        {
            "id": "n/1",
            "properties": {"nome": "A"},
            "geometry": {"type": "Point", "coordinates": [7.123456789012, 45.1]},
        },
        {"id": "n/2", "properties": None, "geometry": None},
        {"id": "n/3", "properties": {}, "geometry": {"type": "Point", "coordinates": ["x", 45.1]}},
        {"id": "n/4", "properties": {}, "geometry": {"type": "Cerchio", "coordinates": [7, 45.1]}},
        "niente",
    ]
    table = read({"type": "FeatureCollection", "features": features}, "geojson")
    assert table.crs == "EPSG:4326"
    assert rows(table) == [
        {"id": "n/1", "nome": "A", "geometry": "POINT (7.123456789012 45.1)"},
        {"id": "n/2", "nome": "", "geometry": ""},
    ]
    assert [row.number for row in table.broken] == [3, 4, 5]


def test_the_old_member_crs_is_heeded(read):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3003"}}
    assert read({"features": [], "crs": crs}, "geojson").crs == "EPSG:3003"
    crs["properties"]["name"] = "urn:ogc:def:crs:OGC:1.3:CRS84"
    assert read({"features": [], "crs": crs}, "geojson").crs == "EPSG:4326"


def test_an_empty_list_has_no_rows(read):
    assert read("[]").rows == ()
    assert read({"features": []}, "geojson").rows == ()
