"""The equity of a run on the built-in data: figures against SQL of its own, and who is left out, capped or counted."""

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from etl.derive import equity
from etl.derive.equity import Asked
from etl.derive.need import Choice
from etl.errors import OmbraError

CURRENT = "run_id = (select id from coverage_run where current) and service_type_code = :type"
# Gini by the mean difference of all pairs of points, which is another way than that of the code.
GINI = f"""
    with x as (select persons p, nearest_confirmed v from coverage_result
               where {CURRENT} and nearest_confirmed is not null and status <> 'senza_dati')
    select sum(a.p * b.p * abs(a.v - b.v)) / (2 * (select sum(p) from x) * (select sum(p * v) from x)) from x a, x b"""
THEIL = f"""
    with x as (select r.persons p, r.nearest_confirmed v, z.code g from coverage_result r
               join area_within w on w.area_id = r.area_id
               join area z on z.id = w.ancestor_id and z.level = 'zona_omogenea'
               where {CURRENT} and r.status <> 'senza_dati'),
    t as (select sum(p) n, sum(p * v) / sum(p) m from x),
    g as (select g, sum(p) n, sum(p * v) / sum(p) m from x group by g)
    select (select sum(p * v / m * ln(v / m)) / max(n) from x, t where p > 0),
           (select sum(g.n * g.m / t.m * ln(g.m / t.m)) / max(t.n) from g, t)"""
FGT = f"""
    select sum(persons) filter (where v > 0) / sum(persons),
           sum(persons * v) / sum(persons), sum(persons * v * v) / sum(persons)
    from (select persons, greatest(nearest_confirmed / threshold - 1, 0) v from coverage_result
          where {CURRENT} and status <> 'senza_dati') x"""
# Concentration by the covariance with fractional ranks, ties together.
CONCENTRATION = f"""
    with o as (select area_id, sum(persons) filter (where age >= 65)::float / sum(persons) filter (where age <= 14) need
               from population where year = (select max(year) from population) group by 1),
    x as (select r.persons p, r.nearest_confirmed v, o.need from coverage_result r
          join demand_point d on d.area_id = r.area_id join o on o.area_id = d.municipality_id
          where {CURRENT} and r.status <> 'senza_dati'),
    k as (select need, sum(p) n from x group by 1),
    f as (select need, (sum(n) over (order by need) - n / 2) / sum(n) over () r from k),
    y as (select p, v, r from x join f using (need)),
    m as (select sum(p * v) / sum(p) mu, sum(p) n from y)
    select 2 * sum(p * (v - mu) * (r - 0.5)) / max(n) / max(mu) from y, m"""


def _sql(session: Session, statement: str, type_code: str) -> tuple[float, ...]:
    return tuple(map(float, session.execute(text(statement), {"type": type_code}).one()))


def _measure(session: Session, **asked: object) -> equity.Equity:
    return equity.measure(session.connection(), Asked(**({"type_code": "centro_impiego"} | asked)))  # type: ignore[arg-type]


@pytest.mark.parametrize("type_code", ["centro_impiego", "casa_comunita", "ospedale_comunita"])
def test_figures_of_minutes_are_those_of_sql(loaded_session: Session, type_code: str) -> None:
    found = _measure(loaded_session, type_code=type_code)
    assert found.gini == pytest.approx(_sql(loaded_session, GINI, type_code)[0])
    assert (found.theil.total, found.theil.between) == pytest.approx(_sql(loaded_session, THEIL, type_code))
    assert found.poverty is not None
    assert (found.poverty.p0, found.poverty.p1, found.poverty.p2) == pytest.approx(_sql(loaded_session, FGT, type_code))
    assert found.concentration is not None
    assert found.concentration.index == pytest.approx(_sql(loaded_session, CONCENTRATION, type_code)[0])


def test_poor_of_minutes_are_the_persons_in_shadow_where_the_list_is_complete(loaded_session: Session) -> None:
    shadow = f"select sum(shadow_confirmed), sum(persons) from coverage_result where {CURRENT}"
    persons, everybody = _sql(loaded_session, shadow, "centro_impiego")
    minutes, share = _measure(loaded_session), _measure(loaded_session, measure="shadow")
    assert minutes.poverty is not None
    assert share.poverty is not None
    assert minutes.poverty.persons == pytest.approx(persons)
    assert share.mean == share.poverty.p1 == pytest.approx(persons / everybody)
    assert share.concentration is not None
    assert share.concentration.corrected == pytest.approx(4 * share.mean * share.concentration.index)


def test_who_has_no_known_value_is_counted_and_in_no_figure(loaded_session: Session) -> None:
    unknown = f"select sum(persons) from coverage_result where {CURRENT} and status = 'senza_dati'"
    (persons,) = _sql(loaded_session, unknown, "casa_comunita")
    found = _measure(loaded_session, type_code="casa_comunita")
    assert found.left == pytest.approx({"senza_dati": persons, "senza_misura": 0.0})
    assert found.points.known["persons"].sum() == pytest.approx(found.persons - persons)
    assert found.poverty is not None
    assert found.p0_low == pytest.approx(found.poverty.persons / found.persons)
    assert found.p0_high == pytest.approx((found.poverty.persons + persons) / found.persons)
    assert found.unlisted > 0
    assert found.municipalities["known"].sum() == pytest.approx(found.persons - persons)


