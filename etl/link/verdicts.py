"""Verdicts that clusters and people give to a pair over what the comparison said, which is kept beside them. Pure.

What the comparison said stands among the reasons, with no weight, so that it survives wherever reasons are kept: a
judgement that is undone leaves the pair as it was compared, without comparing it again.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast, get_args

from etl.link.pair import DecidedBy, Judgement, Pair, Reason, Verdict

# Why a pair has another verdict than the comparison gave it (``Pair.rule``).
INDIRECT = "legame_indiretto"  # the two are one, or are not, because of what was decided of others
RIVAL = "rivale_migliore"  # the list holds a clearly better partner
LISTED = "elenco_senza_doppi"  # two of a list that holds nothing twice, and not surely one
CONTESTED = "contesa"  # two partners that exclude each other are as good
STOPPED = "conflitto"  # the link was sure, but what was decided of others speaks against it
FOLLOWS = "segue_altra"  # the same two things are asked for in a more telling pair

COMPARED = "confronto"  # evidence of the reason that tells what the comparison said
_NOTHING = "mai_confrontati"
_SEPARATOR = ", "
# The probability that stands for a judgement of two members that were not compared.
_JUDGED: Mapping[Verdict, float] = {"stesso": 1.0, "incerto": 0.5, "diverso": 0.0}


def decide(pair: Pair, verdict: Verdict, by: DecidedBy, rule: str | None) -> Pair:
    """The pair with another verdict, and what the comparison said of it among its reasons."""
    told = _SEPARATOR.join([pair.verdict, pair.decided_by, *([pair.rule] if pair.rule else [])])
    marked = any(reason.evidence == COMPARED for reason in pair.reasons)
    reasons = pair.reasons if marked else (*pair.reasons, Reason(COMPARED, told, 0.0))
    return replace(pair, verdict=verdict, decided_by=by, rule=rule, reasons=reasons)


def judged(judgement: Judgement, pair: Pair | None) -> Pair:
    """The pair as a person judged it; of two that were never compared there is nothing but the judgement."""
    if pair is not None:
        return decide(pair, judgement.verdict, "giudizio", None)
    never = (Reason(COMPARED, _NOTHING, 0.0),)
    probability = _JUDGED[judgement.verdict]
    ends = (judgement.left, judgement.right)
    return Pair(judgement.question, *ends, probability, 0.0, never, judgement.verdict, "giudizio")


def as_compared(pair: Pair) -> Pair | None:
    """The pair as the comparison left it; None where there is only a judgement.

    >>> import uuid
    >>> found = Pair("service", uuid.UUID(int=1), uuid.UUID(int=2), 0.9, 3.2, (), "incerto")
    >>> as_compared(decide(found, "stesso", "giudizio", None)) == found
    True
    """
    told = next((reason.told for reason in pair.reasons if reason.evidence == COMPARED), None)
    if told is None:
        return pair
    if told == _NOTHING:
        return None
    verdict, by, *rule = told.split(_SEPARATOR)
    if verdict not in get_args(Verdict) or by not in get_args(DecidedBy):
        raise ValueError(f"not what a comparison says: {told!r}")
    return replace(
        pair,
        verdict=cast(Verdict, verdict),
        decided_by=cast(DecidedBy, by),
        rule=rule[0] if rule else None,
        reasons=tuple(reason for reason in pair.reasons if reason.evidence != COMPARED),
    )
