"""Points in degrees from degrees, from plane coordinates and from WKT."""

import csv
import math
from pathlib import Path

import pytest

from etl.clean.coordinates import find_point, transformer
from etl.clean.draft import Draft
from etl.clean.step import Context
from tests.etl.tools import SHARED

KEYS = {
    "aperto-torino/farmacie.csv": ("farmacie", "ID_FARMACI"),
    "aperto-torino/si_nidi_comunali.csv": ("si_nidi_comunali", "ID_NIDO_CO"),
}


def found(draft: Draft, crs: str | None = None) -> tuple[float | None, float | None, list[str]]:
    work = find_point(draft, Context(crs))
    assert not {"x", "y", "wkt"} & set(work.draft)
    point = [float(work.draft[field]) if field in work.draft else None for field in ("latitude", "longitude")]
    return point[0], point[1], [remark.kind for remark in work.remarks]


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        ("45.0676522", "7.6883587"),
        ("45,0676522", "7,6883587"),
        ("45.067.652.2", "7.688.358.7"),
        ("45°04'03,548''N", "7°41'18,0913\" E"),
        ("N 45° 4' 3.548\"", "E 7° 41' 18.0913\""),
        ("45.0676522 N", "7.6883587 E"),
        ("7.6883587", "45.0676522"),
    ],
)
def test_degrees(latitude: str, longitude: str):
    north, east, kinds = found({"latitude": latitude, "longitude": longitude})
    assert (north, east) == (pytest.approx(45.0676522, abs=2e-7), pytest.approx(7.6883587, abs=2e-7))
    assert kinds == (["coordinate_scambiate"] if latitude.startswith("7") else [])


@pytest.mark.parametrize(
    ("draft", "crs", "kind"),
    [
        ({"latitude": "0", "longitude": "0"}, None, "coordinate_zero"),
        ({"latitude": "0,0", "longitude": "0.000"}, None, "coordinate_zero"),
        ({"latitude": "NaN", "longitude": "7.6"}, None, "coordinate_errate"),
        ({"latitude": "1e999", "longitude": "7.6"}, None, "coordinate_errate"),
        ({"latitude": "Torino", "longitude": "7.6"}, None, "coordinate_errate"),
        ({"wkt": "POINT (1e400 45)"}, None, "coordinate_errate"),
        ({"wkt": "POLYGON ((0 0, 1 0, inf 1, 0 0))"}, None, "coordinate_errate"),
        ({"latitude": "95.2", "longitude": "7.6"}, None, "coordinate_errate"),
        ({"latitude": "45°61'0''N", "longitude": "7.6"}, None, "coordinate_errate"),
        ({"latitude": "45.1"}, None, "coordinate_a_meta"),
        ({"x": "1395629"}, "EPSG:3003", "coordinate_a_meta"),
        ({"latitude": "4992127", "longitude": "1395629"}, None, "coordinate_non_in_gradi"),
        ({"x": "1395629,055", "y": "4992127,036"}, None, "crs_mancante"),
        ({"x": "1395629,055", "y": "4992127,036"}, "EPSG:999999", "crs_sconosciuto"),
        ({"x": "0", "y": "0"}, "EPSG:3003", "coordinate_zero"),
        ({"wkt": "POINT (1395629.055"}, "EPSG:3003", "wkt_errato"),
        ({"wkt": "POINT EMPTY"}, "EPSG:3003", "coordinate_errate"),
    ],
)
def test_what_is_no_point_is_dropped(draft: Draft, crs: str | None, kind: str):
    assert found(draft, crs) == (None, None, [kind])


def test_plane_and_wkt_agree():
    point = {"x": "1395629,055", "y": "4992127,036"}
    north, east, kinds = found(point | {"wkt": "POINT (1395629.055 4992127.036)"}, "EPSG:3003")
    assert (north, east) == found(point, "EPSG:3003")[:2]
    assert kinds == []
    assert found(point | {"wkt": "POINT (1395729.055 4992127.036)"}, "EPSG:3003")[2] == ["punti_discordi"]


def test_wkt_of_a_surface_gives_a_point_inside():
    north, east, kinds = found({"wkt": "POLYGON ((7.6 45, 7.7 45, 7.7 45.1, 7.6 45.1, 7.6 45))"}, "EPSG:4326")
    assert (north, east, kinds) == (pytest.approx(45.05, abs=0.05), pytest.approx(7.65, abs=0.05), [])


def test_right_degrees_keep_their_text():
    draft = {"latitude": "45.0652154357", "longitude": "7.6867171934"}
    assert find_point(draft, Context()).draft == draft


def test_one_coordinate_wrong_leaves_the_other_point():
    draft = {"latitude": "-", "longitude": "7.6", "x": "1395629,055", "y": "4992127,036"}
    assert found(draft, "EPSG:3003")[0] == pytest.approx(45.0763, abs=1e-2)


def test_no_transformation_depends_on_grids_or_the_network():
    for crs in ("EPSG:3003", "EPSG:23032", "EPSG:32632", "EPSG:25832", "EPSG:7791", "EPSG:4265"):
        assert "grids=" not in transformer(crs).definition
    assert "Monte Mario to WGS 84 (4)" in transformer("EPSG:3003").description  # EPSG:1660


@pytest.mark.skipif(not SHARED.exists(), reason="the folder of real files is missing")
@pytest.mark.parametrize("file", KEYS)
def test_monte_mario_is_within_a_metre_of_the_answer_key(file: str):
    key_file, identifier = KEYS[file]
    key = {row[identifier]: row for row in _rows(SHARED / "answer-keys" / f"{key_file}_wgs84.csv", "utf-8")}
    apart = []
    for row in _rows(SHARED / file, "iso-8859-1"):
        north, east, kinds = found({"x": row["COORD_X"], "y": row["COORD_Y"], "wkt": row["WKT_GEOM"]}, "EPSG:3003")
        assert kinds == []
        assert north is not None
        assert east is not None
        true = float(key[row[identifier]]["LATITUDE"]), float(key[row[identifier]]["LONGITUDE"])
        apart.append(
            math.hypot((north - true[0]) * 111_132, (east - true[1]) * 111_320 * math.cos(math.radians(north)))
        )
    print(f"{file}: {len(apart)} points, the worst {max(apart):.3f} m from the answer key")
    assert len(apart) == len(key)
    assert max(apart) < 1


@pytest.mark.skipif(not SHARED.exists(), reason="the folder of real files is missing")
def test_ed50_agrees_with_the_publishers_own_wgs84():
    for row in _rows(SHARED / "istat-municipi-2011" / "ElencoUnitaAmministrative2011.csv", "utf-8", ","):
        old = found({"x": row["X_ED50_32N"], "y": row["Y_ED50_32N"]}, "EPSG:23032")
        new = found({"x": row["X_WGS84_32N"], "y": row["Y_WGS84_32N"]}, "EPSG:32632")
        assert old[0] == pytest.approx(new[0], abs=1.5e-5)
        assert old[1] == pytest.approx(new[1], abs=2e-5)


def _rows(path: Path, encoding: str, delimiter: str = ";") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))
