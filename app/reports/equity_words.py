"""What each figure of equity means, in an Italian sentence with the figure in it."""

from collections.abc import Mapping
from typing import Any, Final

from app.i18n import decimal, marked, share, whole
from app.reports import equity_clusters
from app.reports.need import title
from etl.i18n import _

Row = Mapping[str, Any]

SUBJECTS: Final[Mapping[str, str]] = {
    "minutes": marked("i minuti"),
    "score": marked("i punteggi di accesso"),
    "shadow": marked("le quote in ombra"),
}
MEASURES: Final[Mapping[str, str]] = {
    "minutes": marked("minuti al servizio più vicino"),
    "score": marked("punteggio di accesso (E2SFCA)"),
    "shadow": marked("quota di persone in ombra"),
}
GROUPS: Final[Mapping[str, str]] = {"zona": marked("le zone omogenee"), "distretto": marked("i distretti sanitari")}
_INDIFFERENT, _SLIGHT = 0.02, 0.1  # of a concentration index


def sentences(row: Row) -> dict[str, str]:
    """The sentences of :func:`app.reports.equity.whole`, by figure."""
    subject = _(SUBJECTS[row["measure"]])
    told = {
        "persons": _people(row),
        "mean": _mean(row),
        "gini": _gini(row, subject),
        "theil": _theil(row, _(GROUPS[row["by"]])),
        "concentration": _concentration(row),
        "fgt": _poverty(row),
    }
    return told | ({"moran": equity_clusters.sentence(row["moran"])} if row["moran"] else {})


def figure(row: Row, name: str) -> str:
    """A figure of a row with the unit of its measure.

    >>> figure({"measure": "minutes", "mean": 12.34}, "mean")
    '12,3 minuti'
    """
    value = row[name]
    match row["measure"]:
        case "minutes":
            return _("{numero} minuti").format(numero=decimal(value))
        case "score":
            return _("{numero} ogni 100.000 persone").format(numero=decimal(value, 2))
        case _:
            return percent(value)


def _people(row: Row) -> str:
    counted = row["persons"] - row["left_senza_dati"] - row["left_senza_misura"]
    parts = [_("Contano {quante} persone su {tutte}.").format(quante=whole(counted), tutte=whole(row["persons"]))]
    if row["left_senza_dati"] >= 0.5:
        why = _("Fuori da ogni cifra {n}: l'elenco dei servizi lì è incompleto e non ne risulta nessuno vicino.")
        parts.append(why.format(n=whole(row["left_senza_dati"])))
    if row["left_senza_misura"] >= 0.5:
        why = _("Fuori da ogni cifra {n}: il servizio va da loro o è protetto, e questa misura non ne dice nulla.")
        parts.append(why.format(n=whole(row["left_senza_misura"])))
    if row["capped"] >= 0.5:
        why = _("{n} non hanno alcun servizio entro {fine} minuti e contano come {fine}: sono in realtà più lontane.")
        parts.append(why.format(n=whole(row["capped"]), fine=whole(row["horizon"])))
    if row["unlisted"] >= 0.5:
        why = _("Per {n} l'elenco è incompleto: possono avere altri servizi, anche più vicini, che qui non risultano.")
        parts.append(why.format(n=whole(row["unlisted"])))
    return " ".join(parts)


def _mean(row: Row) -> str:
    if row["measure"] == "shadow":
        return _("In ombra: {quota} delle persone contate.").format(quota=percent(row["mean"]))
    said = _("In media {media}; metà delle persone ha al massimo {mediana}.")
    return said.format(media=figure(row, "mean"), mediana=figure(row, "median"))


def _gini(row: Row, subject: str) -> str:
    if row["gini"] is None:
        return _("Gini non determinabile: nessuno ha nulla da confrontare.")
    said = _(
        "Gini {gini} (0: uguali per tutti; 1: tutto a una persona sola). Fra due persone prese a caso {cosa} "
        "differiscono in media di {quanto}."
    )
    # The mean difference between two people is twice Gini's index times the mean.
    difference = figure({**row, "difference": 2.0 * row["gini"] * row["mean"]}, "difference")
    return said.format(gini=decimal(row["gini"], 3), cosa=subject, quanto=difference)


