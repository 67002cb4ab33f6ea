"""The answers in words and figures: measures of each service, what filters did, why nothing fits, what is nearest."""

import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from app.i18n import whole
from app.nearby.asked import Asked, Filter
from app.nearby.candidates import ENGINE, interval
from app.nearby.judging import ALWAYS, NO, UNKNOWN, answer, codes, eligible, openings
from app.nearby.ranking import Ranked
from app.nearby.search import Found
from app.nearby.territory import Territory
from etl.i18n import _, ngettext
from geo.arrays import Positions

MEASURES = (
    *("rank", "fit", "minutes", "minutes_low", "minutes_high", "interval", "metres", "mode", "engine", "estimated"),
    *("open", "eligible", "unknown", "why"),
)
CERTAIN, TO_CHECK, PROTECTED = "certo", "da_verificare", "protetto"
_DECIMALS = 2


@dataclass(frozen=True)
class Told:
    """A service of the answer, and what is measured of it: the values of :data:`MEASURES`."""

    id: UUID
    measures: dict[str, Any]


def answers(found: Found, territory: Territory) -> list[Told]:
    """The services of the answer with their measures, the best first, those at protected places last."""
    page = found.ranked.order[: found.asked.limit]
    told = _measured(found.ranked, page, found.asked, territory)
    room = found.asked.limit - len(told)
    return told + [
        Told(hidden, _protected(rank)) for rank, hidden in enumerate(found.hidden[:room], start=len(told) + 1)
    ]


def _measured(ranked: Ranked, places: Positions, asked: Asked, territory: Territory) -> list[Told]:
    low, high = interval(ranked.ways, places)
    shown = ranked.candidates.at(places)
    may_use = eligible(shown, asked, territory).tolist()
    is_open = codes(openings(shown, asked))[shown.which].tolist()
    return [
        Told(
            ranked.candidates.id(place),
            {
                "rank": rank + 1,
                "fit": CERTAIN if ranked.certain[place] else TO_CHECK,
                **_journey(ranked, place, float(low[rank]), float(high[rank])),
                "open": answer(is_open[rank]),
                "eligible": answer(may_use[rank]),
                "unknown": [name for name, verdicts in ranked.verdicts.items() if verdicts[place] == UNKNOWN],
                "why": _why(ranked, place, asked),
            },
        )
        for rank, place in enumerate(places.tolist())
    ]


def _journey(ranked: Ranked, place: int, low: float, high: float) -> dict[str, Any]:
    ways = ranked.ways
    minutes = round(float(ways.minutes[place]), _DECIMALS)
    mode = ways.modes[place]
    if mode is None:
        return _MOVELESS | {"minutes": minutes, "minutes_low": minutes, "minutes_high": minutes}
    return {
        "minutes": minutes,
        "minutes_low": round(low, _DECIMALS),
        "minutes_high": round(high, _DECIMALS),
        "interval": "posizione_e_stima" if ways.modelled[place] else "posizione",
        "metres": round(float(ways.metres[place])),
        "mode": mode,
        "engine": ENGINE.name,
        "estimated": True,
    }


_MOVELESS: dict[str, Any] = {"interval": None, "metres": None, "mode": None, "engine": None, "estimated": False}


def _protected(rank: int) -> dict[str, Any]:
    """Nothing is measured to a protected place, and nothing is told of whom it is for: both would give it away."""
    nothing = dict.fromkeys(("minutes", "minutes_low", "minutes_high", "open", "eligible"))
    why = [_("luogo protetto: si danno solo la zona e i recapiti, senza tempi")]
    return _MOVELESS | nothing | {"rank": rank, "fit": PROTECTED, "unknown": [], "why": why}


def _why(ranked: Ranked, place: int, asked: Asked) -> list[str]:
    """Why a service stands where it stands."""
    mode, minutes = ranked.ways.modes[place], float(ranked.ways.minutes[place])
    by = {"car": _("in auto"), "foot": _("a piedi"), "bike": _("in bicicletta"), None: ""}[mode]
    way = _("raggiunge le persone senza viaggio")
    if mode is not None:
        way = ngettext("{numero} minuto {modo}, stimato", "{numero} minuti {modo}, stimati", round(minutes))
        way = way.format(numero=round(minutes), modo=by)
    told = [way]
    if asked.needed is not None and ranked.candidates.value("kind", place) in asked.types:
        told.append(_("risponde a «{bisogno}»").format(bisogno=asked.needed))
    if asked.words is not None:
        told.append(_("corrisponde a «{parole}»").format(parole=asked.words))
    for name, verdicts in ranked.verdicts.items():
        if verdicts[place] == UNKNOWN:
            told.append(_("non si sa: {filtro}").format(filtro=asks(name)))
    return told


