"""Hamilton-Perry: a toy worked by hand, a loop, what must never change, and credibility against a published example."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.forecast import ASSUMPTIONS, FARTHEST, SEXES, Ages, fit, leave_areas_out, leave_zones_out, project, transition
from geo.forecast.credibility import credibility

TOY = Ages(last=3, bands=(1, 2), fertile=(1, 2))
SMALL = Ages(last=60, bands=(1, 20, 55), fertile=(15, 49))


def count(persons: dict[str, list[float]], men: dict[str, list[float]] | None = None) -> pd.DataFrame:
    """A count from the people of each area by age, as many men as women where nothing else is told."""
    told = {"F": persons, "M": men or persons}
    rows = [(area, sex, age, n) for sex, by in told.items() for area, ages in by.items() for age, n in enumerate(ages)]
    return pd.DataFrame(rows, columns=["area", "sex", "age", "persons"])


def frames(found, ratios, **asked) -> dict[int, pd.DataFrame]:
    return {year: people.frame() for year, people in project(found, ratios, **asked).items()}


@pytest.fixture
def toy():
    """Three zones, four ages: in the north two areas that differ, in the south two alike, in the east one alone.

    Ages 1 and 2 keep their numbers as a whole (60 of 60), of 3 and over half is left (60 of 120). At age 1 the north
    has 11 for 10, the south 9 for 10. Children are in every area one for each woman of 1 or 2.
    """
    former = count({area: [n] * 4 for area, n in {"a": 10, "b": 10, "c": 10, "d": 10, "e": 20}.items()})
    later = count(
        {
            "a": [11, 12, 10, 10],
            "b": [10, 10, 10, 10],
            "c": [9.5, 9, 10, 10],
            "d": [9.5, 9, 10, 10],
            "e": [20, 20, 20, 20],
        }
    )
    zones = pd.Series({"a": "north", "b": "north", "c": "south", "d": "south", "e": "east"})
    return transition(former, later, zones, ages=TOY)


def instance(seed: int, *, areas: int = 7, zones: int = 3, ages: Ages = SMALL):
    """Two random counts of a year apart."""
    rng = np.random.default_rng(seed)
    labels = [f"m{i}" for i in range(areas)]
    former, later = {}, {}
    for sex in SEXES:
        start = rng.integers(0, 80, (areas, ages.last + 1))
        moved = np.zeros_like(start)
        moved[:, 1:] = start[:, :-1]
        moved[:, -1] += start[:, -1]
        moved = np.maximum(0, moved + rng.integers(-4, 5, moved.shape) * (moved > 0))
        moved[:, 0] = rng.integers(0, 60, areas)
        former[sex], later[sex] = (dict(zip(labels, one.tolist(), strict=True)) for one in (start, moved))
    membership = pd.Series({label: f"z{i % zones}" for i, label in enumerate(labels)})
    return count(former["F"], former["M"]), count(later["F"], later["M"]), membership


def laid(seed: int, **options):
    return transition(*instance(seed, **options), ages=options.get("ages", SMALL))


# --- worked by hand -----------------------------------------------------------------------------------------


def test_the_ratios_of_the_toy_are_those_worked_by_hand(toy) -> None:
    found = fit(toy)
    assert found.change.to_numpy().tolist() == [[1.0, 1.0], [1.0, 1.0], [0.5, 0.5]]
    # Members a and b expect 20 people each and have 24 and 20; c and d 18 each; e 40 of 40. Within zones:
    # 20 (0.1² + 0.1²) / 2 = 0.2. Between: (40·0.1² + 40·0.1² - 2·0.2) / (120 - 3·40²/120) = 0.4 / 80 = 0.005.
    # Weight 40·0.005 / (40·0.005 + 0.2) = 0.5, so that 1.1 becomes 1.05.
    assert found.credibility[1].to_dict() == pytest.approx({"north": 0.5, "south": 0.5, "east": 0.5})
    assert found.factors[1].to_dict() == pytest.approx({"north": 1.05, "south": 0.95, "east": 1.0})
    # Nothing differs at age 2 and at birth.
    assert (found.factors[[0, 2]] == 1.0).all(axis=None)
    assert (found.births, found.girls) == (1.0, 0.5)
    # Before, 120 children for 120 women of 1 and 2.
    assert found.births_former == 1.0


def test_the_toy_a_year_on(toy) -> None:
    persons = frames(toy, fit(toy), years=[1])[1].set_index(["area", "sex", "age"])["persons"]
    # a: 11 of age 0 become 11·1.05; 12 of age 1 stay 12; 10 and 10 become (10 + 10) / 2.
    assert persons.loc["a", "F"].loc[1:].tolist() == pytest.approx([11.55, 12, 10], abs=1e-4)
    # A child for each of 11.55 + 12 women, half of them girls.
    assert persons.loc["a", "M"].loc[0] == pytest.approx(23.55 / 2, abs=1e-4)
    assert persons.loc["c", "F"].loc[1:].tolist() == pytest.approx([9.5 * 0.95, 9, 10], abs=1e-4)
    assert persons.loc["e", "M"].tolist() == pytest.approx([20, 20, 20, 20], abs=1e-4)


def test_the_scenarios_of_the_toy(toy) -> None:
    ratios = fit(toy)
    after = {code: frames(toy, ratios, years=[1, 2], assumption=code) for code in ASSUMPTIONS}
    totals = {code: {year: float(found["persons"].sum()) for year, found in one.items()} for code, one in after.items()}
    whole = toy.later.sum()
    assert totals["corretta"] == pytest.approx({1: whole, 2: whole}, rel=1e-6)
    # Children per woman have not fallen here.
    assert totals["natalita_in_calo"] == totals["tendenza"]
    # Of children the north has more than the south: its factor counts for more of them.
    assert totals["zone_uguali"][1] != totals["tendenza"][1]
    # All the ages of the toy are below the limit save the open class, whose ratio remains.
    closed = after["senza_movimento"][1].set_index(["area", "sex", "age"])["persons"]
    assert closed.loc["a", "F"].tolist() == pytest.approx([23 / 2, 11, 12, 10])


# --- against a loop -----------------------------------------------------------------------------------------


BANDS, FERTILE = [(1, 19), (20, 54), (55, 59)], range(15, 50)


def by_loop(former: pd.DataFrame, later: pd.DataFrame, zones: pd.Series, years: int, assumption: str) -> dict:
    """The method one cell at a time; ages as in SMALL."""
    old, new = (frame.set_index(["area", "sex", "age"])["persons"].to_dict() for frame in (former, later))
    plain = assumption in ("zone_uguali", "senza_movimento")
    ratio = ratios_by_loop(old, new, zones)
    births, before = (child_woman_by_loop(each, zones) for each in (new, old))
    factor = {
        band: shrunk_by_loop(*band_by_loop(old, new, ratio, births, zones, band), zones) for band in [None, *BANDS]
    }
    if plain:
        factor = {band: dict.fromkeys(set(zones), 1.0) for band in factor}
    if assumption == "senza_movimento":
        ratio = {(sex, age): 1.0 if age < 50 else own for (sex, age), own in ratio.items()}
    girls, boys = (sum(each[area, sex, 0] for each in (old, new) for area in zones.index) for sex in SEXES)
    total, fall = sum(new.values()), min(1.0, births / before) if assumption == "natalita_in_calo" else 1.0
    for year in range(1, years + 1):
        new = year_by_loop(new, ratio, factor, births * fall**year, girls / (girls + boys), zones)
        scale = total / sum(new.values()) if assumption == "corretta" else 1.0
        new = {key: people * scale for key, people in new.items()}
    return new


def exposed_by_loop(people: dict, area: str, sex: str, age: int) -> float:
    return people[area, sex, age - 1] + (people[area, sex, SMALL.last] if age == SMALL.last else 0)


def ratios_by_loop(old: dict, new: dict, zones: pd.Series) -> dict:
    ratio = {}
    for sex in SEXES:
        for age in range(1, SMALL.last + 1):
            before = sum(exposed_by_loop(old, area, sex, age) for area in zones.index)
            ratio[sex, age] = sum(new[area, sex, age] for area in zones.index) / before
    return ratio


def child_woman_by_loop(people: dict, zones: pd.Series) -> float:
    children = sum(people[area, sex, 0] for area in zones.index for sex in SEXES)
    return children / sum(people[area, "F", age] for area in zones.index for age in FERTILE)


def band_by_loop(old: dict, new: dict, ratio: dict, births: float, zones: pd.Series, band) -> tuple[dict, dict]:
    """People of a band in each area, and those that the ratios of the whole expect; births where None."""
    if band is None:
        seen = {area: sum(new[area, sex, 0] for sex in SEXES) for area in zones.index}
        return seen, {area: births * sum(new[area, "F", age] for age in FERTILE) for area in zones.index}
    cells = [(sex, age) for sex in SEXES for age in range(band[0], band[1] + 1)]
    seen = {area: sum(new[area, sex, age] for sex, age in cells) for area in zones.index}
    hoped = {
        area: sum(exposed_by_loop(old, area, sex, age) * ratio[sex, age] for sex, age in cells) for area in zones.index
    }
    return seen, hoped


def year_by_loop(people: dict, ratio: dict, factor: dict, births: float, girls: float, zones: pd.Series) -> dict:
    after = {}
    for area, zone in zones.items():
        for (sex, age), whole in ratio.items():
            band = next((band for band in BANDS if band[0] <= age <= band[1]), None)
            own = 1.0 if band is None else factor[band][zone]
            after[area, sex, age] = exposed_by_loop(people, area, sex, age) * whole * own
        children = births * factor[None][zone] * sum(after[area, "F", age] for age in FERTILE)
        after[area, "F", 0], after[area, "M", 0] = children * girls, children * (1 - girls)
    return after


def shrunk_by_loop(seen: dict, hoped: dict, zones: pd.Series) -> dict:
    names = sorted(set(zones))
    weight = {z: sum(hoped[a] for a in zones.index if zones[a] == z) for z in names}
    own = {z: sum(seen[a] for a in zones.index if zones[a] == z) / weight[z] for z in names}
    within = sum(hoped[a] * (seen[a] / hoped[a] - own[zones[a]]) ** 2 for a in zones.index) / (len(zones) - len(names))
    whole = sum(weight.values())
    spread = sum(weight[z] * (own[z] - 1) ** 2 for z in names) - (len(names) - 1) * within
    between = max(0.0, spread / (whole - sum(w * w for w in weight.values()) / whole))
    drawn = {z: 1 + weight[z] * between / (weight[z] * between + within) * (own[z] - 1) for z in names}
    scale = whole / sum(drawn[z] * weight[z] for z in names)
    return {z: drawn[z] * scale for z in names}


@pytest.mark.parametrize("assumption", ASSUMPTIONS)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_projection_is_that_of_a_loop(seed: int, assumption: str) -> None:
    former, later, zones = instance(seed)
    found = transition(former, later, zones, ages=SMALL)
    frame = frames(found, fit(found), years=[6], assumption=assumption)[6].set_index(["area", "sex", "age"])["persons"]
    expected = pd.Series(by_loop(former, later, zones, 6, assumption)).reindex(frame.index)
    np.testing.assert_allclose(frame.to_numpy(), expected.to_numpy(), rtol=1e-9, atol=2**-16)


# --- a published example ------------------------------------------------------------------------------------

# Hachemeister 1975, average claims of five states in twelve quarters and their number, as the R package actuar has
# them; with its function cm (Bühlmann-Straub) the variances and the credibility factors below.
RATIOS = [
    [1738, 1642, 1794, 2051, 2079, 2234, 2032, 2035, 2115, 2262, 2267, 2517],
    [1364, 1408, 1597, 1444, 1342, 1675, 1470, 1448, 1464, 1831, 1612, 1471],
    [1759, 1685, 1479, 1763, 1674, 2103, 1502, 1622, 1828, 2155, 2233, 2059],
    [1223, 1146, 1010, 1257, 1426, 1532, 1953, 1123, 1343, 1243, 1762, 1306],
    [1456, 1499, 1609, 1741, 1482, 1572, 1606, 1735, 1607, 1573, 1613, 1690],
]
WEIGHTS = [
    [7861, 9251, 8706, 8575, 7917, 8263, 9456, 8003, 7365, 7832, 7849, 9077],
    [1622, 1742, 1523, 1515, 1622, 1602, 1964, 1515, 1527, 1748, 1654, 1861],
    [1147, 1357, 1329, 1204, 998, 1077, 1277, 1218, 896, 1003, 1108, 1121],
    [407, 396, 348, 341, 315, 328, 352, 331, 287, 384, 321, 342],
    [2902, 3172, 3046, 3068, 2693, 2910, 3275, 2697, 2663, 3017, 3242, 3425],
]


def test_credibility_is_that_of_the_published_example() -> None:
    weights = np.array(WEIGHTS, dtype=float).ravel()
    found = credibility(np.array(RATIOS).ravel() * weights, weights, np.repeat(np.arange(5), 12), 5)
    assert found.within == pytest.approx(139_120_026, rel=1e-8)
    assert found.between == pytest.approx(89_639, rel=1e-5)
    assert found.ratio == pytest.approx([2060.921, 1511.224, 1805.843, 1352.976, 1599.829], abs=1e-3)
    assert found.weight == pytest.approx([0.9847, 0.9276, 0.8985, 0.7279, 0.9588], abs=5e-5)


def test_where_nothing_tells_chance_from_difference_nothing_is_believed() -> None:
    alone = credibility(np.array([12.0, 8.0]), np.array([10.0, 10.0]), np.array([0, 1]), 2)
    assert np.isnan(alone.within)
    assert alone.shrunk.tolist() == [1.0, 1.0]
    # Groups that differ by less than their members do.
    alike = credibility(np.array([15.0, 5.0, 6.0, 15.0]), np.full(4, 10.0), np.array([0, 0, 1, 1]), 3)
    assert (alike.between, alike.weight.tolist()) == (0.0, [0.0, 0.0, 0.0])
    # Members that agree wholly: their group is believed wholly, and one without members is as all.
    sure = credibility(np.array([12.0, 12.0, 8.0, 8.0]), np.full(4, 10.0), np.array([0, 0, 2, 2]), 3)
    assert sure.shrunk.tolist() == [1.2, 1.0, 0.8]


# --- what must never change ---------------------------------------------------------------------------------


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_where_nobody_comes_or_goes_people_only_age(seed: int) -> None:
    former, _later, zones = instance(seed)
    start = former.pivot_table(index=["area", "sex"], columns="age", values="persons").astype(float)
    moved = start.shift(1, axis=1).fillna(5.0)
    moved[SMALL.last] += start[SMALL.last]
    later = moved.melt(value_name="persons", ignore_index=False).reset_index()
    found = transition(former, later, zones, ages=SMALL)
    ratios = fit(found)
    # Nobody at an age says nothing of its ratio, which is 1 then too.
    assert ratios.change.to_numpy() == pytest.approx(1.0)
    assert ratios.factors.drop(columns=0).to_numpy() == pytest.approx(1.0)
    after = frames(found, ratios, years=[10])[10].pivot_table(index=["area", "sex"], columns="age", values="persons")
    expected = moved.reindex(after.index)
    np.testing.assert_allclose(after[list(range(10, SMALL.last))], expected[list(range(SMALL.last - 10))], atol=1e-4)
    oldest = expected[list(range(SMALL.last - 10, SMALL.last + 1))].sum(axis=1)
    np.testing.assert_allclose(after[SMALL.last], oldest, atol=1e-4)


@given(st.integers(0, 10_000), st.sampled_from(sorted(ASSUMPTIONS)), st.sampled_from([2, 16]))
@settings(max_examples=25)
def test_twice_the_people_have_twice_the_people_to_come(seed: int, assumption: str, times: int) -> None:
    former, later, zones = instance(seed)
    one, more = (
        transition(*(frame.assign(persons=frame["persons"] * n) for frame in (former, later)), zones, ages=SMALL)
        for n in (1, times)
    )
    first, second = (frames(found, fit(found), years=[7], assumption=assumption)[7]["persons"] for found in (one, more))
    np.testing.assert_allclose(times * first, second, rtol=1e-9, atol=times * 2**-16)


@given(st.integers(0, 10_000), st.sampled_from(sorted(ASSUMPTIONS)))
@settings(max_examples=25)
def test_zones_sum_to_the_whole_exactly_and_nobody_is_negative(seed: int, assumption: str) -> None:
    former, later, zones = instance(seed, areas=11, zones=4)
    found = transition(former, later, zones, ages=SMALL)
    for frame in frames(found, fit(found), years=[5, FARTHEST], assumption=assumption).values():
        assert (frame["persons"] >= 0).all()
        assert not frame["persons"].isna().any()
        whole = frame["persons"].sum()
        for key in (frame["area"].map(zones), frame["area"], [frame["age"], frame["sex"]]):
            parts = frame["persons"].groupby(key).sum()
            assert sum(parts.sample(frac=1, random_state=seed)) == whole


@given(st.integers(0, 10_000))
@settings(max_examples=25)
def test_factors_move_people_between_zones_and_change_no_total_of_a_band(seed: int) -> None:
    found = laid(seed)
    ratios = fit(found)
    growth = ratios.growth(found.zones)[found.zone]
    told = found.ages.by_band((found.exposed * growth).sum(axis=(0, 1)))[1:]
    assert told == pytest.approx(found.ages.by_band(found.later.sum(axis=(0, 1)))[1:])
    children = ratios.births_by_zone(found.zones)[found.zone] * found.later[:, 0, 15:50].sum(axis=1)
    assert children.sum() == pytest.approx(found.later[:, :, 0].sum())


def test_the_order_of_rows_and_the_names_of_zones_do_not_matter() -> None:
    former, later, zones = instance(3)
    mixed = [frame.sample(frac=1, random_state=1) for frame in (former, later)]
    renamed = zones.map({"z0": "c", "z1": "b", "z2": "a"})
    one, other = transition(former, later, zones, ages=SMALL), transition(*mixed, renamed, ages=SMALL)
    pd.testing.assert_frame_equal(frames(one, fit(one), years=[3])[3], frames(other, fit(other), years=[3])[3])


def test_falling_births_stay_where_they_have_risen() -> None:
    for seed in range(8):
        found = laid(seed)
        ratios = fit(found)
        trend, falling = (
            frames(found, ratios, years=[2], assumption=code)[2].groupby("age")["persons"].sum()
            for code in ("tendenza", "natalita_in_calo")
        )
        fall = min(1.0, ratios.births / ratios.births_former)
        assert falling[0] == pytest.approx(trend[0] * fall**2, rel=1e-6)
        assert falling[1] == pytest.approx(trend[1] * fall, rel=1e-6)
        assert falling[2:].tolist() == trend[2:].tolist()


# --- the check ----------------------------------------------------------------------------------------------


def test_a_zone_is_told_by_the_others_alone() -> None:
    former, later, zones = instance(5)
    check = leave_zones_out(transition(former, later, zones, ages=SMALL))
    out = zones.index[zones == "z1"]
    others = [frame[~frame["area"].isin(out)] for frame in (former, later)]
    ratios = fit(transition(*others, zones.drop(out), ages=SMALL))
    rows = former[former["area"].isin(out)]
    by_age = {}
    for sex in SEXES:
        people = rows[rows["sex"] == sex].groupby("age")["persons"].sum().to_numpy(dtype=float)
        moved = np.append(people[:-2], people[-2:].sum()) * ratios.change[sex].to_numpy()
        by_age[sex] = moved
    both = by_age["F"] + by_age["M"]
    told = [ratios.births * by_age["F"][14:49].sum(), both[:19].sum(), both[19:54].sum(), both[54:59].sum(), both[59]]
    assert check.told.loc["z1"].tolist() == pytest.approx(told)
    assert check.plain.equals(check.told)
    seen = later[later["area"].isin(out)]
    assert check.observed.loc["z1", "1-19"] == seen.loc[seen["age"].between(1, 19), "persons"].sum()
    assert check.unchanged.loc["z1", "60+"] == rows.loc[rows["age"] >= 60, "persons"].sum()
    error = 100 * (told[1] / check.observed.loc["z1", "1-19"] - 1)
    assert check.errors().loc["z1", "1-19"] == pytest.approx(error)


def test_the_factor_of_a_zone_helps_an_area_left_out_where_its_zone_differs() -> None:
    """In zone z0 every area loses a fifth of its young, in the others nobody does."""
    labels = {f"m{i}": f"z{i % 3}" for i in range(12)}
    former = count({label: [100.0] * 61 for label in labels})
    young = {"z0": 80.0, "z1": 100.0, "z2": 100.0}
    lost = {label: [40.0, *[young[zone]] * 19, *[100.0] * 40, 150.0] for label, zone in labels.items()}
    check = leave_areas_out(transition(former, count(lost), pd.Series(labels), ages=SMALL))
    summary = check.summary()
    assert summary.loc["1-19", "mape_told"] < 2
    assert summary.loc["1-19", "mape_plain"] > 5
    zones = check.by(pd.Index(labels.values()))
    assert zones.observed.loc["z0", "1-19"] == 4 * 2 * 19 * 80
    assert abs(zones.errors().loc["z0", "1-19"]) < abs(zones.errors("plain").loc["z0", "1-19"])


def test_the_summary_is_the_mean_of_groups_and_the_share_of_persons() -> None:
    former, later, zones = instance(6)
    check = leave_zones_out(transition(former, later, zones, ages=SMALL))
    off = check.told["20-54"] - check.observed["20-54"]
    row = check.summary().loc["20-54"]
    assert row["mape_told"] == pytest.approx(100 * (off.abs() / check.observed["20-54"]).mean())
    assert row["wape_told"] == pytest.approx(100 * off.abs().sum() / check.observed["20-54"].sum())
    assert row["bias_told"] == pytest.approx(100 * off.sum() / check.observed["20-54"].sum())
    assert row["observed"] == check.observed["20-54"].sum()


# --- bad input ----------------------------------------------------------------------------------------------


def faults(former: pd.DataFrame, later: pd.DataFrame, zones: pd.Series, ages: Ages = SMALL) -> str:
    with pytest.raises(InvalidInput) as error:
        transition(former, later, zones, ages=ages)
    return "\n".join(error.value.faults)


def test_values_that_cannot_be_are_told_at_once() -> None:
    former, later, zones = instance(1)
    later["persons"] = later["persons"].astype(float)
    former.loc[3, "persons"], later.loc[4, "persons"], later.loc[5, "sex"] = -5, np.nan, "X"
    zones["m2"] = None
    told = faults(former, later, zones, Ages(last=60, bands=(1, 70), fertile=(49, 15)))
    for fault in (
        "former population.persons: 1 values below 0 (at 3)",
        "later population.persons: 1 values missing (at 4)",
        "later population.sex: 1 values not allowed (at 5)",
        "areas without a zone (m2)",
        "ages.bands: (1, 70) do not ascend",
        "ages.fertile: (49, 15)",
    ):
        assert fault in told


def test_areas_and_ages_that_differ_are_told_at_once() -> None:
    former, later, zones = instance(1)
    later.loc[later["area"] == "m6", "area"] = "merged"
    former = former[~((former["area"] == "m1") & (former["sex"] == "M") & (former["age"] == 7))]
    told = faults(former, later, zones)
    assert "later: lacks areas of the former count (m6); areas that merged" in told
    assert "former: lacks areas of the later count (merged)" in told
    assert "zones: lacks areas of the later count (merged)" in told
    assert "zones: areas that are not counted (m6)" in told
    assert "former population: 1 ages are missing (area, sex, age: m1 M 7)" in told


def test_people_out_of_nowhere_and_no_women_are_told() -> None:
    former, later, zones = instance(1)
    former.loc[former["age"] == 4, "persons"] = 0
    later.loc[later["age"].between(15, 49) & (later["sex"] == "F"), "persons"] = 0
    told = faults(former, later, zones)
    assert "nobody becomes F 5, M 5" in told
    assert "later: no women of (15, 49) years" in told


@pytest.mark.parametrize(
    ("change", "told"), [({"years": [0, 11]}, "years: 11"), ({"assumption": "bel tempo"}, "bel tempo")]
)
def test_questions_that_cannot_be_answered(toy, change, told) -> None:
    with pytest.raises(InvalidInput, match=told):
        project(toy, fit(toy), **{"years": [5]} | change)


def test_an_empty_count_is_told() -> None:
    former, later, zones = instance(1)
    assert "later population: nobody is counted" in faults(former, later.iloc[:0], zones)
    assert "column 'persons' is missing" in faults(former.drop(columns="persons"), later, zones)


def test_people_of_a_band_are_those_of_the_rows() -> None:
    found = laid(4)
    people, frame = found.launch, found.launch.frame()
    for low, high, sex in (
        (None, None, None),
        (0, 2, None),
        (15, 49, "F"),
        (55, None, "M"),
        (60, 60, None),
        (3, 99, "F"),
    ):
        rows = frame if sex is None else frame[frame["sex"] == sex]
        rows = rows[rows["age"].between(low or 0, 999 if high is None else high)]
        expected = rows.groupby("area", sort=False)["persons"].sum()
        pd.testing.assert_series_equal(people.of(age_min=low, age_max=high, sex=sex), expected, check_names=False)
    for wrong, told in (({"age_min": 61}, "above 60"), ({"age_min": 5, "age_max": 4}, "empty"), ({"sex": "X"}, "'X'")):
        with pytest.raises(InvalidInput, match=told):
            people.of(**wrong)