def _theil(row: Row, groups: str) -> str:
    if not row["theil"]:
        return _("Theil: nessuna differenza da scomporre.")
    said = _("Theil {theil}: la disuguaglianza è per {fra} fra {gruppi} ({b}), il resto dentro ({w}).")
    return said.format(
        theil=decimal(row["theil"], 3),
        fra=share(row["theil_between"], row["theil"]),
        gruppi=groups,
        b=decimal(row["theil_between"], 3),
        w=decimal(row["theil_within"], 3),
    )


def _concentration(row: Row) -> str:
    corrected = row["concentration_corrected"]
    index = row["concentration"] if corrected is None else corrected
    if index is None:
        return _("Concentrazione non determinabile: nessun comune ha insieme il bisogno e un valore diverso da zero.")
    said = _("Concentrazione rispetto a «{bisogno}» {indice} (da -1 a 1): {senso}.")
    text = said.format(bisogno=need_title(row), indice=decimal(index, 3), senso=_direction(row["measure"], index))
    if corrected is not None:
        text += " " + _("Indice di Erreygers, per quote; quello semplice è {indice}.").format(
            indice=decimal(row["concentration"], 3)
        )
    if row["without_need"] >= 0.5:
        text += " " + _("Senza {n} persone il cui comune non ha l'indicatore.").format(n=whole(row["without_need"]))
    return text


def need_title(row: Row) -> str:
    """The need in words: the title of one indicator, or the composite as it was asked for."""
    parts = row["need"]["indicators"]
    return title(parts[0]["code"]) if len(parts) == 1 else str(row["need"]["label"])


def _direction(measure: str, index: float) -> str:
    if abs(index) < _INDIFFERENT:
        return _("l'accesso non va né con il bisogno né contro")
    slight = abs(index) < _SLIGHT
    # More minutes and more shadow are less access, a higher score is more.
    if (index > 0) == (measure == "score"):
        return (
            _("dove il bisogno è maggiore l'accesso è un po' migliore")
            if slight
            else _("dove il bisogno è maggiore l'accesso è migliore")
        )
    return (
        _("dove il bisogno è maggiore l'accesso è un po' peggiore")
        if slight
        else _("dove il bisogno è maggiore l'accesso è peggiore")
    )


def _poverty(row: Row) -> str:
    if row["p0"] is None:
        return _("Povertà di accesso non determinabile: più di metà delle persone non ha nulla, manca una soglia.")
    said = _("Povertà di accesso ({soglia}): {poveri} persone, {p0} (P0). P1 {p1}, P2 {p2}: {senso}.")
    text = said.format(
        soglia=_line(row),
        poveri=whole(row["poor"]),
        p0=percent(row["p0"]),
        p1=decimal(row["p1"], 4),
        p2=decimal(row["p2"], 4),
        senso=_gap(row),
    )
    if row["p0_high"] - row["p0_low"] >= 0.0005:
        said = _("Secondo come stanno le persone fuori dal conto, P0 è fra {minimo} e {massimo}.")
        text += " " + said.format(minimo=percent(row["p0_low"]), massimo=percent(row["p0_high"]))
    return text


def _line(row: Row) -> str:
    words = {
        "regola": _("oltre {soglia}, criterio {regola}"),
        "indicata": _("oltre {soglia}, come chiesto")
        if row["measure"] == "minutes"
        else _("sotto {soglia}, come chiesto"),
        "relativa": _("sotto {soglia}: il 60% della mediana, criterio statistico e non norma"),
        "ombra": _("in ombra"),
    }
    return words[row["line_kind"]].format(soglia=figure(row, "line"), regola=row["rule_id"])


def _gap(row: Row) -> str:
    if row["measure"] == "minutes":
        told = _("su tutti, in media {n} minuti oltre la soglia").format(n=decimal(row["p1"] * row["line"], 2))
        return told + (_(", come minimo") if row["at_least"] else "")
    if row["measure"] == "score":
        return _("su tutti, in media la mancanza è {quota} della soglia").format(quota=percent(row["p1"]))
    return _("P1 è la quota di persone in ombra")


def percent(value: float | None) -> str:
    """With a decimal: small shares of many people are many people.

    >>> percent(0.10461), percent(None)
    ('10,5%', 'n.d.')
    """
    # Adding 0 makes no -0 of what is rounded to nothing.
    return _("n.d.") if value is None else f"{decimal(round(100.0 * value, 1) + 0.0)}%"
