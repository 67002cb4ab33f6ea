"""The answers in words and figures: measures of each service, what filters did, why nothing fits, what is nearest."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np

from app.i18n import whole
from app.nearby.asked import Asked, Filter, Mode
from app.nearby.candidates import ENGINE, Candidates, interval
from app.nearby.judging import ALWAYS, NO, UNKNOWN, answer, codes, eligible, openings
from app.nearby.ranking import Ranked
from app.nearby.search import Found
from app.nearby.territory import Territory
from etl.i18n import _, language, ngettext
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
    journeys, shown = _journeys(ranked, places), ranked.candidates.at(places)
    may_use = eligible(shown, asked, territory).tolist()
    is_open = codes(openings(shown, asked))[shown.which].tolist()
    certain = ranked.certain[places].tolist()
    unknown, answering = _unknown(ranked, places), _answering(shown, asked)
    return [
        Told(
            shown.id(at),
            {
                "rank": at + 1,
                "fit": CERTAIN if certain[at] else TO_CHECK,
                **journey,
                "open": answer(is_open[at]),
                "eligible": answer(may_use[at]),
                "unknown": unknown[at],
                "why": [
                    _way(journey["mode"], round(minutes), language.get()),
                    *answering[at],
                    *(_("non si sa: {filtro}").format(filtro=asks(name)) for name in unknown[at]),
                ],
            },
        )
        for at, (minutes, journey) in enumerate(journeys)
    ]


def _journeys(ranked: Ranked, places: Positions) -> list[tuple[float, dict[str, Any]]]:
    """Of each service the minutes, and what the answer tells of the journey."""
    ways, (low, high) = ranked.ways, interval(ranked.ways, places)
    columns = [column.tolist() for column in (ways.minutes[places], low, high, ways.metres[places])]
    modelled, modes = ways.modelled[places].tolist(), [ways.modes[place] for place in places.tolist()]
    return [(row[0], _journey(*row)) for row in zip(*columns, modelled, modes, strict=True)]


def _journey(
    minutes: float, low: float, high: float, metres: float, modelled: bool, mode: Mode | None
) -> dict[str, Any]:
    told = {
        "minutes": round(minutes, _DECIMALS),
        "minutes_low": round(low, _DECIMALS),
        "minutes_high": round(high, _DECIMALS),
    }
    if mode is None:
        return _MOVELESS | told
    return {
        **told,
        "interval": "posizione_e_stima" if modelled else "posizione",
        "metres": round(metres),
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


@lru_cache(maxsize=4_096)
def _way(mode: Mode | None, minutes: int, _language: str) -> str:
    """The journey in words of a language."""
    if mode is None:
        return _("raggiunge le persone senza viaggio")
    by = {"car": _("in auto"), "foot": _("a piedi"), "bike": _("in bicicletta")}[mode]
    way = ngettext("{numero} minuto {modo}, stimato", "{numero} minuti {modo}, stimati", minutes)
    return way.format(numero=minutes, modo=by)


def _unknown(ranked: Ranked, places: Positions) -> list[list[str]]:
    """Of each service the filters of which it is not known."""
    told: list[list[str]] = [[] for _place in places]
    for name, verdicts in ranked.verdicts.items():
        for at in np.flatnonzero(verdicts[places] == UNKNOWN).tolist():
            told[at].append(name)
    return told


def _answering(shown: Candidates, asked: Asked) -> list[list[str]]:
    """Of each service what of the question it answers."""
    words = [] if asked.words is None else [_("corrisponde a «{parole}»").format(parole=asked.words)]
    if asked.needed is None:
        return [words] * len(shown)
    need = _("risponde a «{bisogno}»").format(bisogno=asked.needed)
    return [[need, *words] if shown.value("kind", at) in asked.types else words for at in range(len(shown))]


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
