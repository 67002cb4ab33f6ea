"""A plain Splink model: the peer, set up as its tutorial teaches, on the columns as the sources tell them.

Comparisons: Jaro-Winkler on the name, exact and fuzzy on the whole address, exact phone, exact postal code, distance
in kilometres between the points that the sources declare. u by random sampling, m by expectation maximisation, then
one-to-one by Splink's own single best links. A column that one of the lists leaves empty is left out. What a competent
user does before: lower case, accents and punctuation away, phones and points already in one form (ours, which favours
the plain model).
"""

import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SEED = 541
PAIRS_FOR_U = 2e6
KEPT = 0.01  # probability below which a pair is not worth keeping
COLUMNS = ("unique_id", "name", "address", "phone", "postal_code", "latitude", "longitude")

_COMPARISONS: Mapping[str, Callable[[], Any]] = {
    "name": lambda: cl.JaroWinklerAtThresholds("name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
    "address": lambda: cl.JaroWinklerAtThresholds("address", [0.95, 0.88]).configure(term_frequency_adjustments=True),
    "phone": lambda: cl.ExactMatch("phone"),
    "postal_code": lambda: cl.ExactMatch("postal_code"),
    "latitude": lambda: cl.DistanceInKMAtThresholds("latitude", "longitude", [0.1, 0.5, 2]),
}
_BLOCKS = ("address", "name", "phone")
# Wider blocks, only where the lists are small: a postal code of a million records holds too many of them.
_WIDE_BLOCKS = (("postal_code",), ("substr(name, 1, 3)",))
_SMALL = 20_000


@dataclass(frozen=True)
class Scored:
    """Pairs with their probability (``left``, ``right``, ``probability``) and the links chosen of them.

    ``links`` maps a threshold of probability to the pairs that share a cluster of single best links.
    """

    pairs: pd.DataFrame
    links: Mapping[float, pd.DataFrame]


def plain_text(column: pd.Series) -> pd.Series:
    """Lower case ASCII words; empty becomes missing."""
    text = column.fillna("").astype(str).str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    words = text.str.lower().str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()
    return words.mask(words == "", None)


def link(
    lists: Mapping[str, pd.DataFrame],
    *,
    thresholds: Sequence[float],
    duplicate_free: Sequence[str] | None = None,
    memory_limit: str | None = None,
) -> Scored:
    """Train on the lists and link them.

    Parameters
    ----------
    lists
        Frames with :data:`COLUMNS` by the name of their list; ``unique_id`` differs over all lists.
    duplicate_free
        Lists of which a cluster holds at most one record; all of them by default.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        connection.execute(f"set temp_directory = '{Path(spill)}'")
        if memory_limit:
            connection.execute(f"set memory_limit = '{memory_limit}'")
        linker = _linker(connection, lists)
        _train(linker, _usable(lists))
        predictions: Any = linker.inference.predict(threshold_match_probability=KEPT, warning_mode="never")
        pairs = predictions.as_pandas_dataframe()[["unique_id_l", "unique_id_r", "match_probability"]]
        free = list(lists if duplicate_free is None else duplicate_free)
        links = {at: _clusters(linker, predictions, free, at) for at in thresholds}
    return Scored(pairs.set_axis(["left", "right", "probability"], axis=1), links)


def _usable(lists: Mapping[str, pd.DataFrame]) -> list[str]:
    """Columns that every list fills, at least for some records."""
    return [name for name in _COMPARISONS if all(frame[name].notna().any() for frame in lists.values())]


def _linker(connection: duckdb.DuckDBPyConnection, lists: Mapping[str, pd.DataFrame]) -> Linker:
    usable, small = _usable(lists), sum(map(len, lists.values())) <= _SMALL
    blocks: list[Any] = [block_on(name) for name in _BLOCKS if name in usable]
    if small:
        blocks += [block_on(*columns) for columns in _WIDE_BLOCKS]
    settings = SettingsCreator(
        link_type="dedupe_only" if len(lists) == 1 else "link_only" if len(lists) == 2 else "link_and_dedupe",
        comparisons=[_COMPARISONS[name]() for name in usable],
        blocking_rules_to_generate_predictions=blocks,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    engine = DuckDBAPI(connection=connection)
    tables = [
        engine.register(_prepared(frame), dataset_display_name=_table_name(name)) for name, frame in lists.items()
    ]
    return Linker(tables if len(tables) > 1 else tables[0], settings, log_level=logging.ERROR)


def _prepared(frame: pd.DataFrame) -> pd.DataFrame:
    chosen = frame[list(COLUMNS)].copy()
    for name in ("name", "address"):
        chosen[name] = plain_text(chosen[name])
    return chosen


def _table_name(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _train(linker: Linker, usable: Sequence[str]) -> None:
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("name", "address")], recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=PAIRS_FOR_U, seed=SEED)
    # Each pass leaves the compared column of its block untrained, the other trains it.
    for name in ("address", "name"):
        if name in usable:
            training.estimate_parameters_using_expectation_maximisation(block_on(name))


def _clusters(linker: Linker, predictions: Any, free: Sequence[str], threshold: float) -> pd.DataFrame:
    clusters: Any = linker.clustering.cluster_using_single_best_links(
        predictions,
        duplicate_free_datasets=[_table_name(name) for name in free],
        threshold_match_probability=threshold,
    )
    found: pd.DataFrame = clusters.as_pandas_dataframe()
    return found[["cluster_id", "unique_id"]]
