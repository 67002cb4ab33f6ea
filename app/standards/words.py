"""Rules, outcomes and remarks as sentences: what is law, what is not, what is missing and in which unit."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.i18n import decimal, marked, whole
from app.pages import reasons
from app.standards.areas import Share
from etl.i18n import _, ngettext

Row = Mapping[str, Any]

NOT_LOADED = "unita_non_caricata"
LARGE = 100  # figures from here on are told without decimals

# Why a rule is not evaluated (codes of ``etl.derive.evaluable.WHY_NOT``).
WHY_NOT = {
    "accesso": marked("è un criterio di lavoro sull'accesso: vale nei punti in cui le persone vivono, non per unità"),
    "area": marked("misura superfici di aree pubbliche, che gli elenchi di servizi non contengono"),
    "class": marked("classifica i comuni, non chiede servizi"),
    "conformity": marked("riguarda la conformità degli enti, che i dati non dicono"),
    "non_letta": marked("l'atto non è stato letto: il numero va controllato prima di usarlo"),
    "tipo": marked("Ombra non ha un tipo di servizio adatto"),
    "soglia": marked("la fonte non dà un numero"),
    "unita": marked("si verifica sulla singola sede o sul singolo ente, non su un territorio"),
    "condizione": marked("i dati caricati non dicono dove vale la sua condizione"),
    "protetto": marked("l'esito per comune direbbe in quale comune sta un luogo protetto"),
    "cifra": marked("nessun servizio in elenco porta la cifra che la regola confronta"),
    "base": marked("la sua base non è la popolazione residente"),
    "limite": marked("manca il limite di minuti o metri entro cui contare le persone"),
    "orizzonte": marked("il limite supera i minuti entro cui si cercano i servizi"),
}

# Area conditions (column ``area_condition``): of whom a rule speaks.
CONDITIONS = {
    "tutte": marked("ovunque"),
    "interna": marked("aree interne"),
    "montana": marked("comuni di montagna"),
    "rurale": marked("comuni rurali"),
    "urbana": marked("città, piccole città e sobborghi"),
    "extraurbana": marked("comuni rurali"),
    "zona_residenziale": marked("zone residenziali"),
    "piccolo_comune": marked("piccoli comuni"),
    "stazione_porto_aeroporto": marked("stazioni, porti, aeroporti"),
    "centro_commerciale": marked("centri commerciali"),
    "cintura": marked("comuni di cintura"),
    "intermedio": marked("comuni intermedi"),
    "periferico": marked("comuni periferici"),
}

# Facts that a condition would need (columns of ``geo.conditions``).
FACTS = {
    "inner_class": marked("la classe delle aree interne (SNAI)"),
    "altimetric_zone": marked("la zona altimetrica"),
    "degurba": marked("il grado di urbanizzazione"),
}

# How far an act was read, in a word (column ``verification``).
VERIFIED = {
    "letto": marked("letto"),
    "parziale": marked("letto in parte"),
    "non_letto": marked("non letto"),
    "criterio": marked("criterio di lavoro"),
}

HOW = {
    "unita": marked("unità della regola"),
    "somma": marked("somma delle unità"),
    "ripartito": marked("ripartito per popolazione"),
}


def conditions(code: str) -> str:
    """Of which places a rule speaks: one or more conditions separated by ``|``."""
    return _(" e ").join(reasons.said(CONDITIONS, one) for one in code.split("|"))


def thresholds(rule: Row) -> str:
    """Both thresholds in the rule's unit; a rule without an objective says only its minimum."""
    if rule["minimum"] is None:
        return ""
    minimum = bound(rule, rule["minimum"])
    if rule["objective"] is None:
        return _("Minimo: {minimo}").format(minimo=minimum)
    objective = decimal(rule["objective"])
    return _("Minimo: {minimo}; obiettivo: {obiettivo}").format(minimo=minimum, obiettivo=objective)


