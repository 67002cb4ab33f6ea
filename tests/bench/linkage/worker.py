"""One model on many records in a process of its own, so that time and memory are its own.

``python -m tests.bench.linkage.worker make|ombra|splink RECORDS CLUSTERS [COUNT]``: ``make`` writes invented records,
the models read them and write the cluster of each; the last line of the standard output is a JSON object of figures.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence

import pandas as pd

from etl.link import services
from etl.link.clusters import cluster
from tests.bench.kit.memory import peak_mb
from tests.bench.linkage import peers, plain
from tests.bench.linkage.synthetic.lists import claim_id, claims, records

MEMORY_LIMIT = "12GB"  # of DuckDB for the plain model; what it cannot hold goes to disk
Clusters = pd.DataFrame  # list, key, cluster


def main(arguments: Sequence[str]) -> None:
    """Run one model."""
    model, told, found, *count = arguments
    if model == "make":
        records(int(count[0])).to_parquet(told)
        return
    frame = pd.read_parquet(told)
    began = time.monotonic()
    MODELS[model](frame).to_parquet(found)
    figures = {"seconds": time.monotonic() - began, "processor_seconds": time.process_time(), "peak_mb": peak_mb()}
    print(json.dumps(figures))


def _ombra(frame: pd.DataFrame) -> Clusters:
    known = list(claims(frame))
    pairs = services.compare(known)
    lists = {claim.id: claim.source_id for claim in known}
    grouped = cluster(list(lists), pairs, [], lists)
    number = {member: place for place, members in enumerate(grouped.clusters) for member in members}
    ids = [claim_id(*row) for row in frame[["list", "key"]].itertuples(index=False)]
    alone = len(grouped.clusters)
    return frame[["list", "key"]].assign(cluster=[number.get(one, alone + place) for place, one in enumerate(ids)])


def _splink(frame: pd.DataFrame) -> Clusters:
    frame = frame.assign(unique_id=frame["list"] + "|" + frame["key"])
    lists = {str(name): part for name, part in frame.groupby("list")}
    scored = plain.score(lists, memory_limit=MEMORY_LIMIT)
    list_of = dict(zip(frame["unique_id"], frame["list"], strict=True))
    found = plain.clusters(scored, list_of, threshold=peers.USUAL)
    number = pd.Series({one: str(place) for place, members in enumerate(found) for one in members}, dtype=object)
    codes = pd.factorize(frame["unique_id"].map(number).fillna(frame["unique_id"]))[0]
    return frame[["list", "key"]].assign(cluster=codes)


MODELS: dict[str, Callable[[pd.DataFrame], Clusters]] = {"ombra": _ombra, "splink": _splink}


if __name__ == "__main__":
    main(sys.argv[1:])
