"""The indicators of the plan: values recounted in pandas from the stored rows, and what is not known stays unknown."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, text

from etl.derive import refresh
from etl.derive.kpi import evaluate
from etl.derive.kpi.formulas import FORMULAS, NOTES, months_before
from etl.reference import kpi_columns
from tests.etl.tools import frame, scalar

CURRENT = "select id from coverage_run where current"
WHOLE = "201"
THE_DAY = date(2026, 11, 23)
OPEN = "closed_on is null and supply_status not in ('atteso', 'programmato', 'chiuso')"


@pytest.fixture(scope="module")
def told(loaded) -> pd.DataFrame:
    """Value, numerator, denominator and note by indicator and code of area."""
    found = frame(
        loaded,
        "select k.kpi_id, a.code, a.level, k.value, k.numerator, k.denominator, k.note from kpi_result k"
        f" join area a on a.id = k.area_id where k.run_id = ({CURRENT})",
    )
    return found.set_index(["kpi_id", "code"]).sort_index()


@pytest.fixture(scope="module")
def results(loaded) -> pd.DataFrame:
    """Every answer of the run with the zone of its municipality, by parents and not by the stored containment."""
    return frame(
        loaded,
        "select r.service_type_code kind, r.persons, r.assessed, r.unknown, r.shadow_confirmed, r.complete, z.code zone"
        " from coverage_result r join demand_point d using (area_id) join area m on m.id = d.municipality_id"
        f" join area z on z.id = m.parent_id where r.run_id = ({CURRENT})",
    )


def by_zone(rows: pd.DataFrame, column: str) -> pd.Series:
    """Sums by zone, and of the whole under its code."""
    sums = rows.groupby("zone")[column].sum()
    return pd.concat([sums, pd.Series({WHOLE: sums.sum()})])


@pytest.mark.parametrize(
    ("kpi", "kind"), [("ombra-centri-impiego", "centro_impiego"), ("ombra-case-comunita", "casa_comunita")]
)
def test_persons_in_shadow_of_a_type(told, results, kpi, kind) -> None:
    rows = results[(results["kind"] == kind) & results["complete"]]
    persons, assessed = by_zone(rows, "shadow_confirmed"), by_zone(rows, "assessed")
    for code, row in told.loc[kpi].iterrows():
        if assessed.get(code, 0.0) > 0:
            assert row["value"] == row["numerator"] == pytest.approx(persons[code])
            assert row["denominator"] == pytest.approx(assessed[code])
        else:
            assert pd.isna(row["value"]), code
            assert row["note"] == "elenco_incompleto"


def test_a_value_that_is_known_of_a_part_says_so(told, results) -> None:
    rows = results[results["kind"] == "casa_comunita"]
    everybody, listed = by_zone(rows, "persons"), by_zone(rows[rows["complete"]], "assessed")
    for code, row in told.loc["ombra-case-comunita"].iterrows():
        if listed.get(code, 0.0) > 0:
            assert (row["note"] == "in_parte") == (listed[code] < everybody[code] - 0.5), code
    assert (told["note"] == "in_parte").any()


def test_shares_are_of_pairs_of_a_person_and_a_service(told, results) -> None:
    complete = results[results["complete"]]
    in_shadow = 100 * by_zone(complete, "shadow_confirmed") / by_zone(complete, "assessed")
    unknown = 100 * by_zone(results, "unknown") / by_zone(results, "persons")
    for kpi, expected in (("quota-in-ombra", in_shadow), ("quota-senza-dati", unknown)):
        assert told.loc[kpi]["value"].to_dict() == pytest.approx(expected.to_dict()), kpi


def test_types_with_a_complete_list(told, results) -> None:
    rows = results[results["complete"] & (results["persons"] >= 0)]
    expected = rows.groupby("zone")["kind"].nunique().to_dict() | {WHOLE: rows["kind"].nunique()}
    values = told.loc["tipi-valutati"]
    assert {code: value for code, value in values["value"].items() if value} == expected
    assert set(values["denominator"]) == {results["kind"].nunique()}


def test_units_below_the_law(told, loaded) -> None:
    outcomes = frame(
        loaded,
        "select c.outcome_confirmed outcome from compliance_result c join standard s on s.id = c.rule_id"
        f" where s.law and c.run_id = ({CURRENT})",
    )["outcome"].value_counts()
    found = told.loc[("unita-sotto-la-legge", WHOLE)]
    assert found["value"] == outcomes["sotto_minimo"]
    assert found["denominator"] == outcomes.reindex(["sotto_minimo", "minimo", "obiettivo"]).sum()


def test_open_groups_count_once_in_each_zone_and_without_the_complementary(told, loaded) -> None:
    groups = frame(
        loaded, f"select id, kind, unnest(service_ids) service from overlap_result where run_id = ({CURRENT})"
    )
    places = frame(
        loaded,
        "select sl.service_id service, z.code zone from service_at_location sl join location l on l.id = sl.location_id"
        " join area m on m.id = l.municipality_id join area z on z.id = m.parent_id",
    )
    members = groups[groups["kind"] != "complementari"].merge(places, on="service")
    expected = members.drop_duplicates(["id", "zone"]).groupby("zone").size()
    found = told.loc["gruppi-aperti"]["value"]
    assert found[WHOLE] == members["id"].nunique() > 0
    assert found.drop(WHOLE).to_dict() == expected.reindex(found.drop(WHOLE).index, fill_value=0).to_dict()


@pytest.mark.parametrize(
    ("kpi", "note"),
    [
        ("enti-registrati", "registro_assente"),
        ("giorni-di-approvazione", "registro_assente"),
        ("ricerche-senza-risposta", "ricerche_assenti"),
    ],
)
def test_what_does_not_exist_yet_has_no_value_and_says_why(told, kpi, note) -> None:
    found = told.loc[(kpi, WHOLE)]
    assert pd.isna(found["value"])
    assert found["note"] == note


def test_every_indicator_is_told_of_all_its_areas(told, loaded) -> None:
    expected = frame(loaded, "select k.id, a.code from kpi k join area a on a.level = any(k.levels)")
    assert sorted(told.index) == sorted(expected.itertuples(index=False, name=None))
    assert set(told["note"].dropna()) <= set(NOTES)
    # A value that is missing has its reason.
    assert told.loc[told["value"].isna(), "note"].notna().all()


def test_formulas_are_those_that_the_table_may_name() -> None:
    assert FORMULAS.keys() == kpi_columns.FORMULAS.keys()
    shares = {name for name, formula in kpi_columns.FORMULAS.items() if formula.unit == "%"}
    assert shares == {name for name, formula in FORMULAS.items() if formula.share}
    assert {formula.empty for formula in FORMULAS.values()} <= set(NOTES)


# --- records of services, by day ----------------------------------------------------------------


def verified(engine: Engine, day: date) -> evaluate.Value:
    with engine.begin() as connection:
        run = connection.scalar(text(CURRENT))
        evaluate.refresh(connection, run, today=day)
        row = connection.execute(
            text(
                "select value, numerator, denominator, note from kpi_result k join area a on a.id = k.area_id"
                " where kpi_id = 'schede-verificate' and a.level = 'metropolitan_city' and run_id = :run"
            ),
            {"run": run},
        ).one()
    return evaluate.Value(*row)


def test_only_what_is_shown_to_be_recent_counts_as_verified(loaded_scratch: Engine) -> None:
    with loaded_scratch.begin() as connection:
        connection.execute(text("update service set assured_date = null, evidence_year = null"))
        services = connection.scalar(text(f"select count(*) from service where {OPEN}"))
    assert verified(loaded_scratch, THE_DAY) == evaluate.Value(0.0, 0.0, services, None)
    told = {
        "assured_date = '2025-11-23'": 1,  # twelve months to the day
        "assured_date = '2025-11-22'": 0,
        "assured_date = '2026-11-24'": 0,  # of tomorrow
        "evidence_year = 2026": 1,  # any day of that year is within
        "evidence_year = 2025": 0,  # some day of that year, and perhaps an old one
        "assured_date = '2025-01-01', evidence_year = 2026": 0,  # a day says more than a year
    }
    one = scalar(loaded_scratch, f"select id from service where {OPEN} order by id limit 1")
    for values, expected in told.items():
        with loaded_scratch.begin() as connection:
            connection.execute(text("update service set assured_date = null, evidence_year = null"))
            connection.execute(text(f"update service set {values} where id = :one"), {"one": one})
        assert verified(loaded_scratch, THE_DAY).numerator == expected, values
    assert verified(loaded_scratch, THE_DAY).value == 0.0
    assert months_before(THE_DAY, 12) == date(2025, 11, 23)


def test_without_any_open_service_there_is_no_share(loaded_scratch: Engine) -> None:
    with loaded_scratch.begin() as connection:
        connection.execute(text("update service set closed_on = '2026-01-01'"))
    assert verified(loaded_scratch, THE_DAY) == replace(evaluate.Value(), note="nessun_caso")


def test_another_evaluation_of_the_same_changes_nothing_and_a_new_formula_shows(loaded_scratch: Engine) -> None:
    refresh(loaded_scratch, today=THE_DAY)
    with loaded_scratch.begin() as connection:
        run = connection.scalar(text(CURRENT))
        assert evaluate.refresh(connection, run, today=THE_DAY) == 0
        before = connection.scalar(text("select max(id) from data_version"))
        connection.execute(text("update kpi set service_types = '{casa_comunita}' where id = 'ombra-centri-impiego'"))
    assert not refresh(loaded_scratch, today=THE_DAY).fresh
    values = frame(
        loaded_scratch,
        "select value, definition from kpi_result k join area a on a.id = k.area_id where a.level = 'metropolitan_city'"
        f" and run_id = ({CURRENT}) and kpi_id in ('ombra-centri-impiego', 'ombra-case-comunita')",
    )
    assert values["value"].nunique() == values["definition"].nunique() == 1
    # Pages and answers that are held are old.
    assert scalar(loaded_scratch, "select max(id) from data_version") > before
