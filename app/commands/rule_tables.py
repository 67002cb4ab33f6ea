"""The rules of a type below the ranking of ``./ombra gaps``: outcomes of statutory units, and what falls to areas."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.commands import output
from app.pages import reasons
from app.pages.card import compliance
from app.pages.features import records
from app.queries.areas import by_code
from app.standards import families, words
from app.standards.areas import Share
from app.standards.reading import listed, on_areas, outcomes
from etl.errors import NotFound
from etl.i18n import _
from etl.store import models as m

LARGEST_UNITS = 12
Row = dict[str, Any]


def sheets(
    session: Session, type_code: str, level: str, area: str | None, run: uuid.UUID | None = None
) -> list[tuple[list[Row], output.Sheet]]:
    """Tables of the rules on the services of a type, as they concern the areas of a level, in a run (None: current)."""
    found = outcomes(session, type_code=type_code, run=run)
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
    bound = families.families(rows)
    if area is None:
        shares = [] if level in POINTS else on_areas(session, found, level, type_code=type_code, run=run)
        return [_units(rows, bound, notes), *_areas(shares, every=level != "municipality")]
    asked = _with_units(session, area)
    shares = on_areas(session, found, asked.level, type_code=type_code, code=asked.code, run=run)
    return [_units(_touched(rows, shares), bound, notes), *_areas(shares)]


POINTS = ("quarter", "settlement", "census_section")


def _with_units(session: Session, code: str) -> m.Area:
    """The area of a code, or the municipality in which it lies: rules know no smaller unit."""
    area = session.scalars(by_code(code)).first()
    while area is not None and area.level in POINTS and area.parent_id is not None:
        area = session.get(m.Area, area.parent_id)
    if area is None:
        raise NotFound(_("Nessuna area ha il codice «{code}».").format(code=code))
    return area


def _touched(rows: Sequence[Row], shares: Sequence[Share]) -> list[Row]:
    """The units that an area lies in, and what is not loaded where some of its residents do."""
    codes = {(share.rule_id, row["unit_code"]) for share in shares for row in share.units}
    unloaded = {share.rule_id for share in shares if share.unloaded}
    return [
        row
        for row in rows
        if (row["rule_id"], row["unit_code"]) in codes or (row["area_id"] is None and row["rule_id"] in unloaded)
    ]


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


def _areas(shares: Sequence[Share], *, every: bool = True) -> list[tuple[list[Row], output.Sheet]]:
    """What falls to areas that are no units of the rule; ``every``: also those of which no shortfall is known."""
    rows = [
        _share(share)
        for share in sorted(shares, key=lambda one: -(one.shortfall_confirmed or 0.0))
        if share.how != "unita" and (share.shortfall_confirmed or (every and (share.crossed or share.unloaded)))
    ]
    if not rows:
        return []
    headings = {
        "area": _("Area"),
        "rule_id": _("Regola"),
        "units": _("Unità della regola"),
        "crossed": _("di cui tagliate"),
        "unloaded": _("Residenti in unità\nnon caricate"),
        "short": _("Quota della carenza"),
        "short_all": _("anche con\nincerta"),
        "how": _("Come"),
    }
    remark = _(
        "Un'area che taglia le unità non ha un esito suo: la carenza delle unità è divisa secondo la popolazione di "
        "riferimento, e dice dove abita chi non ha il servizio, non dove metterlo."
    )
    optional = ["crossed", "unloaded"]
    return [(rows, output.Sheet(_("Le regole viste dalle aree"), headings, [remark], optional, whole=["rule_id"]))]


def _share(share: Share) -> Row:
    rule = share.units[0] if share.units else None
    lacking = share.shortfall_confirmed
    return {
        "area": share.name,
        "rule_id": share.rule_id,
        "units": _(", ").join(str(row["unit_name"]) for row in share.units) or "–",
        "crossed": "" if share.inside else _(", ").join(share.crossed),
        "unloaded": share.unloaded or None,
        "short": "–" if rule is None or lacking is None else words.amount(rule, lacking),
        "short_all": "–" if share.shortfall_all is None else words.figure(share.shortfall_all),
        "how": "" if lacking is None else reasons.said(words.HOW, share.how),
    }
