"""The sums that people see equal the sums over the points, for every type and level."""

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.pages.selects import without_shape
from app.queries.gaps import gaps
from etl.store import models as m
from geo.statuses import SHADOWS, STATUSES

LEVELS = ("metropolitan_city", "zona_omogenea", "asl", "distretto", "municipality", "quarter", "settlement")
SUMMED = ("persons", "assessed", "unknown", *SHADOWS, "probable", *(f"persons_{status}" for status in STATUSES))


@pytest.fixture(scope="module")
def points(loaded: Engine) -> pd.DataFrame:
    """Every stored result at its point."""
    statement = (
        select(m.CoverageResult.__table__).join(m.CoverageRun, m.CoverageRun.id == m.CoverageResult.run_id)
    ).where(m.CoverageRun.current)
    with loaded.connect() as connection:
        rows = connection.execute(statement)
        return pd.DataFrame(rows.fetchall(), columns=list(rows.keys())).set_index("area_id")


@pytest.fixture(scope="module")
def containment(loaded: Engine) -> pd.DataFrame:
    statement = select(m.AreaWithin.area_id, m.Area.level, m.Area.code).join(
        m.Area, m.Area.id == m.AreaWithin.ancestor_id
    )
    with loaded.connect() as connection:
        return pd.DataFrame(connection.execute(statement).fetchall(), columns=["area", "level", "code"])


def summed(points: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """Sums by type and area in memory, another way than the query's; missing where known at no point."""
    own = points[points.index.isin(codes.index)]
    keys = [own["service_type_code"], codes.reindex(own.index).rename("code")]
    table = own[["persons", "assessed", "unknown", *SHADOWS]].astype(float)
    table["probable"] = own["shadow_confirmed"].astype(float).where(own["bordo"], 0.0).fillna(0.0)
    for status in STATUSES:
        table[f"persons_{status}"] = own["persons"].where(own["status"] == status, 0.0)
    return table.groupby(keys).sum(min_count=1)


@pytest.mark.parametrize("level", LEVELS)
def test_every_sum_is_the_sum_over_its_points(
    loaded: Engine, points: pd.DataFrame, containment: pd.DataFrame, level: str
) -> None:
    """For all types of service, on both supplies and at the three thresholds."""
    expected = summed(points, containment[containment["level"] == level].set_index("area")["code"])
    types = expected.index.unique("service_type_code")
    assert len(types) == 124
    with Session(loaded) as session:
        for code in types:
            statement = without_shape(gaps(type_code=code, level=level))
            found = pd.DataFrame([row._asdict() for row in session.execute(statement)]).set_index("code").sort_index()
            theirs = expected.loc[code]
            assert list(found.index) == list(theirs.index)
            np.testing.assert_allclose(
                found[[*SUMMED]].astype(float), theirs[[*SUMMED]], rtol=1e-9, atol=1e-6, err_msg=f"{code} {level}"
            )


def test_nobody_is_lost(loaded: Engine, points: pd.DataFrame) -> None:
    assert np.allclose(points["assessed"] + points["unknown"], points["persons"])
    for name in SHADOWS:
        known = points[name].notna()
        assert (points.loc[known, name] <= points.loc[known, "assessed"] + 1e-9).all()
        assert (points.loc[points["status"] == "senza_dati", name].isna()).all()


def test_the_reason_belongs_to_the_majority(loaded: Engine) -> None:
    from geo.statuses import REASONS

    with Session(loaded) as session:
        for code in ("centro_impiego", "casa_comunita", "consultorio_familiare"):
            for row in session.execute(gaps(type_code=code, level="zona_omogenea")):
                assert REASONS[row.reason] == row.majority