def asks(name: str) -> str:
    """What a filter asks for, in words."""
    return {
        "programmato": _("già aperto"),
        "lontano": _("entro la distanza chiesta"),
        "lingua": _("parla la lingua chiesta"),
        "accessibile": _("senza barriere"),
        "gratuito": _("gratuito"),
        "aperto": _("aperto nel momento chiesto"),
        "gruppo": _("per il gruppo chiesto"),
        "eta": _("per l'età chiesta"),
        "residenza": _("serve chi abita qui"),
    }[name]


def filters(ranked: Ranked) -> list[dict[str, Any]]:
    """What each filter did among the candidates that were looked at; those that nobody asked for where they did."""
    return [
        {"filter": one.name, "asks": asks(one.name), "removed": one.removed, "unknown": one.unknown}
        for one in ranked.filters()
        if one.name not in ALWAYS or one.removed or one.unknown
    ]


def seen(found: Found) -> dict[str, Any]:
    """How many candidates were looked at, and how far around all of them."""
    far = found.seen
    return {
        "examined": len(found.ranked.candidates),
        "complete": found.proven,
        "all_within_minutes": None if math.isinf(far.minutes) else round(far.minutes, 1),
        "all_within_metres": None if math.isinf(far.metres) else round(far.metres),
    }


def nothing(found: Found, territory: Territory) -> dict[str, Any] | None:
    """Why nothing fits, and which service comes nearest to it; None where something does."""
    if len(found.ranked.order) or found.hidden:
        return None
    ranked = found.ranked
    if not len(ranked.candidates):
        return {"why": _unlisted(found.asked, territory), "nearest": None}
    told = [_removed(one) for one in ranked.filters() if one.removed]
    why = ngettext(
        "Guardato {numero} servizio, nessuno va bene: {filtri}.",
        "Guardati {numero} servizi, nessuno va bene: {filtri}.",
        len(ranked.candidates),
    ).format(numero=whole(len(ranked.candidates)), filtri="; ".join(told))
    return {"why": why, "nearest": _nearest(ranked, found.asked, territory)}


def _removed(one: Filter) -> str:
    return ngettext("«{filtro}» ne toglie {numero}", "«{filtro}» ne toglie {numero}", one.removed).format(
        filtro=asks(one.name), numero=whole(one.removed)
    )


def _unlisted(asked: Asked, territory: Territory) -> str:
    names = [territory.kinds[code].name for code in asked.types]
    if asked.words is not None:
        return _("Nessun servizio in elenco corrisponde a «{parole}».").format(parole=asked.words)
    if not names:
        return _("L'elenco dei servizi è vuoto.")
    text = _("Nessun servizio in elenco di questi tipi: {tipi}. Non vuol dire che non ce ne sia uno.")
    return text.format(tipi=", ".join(names))


def _nearest(ranked: Ranked, asked: Asked, territory: Territory) -> dict[str, Any]:
    """The nearest service that fails the fewest filters: mostly one, and which."""
    failed = np.array([verdicts == NO for verdicts in ranked.verdicts.values()])
    count = failed.sum(axis=0)
    few = np.flatnonzero(count == count.min())
    ids = ranked.candidates.listing.ids[ranked.candidates.rows]
    place = min(few.tolist(), key=lambda one: (ranked.ways.minutes[one], ids[one]))
    names = [name for name, out in zip(ranked.verdicts, failed[:, place], strict=True) if out]
    [told] = _measured(ranked, np.array([place]), asked, territory)
    return {"id": told.id, "failed": [{"filter": name, "asks": asks(name)} for name in names]} | {
        name: told.measures[name] for name in ("minutes", "minutes_low", "minutes_high", "metres", "mode")
    }