def bound(rule: Row, threshold: float) -> str:
    """One threshold with its comparator and unit."""
    text = _("al massimo {numero} {unita}") if rule["comparator"] == "<=" else _("almeno {numero} {unita}")
    return text.format(numero=decimal(threshold), unita=rule["unit"])


def amount(rule: Row, missing: float) -> str:
    """What is missing, in what the rule's kind counts: services, places, persons, metres."""
    kind, number = rule["kind"], figure(missing)
    if kind in ("time", "distance"):
        return ngettext("{numero} persona", "{numero} persone", _count(missing)).format(numero=whole(missing))
    if kind == "spacing":
        return ngettext("{numero} metro", "{numero} metri", _count(missing)).format(numero=whole(missing))
    if kind == "load":
        return _("{numero} {cosa} di troppo").format(numero=number, cosa=rule["figure_unit"])
    if rule["capacity_unit"] in (None, "sede"):
        return ngettext("{numero} servizio", "{numero} servizi", _count(missing)).format(numero=number)
    return _("{numero} {unita}").format(numero=number, unita=rule["capacity_unit"])


def _count(value: float) -> int:
    """The number that grammar goes by: one is singular, any part or more is plural."""
    return 1 if round(value, 2) == 1 else 2


def figure(value: float) -> str:
    """A figure with decimals where it is small: a part of a service may be a few hundredths."""
    return whole(value) if abs(value) >= LARGE else decimal(value, 2)


def unit(row: Row) -> str:
    """A statutory unit and its outcome: how it stands, what is missing to both thresholds, on which part."""
    confirmed, everything = said(row, "confirmed"), said(row, "all")
    text = _("{unita}: {esito}").format(unita=row["unit_name"] or reasons.geography(row["geography"]), esito=confirmed)
    if everything != confirmed:
        text += _("; contando anche i servizi da verificare: {esito}").format(esito=everything)
    return " ".join([f"{text}.", *value(row), *missing(row), *_pairs(row), *_part(row), *_partly(row)])


def said(row: Row, supply: str) -> str:
    """An outcome in words; where it cannot be determined, by its cause."""
    code = str(row[f"outcome_{supply}"])
    if code != "non_determinabile":
        return reasons.said(reasons.OUTCOMES, code)
    cause = reasons.said(reasons.CAUSES, str(row[f"cause_{supply}"] or "elenco"))
    return _("non determinabile: {causa}").format(causa=cause)


def value(row: Row) -> list[str]:
    """The indicator on confirmed supply, where it is no mere bound."""
    if row["outcome_confirmed"] in ("non_determinabile", NOT_LOADED):
        return []
    if row["value_confirmed"] is None:
        return [_("Nessun servizio confermato in elenco.")] if row["capacity_confirmed"] == 0 else []
    return [_("Con i confermati: {numero} {unita}.").format(numero=figure(row["value_confirmed"]), unita=row["unit"])]


def missing(row: Row) -> list[str]:
    """What is missing to the minimum and to the objective, on confirmed supply and on all."""
    return [
        text.format(quanto=_both(row, name))
        for name, text in (
            ("shortfall", _("Carenza rispetto al minimo: {quanto}.")),
            ("shortfall_objective", _("Carenza rispetto all'obiettivo: {quanto}.")),
        )
        if (row[f"{name}_confirmed"] or 0.0) > 0
    ]


def _both(row: Row, name: str) -> str:
    """A shortfall on confirmed supply, and on all where it differs."""
    few, many = row[f"{name}_all"], row[f"{name}_confirmed"]
    text = amount(row, many)
    if few is None or figure(few) == figure(many):
        return text
    return _("{quanto}, o {altri} contando anche i servizi da verificare").format(quanto=text, altri=figure(few))


def _pairs(row: Row) -> list[str]:
    told = row["details"].get("pairs", {}).get("confirmed")
    if not told or not told["possible"]:
        return []
    text = _("Coppie troppo vicine: {certe} certe e {possibili} possibili.")
    return [text.format(certe=whole(told["certain"]), possibili=whole(told["possible"] - told["certain"]))]


