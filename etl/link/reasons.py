"""Why two claims are thought to be one, for people: what was compared, how it came out, what it weighs in bits."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from etl.i18n import _
from etl.link.claim import Question
from etl.link.comparisons import COMPARISONS
from etl.link.features import NUMBER_MARK, Row
from etl.link.levels import Comparison
from etl.link.pair import Reason
from etl.link.vetoes import RULES

# Words of a name that are told; the rarest, which weigh most.
MOST_WORDS = 4
PRIOR = "partenza"


def reasons(
    score: Mapping[str, Any], question: Question, left: Row, right: Row, model: Mapping[str, Any]
) -> tuple[Reason, ...]:
    """The evidence of a pair, what weighs most first; the weights add up to the weight of the pair.

    The first is what is thought before anything is compared. A rule that holds is told with weight 0.
    """
    told = [_reason(one, score, left, right) for one in COMPARISONS[question] if score[f"gamma_{one.name}"] >= 0]
    told.sort(key=lambda reason: -abs(reason.weight))
    chance = model["probability_two_random_records_match"]
    prior = Reason(
        PRIOR, _("prima di confrontare: una coppia ogni {numero}").format(numero=round(1 / chance)), _odds(chance)
    )
    rules = [Reason("regola", rule.told, 0.0) for rule in RULES[question] if rule.name == score["rule"]]
    return (*rules, prior, *told)


def _odds(probability: float) -> float:
    return math.log2(probability / (1 - probability))


def _reason(comparison: Comparison, score: Mapping[str, Any], left: Row, right: Row) -> Reason:
    # Splink counts levels from the last, which is 0; the first of all is the one that says nothing.
    level = comparison.levels[len(comparison.levels) - 1 - score[f"gamma_{comparison.name}"]]
    detail = _DETAILS.get(comparison.evidence, _nothing)(level.name, left, right)
    told = f"{_(level.told)}: {detail}" if detail else _(level.told)
    return Reason(comparison.evidence, told, score[f"mw_{comparison.name}"])


def _nothing(_level: str, _left: Row, _right: Row) -> str:
    return ""


def _name(level: str, left: Row, right: Row) -> str:
    if level == "altro":
        return ""
    common = [word for word in left["words"] if word in right["words"]]
    common.sort(key=lambda word: (-word["bits"], word["word"]))
    return ", ".join(word["word"].removeprefix(NUMBER_MARK) for word in common[:MOST_WORDS])


def _where(level: str, left: Row, right: Row) -> str:
    if level in ("civico", "senza_civico"):
        return str(left["road"]["street"]) + (f" {left['number']}" if level == "civico" else "")
    if level in ("civico_quasi", "civico_vicino", "via"):
        return f"{left['road']['street']} {left['number']} / {right['number']}"
    distance = _metres(left, right)
    return "" if distance is None else _("distanza {metri} m").format(metri=distance)


def _metres(left: Row, right: Row) -> int | None:
    if left["x"] is None or right["x"] is None:
        return None
    return round(math.hypot(left["x"] - right["x"], left["y"] - right["y"]))


def _number(_level: str, left: Row, right: Row) -> str:
    return " / ".join(" ".join(row["numbers"]) or "-" for row in (left, right))


def _seats(_level: str, left: Row, right: Row) -> str:
    return f"{left['capacity']:g} / {right['capacity']:g}"


_DETAILS: Mapping[str, Callable[[str, Row, Row], str]] = {
    _("nome"): _name,
    _("luogo"): _where,
    _("numero nel nome"): _number,
    _("capienza"): _seats,
}