def _unreach(session: Session, services: int) -> float:
    """Take the minutes off the points farther than 60 minutes; how many persons that is."""
    where = f"{CURRENT} and nearest_confirmed > 60"
    persons = session.execute(
        text(f"select sum(persons) from coverage_result where {where}"), {"type": "centro_impiego"}
    ).scalar_one()
    change = f"update coverage_result set nearest_confirmed = null, services_confirmed = :n where {where}"
    session.execute(text(change), {"type": "centro_impiego", "n": services})
    return float(persons)


def test_whom_nothing_reaches_stays_and_counts_as_the_horizon(loaded_session: Session) -> None:
    before = _measure(loaded_session)
    persons = _unreach(loaded_session, 0)
    found = _measure(loaded_session)
    assert found.capped == pytest.approx(persons)
    assert sum(found.left.values()) == 0
    assert found.points.known["value"].max() == found.points.horizon == 120.0
    assert found.poverty is not None
    assert before.poverty is not None
    assert found.poverty.p0 == pytest.approx(before.poverty.p0)
    assert found.poverty.p1 > before.poverty.p1
    assert found.poverty.at_least
    assert not before.poverty.at_least
    assert found.municipalities["capped"].sum() == pytest.approx(persons)


def test_who_is_served_without_minutes_is_left_out_and_counted(loaded_session: Session) -> None:
    persons = _unreach(loaded_session, 1)
    found = _measure(loaded_session)
    assert found.capped == 0
    assert found.left["senza_misura"] == pytest.approx(persons)


def test_services_that_come_to_people_have_no_minutes_to_share(loaded_session: Session) -> None:
    _unreach(loaded_session, 0)
    near = f"update coverage_result set nearest_confirmed = 0 where {CURRENT} and nearest_confirmed is not null"
    loaded_session.execute(text(near), {"type": "centro_impiego"})
    with pytest.raises(OmbraError, match="--measure shadow"):
        _measure(loaded_session)
    assert _measure(loaded_session, measure="shadow").mean > 0


def test_where_there_is_no_service_at_all_everybody_counts_as_the_horizon(loaded_session: Session) -> None:
    none = f"update coverage_result set nearest_confirmed = null, services_confirmed = 0 where {CURRENT}"
    loaded_session.execute(text(none), {"type": "centro_impiego"})
    found = _measure(loaded_session)
    assert found.capped == pytest.approx(found.persons)
    assert (found.gini, found.poverty.p0) == (pytest.approx(0), 1)  # type: ignore[union-attr]


def test_a_type_of_which_nothing_is_known_says_so(loaded_session: Session) -> None:
    with pytest.raises(OmbraError, match="non è completo"):
        _measure(loaded_session, type_code="farmacia")
    with pytest.raises(OmbraError, match="non ha risultati"):
        _measure(loaded_session, type_code="inesistente")


def test_a_line_beyond_what_was_looked_at_is_refused(loaded_session: Session) -> None:
    with pytest.raises(OmbraError, match="120"):
        _measure(loaded_session, line=120.0)
    found = _measure(loaded_session, line=45.0)
    assert found.line_kind == "indicata"
    assert found.poverty is not None
    assert found.poverty.p0 < _measure(loaded_session).poverty.p0  # type: ignore[union-attr]


def test_the_line_of_a_score_is_a_part_of_the_median(loaded_session: Session) -> None:
    found = _measure(loaded_session, measure="score")
    assert (found.line, found.line_kind) == (pytest.approx(0.6 * found.median), "relativa")
    known = found.points.known
    assert found.poverty is not None
    assert found.poverty.persons == pytest.approx(known["persons"][known["value"] < found.line].sum())


def test_where_most_have_nothing_no_line_is_drawn(loaded_session: Session) -> None:
    scores = f"update access_score set enhanced = 0 where {CURRENT}"
    loaded_session.execute(text(scores), {"type": "centro_impiego"})
    found = _measure(loaded_session, measure="score")
    assert found.poverty is None
    assert np.isnan(found.gini)
    assert found.p0_low is None


def test_groups_that_are_not_loaded_are_a_group(loaded_session: Session) -> None:
    found = _measure(loaded_session, by="distretto")
    assert equity.NO_GROUP in found.theil.groups.index
    assert found.theil.groups["persons"].sum() == pytest.approx(found.persons)


def test_need_that_is_not_known_leaves_people_out_of_the_concentration_alone(loaded_session: Session) -> None:
    torino = "(select id from area where code = '001272' and level = 'municipality')"
    young = f"update population set persons = 0 where age <= 14 and area_id = {torino}"
    loaded_session.execute(text(young))
    found = _measure(loaded_session)
    whole = found.municipalities.loc["001272"]
    assert np.isnan(whole["need"])
    assert found.without_need == pytest.approx(whole["known"])
    assert found.gini == pytest.approx(_measure(loaded_session, need=Choice({"quota_65": 1.0})).gini)


def test_the_clusters_of_the_territory_are_neighbours_that_resemble(loaded_session: Session) -> None:
    pytest.importorskip("esda")
    found = _measure(loaded_session)
    moran = equity.clusters(loaded_session.connection(), found)
    assert moran.global_i > 0.8
    assert moran.p <= 0.001
    assert moran.islands == ()
    far, near = (moran.local.index[moran.local["cluster"] == code] for code in ("high_high", "low_low"))
    towns = found.municipalities["value"]
    assert towns[far].min() > towns[near].max()
    assert len(far) > 10
    assert len(near) > 10
