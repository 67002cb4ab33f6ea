"""Medians and scores of areas equal those made of their points in memory; comparisons add up."""

import uuid

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.queries.comparison import Pair, changes, is_separated
from app.queries.outlook import Asked, coverage
from etl.derive.compare import differing, explain, read_run
from etl.derive.digests import PARTS
from etl.derive.run import refresh_within
from etl.progress import silent
from geo.attribution import shapley
from tests.etl.derive.test_compare import CLOSED, KIND, PEOPLE, THRESHOLD, TODAY, UNLISTED

LEVELS = ("metropolitan_city", "zona_omogenea", "municipality", "settlement")


def rows(session: Session, statement) -> pd.DataFrame:
    listed = statement.subquery()
    plain = select(*(column for column in listed.c if column.name != "geom")).order_by(listed.c.rank)
    return pd.DataFrame([row._asdict() for row in session.execute(plain)]).set_index("code")


@pytest.fixture(scope="module")
def points(loaded: Engine) -> pd.DataFrame:
    statement = (
        "select r.service_type_code, r.persons, r.nearest_confirmed, s.enhanced, s.balanced, a.level, a.code"
        " from coverage_result r join coverage_run c on c.id = r.run_id and c.current"
        " left join access_score s using (run_id, service_type_code, area_id)"
        " join area_within w on w.area_id = r.area_id join area a on a.id = w.ancestor_id"
    )
    with loaded.connect() as connection:
        return pd.DataFrame(connection.execute(text(statement)).mappings().all())


def weighted_median(own: pd.DataFrame) -> float:
    """The smallest value that half the people reach, by repeating every person."""
    known = own[own["nearest_confirmed"].notna() & (own["persons"] > 0)]
    minutes = np.sort(known["nearest_confirmed"].to_numpy(float))
    people = [known.loc[known["nearest_confirmed"] <= value, "persons"].sum() for value in minutes]
    half = known["persons"].sum() / 2
    return next((value for value, count in zip(minutes, people, strict=True) if count >= half - 1e-9), np.nan)


def weighted_mean(own: pd.DataFrame, name: str) -> float:
    known = own[own[name].notna()]
    total = known["persons"].sum()
    return float((known["persons"] * known[name]).sum() / total) if total else np.nan


@pytest.mark.parametrize("level", LEVELS)
def test_medians_and_scores_are_those_of_the_points(loaded: Engine, points: pd.DataFrame, level: str) -> None:
    scored = points.loc[points["enhanced"].notna(), "service_type_code"].unique()
    assert len(scored) > 5
    with Session(loaded) as session:
        for kind in (*scored[:4], "centro_impiego", "fattoria_sociale"):
            found = rows(session, coverage(Asked(kind, level)))
            own = points[(points["service_type_code"] == kind) & (points["level"] == level)]
            by_area = dict(list(own.groupby("code")))
            assert set(found.index) == set(by_area)
            for name, expected in (
                ("minutes_median", {code: weighted_median(told) for code, told in by_area.items()}),
                ("score_e2sfca", {code: weighted_mean(told, "enhanced") for code, told in by_area.items()}),
                ("score_balanced", {code: weighted_mean(told, "balanced") for code, told in by_area.items()}),
            ):
                np.testing.assert_allclose(
                    found[name].astype(float), pd.Series(expected).reindex(found.index).astype(float), rtol=1e-9
                )


def test_a_rule_that_is_not_that_of_the_status_gives_nothing(loaded_session: Session) -> None:
    assert len(loaded_session.execute(coverage(Asked(KIND, "asl"), rule_id=f"LAV-{KIND}")).all())
    assert not loaded_session.execute(coverage(Asked(KIND, "asl"), rule_id="CONS-20")).all()


# --- comparisons ------------------------------------------------------------------------------------


@pytest.fixture
def compared(loaded: Engine):
    """Makes two runs with changes between; never committed."""
    with loaded.connect() as connection, Session(connection, join_transaction_mode="rollback_only") as session:

        def make(*statements: str) -> tuple[Session, uuid.UUID, uuid.UUID]:
            former = refresh_within(connection, progress=silent, today=TODAY).run_id
            for statement in statements:
                connection.execute(text(statement))
            return session, former, refresh_within(connection, progress=silent, today=TODAY).run_id

        yield make


def pair_of(session: Session, former: uuid.UUID, later: uuid.UUID) -> Pair:
    parts = differing(*(read_run(session.connection(), run) for run in (former, later)))
    return Pair(former, later, KIND, parts, session.execute(is_separated(former, later, KIND)).scalar_one())


def check(found: pd.DataFrame) -> None:
    np.testing.assert_allclose(found["change"], found["shadow_later"] - found["shadow_former"], atol=1e-6)
    parts = found[[*PARTS, "together"]].astype(float).fillna(0.0)
    np.testing.assert_allclose(parts.sum(axis=1), found["change"], atol=1e-6)


@pytest.mark.parametrize(
    ("statements", "together"),
    [
        ([], ()),
        ([THRESHOLD], ()),
        ([CLOSED, PEOPLE], ("services",)),
        pytest.param([PEOPLE, THRESHOLD], ("population", "standards"), marks=pytest.mark.slow),
        ([CLOSED, UNLISTED, THRESHOLD], ("services", "data", "standards")),
    ],
)
def test_the_parts_of_every_level_add_up_before_and_after_they_are_told_apart(compared, statements, together) -> None:
    session, former, later = compared(*statements)
    before = pair_of(session, former, later)
    assert before.together == together
    totals = []
    for separated in (False, True):
        if separated:
            explain(session.connection(), former, later, KIND)
        pair = pair_of(session, former, later)
        assert pair.separated == separated
        for level in LEVELS:
            found = rows(session, changes(pair, level=level))
            check(found)
            assert not found["together"].any() or not separated
            unknown = found[list(PARTS)].isna().all()
            assert set(unknown[unknown].index) == (set() if separated else set(together))
        totals.append(rows(session, changes(pair, level="metropolitan_city")).iloc[0])
    assert totals[0]["change"] == pytest.approx(totals[1]["change"])
    assert (abs(totals[0]["change"]) > 1) == bool(statements)


def test_what_residents_did_is_read_off_as_kitagawa_says(compared) -> None:
    session, former, later = compared(CLOSED, PEOPLE)
    found = rows(session, changes(pair_of(session, former, later), level="settlement"))

    def figures(chosen: frozenset[str]) -> pd.Series:
        people = found["persons_later" if "people" in chosen else "persons_former"]
        when = "later" if "rate" in chosen else "former"
        return people * (found[f"shadow_{when}"] / found[f"persons_{when}"]).fillna(0.0)

    by_hand = shapley(["people", "rate"], figures)
    np.testing.assert_allclose(found["population"].astype(float), by_hand["people"].reindex(found.index), atol=1e-6)
    np.testing.assert_allclose(found["together"].astype(float), by_hand["rate"].reindex(found.index), atol=1e-6)


def test_the_largest_change_comes_first(compared) -> None:
    session, former, later = compared(THRESHOLD)
    found = rows(session, changes(pair_of(session, former, later), level="municipality"))
    assert found["change"].abs().is_monotonic_decreasing
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    inside = rows(session, changes(pair_of(session, former, later), level="municipality", within="05"))
    assert 0 < len(inside) < len(found)
    assert (inside["change"] == found["change"].reindex(inside.index)).all()
