"""The shares u of a model: how often the levels of its comparisons hold between pairs that are two things."""

import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from etl.link import engine
from etl.link.claim import Question
from etl.link.comparisons import COMPARISONS
from etl.link.features import Row

SEED = 5_142
# Pairs sampled for u: all pairs of lists as long as those of a city, a sample of longer ones.
MOST_PAIRS = 2e7
# Rows among which the pairs that tell something are counted.
SAMPLE = 4_000


def longest(rows: Mapping[uuid.UUID, Row], lists: Mapping[uuid.UUID, str]) -> list[uuid.UUID]:
    """The members of the longest list of each family."""
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for member, row in rows.items():
        held[row["family"]][lists[member]] += 1
    best = {family: min(count, key=lambda one: (-count[one], one)) for family, count in held.items()}
    return sorted(member for member, row in rows.items() if lists[member] == best[row["family"]])


def learn(
    settings: dict[str, Any], question: Question, rows: Mapping[uuid.UUID, Row], members: Sequence[uuid.UUID]
) -> None:
    """Shares of each level among pairs that are hardly ever one thing."""
    features = engine.table(rows, members)
    # A level that no pair of the sample reaches keeps this value: half a pair of those that tell something.
    for comparison, pairs in zip(settings["comparisons"], _told(features, settings), strict=True):
        for level in comparison["comparison_levels"][1:]:
            level["u_probability"] = 0.5 / max(pairs, 1.0)
    with engine.connected() as connection, engine.silenced():
        _api, linker = engine.linker(connection, features, settings)
        linker.training.estimate_u_using_random_sampling(MOST_PAIRS, seed=SEED, min_count_per_level=None)
        learnt = linker.misc.save_model_to_json()
    declared = [level for comparison in COMPARISONS[question] for level in comparison.levels]
    for (mine, theirs), level in zip(levels(settings, learnt), declared, strict=True):
        seen = theirs.get("u_probability")
        if level.u is not None:
            mine["u_probability"] = level.u
        elif isinstance(seen, float):
            mine["u_probability"] = max(seen, mine["u_probability"])


def _told(features: pa.Table, settings: Mapping[str, Any]) -> list[float]:
    """For each comparison how many pairs of one family tell something; reckoned from the first rows of a long list.

    Rows are in order of their identifiers, which are hashes: the first are a sample.
    """
    sides = ", ".join(f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in features.column_names)
    silent = [comparison["comparison_levels"][0]["sql_condition"] for comparison in settings["comparisons"]]
    counts = ", ".join(f"count(*) FILTER (NOT coalesce({condition}, false))" for condition in silent)
    with engine.connected() as connection:
        connection.register("features", features)
        found = connection.execute(
            f"""SELECT {counts} FROM (SELECT {sides} FROM features AS l JOIN features AS r
            ON l.family = r.family AND l.row < r.row AND r.row < {SAMPLE})"""  # noqa: S608  own words only
        ).fetchall()
    scale = math.comb(len(features), 2) / max(math.comb(min(len(features), SAMPLE), 2), 1)
    return [scale * count for count in found[0]]


def keep_order(settings: dict[str, Any], question: Question) -> None:
    """Raise u of levels until none weighs more than the level under which it stands."""
    for comparison, told in zip(COMPARISONS[question], settings["comparisons"], strict=True):
        by_name = {level["label_for_charts"]: level for level in told["comparison_levels"]}
        for one in comparison.levels:  # from the most alike down
            if one.under is not None:
                mine, above = by_name[one.name], by_name[one.under]
                least = mine["m_probability"] * above["u_probability"] / above["m_probability"]
                mine["u_probability"] = max(mine["u_probability"], min(least, 1.0))


def levels(mine: dict[str, Any], theirs: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Levels of two settings side by side, those left out that say nothing."""
    for one, other in zip(mine["comparisons"], theirs["comparisons"], strict=True):
        yield from zip(one["comparison_levels"][1:], other["comparison_levels"][1:], strict=True)
