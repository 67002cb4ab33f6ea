"""The sentences that open a page: what the figures of a type say, in plain words."""

from app.i18n import known, minutes, share, whole
from app.pages.card.model import Figures
from app.pages.features import Row
from etl.i18n import _, ngettext


def target(kind: Row) -> str:
    """Who a service type is for, from its ages and sex.

    >>> target({"age_min": 14, "age_max": None, "sex": "F"})
    'donne da 14 anni in su'
    >>> target({"age_min": 15, "age_max": 64, "sex": None})
    'persone da 15 a 64 anni'
    """
    who = {"F": _("donne"), "M": _("uomini")}.get(str(kind["sex"]), _("persone"))
    first, last = kind["age_min"], kind["age_max"]
    if first is None and last is None:
        return _("tutti i residenti") if kind["sex"] is None else who
    if last is None:
        return _("{chi} da {da} anni in su").format(chi=who, da=int(first))
    return _("{chi} da {da} a {a} anni").format(chi=who, da=int(first or 0), a=int(last))


# Groups that ages and sex do not tell: how many need a service for them no register of residents says.
UNCOUNTED = frozenset({"POV", "IMM", "ADD"})


def addressed(kind: Row) -> str:
    """What the people who are counted for a type are called; ``{quota}``, ``{totale}`` and ``{gruppo}`` are left."""
    if UNCOUNTED.intersection(kind["users"]):
        return _("{quota} della popolazione di riferimento: {totale}, {gruppo} (non è una misura del bisogno)")
    return _("{quota} delle {totale} a cui il servizio è rivolto ({gruppo})")


def summary(total: Figures, threshold: float, supply: str) -> str:
    """What a type's figures say over the whole territory."""
    if total.assessed < 0.5:
        return _(
            "Per questo servizio non si può ancora dire dove manca: gli elenchi caricati non sono completi "
            "e nessun servizio confermato è in elenco."
        )
    figures = total.confirmed if supply == "confermata" else total.everything
    if not known(figures.persons):
        return _reached(total, threshold)
    return " ".join([_shadow(figures.persons, total, threshold, supply), *_rest(total, supply)])


def _reached(total: Figures, threshold: float) -> str:
    """Where no list is complete only who is reached can be told: nobody is said to be far from a service."""
    text = _("Il servizio si raggiunge entro {limite} per {numero} persone").format(
        limite=minutes(threshold), numero=whole(total.assessed)
    )
    if total.unknown < 0.5:
        return text + "."
    return text + _("; per le altre {numero} non si sa: l'elenco non è completo.").format(numero=whole(total.unknown))


def _shadow(persons: float | None, total: Figures, threshold: float, supply: str) -> str:
    limit = minutes(threshold)
    kind = _("confermato") if supply == "confermata" else _("conosciuto")
    if total.judged:
        return _short_of_capacity(persons or 0.0, total, limit, kind)
    if persons is None or persons < 0.5:
        return _("Nessuna delle {totale} persone valutate abita oltre {limite} da un servizio {tipo}.").format(
            totale=whole(total.assessed), limite=limit, tipo=kind
        )
    count = round(persons)
    sentence = ngettext(
        "{numero} persona su {totale} valutate ({quota}) abita oltre {limite} da un servizio {tipo}.",
        "{numero} persone su {totale} valutate ({quota}) abitano oltre {limite} da un servizio {tipo}.",
        count,
    )
    return sentence.format(
        numero=whole(count), totale=whole(total.assessed), quota=share(persons, total.assessed), limite=limit, tipo=kind
    )


def _short_of_capacity(persons: float, total: Figures, limit: str, kind: str) -> str:
    """People in shadow where capacity is judged as well: too far, or reached by too little."""
    count = round(persons)
    sentence = ngettext(
        "{numero} persona su {totale} valutate ({quota}) è in ombra: nessun servizio {tipo} entro {limite}, "
        "o capacità sotto il minimo della regola.",
        "{numero} persone su {totale} valutate ({quota}) sono in ombra: nessun servizio {tipo} entro {limite}, "
        "o capacità sotto il minimo della regola.",
        count,
    )
    return sentence.format(
        numero=whole(count), totale=whole(total.assessed), quota=share(persons, total.assessed), limite=limit, tipo=kind
    )


def _rest(total: Figures, supply: str) -> list[str]:
    """The other supply, and the people of whom nothing can be said."""
    said = []
    first, other = total.confirmed.persons or 0.0, total.everything.persons or 0.0
    if supply == "confermata" and first - other >= 0.5:
        said.append(_("Contando anche i servizi da verificare sarebbero {numero}.").format(numero=whole(other)))
    if supply == "tutta" and first - other >= 0.5:
        said.append(_("Con i soli servizi confermati sarebbero {numero}.").format(numero=whole(first)))
    if total.unknown >= 0.5:
        said.append(
            _("Di altre {numero} non si può dire: l'elenco dei servizi, dove abitano, è incompleto.").format(
                numero=whole(total.unknown)
            )
        )
    return said
