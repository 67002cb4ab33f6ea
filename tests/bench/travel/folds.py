"""Minutes of pairs that the fit has not seen."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.arrays import Floats, Positions
from tests.bench.travel.forms import Form

FOLDS = 10
REPEATS = 10
SEED = 542


def at_random(count: int, *, repeats: int = REPEATS, folds: int = FOLDS) -> list[Positions]:
    """Fold of each of `count` pairs, for every repeat; folds of one repeat differ by at most one pair in size."""
    return [np.random.default_rng(SEED + repeat).permutation(count) % folds for repeat in range(repeats)]


def by(values: "pd.Series[str]") -> list[Positions]:
    """One fold for each value: a zone, or a pole, is left out as a whole."""
    return [pd.factorize(values)[0].astype(np.intp)]


def unseen(form: Form, pairs: pd.DataFrame, repeats: Sequence[Positions]) -> Floats:
    """Minutes of every pair (columns) by coefficients found without its fold, for every repeat (rows)."""
    result = np.full((len(repeats), len(pairs)), np.nan)
    for row, fold_of in zip(result, repeats, strict=True):
        for fold in np.unique(fold_of):
            held_out = fold_of == fold
            row[held_out] = form.formula(form.fit(pairs[~held_out]), pairs[held_out])
    return result