def _part(row: Row) -> list[str]:
    """The part of a unit that a rule with an area condition speaks of."""
    part = row["details"].get("part")
    if not part or len(part["municipalities"]) == part["of"]:
        return []
    text = _("Vale per una parte: {comuni} comuni su {totale} ({persone} persone su {tutte}).")
    count = len(part["municipalities"])
    people, everybody = whole(row["base"]), whole(part["of_persons"])
    return [text.format(comuni=whole(count), totale=whole(part["of"]), persone=people, tutte=everybody)]


def _partly(row: Row) -> list[str]:
    """That some services are for other units too, and how they count."""
    count = row["details"].get("partly", 0)
    if not count:
        return []
    text = ngettext(
        "{numero} servizio conta in parte: serve anche altre unità, secondo la popolazione.",
        "{numero} servizi contano in parte: servono anche altre unità, secondo la popolazione.",
        count,
    )
    return [text.format(numero=whole(count))]


def not_loaded(row: Row, residents: float | None) -> str:
    """The units of a rule that are not loaded, and how many people of a place that concerns."""
    text = _("{unita}: {esito}").format(
        unita=reasons.geography(row["geography"]), esito=reasons.said(reasons.OUTCOMES, NOT_LOADED)
    )
    if residents is None:
        return text + "."
    count = round(residents)
    return text + ngettext(" ({numero} persona).", " ({numero} persone).", count).format(numero=whole(count))


def remarks(rule: Row) -> list[str]:
    """What must be known to read the outcomes of a rule, whatever the unit."""
    said_ = []
    if rule["area_condition"] != "tutte":
        said_.append(_("Vale solo per: {dove}.").format(dove=conditions(rule["area_condition"])))
    if absent := rule["details"].get("missing"):
        facts = _(", ").join(reasons.said(FACTS, reasons.said(CONDITIONS, one)) for one in absent)
        text = _("Non caricata: {dati}. Sono contati solo i comuni che rispettano di certo la condizione.")
        said_.append(text.format(dati=facts))
    if rule["kind"] in ("distance", "spacing"):
        said_.append(_("Distanze in linea d'aria: a piedi non sono mai più corte."))
    if rule["kind"] in ("time", "distance"):
        said_.append(_("Le persone sono contate nei punti in cui si sa che vivono."))
    return said_


def bound_together(rule: Row, others: Sequence[str], least: float | None = None, *, parts: bool = False) -> str:
    """That rules on the same services do not add up, and the least that is missing under all of them."""
    text = _("Riguarda gli stessi servizi di {regole}: le carenze non si sommano.").format(regole=_(", ").join(others))
    if parts:
        text += " " + _("Un servizio nella parte di cui parla una regola conta anche per l'unità intera.")
    if least:
        text += " " + _("Per rispettarle tutte mancano almeno {quanto}.").format(quanto=amount(rule, least))
    return text


def crossing(rule: Row, share: Share) -> list[str]:
    """That an area is no unit of the rule, and which part of their shortfall falls to it."""
    if share.how == "unita" or not share.units:
        return []
    said_ = []
    if share.crossed:
        cut = _("Questo territorio taglia {unita}: l'esito è delle unità intere.")
        part = _("Questo territorio fa parte di {unita}: l'esito è dell'unità intera.")
        text = part if share.inside else cut
        said_.append(text.format(unita=_(", ").join(share.crossed)))
    if not share.shortfall_confirmed:
        return said_
    text = _("Quota di questo territorio, {come}: {quanto}.")
    told = {"shortfall_confirmed": share.shortfall_confirmed, "shortfall_all": share.shortfall_all}
    quantity = _both({**rule, **told}, "shortfall")
    return [*said_, text.format(quanto=quantity, come=reasons.said(HOW, share.how))]
