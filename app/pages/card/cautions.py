"""What a card says of its own limits: what was estimated, what is uncertain, how complete the lists are."""

from collections.abc import Sequence

import pandas as pd

from app.i18n import whole
from app.pages import reasons
from app.pages.card.model import Near
from app.pages.features import Row, records
from etl.i18n import _, ngettext


def cautions(points: pd.DataFrame, near_services: Sequence[Near], declarations: pd.DataFrame) -> list[str]:
    """What was estimated or is uncertain, each a sentence; most important first."""
    said = _reason_sentences(points)
    if bool(points["stimata"].any()):
        said.append(
            _(
                "I minuti sono stimati dalla distanza in linea d'aria, con un errore medio di circa 5 minuti; "
                "in montagna può essere maggiore."
            )
        )
    return [*said, *_vague(near_services), *_fragile(points), *_declaration_sentences(declarations)]


def at_one_point(level: str) -> list[str]:
    """That everybody of a quarter or settlement is counted at its one point, as the card of one has to say."""
    if level == "quarter":
        return [_("Tutte le persone di questo quartiere sono contate in un solo punto.")]
    if level == "settlement":
        return [_("Tutte le persone di questo centro abitato sono contate in un solo punto.")]
    return []


def _vague(near_services: Sequence[Near]) -> list[str]:
    count = sum(service.vague for service in near_services)
    if not count:
        return []
    sentence = ngettext(
        "Di {numero} servizio vicino si conosce solo il comune: il suo tempo è un intervallo.",
        "Di {numero} servizi vicini si conosce solo il comune: il loro tempo è un intervallo.",
        count,
    )
    return [sentence.format(numero=count)]


def _fragile(points: pd.DataFrame) -> list[str]:
    """People who depend on one service or one body; an incomplete list may leave out the others."""
    depends = points["fragile"].astype(bool) & points["complete"].astype(bool)
    fragile = round(float(points.loc[depends, "persons"].sum()))
    if fragile < 1:
        return []
    sentence = ngettext(
        "{numero} persona su {totale} dipende da un solo servizio o da un solo ente.",
        "{numero} persone su {totale} dipendono da un solo servizio o da un solo ente.",
        fragile,
    )
    return [sentence.format(numero=whole(fragile), totale=whole(float(points["persons"].sum())))]


def _reason_sentences(points: pd.DataFrame) -> list[str]:
    """Each reason with the people it speaks of, from the most people to the fewest."""
    people = points.groupby(["reason", "threshold"])["persons"].sum().sort_values(ascending=False).reset_index()
    total = float(points["persons"].sum())
    said = []
    for row in records(people[people["persons"] >= 0.5]):
        sentence = reasons.reason(row["reason"], float(row["threshold"]))
        if total - row["persons"] >= 0.5:
            sentence = _("Per {numero} persone: {frase}").format(
                numero=whole(row["persons"]), frase=_lower_first(sentence)
            )
        said.append(sentence)
    return said


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _declaration_sentences(declarations: pd.DataFrame) -> list[str]:
    """Completeness of the lists in words: who says so, how many are listed, how many there should be."""
    if declarations.empty:
        return [_("Nessuna fonte dichiara se l'elenco di questo tipo di servizio è completo qui.")]
    return [_declaration(row) for row in records(declarations)]


def _declaration(row: Row) -> str:
    territory = str(row["area"])
    text = (
        _("Elenco dichiarato completo per {territorio}").format(territorio=territory)
        if row["complete"]
        else _("Elenco dichiarato incompleto per {territorio}").format(territorio=territory)
    )
    listed, official = row["listed"], row["official_total"]
    if listed is not None:
        text += _("; servizi elencati: {numero}").format(numero=whole(listed))
    if official is not None:
        text += _("; totale ufficiale: {numero}").format(numero=whole(official))
        if row["official_year"] is not None:
            text += _(" (anno {anno})").format(anno=int(row["official_year"]))
    text += _difference(listed, official) + "."
    if row["note"]:
        text += _(" Nota: {nota}.").format(nota=str(row["note"]).rstrip("."))
    return text + _(" Fonte: {fonte}.").format(fonte=row["source"])


def _difference(listed: float | None, official: float | None) -> str:
    """How far what is listed is from the official total, in words; nothing where they agree or one is not known."""
    if listed is None or official is None or listed == official:
        return ""
    apart = round(abs(official - listed))
    if listed < official:
        sentence = ngettext("; all'elenco ne manca {numero}", "; all'elenco ne mancano {numero}", apart)
    else:
        sentence = ngettext(
            "; l'elenco ne ha {numero} in più del totale ufficiale",
            "; l'elenco ne ha {numero} in più del totale ufficiale",
            apart,
        )
    return sentence.format(numero=whole(apart))
