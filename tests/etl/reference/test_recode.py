"""Figures of the municipalities of any year on those of today: totals kept, gaps told."""

import csv
import math

import pandas as pd
import pytest

from etl.issues import IssueLog
from etl.reference.municipalities import municipalities
from etl.reference.recode import carved_from, combine, recode, tell_absent
from tests.etl.tools import SHARED


def test_merged_municipalities_are_summed_averaged_or_taken_as_they_are():
    frame = pd.DataFrame(
        {"persone": [700.0, 300.0, 200.0, 50.0], "reddito": [10.0, 20.0, 40.0, 7.0], "zona": [1.0, 1.0, 1.0, 5.0]},
        index=["1005", "001138", "G396", "001272"],
    )
    done = recode(frame, how={"persone": "sum", "reddito": "mean", "zona": "first"}, weights={"reddito": "persone"})
    assert done.frame.loc["001317"].tolist() == [1200.0, (7000 + 6000 + 8000) / 1200, 1.0]
    assert done.frame.loc["001272"].tolist() == [50.0, 7.0, 5.0]
    assert done.merged == {"001317": ("001138", "1005", "G396")}
    assert len(done.absent) == 310


def test_a_figure_that_a_part_lacks_is_missing_and_not_half():
    frame = pd.DataFrame({"persone": [700.0, math.nan, 209.0]}, index=["001005", "001138", "001182"])
    assert math.isnan(recode(frame, how={"persone": "sum"}).frame.loc["001317", "persone"])


def test_rows_of_elsewhere_are_told_and_counted_nowhere():
    frame = pd.DataFrame({"persone": [1.0, 2.0, 4.0]}, index=["001272", "015146", "non so"])
    done = recode(frame, how={"persone": "sum"})
    assert done.unknown == ("015146", "non so")
    assert done.frame["persone"].sum() == 1


def test_the_order_of_rows_decides_nothing():
    frame = pd.DataFrame({"a": [0.1, 0.2, 0.3], "b": [3.0, 2.0, 1.0]}, index=["001005", "001138", "001182"])
    how = {"a": "sum", "b": "first"}
    pd.testing.assert_frame_equal(recode(frame, how=how).frame, recode(frame[::-1], how=how).frame)


def test_a_mean_needs_weights():
    with pytest.raises(KeyError):
        combine([1.0, 2.0], "mean")
    assert combine([1.0, 3.0], "mean", [0.0, 0.0]) == 2


def test_a_municipality_without_data_is_told_with_its_origin():
    log = IssueLog()
    tell_absent(set(municipalities().names) - {"001316", "001272"}, log, what="popolazione 2011")
    torino, mappano = log.entries
    assert (mappano.record_key, mappano.severity, mappano.kind) == ("001316", "dubbio", "comune_senza_dato")
    assert "Borgaro Torinese, Caselle Torinese, Leini, Settimo Torinese" in mappano.message
    assert "Torino: nessun dato" in torino.message
    assert "non è zero" in torino.message
    assert set(carved_from()) == {"001316"}


def test_the_315_of_2011_land_on_those_of_today_with_their_total():
    path = SHARED / "istat-municipi-2011" / "ElencoUnitaAmministrative2011.csv"
    if not path.exists():
        pytest.skip("i file veri stanno accanto al progetto e qui mancano")
    with path.open(encoding="utf-8", newline="") as stream:
        told = {row["CODICE_CATASTALE"]: float(row["POP_2011"]) for row in csv.DictReader(stream)}
    done = recode(pd.DataFrame({"popolazione": told}), how={"popolazione": "sum"})
    assert (len(told), len(done.frame), done.unknown, done.absent) == (315, 311, (), ("001316",))
    assert done.frame["popolazione"].sum() == sum(told.values()) == 2_240_768
    assert done.frame.loc["001317", "popolazione"] == 701 + 379 + 209
    assert done.frame.loc["001318", "popolazione"] == 93 + 131 + 882
