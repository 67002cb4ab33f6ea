"""A list is the same in every format: what GeoPandas and Arrow, which nobody here wrote, read in a Parquet file."""

import csv
import io
import json

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from fastapi.testclient import TestClient

from app.api.parquet import PARQUET, columns_of
from app.api.schemas import CoverageProperties, ServiceProperties

COVERAGE = "/api/v1/coverage?type=centro_impiego&level=zona_omogenea"


def asked(client: TestClient, address: str) -> pa.Table:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}format=parquet")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == PARQUET
    assert answer.headers["Content-Disposition"].endswith('.parquet"')
    return pq.read_table(io.BytesIO(answer.content))


@pytest.mark.parametrize(
    "address",
    [
        COVERAGE,
        "/api/v1/gaps?type=centro_impiego&level=zona_omogenea",
        "/api/v1/gaps/points?type=centro_impiego&limit=40",
        "/api/v1/compliance?limit=40",
        "/api/v1/overlaps",
        "/api/v1/services?limit=60",
        "/api/v1/areas?level=municipality&limit=20",
    ],
)
def test_all_formats_say_the_same(client: TestClient, address: str) -> None:
    joined = "&" if "?" in address else "?"
    features = client.get(address).json()["features"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}{joined}format=csv").text)))
    table = asked(client, address)
    assert table.num_rows == len(features) == len(rows) > 0
    for told, feature, row in zip(table.to_pylist(), features, rows, strict=True):
        place = told.pop("geometry")
        told.pop("bbox")
        assert set(told) == set(row)
        for name, value in told.items():
            plain = feature["properties"][name]
            written = (
                [json.loads(one) if str(one).startswith("{") else one for one in value]
                if plain and isinstance(value, list)
                else value
            )
            if isinstance(plain, dict):
                assert json.loads(value) == plain
            elif hasattr(value, "isoformat"):
                assert value.isoformat().replace("+00:00", "Z")[:19] == plain[:19]
            else:
                assert written == plain, name
        assert (place is None) == (feature["geometry"] is None)
        if place is not None:
            assert shapely.from_wkb(place).equals(shapely.from_geojson(json.dumps(feature["geometry"])))


def test_a_file_has_types_places_and_the_way_back(client: TestClient) -> None:
    answer = client.get(f"{COVERAGE}&format=parquet")
    frame = gpd.read_parquet(io.BytesIO(answer.content))
    assert frame.crs.to_authority() == ("OGC", "CRS84")
    assert frame["persons"].sum() == pytest.approx(
        sum(one["properties"]["persons"] for one in client.get(COVERAGE).json()["features"])
    )
    table = asked(client, COVERAGE)
    assert json.loads(table.schema.metadata[b"geo"])["version"] == "1.1.0"
    told = json.loads(table.schema.metadata[b"ombra"])
    assert f"run={table['run'][0].as_py()}" in told["permalink"]
    again = client.get(told["permalink"])
    assert pq.read_table(io.BytesIO(again.content)).equals(table)
    assert table.schema.field("points").type == pa.int64()
    assert table.schema.field("estimated").type == pa.bool_()
    services = columns_of(ServiceProperties)
    assert services.field("expected_on").type == pa.date32()
    assert services.field("last_modified").type == pa.timestamp("us", tz="UTC")


def test_an_empty_list_is_a_file_with_its_columns(client: TestClient) -> None:
    table = asked(client, f"{COVERAGE}&bbox=0,0,1,1")
    assert table.num_rows == 0
    assert set(CoverageProperties.model_fields) <= set(table.column_names)
    assert gpd.read_parquet(io.BytesIO(client.get(f"{COVERAGE}&bbox=0,0,1,1&format=parquet").content)).empty


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("engine=network", 404, "coverage/runs"),
        ("run=corrente&engine=matrix", 404, "estimate"),
        ("engine=mulo", 422, "network"),
        ("format=xlsx", 422, "parquet"),
    ],
)
def test_what_is_not_there_is_said(client: TestClient, query: str, status: int, word: str) -> None:
    answer = client.get(f"{COVERAGE}&{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert word in answer.text


def test_the_engine_chooses_its_run(client: TestClient) -> None:
    current = client.get(COVERAGE).json()["features"]
    assert client.get(f"{COVERAGE}&engine=estimate").json()["features"] == current
    assert {one["properties"]["engine"] for one in current} == {"estimate"}
