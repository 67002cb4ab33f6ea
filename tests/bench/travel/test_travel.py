import numpy as np
import pandas as pd
import pytest

from geo.travel.curve import Curve
from geo.travel.prediction import CAR_BANDS
from geo.travel.terrain import TERRAIN, Terrain
from tests.bench.kit.shapes import Options
from tests.bench.travel import fit, folds, forms, material, run
from tests.bench.travel.scores import Scores, spread

TRUE = Terrain(Curve(breaks=forms.BREAKS, rates=(2.5, 1.1, 0.7)), rugged=0.3, climb=2.0)


def invented(count=200, noise=0.0):
    rng = np.random.default_rng(4)
    pairs = pd.DataFrame(
        {
            "destination": rng.choice(["p", "q", "r"], count),
            "metres": rng.uniform(500, 60_000, count),
            "rugged": rng.integers(0, 3, count).astype(float),
            "climb": rng.uniform(0, 9, count),
            "altimetric_zone": "pianura",
            "zone": rng.choice(["a", "b", "c", "d"], count),
        }
    )
    plain = TRUE.curve.minutes(pairs["metres"].to_numpy()) * TRUE.factor(pairs["rugged"].to_numpy())
    return pairs.assign(minutes=plain + TRUE.climb * pairs["climb"] + rng.normal(0, noise, count))


def test_the_fit_finds_the_coefficients_that_made_the_minutes():
    assert fit.coefficients(invented()) == TRUE


def test_a_rate_that_no_road_allows_is_not_found():
    pairs = invented()
    faster = pairs.assign(minutes=pairs["minutes"] - np.maximum(pairs["metres"] - 15_000, 0) * 0.4 / 1000)
    assert forms.terrain(forms.TERRAIN.fit(faster)).curve.rates[2] >= forms.FASTEST - 1e-9


def test_no_pair_is_measured_by_coefficients_that_have_seen_it():
    pairs = invented(noise=1.0)
    one = pairs.index[7]
    spoilt = pairs["minutes"].where(pairs.index != one, 500.0)
    schemes = [folds.at_random(len(pairs), repeats=2), folds.by(pairs["zone"]), folds.by(pairs["destination"])]
    for scheme in schemes:
        before = folds.unseen(forms.TERRAIN, pairs, scheme)
        after = folds.unseen(forms.TERRAIN, pairs.assign(minutes=spoilt), scheme)
        assert not np.isnan(before).any()
        for was, now, fold_of in zip(before, after, scheme, strict=True):
            same = fold_of == fold_of[7]
            np.testing.assert_array_equal(was[same], now[same])
            assert (was[~same] != now[~same]).any()


def test_scores_by_hand():
    scores = Scores(np.array([[19.0, 33.0], [22.0, 29.0]]), np.array([20.0, 31.0]))
    assert scores.absolute.tolist() == [1.5, 2.0]
    assert scores.signed.tolist() == [0.5, 0.0]
    # 20 minutes themselves are within 20.
    assert scores.wrong_side(20).tolist() == [0.5, 0.0]
    assert scores.wrong_side(30).tolist() == [0.0, 0.5]
    found = spread(np.array([0.0, 10.0] * 50))
    assert found.value == 5.0
    assert 3.9 < found.low < 4.2
    assert 5.8 < found.high < 6.1


def test_bands_hold_the_share_that_they_tell():
    rng = np.random.default_rng(1)
    minutes = rng.uniform(5, 60, (1, 20_000))
    bands = fit.bands(minutes, minutes[0] * rng.uniform(0.5, 1.5, 20_000))
    assert [last for last, _low, _high in bands] == [last for last, _low, _high in CAR_BANDS]
    for _last, low, high in bands:
        assert (low, high) == (pytest.approx(0.6, abs=0.03), pytest.approx(1.4, abs=0.03))


def test_without_the_official_times_the_bench_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr(material, "TIMES", tmp_path / "tempi_calibrazione.csv")
    found = run(Options())
    assert "tempi_calibrazione.csv" in found.skipped
    assert found.met


def test_what_the_engine_has_is_what_the_command_finds():
    if not material.TIMES.exists():
        pytest.skip("the official times are not beside the repository; they are not distributed with it")
    pairs = material.pairs()
    found = fit.coefficients(pairs)
    # Another build of the solver may round the second decimal the other way.
    np.testing.assert_allclose(found.curve.rates, TERRAIN.curve.rates, atol=0.011)
    np.testing.assert_allclose([found.rugged, found.climb], [TERRAIN.rugged, TERRAIN.climb], atol=0.011)
    unseen = folds.unseen(forms.TERRAIN, pairs, folds.at_random(len(pairs)))
    np.testing.assert_allclose(fit.bands(unseen, pairs["minutes"].to_numpy()), CAR_BANDS, atol=0.021)
