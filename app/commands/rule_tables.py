"""The rules of a type below the ranking of ``./ombra gaps``: outcomes of statutory units, and what falls to areas."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.commands import output
from app.pages import reasons
from app.pages.card import compliance
from app.pages.features import records
from app.standards import families, words
from app.standards.areas import Share
from app.standards.reading import listed, on_areas, outcomes
from etl.i18n import _

LARGEST_UNITS = 12
Row = dict[str, Any]


def sheets(session: Session, type_code: str, level: str, area: str | None) -> list[tuple[list[Row], output.Sheet]]:
    """Tables of the rules on the services of a type, as they concern the areas of a level."""
    found = outcomes(session, type_code=type_code)
    silent = [one for one in listed(session, type_code=type_code) if one.why_not not in (None, "accesso")]
    notes = [
        _("Non valutata: {regola} ({atto}), {motivo}.").format(
            regola=one.rule.id, atto=one.rule.act, motivo=reasons.said(words.WHY_NOT, str(one.why_not))
        )
        for one in silent
    ]
    if found.empty:
        return [([], output.Sheet(_("Regole sulla dotazione"), {}, notes))] if notes else []
    rows = records(found)
    shares = [] if level in POINTS else on_areas(session, found, level, type_code=type_code)
    bound = families.families(rows)
    return [_units(_touched(rows, shares, area), bound, notes), *_areas(shares, area)]


POINTS = ("quarter", "settlement", "census_section")


def _touched(rows: Sequence[Row], shares: Sequence[Share], area: str | None) -> list[Row]:
    """The units that concern an area, where one is asked for."""
    if area is None:
        return list(rows)
    codes = {(row["rule_id"], row["unit_code"]) for share in shares if share.code == area for row in share.units}
    return [row for row in rows if (row["rule_id"], row["unit_code"]) in codes] or list(rows)


def _units(
    rows: Sequence[Row], bound: Mapping[str, Sequence[str]], notes: Sequence[str]
) -> tuple[list[Row], output.Sheet]:
    headings = {
        "rule_id": _("Regola"),
        "unit_said": _("Unità"),
        "outcome": _("Esito"),
        "value": _("Con i\nconfermati"),
        "minimum": _("Minimo"),
        "objective": _("Obiettivo"),
        "short": _("Carenza dal\nminimo"),
        "short_all": _("anche con\nincerta"),
        "short_objective": _("dall'obiettivo"),
    }
    by_rule: dict[str, list[Row]] = {}
    for row in rows:
        by_rule.setdefault(row["rule_id"], []).append(row)
    shown = [_shown(row) for group in by_rule.values() for row in group[:LARGEST_UNITS]]
    remarks = [text for group in by_rule.values() for text in _remarks(group, bound)]
    return shown, output.Sheet(_("Regole sulla dotazione"), headings, [*remarks, *notes], whole=["rule_id"])


def _shown(row: Row) -> Row:
    def figure(value: float | None) -> str:
        return "–" if value is None else words.figure(value)

    return row | {
        "unit_said": row["unit_name"] or reasons.geography(row["geography"]),
        "outcome": _("unità non caricata") if row["area_id"] is None else words.said(row, "confirmed"),
        "value": figure(row["value_confirmed"]),
        "minimum": figure(row["minimum"]),
        "objective": figure(row["objective"]),
        "short": "–" if row["shortfall_confirmed"] is None else words.amount(row, row["shortfall_confirmed"]),
        "short_all": figure(row["shortfall_all"]),
        "short_objective": figure(row["shortfall_objective_confirmed"]),
    }


def _remarks(group: Sequence[Row], bound: Mapping[str, Sequence[str]]) -> list[str]:
    """The rule in full: act, article, how far it was read, thresholds; units left out; how it binds with others."""
    rule = group[0]
    text = _("{regola}: {titolo}. {atto}. {verifica} {soglie}.")
    said = text.format(
        regola=rule["rule_id"],
        titolo=rule["title_it"],
        atto=compliance.act(rule),
        verifica=reasons.said(reasons.VERIFICATIONS, rule["verification"]),
        soglie=words.thresholds(rule),
    )
    more = [_("Non è una norma.")] if not rule["law"] else []
    others = bound.get(rule["rule_id"])
    more += [words.bound_together(rule, others)] if others else []
    left = len(group) - LARGEST_UNITS
    more += [_("Altre {numero} unità non sono mostrate.").format(numero=left)] if left > 0 else []
    return [" ".join([said, *more, *words.remarks(rule)])]


def _areas(shares: Sequence[Share], area: str | None) -> list[tuple[list[Row], output.Sheet]]:
    """What falls to areas that are no units of the rule, where something is known to be missing."""
    rows = [
        {
            "area": share.name,
            "rule_id": share.rule_id,
            "units": _(", ").join(str(row["unit_name"]) for row in share.units),
            "crossed": _(", ").join(share.crossed),
            "short": words.amount(share.units[0], share.shortfall_confirmed),
            "short_all": "–" if share.shortfall_all is None else words.figure(share.shortfall_all),
            "how": reasons.said(words.HOW, share.how),
        }
        for share in sorted(shares, key=lambda one: -(one.shortfall_confirmed or 0.0))
        if share.shortfall_confirmed and share.units and share.how != "unita" and (area is None or share.code == area)
    ]
    if not rows:
        return []
    headings = {
        "area": _("Area"),
        "rule_id": _("Regola"),
        "units": _("Unità della regola"),
        "crossed": _("di cui tagliate"),
        "short": _("Quota della carenza"),
        "short_all": _("anche con\nincerta"),
        "how": _("Come"),
    }
    remark = _(
        "Un'area che taglia le unità non ha un esito suo: la carenza delle unità è divisa secondo la popolazione di "
        "riferimento, e dice dove abita chi non ha il servizio, non dove metterlo."
    )
    return [
        (rows, output.Sheet(_("Carenza vista dalle aree"), headings, [remark], optional=["crossed"], whole=["rule_id"]))
    ]
