"""One measurement in a process of its own, so that time and memory are its own.

``python -m tests.bench.scale.worker make|ordinary|whole|dask FOLDER SHARE [PARTS]``: the first writes the inputs of
some shares, separated by commas, the others read those of one and leave their answers. Progress goes to the standard
error, a JSON object of figures to the last line of the standard output.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from etl.derive import scale
from etl.derive.inputs import Inputs
from geo.travel.estimate import Estimate
from tests.bench.kit.memory import peak_mb

Figures = dict[str, Any]
WORKERS = 2
INPUTS, HOMES, ANSWERS = "inputs-{share}.pickle", "homes.pickle", "{who}-{share}.parquet"
# No height is known of all Italy, and without heights the estimate is the published three pieces.
ENGINE = Estimate(terrain=None)


def main(arguments: Sequence[str]) -> None:
    """Measure one thing."""
    what, folder, share, *parts = arguments
    began, busy = time.monotonic(), time.process_time()
    figures = MEASURES[what](Path(folder), share, *parts)
    spent = {"seconds": time.monotonic() - began, "processor": time.process_time() - busy}
    print(json.dumps(spent | figures | {"peak_mb": peak_mb(), "load": os.getloadavg()[0]}))


def _make(folder: Path, shares: str) -> Figures:
    from tests.bench.scale import invented, italy

    country = italy.italy()
    every = invented.inputs(country)
    homes = country.municipalities[["province", "region"]]
    homes.to_pickle(folder / HOMES)
    for share in shares.split(","):
        pd.to_pickle(invented.slice_of(every, homes["province"], float(share)), folder / INPUTS.format(share=share))
    return {"municipalities": len(homes), "residents": float(country.municipalities["residents"].sum())}


def _ordinary(folder: Path, share: str) -> Figures:
    """As a run of the directory does it."""
    inputs = _read(folder, share)
    began = time.monotonic()
    found = ordinary(inputs)
    return _done(folder, "ordinary", share, inputs, began, found)


def ordinary(inputs: Inputs) -> pd.DataFrame:
    """What a run finds, every pair within two hours looked at, in the form of :func:`etl.derive.scale.whole`."""
    from etl.derive import cases, status
    from etl.derive.scores import counted
    from geo.access import two_step_fca
    from geo.balanced import balanced_per_person
    from geo.decay import thirds

    made = []
    for case in cases.cases(inputs, ENGINE):
        found = status.results(case).assign(enhanced=float("nan"), balanced=float("nan"))
        confirmed = case.supply["confirmed"].to_numpy(dtype=bool)
        if confirmed.any():
            told = counted(case.supply[confirmed]), case.travel.select_services(confirmed), thirds(case.kind.threshold)
            found["enhanced"] = two_step_fca(case.base, *told)
            found["balanced"] = balanced_per_person(case.base, *told)
        found = found.assign(nearest=[json.dumps(entries) for entries in found["nearest"]], position=range(len(found)))
        made.append(found.rename_axis("area_id").reset_index())
    return pd.concat(made, ignore_index=True)


def _whole(folder: Path, share: str) -> Figures:
    """The whole at once in one process."""
    inputs = _read(folder, share)
    began = time.monotonic()
    found = scale.whole(inputs, ENGINE)
    return _done(folder, "whole", share, inputs, began, found)


def _dask(folder: Path, share: str, parts: str) -> Figures:
    """By parts on the workers of a cluster on this machine, its start included."""
    inputs = _read(folder, share)
    homes = pd.read_pickle(folder / HOMES)[parts]
    began = time.monotonic()
    with TemporaryDirectory(dir=folder) as files, scale.on_dask(workers=WORKERS) as executor:
        started = time.monotonic() - began
        found = scale.partitioned(inputs, homes, folder=Path(files), executor=executor, engine=ENGINE, progress=_say)
        workers = executor.everywhere(peak_mb)
        spent = {
            "started": started,
            "computed": sum(part.seconds for part in found.parts),
            "workers_mb": workers,
            "parts": len(found.parts),
            "halo": sum(part.halo for part in found.parts) / sum(part.points for part in found.parts),
        }
        return spent | _done(folder, f"dask-{parts}", share, inputs, began, found.answers())


def _read(folder: Path, share: str) -> Inputs:
    inputs: Inputs = pd.read_pickle(folder / INPUTS.format(share=share))
    return inputs


def _done(folder: Path, who: str, share: str, inputs: Inputs, began: float, found: pd.DataFrame) -> Figures:
    """Seconds until the answers are there, then written for the comparison."""
    seconds = time.monotonic() - began
    found.to_parquet(folder / ANSWERS.format(who=who, share=share))
    towns = inputs.points["municipality"].nunique()
    sizes = {"municipalities": towns, "points": len(inputs.points), "services": len(inputs.services)}
    return sizes | {"answers": len(found), "took": seconds}


def _say(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


MEASURES: dict[str, Callable[..., Figures]] = {
    "make": _make,
    "ordinary": _ordinary,
    "whole": _whole,
    "dask": _dask,
}


if __name__ == "__main__":
    main(sys.argv[1:])
