"""Learn a model: u by random sampling, m by expectation maximisation, both with Splink; nobody's labels are used.

Method: Fellegi & Sunter (1969) in the form of Splink's documentation. Four things differ from a plain Splink model,
because a directory is small and most of its lists are short:

* u of services and sites is sampled within one list of each type, the longest: two rows of one list are hardly ever
  one thing, while among the rows of two lists one pair in a few hundred is, which is more than the share of chance
  likeness at an address (:mod:`etl.link.chance`).
* m is learnt from pairs across lists only: libraries of one university in one building, told by one list, look more
  alike than one library in two lists, and there are more of them.
* after EM the shares are counted once more over all candidate pairs, weighted with their probability, and what was
  expected (:attr:`etl.link.levels.Level.m`) is added as so many pairs; no level has more weight than the pairs seen
  can carry.
* the prior is the share of true pairs among the pairs of one family of types, counted across lists; how much rarer
  they are inside one is declared (:data:`etl.link.comparisons.LIST`).
"""

import dataclasses
import json
import math
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from etl.i18n import _
from etl.link import chance, engine, frequencies
from etl.link.bodies import body_rows
from etl.link.claim import BodyClaim, Question, ServiceClaim
from etl.link.comparisons import COMPARISONS, LIST, PSEUDO_PAIRS
from etl.link.features import Row, service_rows, told_words
from etl.link.listing import FILE, listing
from etl.link.parameters import parameters, town_words
from etl.link.settings import untrained
from etl.link.sites import site_rows
from etl.link.vetoes import RULES
from etl.progress import Progress

# Of each EM session the pairs that are looked at: they share what the other session learns.
SESSIONS: dict[Question, tuple[str, ...]] = {
    "service": (
        "l.kin = r.kin AND l.town = r.town AND l.source <> r.source AND l.road = r.road AND l.number = r.number",
        "l.kin = r.kin AND l.town = r.town AND l.source <> r.source AND l.main = r.main",
    ),
    "location": (
        "l.town = r.town AND l.source <> r.source AND l.road = r.road AND l.number = r.number",
        "l.town = r.town AND l.source <> r.source AND l.words = r.words",
    ),
    "organization": (),
}
# Below, a share of true pairs is none; pairs with so little weight (bits) cannot be true; how often to count anew.
FLOOR_M, LEAST, ROUNDS = 1e-4, -10.0, 3


