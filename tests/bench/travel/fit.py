"""``python -m tests.bench.travel.fit``: the coefficients that the estimate by car is committed with.

Prints the forms that were compared, the coefficients of the chosen one on all pairs (rounded as they stand in
``geo/travel/terrain.py``) and the bands of ``geo/travel/prediction.py``. The table itself is never printed.
"""

import sys
from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import Floats, floats
from geo.travel.prediction import CAR_BANDS, COVERAGE
from geo.travel.terrain import Terrain
from tests.bench.travel import folds, forms, material
from tests.bench.travel.scores import Scores


def coefficients(pairs: pd.DataFrame) -> Terrain:
    """The chosen form on all pairs, rounded to the precision that they are committed with."""
    return forms.terrain(forms.TERRAIN.fit(pairs).round(2))


def bands(minutes: Floats, official: Floats) -> list[tuple[float, float, float]]:
    """Last minute of each band, and the shares of the estimate between which ``COVERAGE`` of official times lie.

    ``minutes`` are those of unseen pairs, repeats by pairs.
    """
    ratio = official / minutes
    tails = [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]
    found, first = [], 0.0
    for last, *_committed in CAR_BANDS:
        low, high = np.quantile(ratio[(minutes > first) & (minutes <= last)], tails).round(2)
        found.append((last, float(low), float(high)))
        first = last
    return found


def compared(pairs: pd.DataFrame) -> pd.DataFrame:
    """Mean absolute error of every form that was tried, at random and with a zone or a pole left out."""
    official = floats(pairs["minutes"])
    schemes = {
        "a caso": folds.at_random(len(pairs)),
        "senza una zona": folds.by(pairs["zone"]),
        "senza un polo": folds.by(pairs["destination"]),
    }
    rows: list[dict[str, Any]] = []
    for form in forms.TRIED:
        errors = {
            name: Scores(folds.unseen(form, pairs, scheme), official).absolute.mean()
            for name, scheme in schemes.items()
        }
        rows.append({"forma": form.name, "coefficienti": len(form.start)} | errors)
    return pd.DataFrame(rows).round(2)


def main() -> int:
    """Print what the committed figures are made of."""
    if not material.TIMES.exists():
        print("I tempi ufficiali non ci sono: i file dei publicatori non si distribuiscono con Ombra.", file=sys.stderr)
        return 2
    pairs = material.pairs()
    unseen = folds.unseen(forms.TERRAIN, pairs, folds.at_random(len(pairs)))
    print(compared(pairs).to_string(index=False))
    print(f"\nTERRAIN ({len(pairs)} coppie): {coefficients(pairs).describe()}")
    print(f"CAR_BANDS: {bands(unseen, floats(pairs['minutes']))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
