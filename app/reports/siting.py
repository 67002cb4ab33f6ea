"""What is said of a proposal of new sites, at a terminal and on pages: titles, headings, remarks in Italian."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.i18n import decimal, whole
from etl.i18n import _, ngettext
from etl.store import models as m

Answer = Mapping[str, Any]


def title(answer: Answer) -> str:
    """Heading of the places of an answer."""
    return _("Dove aprire: {tipo}").format(tipo=answer["type"])


def headings(answer: Answer) -> dict[str, str]:
    """Columns of the table, those of the supply that was asked for first."""
    first, second = ("gained_confirmed", "gained_all")
    other = _("anche con\nincerta")
    if answer["supply"] == "tutta":
        first, second, other = second, first, _("solo\nconfermata")
    return {
        "position": _("N."),
        "municipality": _("Comune"),
        "where": _("Luogo proposto"),
        first: _("Persone\nguadagnate"),
        second: other,
        "probable": _("di cui\nprobabili"),
        "assigned": _("Sede più\nvicina per"),
    }


def kinds(row: Answer) -> str:
    """A place with what it is."""
    if row["kind"] == "edificio_pubblico":
        return _("{luogo}, {indirizzo} (edificio pubblico: {ente})").format(
            luogo=row["name"], indirizzo=row["address"] or _("indirizzo non noto"), ente=row["body"]
        )
    if row["kind"] == "centro_abitato":
        return _("{luogo} (centro abitato, nessun edificio pubblico noto)").format(luogo=row["name"])
    return str(row["name"])


def beside(row: Answer) -> str | None:
    """Municipalities that are nearly as good as a place; None where there is none."""
    if not row["alternatives"]:
        return None
    return _("Quasi lo stesso da: {comuni}").format(comuni=", ".join(row["alternatives"]))


def remarks(session: Session, answer: Answer) -> list[str]:
    """What the figures count, how good the choice is, and what is not known."""
    kind = session.get_one(m.ServiceType, answer["type"])
    return [_asked(answer, kind.name_it), _people(answer), quality(answer), *_cautions(answer)]


def _asked(answer: Answer, name: str) -> str:
    text = _("{tipo}: soglia {minuti:.0f} minuti ({regola}), {offerta}, {n} luoghi possibili, tempi: {motore}.")
    supply = _("servizi confermati") if answer["supply"] == "confermata" else _("servizi confermati e da verificare")
    return text.format(
        tipo=name,
        minuti=answer["threshold"],
        regola=answer["rule_id"],
        offerta=supply,
        n=whole(answer["candidates"]),
        motore=_engine(answer["engine"]),
    )


def _engine(name: str) -> str:
    words = {
        "estimate": _("stimati dalla distanza"),
        "network": _("dalla rete stradale"),
        "matrix": _("da una tabella di tempi"),
    }
    return words.get(name, name)


def _people(answer: Answer) -> str:
    who = {
        "shadow": _("Persone in ombra"),
        "no-service": _("Persone senza servizio entro la soglia"),
        "everyone": _("Persone del gruppo"),
    }[answer["demand"]]
    text = _("{chi}: {tutte}; ne guadagnano il servizio {guadagnate}, restano senza {restano}{lontane}.")
    far = ""
    if answer["unreachable"] >= 0.5:
        far = _(" (di cui {n} lontane da ogni luogo possibile)").format(n=whole(answer["unreachable"]))
    return text.format(
        chi=who,
        tutte=whole(answer["persons"]),
        guadagnate=whole(answer["gained"]),
        restano=whole(answer["remaining"]),
        lontane=far,
    )


def quality(answer: Answer) -> str:
    """Whether something better may exist, and by how much."""
    if answer["objective"] is None:
        return _("Con così poche sedi non si arriva a tutti entro l'orizzonte dei tempi di viaggio.")
    units = {
        "lscp": _("{n} sedi"),
        "mclp": _("{n} persone guadagnate"),
        "p-median": _("{n} minuti in tutto, sommati su tutte le persone"),
        "p-center": _("{n} minuti per il più lontano"),
    }
    unit = units[answer["model"]]
    found = unit.format(n=figure(answer["objective"], answer["model"]))
    if answer["exact"]:
        return _("Ottimo ({modello}): {trovato}; nessun'altra scelta fa meglio.").format(
            modello=answer["model"], trovato=found
        )
    text = _("Migliore trovato ({modello}): {trovato}; nessuna scelta può fare meglio di {limite} (scarto {scarto} %).")
    best = unit.format(n=figure(answer["bound"], answer["model"]))
    return text.format(modello=answer["model"], trovato=found, limite=best, scarto=decimal(100 * answer["gap"]))


def _cautions(answer: Answer) -> Iterator[str]:
    if answer["sites"] < (answer["k"] or 0):
        yield _("Una sede in più non aggiungerebbe nessuno: ne sono proposte {n} su {k}.").format(
            n=answer["sites"], k=answer["k"]
        )
    if answer["unknown"] >= 0.5:
        n = round(answer["unknown"])
        yield ngettext(
            "Di {n} persona senza servizio noto non si sa nulla, e non è contata: lì l'elenco non è completo.",
            "Di {n} persone senza servizio noto non si sa nulla, e non sono contate: lì l'elenco non è completo.",
            n,
        ).format(n=whole(n))
    yield _("Sono proposte: quanto spazio, costi e volontà ci siano in ogni luogo non è nei dati.")
    if answer["note"]:
        yield str(answer["note"])


def figure(value: float, model: str) -> str:
    """An objective: minutes with a decimal, the rest whole.

    >>> figure(30.54, "p-center"), figure(21730.0, "mclp")
    ('30,5', '21.730')
    """
    return decimal(value) if model == "p-center" else whole(value)
