"""The parts of a card from frames: rows in, plain objects out.

Nothing here decides anything: statuses, persons and minutes come from the measures as they were stored.
"""

import pandas as pd

from app.i18n import minutes, whole
from app.pages import reasons
from app.pages.card.compliance import act
from app.pages.card.model import Band, Figures, Near, Part, Rule, Shadow, Slice, horizon
from app.pages.features import Row, records
from app.pages.palette import STATUS, STATUSES, look_of
from etl.i18n import _

# Inclusive ages: the bands that services speak of (nursery, kindergarten, school, work, pension, frailty).
AGE_BANDS = ((0, 2), (3, 5), (6, 13), (14, 17), (18, 34), (35, 64), (65, 74), (75, 100))
# Statuses that say that capacity was held against a rule.
JUDGED = frozenset({"carente", "adeguata", "ridondante"})
# More parts than this make a list nobody reads; the table of the page has them all.
LARGEST_PARTS = 12


def figures(total: Row) -> Figures:
    """The sums of an area from its row of gaps."""
    slices = split(total)
    return Figures(
        look=look_of(total["majority"]),
        persons=float(total["persons"]),
        assessed=float(total["assessed"]),
        unknown=float(total["unknown"]),
        listed=float(total["listed"]),
        judged=any(one.look.code in JUDGED for one in slices),
        split=slices,
        confirmed=shadow(total, "confirmed"),
        everything=shadow(total, "all"),
        probable=float(total["probable"]),
        minutes_mean=total["minutes_confirmed"],
    )


def within_horizon(value: float | None, threshold: float, farthest: float | None) -> str:
    """Minutes in words; where no service is within the horizon, that there is none so near."""
    if value is None:
        return _("nessuno entro {limite}").format(limite=minutes(horizon(threshold, farthest)))
    return minutes(value)


def split(total: Row) -> list[Slice]:
    """Persons by status, in the order of the legend; statuses without anybody are left out."""
    people = float(total["persons"])
    slices = []
    for look in STATUSES:
        persons = float(total[f"persons_{look.code}"])
        if persons >= 0.5:
            slices.append(Slice(look, persons, persons / people if people else 0.0))
    return slices


def shadow(total: Row, supply: str) -> Shadow:
    """Persons in shadow on ``confirmed`` or ``all`` supply at T, T - 5 and T + 5."""
    partial = float(total.get("unknown_minus") or 0.0) - float(total["unknown"]) >= 0.5
    return Shadow(
        persons=_number(total[f"shadow_{supply}"]),
        stricter=_number(total[f"shadow_{supply}_minus"]),
        looser=_number(total[f"shadow_{supply}_plus"]),
        partial=partial,
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def rule(standard: Row, limit: str) -> Rule:
    """A rule in words; a working criterion is never called law."""
    return Rule(
        id=str(standard["id"]),
        title=str(standard["title_it"]),
        limit=limit,
        act=act(standard),
        law=bool(standard["law"]),
        verification=reasons.said(reasons.VERIFICATIONS, str(standard["verification"])),
    )


def time_limit(threshold: float) -> str:
    """The limit of a rule of access in words."""
    return _("Al massimo {minuti} dal servizio più vicino").format(minuti=minutes(threshold))


def near(points: pd.DataFrame, services: pd.DataFrame) -> tuple[str | None, list[Near]]:
    """The nearest three services of the most populous point, and the name of that point."""
    if points.empty:
        return None, []
    largest = max(records(points), key=lambda row: float(row["persons"]))
    known_services = {str(row["id"]): row for row in records(services)}
    entries = [entry for entry in largest["nearest"] if entry["service"] in known_services]
    return str(largest["name"]), [_near(entry, known_services[entry["service"]]) for entry in entries]


def _near(entry: Row, service: Row) -> Near:
    return Near(
        id=str(entry["service"]),
        name=str(service["name"]),
        organization=service["organization"],
        place=service["municipality"] or service["zone"],
        minutes=_minutes_of(entry),
        certainty=str(entry["certainty"]),
        certainty_name=reasons.said(reasons.CERTAINTIES, str(entry["certainty"])),
        precision=reasons.said(reasons.PRECISIONS, str(service["precision"])),
        vague=not entry["located"],
        reach=service["reach"],
    )


def _minutes_of(entry: Row) -> str:
    """Minutes with their interval where it is wider than a minute."""
    if entry["minutes"] is None:
        return _("serve la zona: nessun tempo di viaggio")
    low, high = round(entry["low"]), round(entry["high"])
    if high - low <= 1:
        return minutes(entry["minutes"])
    return _("{minuti} (tra {minimo} e {massimo})").format(
        minuti=minutes(entry["minutes"]), minimo=whole(low), massimo=whole(high)
    )


def bands(people: pd.DataFrame) -> list[Band]:
    """Residents by age band and sex, from ``sex``, ``age``, ``persons``."""
    found = []
    for first, last in AGE_BANDS:
        within = people[people["age"].between(first, last)].groupby("sex")["persons"].sum()
        found.append((first, last, int(within.get("F", 0)), int(within.get("M", 0))))
    largest = max((women + men for _f, _l, women, men in found), default=0) or 1
    return [Band(_band_label(first, last), women, men, (women + men) / largest) for first, last, women, men in found]


def _band_label(first: int, last: int) -> str:
    if last >= 100:
        return _("{da} anni e più").format(da=first)
    return _("{da}-{a} anni").format(da=first, a=last)


def points_as_parts(points: pd.DataFrame, *, farthest: float | None) -> list[Part]:
    """Settlements or quarters of an area with their own status, from the most people to the fewest."""
    ordered = points.sort_values("persons", ascending=False)
    return [
        Part(
            code=str(row["code"]),
            level=str(row["level"]),
            name=str(row["name"]),
            look=STATUS[str(row["status"])],
            persons=float(row["persons"]),
            shadow=_number(row["shadow_confirmed"]) if row["complete"] or row["shadow_confirmed"] else None,
            nearest=within_horizon(row["nearest_confirmed"], row["threshold"], farthest),
            note=_("vicino al confine") if row["bordo"] else "",
        )
        for row in records(ordered)
    ]


def areas_as_parts(gaps: pd.DataFrame, *, level: str) -> list[Part]:
    """The areas within a larger one with the most people in shadow."""
    ranked = gaps.sort_values(["shadow_confirmed", "unknown"], ascending=False, na_position="last")
    return [
        Part(
            code=str(row["code"]),
            level=level,
            name=str(row["name"]),
            look=look_of(row["majority"]),
            persons=float(row["persons"]),
            shadow=_number(row["shadow_confirmed"]),
            nearest=within_horizon(row["minutes_confirmed"], row["threshold"], row["farthest"]),
            note="",
        )
        for row in records(ranked.head(LARGEST_PARTS))
    ]