def learn(question: Question, rows: Mapping[uuid.UUID, Row], lists: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    """The settings of a question with what rows tell; ``lists`` names the list of each member.

    The same rows give the same settings, whatever their order.
    """
    settings = untrained(question)
    members = sorted(rows)
    chance.learn(settings, question, rows, members if question == "organization" else chance.longest(rows, lists))
    chance.keep_order(settings, question)
    _learn_m(settings, question, rows, [lists[member] for member in members])
    chance.keep_order(settings, question)
    return _rounded(settings)


def _learn_m(settings: dict[str, Any], question: Question, rows: Mapping[uuid.UUID, Row], lists: Sequence[str]) -> None:
    """Shares of each level among true pairs; ``lists`` are those of the rows in order of their members."""
    features = _with_copies(engine.table(rows, sorted(rows)), lists)
    with engine.connected() as connection, engine.silenced():
        _api, linker = engine.linker(connection, features, settings)
        for rule in SESSIONS[question]:  # none where there are too few to learn from: then what is expected counts
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        learnt = linker.misc.save_model_to_json()
    for mine, theirs in chance.levels(settings, learnt):
        told = theirs.get("m_probability")
        mine["m_probability"] = max(told, FLOOR_M) if isinstance(told, float) else FLOOR_M
    kin = features["kin"].to_pylist()
    # One true pair for each row of the shorter lists is a beginning; the counts put it right.
    _set_chances(settings, question, len(lists) / 10, list(zip(kin, lists, strict=True)))
    for _round in range(ROUNDS):
        _count_m(settings, question, features)


def _with_copies(features: pa.Table, lists: Sequence[str]) -> pa.Table:
    """Columns that EM's sessions look pairs up by, apart from those that they learn about.

    Splink does not learn a comparison from pairs that were looked up by one of its columns.
    """
    for copy, column in (("kin", "family"), ("town", "municipality")):
        features = features.append_column(copy, features[column])
    return features.append_column("source", pa.array(lists, pa.string()))


def _count_m(settings: dict[str, Any], question: Question, features: pa.Table) -> None:
    """Count once more: every candidate pair as much as it is likely to be true, and what was expected besides."""
    counted: dict[str, dict[int, float]] = {one.name: defaultdict(float) for one in COMPARISONS[question]}
    found = 0.0
    lists, kin = features["source"].to_pylist(), features["kin"].to_pylist()
    decided = {rule.name: rule.verdict for rule in RULES[question]}
    for pair in engine.score(features, settings, question, floor=LEAST).to_pylist():
        verdict = decided.get(pair["rule"])
        if verdict == "diverso" or (LIST in COMPARISONS[question] and lists[pair["row_l"]] == lists[pair["row_r"]]):
            continue
        likely = 1.0 if verdict == "stesso" else pair["match_probability"]
        found += likely
        for comparison in COMPARISONS[question]:
            counted[comparison.name][pair[f"gamma_{comparison.name}"]] += likely
    for comparison, told in zip(COMPARISONS[question], settings["comparisons"], strict=True):
        counts = counted[comparison.name]
        total = PSEUDO_PAIRS + sum(n for gamma, n in counts.items() if gamma >= 0)
        for index, level in enumerate(comparison.levels):
            seen = counts[len(comparison.levels) - 1 - index]
            share = level.m if comparison.declared else (seen + PSEUDO_PAIRS * level.m) / total
            told["comparison_levels"][index + 1]["m_probability"] = share
    _set_chances(settings, question, found + 1, list(zip(kin, lists, strict=True)))


def _set_chances(settings: dict[str, Any], question: Question, found: float, told: Sequence[tuple[str, str]]) -> None:
    """The prior, from the true pairs across lists, and how often two rows are of one list.

    ``told`` are family and list of each row.
    """
    pairs = sum(math.comb(n, 2) for n in Counter(family for family, _list in told).values())
    together = sum(math.comb(n, 2) for n in Counter(told).values())
    across = LIST.levels[0].m if LIST in COMPARISONS[question] else 1.0
    settings["probability_two_random_records_match"] = found / across / pairs
    for comparison in settings["comparisons"]:
        if comparison["output_column_name"] == LIST.name:
            for level, n in zip(comparison["comparison_levels"][1:], (pairs - together, together), strict=True):
                level["u_probability"] = n / pairs


def _rounded(settings: dict[str, Any]) -> dict[str, Any]:
    """Weights with as many digits as they can be trusted for; a file that does not change by a rounding error."""
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"][1:]:
            for name in ("m_probability", "u_probability"):
                level[name] = float(f"{level[name]:.4g}")
    prior = settings["probability_two_random_records_match"]
    return settings | {"probability_two_random_records_match": float(f"{prior:.4g}")}


def train(services: Sequence[ServiceClaim], bodies: Sequence[BodyClaim], folder: Path, progress: Progress) -> None:
    """Learn word frequencies and the three models from claims, and write them into a folder.

    Thresholds and families of types are read from it: they are not learnt.
    """
    known = sorted((claim for claim in services if not claim.protected), key=lambda claim: claim.id)
    frequencies.write(folder / "words.csv", frequencies.learn(told_words(claim, town_words()) for claim in known))
    given = dataclasses.replace(parameters(folder, trained=False), words=frequencies.read(folder / "words.csv"))
    told: dict[Question, tuple[Mapping[uuid.UUID, Row], Mapping[uuid.UUID, str]]] = {
        "service": (service_rows(known, {}, given), {claim.id: claim.source_id for claim in known}),
        "location": (site_rows(known, given), {claim.location_id: claim.source_id for claim in known}),
        "organization": (body_rows(bodies, given), {body.id: min(body.sources, default="") for body in bodies}),
    }
    for question, (rows, lists) in told.items():
        progress(_("imparo il modello «{question}» da {n} righe").format(question=question, n=len(rows)))
        text = json.dumps(learn(question, rows, lists), ensure_ascii=False, indent=2)
        (folder / f"{question}.json").write_text(text + "\n", encoding="utf-8")
    parameters.cache_clear()
    (folder / FILE).write_text(listing(parameters(folder)), encoding="utf-8")
