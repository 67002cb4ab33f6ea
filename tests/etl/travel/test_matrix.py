"""Tables of minutes from files and from the database.

``r5py_prova.csv`` is made up, in the layout that r5py documents for a matrix with several percentiles: ``from_id``,
``to_id``, one column ``travel_time_p…`` for each of them, empty where there is no connection.
"""

import json
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from sqlalchemy import delete, select, update

from etl.derive.inputs import read as read_inputs
from etl.errors import SourceError
from etl.identity import uid
from etl.store import models as m
from etl.travel import places
from etl.travel.matrix import from_store, read
from geo.crs import METRIC
from geo.travel.report import report

R5PY = Path(__file__).parent / "r5py_prova.csv"
TORINO, MONCALIERI, IVREA = (str(uid("area", "municipality", code)) for code in ("001272", "001156", "001125"))


@pytest.fixture
def write(tmp_path):
    def one(content, name="tempi.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return one


def faults(path, connection=None):
    with pytest.raises(SourceError) as caught:
        read(path, connection)
    assert str(path.name) in str(caught.value)
    return "\n".join(caught.value.faults)


def pairs(matrix):
    return {(row.origin, row.destination): row.minutes for row in matrix.pairs.itertuples()}


def test_a_matrix_of_r5py_gives_the_median_with_the_spread_of_departures():
    matrix = read(R5PY)
    assert (matrix.by, matrix.mode, len(matrix.pairs)) == ("point", "any", 3)
    rows = matrix.pairs.set_index(["origin", "destination"])
    assert rows.loc[("quartiere-1", "ambulatorio-1")].tolist() == [12.0, 9.0, 18.0]
    # A quarter of the departures never gets there: the pair has no upper bound that could be trusted.
    assert rows.loc[("quartiere-1", "ambulatorio-2")].tolist() == [38.0, 31.0, 24 * 60]
    told = matrix.describe()
    assert told["percentiles"] == [25, 50, 75]
    # Reached by fewer than half of the departures is not reached.
    assert told["left_out"] == {"unreachable": 3}
    assert json.loads(json.dumps(told)) == told


def test_the_engine_made_of_it_looks_minutes_up_and_reports_what_is_missing():
    def at(columns, labels):
        points = gpd.points_from_xy(range(len(labels)), [0] * len(labels))
        return gpd.GeoDataFrame(columns, geometry=points, crs=METRIC, index=labels)

    origins = at({"municipality": "m", "mode": "car"}, ["quartiere-1", "frazione-1", "frazione-nuova"])
    services = at(
        {"municipality": "m", "position_radius_m": 0.0, "located": True}, [f"ambulatorio-{i}" for i in (1, 2, 3)]
    )
    travel = read(R5PY).table(origins, services, cutoff=60)
    assert travel.nearest_minutes().fillna(-1).tolist() == [12.0, 55.0, -1.0]
    found = report(travel)
    assert (found["pairs"], found["origins_without_service"], found["services_unreached"]) == (3, 1, 1)
    assert found["origin_snap_m"]["unplaced"] == 1
    assert not travel.estimated


def test_the_same_content_is_the_same_engine_whatever_the_name(write):
    content = R5PY.read_bytes()
    one, two, other = write(content, "a.csv"), write(content, "b.csv"), write(content + b"x,y,1,2,3\n", "c.csv")
    assert read(one).describe() == read(two).describe()
    assert read(one).describe() != read(other).describe()


def test_parquet_and_csv_give_the_same_pairs(write, tmp_path):
    content = "origin,destination,minutes,mode,percentile,departure,window\n7,8,12.5,transit,50,2026-11-24 08:00,60\n"
    frame = pd.DataFrame(
        {"origin": ["punto-1", "punto-2"], "destination": ["sede-1", "sede-1"], "minutes": [12.5, np.nan]}
    )
    frame.to_parquet(tmp_path / "t.parquet")
    found = read(tmp_path / "t.parquet")
    assert pairs(found) == {("punto-1", "sede-1"): 12.5}
    assert found.describe()["left_out"] == {"unreachable": 1}
    written = read(write(content.replace("7,8", "punto-1,sede-1")))
    assert pairs(written) == pairs(found)
    assert written.mode == "transit"
    assert written.describe()["departure"] == "2026-11-24 08:00"
    assert (written.describe()["window"], written.describe()["percentile"]) == ("60", "50")


def test_the_table_of_istat_is_by_car_between_municipalities_of_today(write):
    rows = [
        "Name;Origine;Destinazione;Total_Minu;Total_Mete",
        "1;1272;1156;14,5;9000",
        "2;001156;1272;15;9000",
        "3;1272;1272;0;0",  # within one municipality
        "4;1272;58091;600;700000",  # Roma
    ]
    matrix = read(write("\r\n".join(rows)))
    assert (matrix.by, matrix.mode) == ("municipality", "car")
    assert pairs(matrix) == {(TORINO, MONCALIERI): 14.5, (MONCALIERI, TORINO): 15.0}
    assert matrix.describe()["left_out"] == {"unreachable": 0, "outside": 1, "same_municipality": 1}


def test_seconds_become_minutes_and_a_mode_is_known_by_its_names(write):
    matrix = read(write("from_id\tto_id\ttime\tcosting\np\ts\t90\tpedestrian\n"))
    assert pairs(matrix) == {("p", "s"): 1.5}
    assert matrix.mode == "foot"


def test_what_r5_writes_for_no_connection_is_no_connection(write):
    matrix = read(write(f"from_id,to_id,travel_time\np,s,{2**31 - 1}\np,t,20\n"))
    assert pairs(matrix) == {("p", "t"): 20.0}


def test_every_fault_of_a_file_is_told_at_once_by_line(write):
    found = faults(
        write(
            "origin,destination,minutes,mode\n"
            "a,x,-1,car\na,y,inf,foot\n,z,molto,car\n1272,w,5,car\nb,x,90000,car\nb,x,4,car\n"
        )
    )
    for piece in (
        "«minutes» è sotto zero (righe 2;",
        "«minutes» è infinita",
        "(righe 3;",
        "«origin» è vuota (righe 4;",
        "«minutes» non è un numero (righe 4;",
        "«minutes» supera un giorno",
        "è già in una riga sopra: tenerne una (righe 7;",
        "«mode» ha più valori (car, foot)",
        "codici ISTAT (1272) e altri identificativi (a, b, w, x",
    ):
        assert piece in found


@pytest.mark.parametrize(
    ("content", "pieces"),
    [
        ("nome,km\nx,3\n", ["«origin»", "«destination»", "dei minuti"]),
        ("from_index,to_index,time\n0,1,60\n", ["«origin»", "from_index", "docs/travel.md"]),
        ("from_id,to_id,travel_time_p25,travel_time_p75\na,b,1,2\n", ["25, 75", "50"]),
        ("origin,destination,minutes\n1272,999999,5\n", ["non sono di un comune: 999999"]),
        ("origin,destination,minutes\na,b,\n", ["Nessuna riga ha minuti"]),
        ("origin,destination,minutes\n58091,15146,500\n", ["Nessuna riga ha minuti"]),
        ("origin,destination,minutes\na,b,1,2\n", ["tante celle", "Expected 3 columns, got 4"]),
        ("origin,destination,minutes,low,high\na,b,5,6,7\n", ["il minimo supera il tempo"]),
        (b"PAR1 and nothing more", ["Parquet"]),
        (b"", ["tempi.csv"]),
    ],
)
def test_a_file_that_is_no_table_of_minutes_is_refused_and_told_why(write, content, pieces):
    found = faults(write(content))
    for piece in pieces:
        assert piece in found or piece == "tempi.csv"


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert faults(tmp_path / "manca.csv")


def test_a_table_of_another_directory_is_refused_and_a_closed_service_is_not(loaded_session, write):
    connection = loaded_session.connection()
    homes, desks = places.origins(connection)["id"], places.destinations(connection)["id"]
    line = "{},{},10\n"
    head = "origin,destination,minutes\n"
    assert "non sono di qui" in faults(write(head + line.format("casa", "sportello")), connection)
    told = []
    rows = [line.format(homes[0], desks[0]), line.format(homes[0], desks[1]), line.format(homes[0], "chiuso-1")]
    matrix = read(write(head + "".join(rows)), connection, progress=told.append)
    assert len(matrix.pairs) == 3
    assert any("1 identificativi della colonna «destination»" in step for step in told)


def protect_one(connection):
    """Make the place of a service that has a point a protected one; its identifier as a destination."""
    known = places.destinations(connection)["id"][0]
    at = m.ServiceAtLocation
    place = connection.execute(select(at.location_id).where(at.id == known)).scalar_one()
    connection.execute(delete(m.Address).where(m.Address.location_id == place))
    hidden = {"location_protected": True, "geom": None, "precision": "municipality"}
    connection.execute(update(m.Location).where(m.Location.id == place).values(hidden))
    return known


def test_what_a_router_is_given_holds_no_protected_place_and_comes_back(loaded_session, tmp_path):
    connection = loaded_session.connection()
    protected = protect_one(connection)
    written = places.write(connection, tmp_path)
    origins, desks = (gpd.read_file(path) for path in written)
    inputs = read_inputs(connection, today=date(2026, 11, 22))
    assert set(origins["id"]) == set(inputs.points.index)
    waiting = inputs.services[~inputs.services["area_wide"]]
    assert set(desks["id"]) <= set(waiting.index)
    assert len(desks) > 0.9 * waiting["located"].sum()
    assert protected not in set(desks["id"])
    rows = pd.DataFrame({"origin": origins["id"][0], "destination": desks["id"], "minutes": 20.0})
    rows.to_parquet(tmp_path / "tempi.parquet")
    matrix = read(tmp_path / "tempi.parquet", connection)
    travel = matrix.table(inputs.points.assign(mode="car"), waiting, cutoff=60)
    assert len(travel) == len(desks)


def test_the_loaded_times_between_municipalities_are_a_table_too(loaded_session):
    connection = loaded_session.connection()
    with pytest.raises(SourceError, match="Nessun tempo fra comuni"):
        from_store(connection)
    source = connection.execute(select(m.Source.id)).scalars().first()
    ways = [(TORINO, MONCALIERI, 14.0), (MONCALIERI, TORINO, 15.0), (TORINO, TORINO, 0.0)]
    for start, end, minutes in ways:
        connection.execute(
            m.TravelTime.__table__.insert().values(
                source_id=source, origin_id=start, destination_id=end, mode="car", minutes=minutes
            )
        )
    matrix = from_store(connection)
    assert pairs(matrix) == {(TORINO, MONCALIERI): 14.0, (MONCALIERI, TORINO): 15.0}
    assert (matrix.by, matrix.mode, matrix.describe()["source"]) == ("municipality", "car", source)
    inputs = read_inputs(connection, today=date(2026, 11, 22))
    points = inputs.points.assign(mode="car")
    places_there = inputs.services[~inputs.services["area_wide"]]
    travel = matrix.table(points, places_there, cutoff=60)
    frame = travel.to_frame()
    home = frame["origin"].map(points["municipality"])
    away = frame["service"].map(places_there["municipality"])
    assert (frame.loc[(home == TORINO) & (away == MONCALIERI), "minutes"] == 14.0).all()
    assert ((home == TORINO) & (away == MONCALIERI)).any()
    # Ivrea is in no row: only its own services are reached, by the estimate.
    assert set(away[home == IVREA]) == {IVREA}
    assert travel.estimated
