"""Minutes between which the true time lies: those of the bands that the run keeps, computed here another way."""

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app.pages.selects import without_shape
from app.queries.gaps import gaps
from app.queries.outlook import Asked, coverage
from etl.derive.journeys import DENSE
from geo.travel.prediction import prediction_interval
from tests.etl.tools import frame

CAR, FOOT = "centro_impiego", "casa_quartiere"
RUN = "(select id from coverage_run where current)"


def expected(engine: Engine, kind: str, level: str) -> pd.DataFrame:
    """Means over people by code; nothing where somebody goes on foot."""
    points = frame(
        engine,
        "select a.code, r.persons, r.nearest_confirmed as minutes, r.nearest_confirmed_low as low,"
        " r.nearest_confirmed_high as high, town.degurba, t.travel_mode from coverage_result r"
        " join demand_point d on d.area_id = r.area_id join area town on town.id = d.municipality_id"
        " join service_type t on t.code = r.service_type_code join area_within w on w.area_id = r.area_id"
        f" join area a on a.id = w.ancestor_id where r.run_id = {RUN} and r.service_type_code = :kind"
        " and a.level = :level and r.nearest_confirmed is not null and r.persons > 0",
        kind=kind,
        level=level,
    )
    least, most = prediction_interval(points["minutes"])
    share = points["low"] / points["minutes"], points["high"] / points["minutes"]
    points = points.assign(least=least * share[0], most=most * share[1])
    on_foot = (points["degurba"] == DENSE) & (points["travel_mode"] == "foot_in_town")
    found = {
        code: [np.average(group[name], weights=group["persons"]) for name in ("minutes", "least", "most")]
        for code, group in points[~points["code"].isin(points.loc[on_foot, "code"])].groupby("code")
    }
    return pd.DataFrame(found, index=["minutes_confirmed", "minutes_low", "minutes_high"]).T.sort_index()


def read(session: Session, kind: str, level: str) -> pd.DataFrame:
    rows = session.execute(without_shape(gaps(type_code=kind, level=level)))
    told = pd.DataFrame([row._asdict() for row in rows]).set_index("code").sort_index()
    return told[["minutes_confirmed", "minutes_low", "minutes_high"]].astype(float)


@pytest.mark.parametrize("kind", [CAR, FOOT])
@pytest.mark.parametrize("level", ["zona_omogenea", "municipality", "settlement"])
def test_intervals_are_the_means_of_those_of_the_points(loaded: Engine, kind: str, level: str) -> None:
    told, hand = None, expected(loaded, kind, level)
    with Session(loaded) as session:
        told = read(session, kind, level)
    known = told.dropna()
    assert len(known)
    assert list(known.index) == list(hand.index)
    np.testing.assert_allclose(known, hand, rtol=1e-9)
    # Where the place of the nearest service is sure, the interval is that of the model alone.
    assert (known["minutes_low"] < known["minutes_confirmed"]).all()
    assert (known["minutes_high"] > known["minutes_confirmed"]).all()


def test_on_foot_nothing_is_known_of_the_error(loaded: Engine) -> None:
    with Session(loaded) as session:
        city = read(session, FOOT, "municipality").loc["001272"]
        whole = read(session, FOOT, "metropolitan_city").iloc[0]
        by_car = read(session, CAR, "municipality").loc["001272"]
    for row in (city, whole):
        assert row["minutes_confirmed"] > 0
        assert row[["minutes_low", "minutes_high"]].isna().all()
    assert by_car.notna().all()


def test_a_run_that_keeps_no_error_has_no_interval(loaded_session: Session) -> None:
    """Networks and tables; one that keeps another has that one."""
    before = read(loaded_session, CAR, "zona_omogenea")
    telling = text(f"update coverage_run set parameters = jsonb_set(parameters, :key, :bands) where id = {RUN}")
    key = "{travel,prediction_interval,bands}"
    bands = '[{"low": 0.5, "high": 3.0, "up_to_minutes": null}]'
    loaded_session.execute(telling, {"key": key, "bands": bands})
    wide = read(loaded_session, CAR, "zona_omogenea")
    assert (wide["minutes_high"] > before["minutes_high"] * 2).all()
    loaded_session.execute(telling, {"key": "{travel}", "bands": '{"engine": "network"}'})
    none = read(loaded_session, CAR, "zona_omogenea")
    assert none[["minutes_low", "minutes_high"]].isna().all(axis=None)
    pd.testing.assert_series_equal(none["minutes_confirmed"], before["minutes_confirmed"])
    (row, *_rest) = loaded_session.execute(coverage(Asked(CAR, "zona_omogenea")))
    assert row.minutes_low is None
