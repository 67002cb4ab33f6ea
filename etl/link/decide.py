"""From scores to pairs: verdict by rule or threshold, and the reasons in words."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from etl.link import engine
from etl.link.claim import Question
from etl.link.features import Row, uncollected
from etl.link.pair import Pair
from etl.link.parameters import Parameters
from etl.link.reasons import reasons
from etl.link.vetoes import RULES


def compare(
    question: Question,
    rows: Mapping[uuid.UUID, Row],
    parameters: Parameters,
    changed: Collection[uuid.UUID] | None,
    told: Callable[[int], None],
) -> list[Pair]:
    """The pairs of rows that share a block, scored and decided; ``told`` hears how many members are compared.

    The engine is not called where no two rows share a block, or none with one that has changed.
    """
    members = engine.sharing(rows, changed)
    if not members:
        return []
    told(len(members))
    numbers = {member: number for number, member in enumerate(members)}
    touched = None if changed is None else [numbers[one] for one in changed if one in numbers]
    features, floor = engine.table(rows, members), parameters.thresholds[question].keep
    scored = engine.score(features, parameters.models[question], question, floor=floor, changed=touched)
    with uncollected():
        return [_pair(score, question, members, rows, parameters) for score in _records(scored)]


def _records(scored: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in scored.to_batches():
        yield from batch.to_pylist()


def _pair(
    score: Mapping[str, Any],
    question: Question,
    members: Sequence[uuid.UUID],
    rows: Mapping[uuid.UUID, Row],
    parameters: Parameters,
) -> Pair:
    left, right = members[score["row_l"]], members[score["row_r"]]
    thresholds = parameters.thresholds[question]
    weight = score["match_weight"]
    rule = next((one for one in RULES[question] if one.name == score["rule"]), None)
    model = thresholds.verdict(weight)
    decides = rule is not None and (rule.verdict != "incerto" or model == "stesso")
    return Pair(
        question=question,
        left=left,
        right=right,
        probability=score["match_probability"],
        weight=weight,
        reasons=reasons(score, question, rows[left], rows[right], parameters.models[question]),
        verdict=rule.verdict if rule is not None and decides else model,
        decided_by="regola" if decides else "modello",
        rule=rule.name if rule is not None and decides else None,
    )
