"""A plain Splink model: the peer, set up as its tutorial teaches, on the columns as the sources tell them.

Comparisons: Jaro-Winkler on the name, exact and fuzzy on the whole address, exact phone, exact postal code, distance
in kilometres between the points that the sources declare. u by random sampling, m by expectation maximisation, then
one-to-one by the best links. (Splink's own ``cluster_using_single_best_links`` does the same; it took two minutes for
9,400 pairs, so the assignment is written here.) A column that one of the lists leaves empty is left out. What a
competent user does before: lower case, accents and punctuation away, phones and points already in one form (ours, which
favours the plain model).
"""

import logging
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
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
_BLOCKS = (("address",), ("name",), ("phone",), ("postal_code", "substr(address, 1, 12)"))
# Wider blocks, only where the lists are short: a postal code of a long one holds too many.
_WIDE_BLOCKS = (("postal_code",), ("substr(name, 1, 3)",))
_SHORT = 3_000


def plain_text(column: pd.Series) -> pd.Series:
    """Lower case ASCII words; empty becomes missing."""
    text = column.fillna("").astype(str).str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    words = text.str.lower().str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()
    return words.mask(words == "", None)


def score(lists: Mapping[str, pd.DataFrame], *, memory_limit: str | None = None) -> pd.DataFrame:
    """Train on the lists and score their pairs.

    Parameters
    ----------
    lists
        Frames with :data:`COLUMNS` by the name of their list; ``unique_id`` differs over all lists. Of one list the
        pairs within it are scored, of several those across them.
    memory_limit
        Of DuckDB (``12GB``); what it cannot hold goes to disk.

    Returns
    -------
    pd.DataFrame
        ``left``, ``right``, ``probability``, the most probable first; below :data:`KEPT` none.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as connection:
        connection.execute(f"set temp_directory = '{Path(spill)}'")
        if memory_limit:
            connection.execute(f"set memory_limit = '{memory_limit}'")
        linker = _linker(connection, lists)
        _train(linker, _usable(lists))
        predictions: Any = linker.inference.predict(threshold_match_probability=KEPT, warning_mode="never")
        pairs: pd.DataFrame = predictions.as_pandas_dataframe()[["unique_id_l", "unique_id_r", "match_probability"]]
    named = pairs.set_axis(["left", "right", "probability"], axis=1)
    return named.sort_values(["probability", "left", "right"], ascending=[False, True, True], ignore_index=True)


def clusters(pairs: pd.DataFrame, list_of: Mapping[str, str] | None, *, threshold: float) -> Iterable[frozenset[str]]:
    """Group by the pairs from ``threshold`` on, the best first; those of two and more.

    Parameters
    ----------
    pairs
        As :func:`score` gives them.
    list_of
        The list of each record: no group holds two of one list. None: whatever hangs together is one group.
    """
    group: dict[str, int] = {}
    members: list[set[str]] = []
    lists: list[set[str]] = []
    kept = pairs[pairs["probability"] >= threshold]
    for left, right in zip(kept["left"], kept["right"], strict=True):
        one, other = (_group_of(record, group, members, lists, list_of) for record in (left, right))
        if one == other or (list_of is not None and lists[one] & lists[other]):
            continue
        large, small = sorted((one, other), key=lambda number: -len(members[number]))
        group.update(dict.fromkeys(members[small], large))
        members[large] |= members[small]
        lists[large] |= lists[small]
        members[small] = set()
    return (frozenset(found) for found in members if len(found) > 1)


def _group_of(
    record: str,
    group: dict[str, int],
    members: list[set[str]],
    lists: list[set[str]],
    list_of: Mapping[str, str] | None,
) -> int:
    if record not in group:
        group[record] = len(members)
        members.append({record})
        lists.append(set() if list_of is None else {list_of[record]})
    return group[record]


def _usable(lists: Mapping[str, pd.DataFrame]) -> list[str]:
    """Columns that every list fills, at least for some records."""
    return [name for name in _COMPARISONS if all(frame[name].notna().any() for frame in lists.values())]


def _linker(connection: duckdb.DuckDBPyConnection, lists: Mapping[str, pd.DataFrame]) -> Linker:
    usable, short = _usable(lists), sum(map(len, lists.values())) <= _SHORT
    blocks: list[Any] = [block_on(*columns) for columns in _BLOCKS if columns[0] in usable]
    if short:
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
