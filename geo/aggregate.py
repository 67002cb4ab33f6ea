"""Persons of access results added up by area."""

import numpy as np
import pandas as pd

from geo.arrays import AnySeries
from geo.checks import choices, columns, flags, numbers, require, same_labels
from geo.statuses import SHADOWS, STATUSES


def aggregate(results: pd.DataFrame, groups: AnySeries) -> pd.DataFrame:
    """Sums of :func:`geo.gaps.access_status` results by group (municipality, zone, any area), exact over its points.

    `results` needs the columns status, bordo, assessed, unknown and the six shadow figures; `groups` has the same
    index and names the group of every point. One row per group, sorted by name, with:

    - points: how many; persons = assessed + unknown; assessed; unknown;
    - the six shadow figures: sums over the points where they are known, NaN (not 0) where they are known at no point
      of the group. Since a point may be unknown at T - tolerance only, a `_minus` sum may cover fewer persons than
      the others;
    - persons_<status>: persons at the points of each status;
    - majority: the status with most persons, the earlier in `STATUSES` at equal numbers; missing where the group has
      no persons;
    - probable, probable_all: the part of shadow_confirmed and shadow_all at points with `bordo`.

    Raises :class:`InvalidInput`: missing columns, another index, a point without group.

    >>> results = pd.DataFrame(
    ...     {"status": ["scoperta", "senza_dati"], "bordo": False, "assessed": [10.0, 0.0], "unknown": [0.0, 5.0]})
    >>> results[list(SHADOWS)] = [[10.0] * 6, [np.nan] * 6]
    >>> total = aggregate(results, pd.Series(["zone", "zone"]))
    >>> total[["persons", "assessed", "unknown", "shadow_confirmed", "persons_scoperta", "majority"]].values.tolist()
    [[15.0, 10.0, 5.0, 10.0, 10.0, 'scoperta']]
    """
    require(_faults(results, groups))
    persons = results["assessed"] + results["unknown"]
    table = pd.concat([results[["assessed", "unknown", *SHADOWS]], _probable(results)], axis=1)
    table.insert(0, "persons", persons)
    # min_count: a group where a figure is known at no point has no figure, which is not the same as nobody in shadow.
    sums = table.groupby(groups).sum(min_count=1)
    split = _by_status(results["status"], persons).groupby(groups).sum()
    sums.insert(0, "points", persons.groupby(groups).size())
    return pd.concat([sums, split, _majority(split)], axis=1)


def _probable(results: pd.DataFrame) -> pd.DataFrame:
    shadow = results[["shadow_confirmed", "shadow_all"]]
    shadow = shadow.where(shadow.isna() | results["bordo"].to_numpy()[:, None], 0.0)
    return shadow.set_axis(["probable", "probable_all"], axis=1)


def _by_status(status: AnySeries, persons: AnySeries) -> pd.DataFrame:
    return pd.DataFrame({f"persons_{code}": persons.where(status == code, 0.0) for code in STATUSES})


def _majority(split: pd.DataFrame) -> AnySeries:
    most = split.to_numpy().argmax(axis=1)
    codes = pd.Series(np.array(STATUSES)[most], index=split.index, name="majority", dtype="str")
    return codes.where(split.sum(axis=1) > 0)


def _faults(results: pd.DataFrame, groups: AnySeries) -> list[str]:
    faults = columns(results, ["status", "bordo", "assessed", "unknown", *SHADOWS], where="results")
    faults += choices(results.get("status"), STATUSES, where="results.status")
    faults += flags(results.get("bordo"), where="results.bordo")
    for name in ("assessed", "unknown"):
        faults += numbers(results.get(name), where=f"results.{name}")
    for name in SHADOWS:
        faults += numbers(results.get(name), where=f"results.{name}", missing=True)
    faults += same_labels(groups.index, results.index, where="groups", of="results")
    if groups.isna().any():
        faults.append(f"groups: {int(groups.isna().sum())} points have no group; name one for every point")
    return faults
