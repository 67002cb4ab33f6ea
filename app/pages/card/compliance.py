"""Outcomes of the rules on statutory units as sentences: what is law, what is not, and why nothing can be said."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from app.i18n import whole
from app.pages import reasons
from app.pages.card.model import Outcome, Unevaluated
from app.pages.features import Row, records
from app.standards import families, words
from app.standards.areas import Share
from app.standards.reading import Listed
from etl.i18n import _

# More units than this are counted by outcome: a rule on municipalities has 312 of them.
LARGEST_UNITS = 6


def outcomes(found: pd.DataFrame, shares: Sequence[Share]) -> list[Outcome]:
    """Outcomes of the rules as they concern one area, rule by rule in their order.

    ``found`` are the outcomes of all units (:func:`app.standards.reading.outcomes`), ``shares`` what each rule says
    from the area; a rule with an area condition that nobody of the area meets has none.
    """
    rows: dict[str, list[Row]] = {}
    for row in records(found):
        rows.setdefault(row["rule_id"], []).append(row)
    bound = families.families(row for group in rows.values() for row in group)
    return [_outcome(rows, share, bound) for share in shares]


def _outcome(rows: Mapping[str, Sequence[Row]], share: Share, bound: Mapping[str, Sequence[str]]) -> Outcome:
    own = rows[share.rule_id]
    first = own[0]
    return Outcome(
        id=share.rule_id,
        title=first["title_it"],
        act=act(first),
        law=bool(first["law"]),
        verification=reasons.said(reasons.VERIFICATIONS, str(first["verification"])),
        thresholds=words.thresholds(first),
        units=_units(own, share),
        remarks=[*_together(rows, share, bound), *words.crossing(first, share), *words.remarks(first)],
    )


def act(row: Row) -> str:
    """The act of a rule with its article."""
    return str(row["act"]) if row["article"] is None else f"{row['act']}, {row['article']}"


def _units(rows: Sequence[Row], share: Share) -> list[str]:
    """A sentence for each unit; for many units, how many have each outcome. Units not loaded come last."""
    missing = [row for row in rows if row["outcome_confirmed"] == words.NOT_LOADED]
    unknown = [words.not_loaded(row, share.unloaded) for row in missing if share.unloaded >= 0.5]
    if len(share.units) <= LARGEST_UNITS:
        return [*(words.unit(row) for row in share.units), *unknown]
    counted = Counter(words.said(row, "confirmed") for row in share.units)
    sentence = _("{esito}: {numero} su {totale}")
    total = whole(len(share.units))
    several = [
        sentence.format(esito=outcome, numero=whole(count), totale=total) for outcome, count in counted.most_common()
    ]
    return [*several, *unknown]


def _together(rows: Mapping[str, Sequence[Row]], share: Share, bound: Mapping[str, Sequence[str]]) -> list[str]:
    """How the rule binds with others on the same services; told in full once, the figure where there is one unit."""
    others = bound.get(share.rule_id)
    if not others:
        return []
    first = rows[share.rule_id][0]
    group = [row for rule in (share.rule_id, *others) for row in rows[rule]]
    if first["position"] > min(row["position"] for row in group):
        return [words.bound_together(first, others)]
    units = {row["unit_code"] for row in share.units}
    least = families.least_missing(group, units.pop()) if len(units) == 1 else None
    parts = len({row["area_condition"] for row in group}) > 1
    return [words.bound_together(first, others, least, parts=parts)]


def unevaluated(found: Sequence[Listed]) -> list[Unevaluated]:
    """Rules that the engine does not evaluate, each with its reason; the working criterion is shown on its own."""
    return [
        Unevaluated(
            title=one.rule.title_it,
            act=act({"act": one.rule.act, "article": one.rule.article}),
            verification=reasons.said(reasons.VERIFICATIONS, one.rule.verification),
            why=reasons.said(words.WHY_NOT, one.why_not),
        )
        for one in found
        if one.why_not not in (None, "accesso")
    ]
