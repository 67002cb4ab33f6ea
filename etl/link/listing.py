"""The model in one readable list: blocking rules, rules, comparison levels with their weights (``MODEL.md``)."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from etl.link import blocking
from etl.link.claim import Question
from etl.link.comparisons import COMPARISONS
from etl.link.parameters import QUESTIONS, Parameters
from etl.link.vetoes import RULES

FILE = "MODEL.md"
_HEAD = """# The linkage model in one list

Written by the training, with the model; not to be edited. Weights are in bits, log2(m / u): `m` is the share of true
pairs at a level, `u` that of pairs that are two things. Of each comparison that level counts whose condition holds
first (`etl/link/comparisons.py`, `levels.py`); where a side tells nothing, the comparison weighs 0. A pair weighs the
sum, the start included. What people read of a level or a rule is in Italian.
"""


def listing(parameters: Parameters) -> str:
    """The model as Markdown."""
    parts = ["\n".join(_question(one, parameters)) for one in QUESTIONS]
    return "\n".join([_HEAD, *parts])


def _question(question: Question, parameters: Parameters) -> Iterator[str]:
    model, limits = parameters.models[question], parameters.thresholds[question]
    chance = model["probability_two_random_records_match"]
    yield f"## {question}\n"
    yield f"Start: {_bits(chance, 1 - chance)} bits (one pair in {round(1 / chance)} of a family of types). Merged from"
    yield f"{limits.merge:g} bits on, judged by a person from {limits.review:g}, forgotten below {limits.keep:g}.\n"
    yield "Compared are two that share\n"
    yield from (f"- {rule}" for rule in blocking.RULES[question])
    yield "\nRules, the first that holds decides whatever the weight (`incerto`: only keeps from merging)\n"
    yield "| rule | decides | what |\n|---|---|---|"
    yield from (f"| {rule.name} | {rule.verdict} | {rule.told} |" for rule in RULES[question])
    yield "\nEvidence\n"
    yield "| comparison | level | what | m | u | bits |\n|---|---|---|---:|---:|---:|"
    for comparison, told in zip(COMPARISONS[question], model["comparisons"], strict=True):
        for level, weights in zip(comparison.levels, told["comparison_levels"][1:], strict=True):
            yield f"| {comparison.name} | {level.name} | {level.told} | {_weights(weights)} |"
    yield ""


def _weights(level: Mapping[str, Any]) -> str:
    m, u = level["m_probability"], level["u_probability"]
    return f"{m:.2g} | {u:.2g} | {_bits(m, u)}"


def _bits(one: float, other: float) -> str:
    return f"{math.log2(one / other):+.1f}"
