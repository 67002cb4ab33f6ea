"""Census sections as demand points: who lives in them, by age, and what happens when they come and go."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from etl.derive import cases, inputs, people, refresh, status
from etl.derive.registry import Band
from etl.pipeline import load_everything
from etl.record import AreaRecord, IndicatorRecord
from etl.reference import demand_points
from etl.sources.base import Declaration
from etl.sources.builtin import BuiltinServices
from geo.demand import target_population
from geo.statuses import SHADOWS
from tests.etl.tools import FixedSource, frame, scalar

TODAY = date(2026, 11, 22)
SUSA = "001270"
# Sections of Susa by number: people, up to 14, from 65, from 75; and whether they have a boundary.
SECTIONS = {
    "1": (1_000, 300, 100, 40, True),
    "2": (500, 0, 400, 300, True),
    "3": (0, 0, 0, 0, True),
    "8888881": (50, 0, 10, 5, False),
}
FIGURES = ("popolazione", "eta_0_14", "eta_65_oltre", "eta_75_oltre")


class Sections(FixedSource):
    """Two inhabited sections of Susa, one where nobody lives, and people without a place."""

    declaration = Declaration(id="prova-sezioni", title="Prova", publisher="P", licence="CC0-1.0", kind="areas")

    def __init__(self, sections=SECTIONS):
        self.sections = sections

    def rows(self):
        return [(number, {"told": str(told)}) for number, told in self.sections.items()]

    def parse(self, key, raw, edition, log):
        *values, placed = self.sections[key]
        code, west = f"2011-{key}", 7.04 + 0.01 * len(key) + 0.002 * int(key[0])
        shape = shapely.box(west, 45.13, west + 0.001, 45.14) if placed else None
        told = [
            IndicatorRecord(key, "census_section", code, 2011, name, float(value))
            for name, value in zip(FIGURES, values, strict=True)
            if value is not None
        ]
        return [AreaRecord(key, "census_section", code, f"Susa, sezione {key}", SUSA, shape), *told]


def load(engine, sections=SECTIONS):
    load_everything(engine, sources=[BuiltinServices(), Sections(sections)])


def read(engine) -> inputs.Inputs:
    with engine.begin() as connection:
        return inputs.read(connection, today=TODAY)


def points_of(engine, code) -> pd.DataFrame:
    return frame(
        engine,
        "select a.level, a.code, d.weight, d.demand_precision from demand_point d join area a on a.id = d.area_id"
        " join area m on m.id = d.municipality_id where m.code = :code order by a.code",
        code=code,
    )


@pytest.fixture(scope="module")
def divided(databases, filled):
    with databases.clone(filled, "sections") as engine:
        load(engine)
        yield engine


def test_inhabited_sections_with_a_boundary_stand_for_their_municipality_alone(divided):
    assert points_of(divided, SUSA).to_numpy().tolist() == [
        ["census_section", "2011-1", 1_000.0, "census_section"],
        ["census_section", "2011-2", 500.0, "census_section"],
    ]
    assert set(points_of(divided, "001191")["level"]) == {"settlement"}


def test_people_live_where_those_of_their_age_were_counted(divided):
    """Of Susa's children all live in section 1, of those over 75 300 of 340 in section 2; totals are ISTAT's."""
    told = read(divided)
    codes = frame(divided, "select id::text, code from area where level = 'census_section'").set_index("id")["code"]
    susa = scalar(divided, "select id::text from area where level = 'municipality' and code = :code", code=SUSA)
    shares = {
        Band(0, 14): (1.0, 0.0), Band(15, 64): (600 / 700, 100 / 700), Band(65, 74): (60 / 160, 100 / 160),
        Band(75, None): (40 / 340, 300 / 340), Band(3, 5, "F"): (1.0, 0.0),
    }  # fmt: skip
    for band, expected in shares.items():
        placed = told.placed_persons(band)
        there = placed[told.points["municipality"] == susa]
        people_there = told.persons(band)[susa]
        assert dict(zip(there.index.map(codes), there / people_there, strict=True)) == pytest.approx(
            {"2011-1": expected[0], "2011-2": expected[1]}
        )


@pytest.mark.parametrize(
    "band", [Band(), Band(0, 3), Band(60, None), Band(14, 66, "M"), Band(65, 65), Band(18, 200, "F")]
)
def test_every_municipality_keeps_the_people_that_istat_counts(divided, band):
    told = read(divided)
    placed = told.placed_persons(band).groupby(told.points["municipality"]).sum()
    counted = target_population(told.population, age_min=band.age_min, age_max=band.age_max, sex=band.sex)
    np.testing.assert_allclose(placed, counted.reindex(placed.index), rtol=1e-12)
    assert len(placed) == 312


def test_a_run_answers_for_every_section_and_its_sums_are_theirs(divided):
    assert refresh(divided, today=TODAY).fresh
    susa = frame(
        divided,
        "select w.service_type_code, sum(w.persons) persons, count(*) points, max(c.persons) whole from coverage_result"
        " w join coverage_run r on r.id = w.run_id and r.current join demand_point d using (area_id) join area m on"
        " m.id = d.municipality_id and m.code = :code join (select service_type_code, sum(persons) persons from"
        " coverage_result v join coverage_run s on s.id = v.run_id and s.current join area_within i using (area_id)"
        " join area a on a.id = i.ancestor_id and a.level = 'municipality' and a.code = :code group by 1) c"
        " using (service_type_code) group by 1",
        code=SUSA,
    )
    assert (susa["points"] == 2).all()
    assert len(susa) > 100
    np.testing.assert_allclose(susa["persons"], susa["whole"], rtol=1e-12)


def test_loading_twice_changes_nothing(divided):
    before = points_of(divided, SUSA)
    load(divided)
    pd.testing.assert_frame_equal(points_of(divided, SUSA), before)


def test_without_boundaries_for_most_people_the_settlements_stay(divided):
    bare = {number: (*told[:4], told[4] and number != "1") for number, told in SECTIONS.items()}
    load(divided, bare)
    assert set(points_of(divided, SUSA)["level"]) == {"settlement"}
    load(divided)
    assert set(points_of(divided, SUSA)["level"]) == {"census_section"}


def test_a_section_that_does_not_tell_its_ages_leaves_only_the_total(divided):
    load(divided, SECTIONS | {"2": (500, None, None, None, True)})
    told = read(divided)
    susa = scalar(divided, "select id::text from area where level = 'municipality' and code = :code", code=SUSA)
    there = told.placed_persons(Band(0, 14))[told.points["municipality"] == susa]
    assert sorted(there / there.sum()) == pytest.approx([1 / 3, 2 / 3])


def test_figures_that_disagree_tell_no_ages(divided):
    load(divided, SECTIONS | {"2": (500, 300, 400, 300, True)})  # more than all of them
    with divided.begin() as connection:
        weights = people.read_weights(connection)
    assert weights.isna().all(axis=1).sum() == 1


def test_sections_that_go_give_the_settlements_back(divided, loaded):
    load(divided)
    load(divided, {})
    assert points_of(divided, SUSA).equals(points_of(loaded, SUSA))
    assert scalar(divided, "select count(*) from demand_point") == scalar(loaded, "select count(*) from demand_point")


def test_the_share_that_must_have_a_place_is_of_people():
    assert 0.5 < demand_points.ENOUGH < 1


# --- sums over points are exact, whatever the points -----------------------------------------------------------


@given(data=st.data())
def test_parts_of_any_weights_add_up_to_the_people_of_the_area(data):
    count = data.draw(st.integers(1, 6))
    weight = st.one_of(st.none(), st.floats(0, 1e4))
    points = pd.DataFrame(
        {
            "municipality": data.draw(st.lists(st.sampled_from("AB"), min_size=count, max_size=count)),
            "weight": data.draw(st.lists(st.floats(0, 1e4), min_size=count, max_size=count)),
        }
        | {f"weight_{part}": data.draw(st.lists(weight, min_size=count, max_size=count)) for part in people.PARTS}
    ).astype({f"weight_{part}": float for part in people.PARTS})
    rows = [(area, sex, age, data.draw(st.integers(0, 500))) for area in sorted(set(points["municipality"]))
            for sex in "FM" for age in (3, 30, 70, 100)]  # fmt: skip
    population = pd.DataFrame(rows, columns=["area", "sex", "age", "persons"])
    band = Band(data.draw(st.sampled_from([None, 0, 14, 65])), data.draw(st.sampled_from([None, 70, 120])))

    def counted(asked: Band):
        return target_population(population, age_min=asked.age_min, age_max=asked.age_max, sex=asked.sex)

    placed = people.place(points, band, counted)
    assert (placed >= 0).all()
    by_area = placed.groupby(points["municipality"]).sum()
    np.testing.assert_allclose(by_area, counted(band).reindex(by_area.index), rtol=1e-9)


def test_the_answers_of_a_case_are_of_the_points_in_use(divided):
    load(divided)
    told = read(divided)
    case = cases.CaseMaker(told, cases.Estimate()).case(replace(told.registry.kinds["casa_comunita"]))
    found = status.results(case)
    assert found.index.equals(told.points.index)
    assert found["persons"].sum() == pytest.approx(2_198_237)
    assert (found[list(SHADOWS)].isna() | (found[list(SHADOWS)] >= 0)).all(axis=None)
