"""The parts of the bench that do not need a database: the two parties agree, and a failure is told."""

import json

import numpy as np
import pandas as pd
import pytest

from etl.errors import OmbraError
from tests.bench.gaps import whole, worker


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(3)
    points, services = [f"p{i}" for i in range(40)], [f"s{j}" for j in range(6)]
    pairs = pd.DataFrame(
        [(i, j, rng.random() * 30) for i in points for j in services if rng.random() < 0.5],
        columns=["origin", "service", "minutes"],
    )
    told = {
        "demand": pd.Series(rng.integers(1, 900, 40).astype(float), index=points),
        "capacity": pd.Series(rng.integers(0, 9, 6).astype(float), index=services),
        "pairs": pairs,
        "threshold": 30.0,
    }
    pd.to_pickle({"asilo": told}, tmp_path / worker.PAIRS)
    return tmp_path


def test_both_parties_score_the_same_pairs_alike(folder):
    for who in (worker._ombra, worker._pysal):
        assert set(who("-", folder)["stages"]) == {"tabelle", "E2SFCA"}
    assert whole.apart(folder) <= 1e-12
    found = pd.read_pickle(folder / worker.SCORES.format(who="ombra"))
    found["asilo"].iloc[0] += 1.0
    pd.to_pickle(found, folder / worker.SCORES.format(who="ombra"))
    assert whole.apart(folder) > 1e-3


def test_a_worker_tells_figures_and_memory_in_its_last_line(folder, capsys):
    worker.main(["ombra", "-", str(folder)])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["seconds"] > 0
    assert told["peak_mb"] > 10


def test_a_measurement_that_breaks_off_is_told(tmp_path):
    with pytest.raises(OmbraError, match="«pysal» si è interrotta"):
        whole.worker("pysal", "-", tmp_path)
