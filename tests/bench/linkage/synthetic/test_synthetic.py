import pandas as pd
import pytest

from etl.locate.position import ADDRESS_RADIUS_M
from tests.bench.linkage.synthetic.lists import COLUMNS, ERRORS, LISTS, TWICE, claim_id, claims, records

COUNT = 20_000


@pytest.fixture(scope="module")
def told():
    return records(COUNT)


def test_the_same_seed_gives_the_same_records():
    pd.testing.assert_frame_equal(records(2_000, seed=3), records(2_000, seed=3))
    assert not records(2_000, seed=3).equals(records(2_000, seed=4))


def test_there_are_about_as_many_records_as_asked_for(told):
    assert len(told) == pytest.approx(COUNT, rel=0.02)
    assert tuple(told.columns) == COLUMNS
    assert not told.duplicated(["list", "key"]).any()


def test_lists_hold_their_share_of_the_things_and_few_twice(told):
    things = told["truth"].nunique()
    for name, (share, _care) in LISTS.items():
        here = told[told["list"] == name]
        assert here["truth"].nunique() / things == pytest.approx(share / 0.96, abs=0.03)
        assert 0 < len(here) - here["truth"].nunique() <= len(here) * TWICE * 1.5


@pytest.mark.parametrize(
    ("column", "error"),
    [("phone", "without_phone"), ("postal_code", "without_postal_code"), ("latitude", "without_point")],
)
def test_fields_are_missing_as_often_as_declared(told, column, error):
    for name, (_share, care) in LISTS.items():
        missing = told.loc[told["list"] == name, column].isna().mean()
        assert missing == pytest.approx(ERRORS[error] * care, abs=0.03)


def test_things_of_one_truth_are_mostly_alike_and_not_always(told):
    first, second = (told[told["list"] == name].drop_duplicates("truth").set_index("truth") for name in list(LISTS)[:2])
    both = first.merge(second, left_index=True, right_index=True, suffixes=("_1", "_2"))
    for column, least, most in (("name", 0.6, 0.9), ("address", 0.6, 0.9), ("municipality", 1.0, 1.0)):
        same = (both[f"{column}_1"] == both[f"{column}_2"]).mean()
        assert least <= same <= most
    away = 111_200 * (both["latitude_1"] - both["latitude_2"]).abs().dropna()
    assert away.median() < 60
    assert 0.02 < (away > 500).mean() < 0.15


def test_the_traps_are_there(told):
    things = told.drop_duplicates("truth")
    homes = things.groupby(["municipality", "address"])["truth"].size()
    assert (homes > 1).sum() > 100  # several services in one building
    assert things.groupby(["organization", "name"]).size().max() >= 5  # chains: one name at several sites
    assert things["name"].str.contains(r" comunale \d+$", regex=True).sum() > 100  # numbered siblings
    switchboards = things.groupby("phone").size()
    assert switchboards.max() > 20


def test_records_become_claims_in_their_order(told):
    few = told.head(500)
    found = list(claims(few))
    assert [claim.id for claim in found] == [claim_id(*row) for row in few[["list", "key"]].itertuples(index=False)]
    assert len({claim.id for claim in found}) == 500
    for claim, latitude, phone in zip(found, few["latitude"], few["phone"], strict=True):
        assert (claim.position.point is None) == pd.isna(latitude)
        assert (claim.position.radius_m == ADDRESS_RADIUS_M) == pd.notna(latitude)
        assert claim.record.phones == (() if pd.isna(phone) else (phone,))
        assert claim.record.organization is None or isinstance(claim.record.organization, str)
