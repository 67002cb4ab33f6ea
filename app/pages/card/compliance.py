"""Outcomes of the rules on statutory units as sentences: what is law, what is not, and why nothing can be said."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from app.i18n import decimal, whole
from app.pages import reasons
from app.pages.card.model import Outcome
from app.pages.features import Row, optional, records
from etl.i18n import _, ngettext

# More units than this are counted by outcome: a rule on municipalities has 312 of them.
LARGEST_UNITS = 6
NOT_LOADED = "unita_non_caricata"


def outcomes(found: pd.DataFrame) -> list[Outcome]:
    """Outcomes of the rules on the statutory units of an area, rule by rule.

    ``found`` has the columns of :func:`app.queries.coverage.compliance` and ``residents``: of a unit that is not
    loaded, the residents of the area for whom it is not known which unit they belong to.
    """
    by_rule: dict[str, list[Row]] = {}
    for row in records(found):
        by_rule.setdefault(row["rule_id"], []).append(row)
    return [_outcome(rows) for rows in by_rule.values()]


def _outcome(rows: Sequence[Row]) -> Outcome:
    first = rows[0]
    return Outcome(
        title=first["title_it"],
        act=act(first),
        law=bool(first["law"]),
        verification=reasons.said(reasons.VERIFICATIONS, str(first["verification"])),
        units=_units(rows),
    )


def act(row: Row) -> str:
    """The act of a rule with its article."""
    return str(row["act"]) if row["article"] is None else f"{row['act']}, {row['article']}"


def _units(rows: Sequence[Row]) -> list[str]:
    """A sentence for each unit; for many units, how many have each outcome. Units not loaded come last."""
    loaded = [row for row in rows if row["outcome_confirmed"] != NOT_LOADED]
    missing = [_not_loaded(row) for row in rows if row["outcome_confirmed"] == NOT_LOADED]
    if len(loaded) <= LARGEST_UNITS:
        return [*(_unit(row) for row in loaded), *missing]
    counted = Counter(_said(row, "confirmed") for row in loaded)
    sentence = _("{esito}: {numero} su {totale}")
    total = whole(len(loaded))
    several = [
        sentence.format(esito=words, numero=whole(count), totale=total) for words, count in counted.most_common()
    ]
    return [*several, *missing]


def _unit(row: Row) -> str:
    confirmed, everything = str(row["outcome_confirmed"]), str(row["outcome_all"])
    unit = row["unit_name"] or reasons.geography(row["geography"])
    text = _("{unita}: {esito}").format(unita=unit, esito=_said(row, "confirmed"))
    if everything != confirmed:
        text += _("; contando anche i servizi da verificare: {esito}").format(esito=_said(row, "all"))
    missing = row["shortfall_confirmed"]
    if missing is not None and missing > 0:
        text += _(". Contando i soli confermati ne mancano {numero}").format(numero=decimal(missing))
    return text + "."


def _said(row: Row, supply: str) -> str:
    """An outcome in words; where it cannot be determined, by its cause."""
    code = str(row[f"outcome_{supply}"])
    if code != "non_determinabile":
        return reasons.said(reasons.OUTCOMES, code)
    return _("non determinabile: {causa}").format(causa=reasons.said(reasons.CAUSES, _cause(row, supply)))


def _cause(row: Row, supply: str) -> str:
    # What is listed may already meet the minimum: then completeness does not stand in the way, the rule's count does.
    if row["supply_bound"] and optional(row[f"shortfall_{supply}"]) is None and row["complete"]:
        return "eccesso"
    return "capacita" if row["complete"] else "elenco"


def _not_loaded(row: Row) -> str:
    unit = reasons.geography(row["geography"])
    text = _("{unita}: {esito}").format(unita=unit, esito=reasons.said(reasons.OUTCOMES, NOT_LOADED))
    if row["residents"] is None:
        return text + "."
    count = round(row["residents"])
    return text + ngettext(" ({numero} residente).", " ({numero} residenti).", count).format(numero=whole(count))
