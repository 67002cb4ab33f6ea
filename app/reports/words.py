"""The words of the report: kinds of content, parts of the score, events, kinds of remark."""

import re
from collections.abc import Mapping

from babel.dates import format_date

from app.i18n import marked, whole
from etl.i18n import _, language, ngettext
from etl.quality.parts import told_date

KINDS = {
    "services": marked("servizi"),
    "organizations": marked("enti"),
    "addresses": marked("numeri civici"),
    "indicators": marked("indicatori per area"),
    "population": marked("residenti"),
    "areas": marked("aree e confini"),
    "travel": marked("tempi di viaggio"),
    "": marked("tabella di riferimento"),
}
PARTS = {
    "completeness": marked("Completezza"),
    "freshness": marked("Freschezza"),
    "agreement": marked("Concordanza"),
    "precision": marked("Precisione della posizione"),
    "contactability": marked("Contattabilità"),
}
EXPLANATIONS = {
    "completeness": marked(
        "Quanta parte dei campi è compilata: per i servizi ente, indirizzo, orari e pagina web; per gli enti codice "
        "fiscale, forma giuridica o iscrizione, comune; per le tabelle i comuni coperti. Un elenco che si dichiara "
        "completo è confrontato con il totale ufficiale."
    ),
    "freshness": marked(
        "Piena fino al tempo in cui l'ente che pubblica rinnova i dati, poi scende fino a zero al quadruplo di quel "
        "tempo; senza un tempo dichiarato vale mezzo anno. Zero se i dati non hanno una data."
    ),
    "agreement": marked(
        "Quota delle righe accettate che nient'altro smentisce: punto nel comune giusto, vicino al proprio indirizzo, "
        "non lo stesso punto per molti indirizzi; codici e nomi che coincidono."
    ),
    "precision": marked(
        "Uno se la posizione è all'indirizzo, mezzo se è sulla via, zero se si conosce solo il comune."
    ),
    "contactability": marked("Uno con un telefono o un indirizzo e-mail, mezzo con la sola pagina web."),
}
EVENTS = {
    "nuovo": marked("nuovi"),
    "rinominato": marked("rinominati"),
    "spostato": marked("spostati"),
    "riposizionato": marked("riposizionati"),
    "modificato": marked("modificati"),
    "chiuso": marked("chiusi"),
    "riaperto": marked("riaperti"),
}
SEVERITIES = {
    "scartato": marked("scartato"),
    "modificato": marked("corretto"),
    "dubbio": marked("da controllare"),
}
STATES = {
    "caricato": marked("caricato"),
    "ripristinato": marked("ripristinato"),
    "ritirato": marked("ritirato"),
}
FIELDS = {
    "name": marked("nome"),
    "alternate_name": marked("altro nome"),
    "organization": marked("ente"),
    "organization_tax_id": marked("codice fiscale dell'ente"),
    "tax_id": marked("codice fiscale"),
    "address": marked("indirizzo"),
    "street_number": marked("numero civico"),
    "postal_code": marked("CAP"),
    "locality": marked("località"),
    "municipality": marked("comune"),
    "istat_code": marked("codice ISTAT"),
    "cadastral_code": marked("codice catastale"),
    "lat/lon": marked("posizione"),
    "latitude": marked("latitudine"),
    "longitude": marked("longitudine"),
    "position": marked("posizione"),
    "phone": marked("telefono"),
    "phones": marked("telefono"),
    "capacities": marked("capienza"),
    "osm_hours": marked("orari (OpenStreetMap)"),
    "year": marked("anno"),
    "code": marked("codice"),
    "value": marked("valore"),
    "email": marked("e-mail"),
    "pec": marked("PEC"),
    "url": marked("sito"),
    "website": marked("sito"),
    "opening_hours": marked("orari"),
    "schedule": marked("orari"),
    "capacity": marked("capienza"),
    "service_capacity": marked("capienza"),
    "service_type": marked("tipo di servizio"),
    "service_type_code": marked("tipo di servizio"),
    "service_areas": marked("area servita"),
    "supply_status": marked("stato"),
    "status": marked("stato"),
    "description": marked("descrizione"),
    "note": marked("nota"),
    "evidence": marked("prova"),
    "evidence_year": marked("anno della prova"),
    "valid_from": marked("inizio"),
    "valid_to": marked("fine"),
    "expected_on": marked("apertura prevista"),
    "legal_status": marked("forma giuridica"),
    "identifiers": marked("iscrizioni"),
    "organization_identifier": marked("iscrizioni"),
    "closed_on": marked("data di chiusura"),
    "listed": marked("numero di voci"),
}
# Kinds whose words say more than the code with its underscores taken off.
ISSUES = {
    "accenti": marked("accenti rimessi sulle lettere"),
    "anno_di_altra_fonte": marked("anno già dato da un'altra fonte"),
    "apertura_non_vista": marked("apertura annunciata e non confermata"),
    "apostrofo": marked("apostrofi uniformati"),
    "area_di_altra_fonte": marked("area già data da un'altra fonte"),
    "area_sconosciuta": marked("area che non esiste"),
    "cap_di_altro_comune": marked("CAP di un altro comune"),
    "cap_errato": marked("CAP errato"),
    "cap_fuori_provincia": marked("CAP fuori provincia"),
    "cap_generico": marked("CAP generico della città"),
    "celle_unite": marked("testo preso da una cella unita a quella sopra"),
    "centro_del_comune": marked("punto al centro del comune, non alla sede"),
    "chiave_ripetuta": marked("stessa chiave per righe diverse"),
    "chiave_troppo_lunga": marked("chiave troppo lunga"),
    "chiusure_sospese": marked("chiusure sospese: alcune righe non si leggono"),
    "codice_di_persona": marked("codice fiscale di una persona, tolto"),
    "codice_fiscale": marked("codice fiscale rimesso in forma"),
    "codice_fiscale_ripetuto": marked("stesso codice fiscale di un'altra riga"),
    "comune": marked("comune riconosciuto"),
    "comune_discorde": marked("codici e nome indicano comuni diversi"),
    "comune_incompleto": marked("comune di oggi senza la cifra di una sua parte"),
    "comune_sconosciuto": marked("comune che non esiste"),
    "comune_senza_dato": marked("comune di oggi senza un dato"),
    "comune_soppresso": marked("comune soppresso, attribuito a quello di oggi"),
    "coordinate": marked("coordinate convertite in gradi"),
    "coordinate_tonde": marked("coordinate arrotondate"),
    "data": marked("data riscritta"),
    "dato_mancante": marked("parola che sta per un dato mancante"),
    "dato_ripetuto": marked("dato già detto da un'altra riga"),
    "dubbio_segnalato": marked("dubbio segnalato da chi ha compilato"),
    "ente_multiplo": marked("più enti per un servizio"),
    "edizione_senza_data": marked("file senza data al posto di un altro"),
    "entita_html": marked("codici HTML sostituiti"),
    "fuori_comune": marked("punto fuori dal comune dichiarato"),
    "fuori_territorio": marked("fuori dalla città metropolitana"),
    "geometria_riparata": marked("confine riparato"),
    "grado_non_trattato": marked("grado di scuola non trattato"),
    "iniziale": marked("spazio dopo l'iniziale"),
    "lontano_da_indirizzo": marked("punto lontano dal proprio indirizzo"),
    "maiuscole": marked("maiuscole e minuscole"),
    "numero_ambiguo": marked("numero che si legge in due modi"),
    "nome_generico": marked("nome comune a più cose, completato"),
    "nota": marked("nota di chi ha compilato"),
    "numero_civico": marked("numero civico staccato dalla via"),
    "orari_incerti": marked("orari non certi, lasciati come testo"),
    "pec": marked("posta certificata separata"),
    "periodo_precedente": marked("riga di un periodo precedente"),
    "posizione_grossolana": marked("posizione poco precisa"),
    "posizione_migliorata": marked("posizione resa più precisa dall'indirizzo"),
    "posizione_solo_comune": marked("posizione nota solo per comune"),
    "posizione_trovata": marked("posizione trovata dall'indirizzo"),
    "posta": marked("indirizzo e-mail riscritto"),
    "posta_errata": marked("indirizzo e-mail errato"),
    "posta_nel_sito": marked("e-mail al posto del sito"),
    "prova_senza_anno": marked("prova senza anno"),
    "prova_vecchia": marked("prova vecchia"),
    "punto_della_via": marked("stesso punto per più civici della via"),
    "punto_di_ripiego": marked("stesso punto per molti indirizzi"),
    "riga_non_aggiornata": marked("riga illeggibile: resta la versione di prima"),
    "riga_ripetuta": marked("riga ripetuta"),
    "riga_scartata": marked("riga che non descrive nulla di noto"),
    "riga_senza_cifre": marked("riga senza cifre"),
    "righe_fuori_fonte": marked("righe che non sono della fonte"),
    "santo": marked("nome del santo per esteso"),
    "senza_posizione": marked("senza coordinate"),
    "sito": marked("indirizzo web completato"),
    "sito_dubbio": marked("indirizzo web dubbio"),
    "sito_errato": marked("indirizzo web errato"),
    "spazi": marked("spazi superflui tolti"),
    "telefono": marked("telefono in forma internazionale"),
    "tipo_sconosciuto": marked("tipo di servizio sconosciuto"),
    "tipologia_non_trattata": marked("tipologia non trattata"),
    "toponimo": marked("parola della via per esteso"),
    "totale_non_coincide": marked("totale diverso da quello ufficiale"),
    "url_senza_protocollo": marked("indirizzo web senza https"),
    "valore_non_previsto": marked("valore non previsto"),
}
PRECISIONS = {
    "address": marked("indirizzo"),
    "street": marked("via"),
    "municipality": marked("solo il comune"),
}
_YEAR = re.compile(r"\d{4}")
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_POINT = re.compile(r"POINT\(([-\d.]+) ([-\d.]+)\) (\w+)")
_LONG = 80  # characters of a value shown in a sentence


def said(table: Mapping[str, str], code: str) -> str:
    """The words for a code in the reader's language; the code itself where it has none."""
    return _(table[code]) if code in table else code


def kind(code: str) -> str:
    """A kind of remark in words; codes are Italian words already.

    >>> kind("punto_di_ripiego"), kind("nome_mancante")
    ('stesso punto per molti indirizzi', 'nome mancante')
    """
    return _(ISSUES[code]) if code in ISSUES else code.replace("_", " ")


def field(name: str | None) -> str:
    """A field in words."""
    return said(FIELDS, name) if name else ""


def age(days: int) -> str:
    """Days as people say them: days, months from two on, years from two on.

    >>> age(1), age(45), age(400), age(3000)
    ('1 giorno', '45 giorni', '13 mesi', '8 anni')
    """
    if days < 61:
        return ngettext("{numero} giorno", "{numero} giorni", days).format(numero=whole(days))
    if days < 730:
        return _("{numero} mesi").format(numero=whole(days / 30.44))
    return _("{numero} anni").format(numero=whole(days // 365.25))


def dated(label: str | None, days: int) -> str:
    """How old data are; of those that tell their year only, the year: a count of days would be made up.

    >>> dated("2026", 325), dated("2026-11-21", 1), dated(None, 3000)
    ('nel 2026', '1 giorno', '8 anni')
    """
    if label is not None and _YEAR.fullmatch(label):
        return _("nel {anno}").format(anno=label)
    return age(days)


def period(label: str) -> str:
    """The label of an edition as people write dates; as it is where it is none.

    >>> period("2018"), period("2023-09"), period("2026-03-01"), period("luglio"), period("2026-13-01")
    ('2018', 'settembre 2023', '1 marzo 2026', 'luglio', '2026-13-01')
    """
    day = told_date(label) if _DATE.fullmatch(label) else None
    if day is None:
        return label
    form = "d MMMM y" if label.count("-") == 2 else "MMMM y"
    return format_date(day, form, locale=language.get())


def change(event: str, name: str, before: str, after: str) -> str:
    """What happened to one thing.

    >>> change("rinominato", "name", "Scuola A", "Scuola B")
    'rinominato: «Scuola A» → «Scuola B»'
    >>> change("riposizionato", "position", "municipality", "POINT(7.689379 44.998327) street")
    'riposizionato: solo il comune → 44.998327, 7.689379 (via)'
    """
    singular = {
        "nuovo": _("nuovo"),
        "rinominato": _("rinominato"),
        "spostato": _("spostato"),
        "riposizionato": _("riposizionato"),
        "modificato": _("modificato ({campo})").format(campo=field(name)),
        "chiuso": _("chiuso"),
        "riaperto": _("riaperto"),
    }
    told = singular.get(event, event)
    if event in ("nuovo", "chiuso", "riaperto"):
        return told
    return _("{cosa}: {prima} → {dopo}").format(cosa=told, prima=_value(name, before), dopo=_value(name, after))


def _value(name: str, text: str) -> str:
    """A value of a field as people read it: positions with latitude first, codes without underscores."""
    if not text:
        return _("nulla")
    found = _POINT.fullmatch(text)
    if name == "position":
        precision = said(PRECISIONS, found[3] if found else text)
        return f"{found[2]}, {found[1]} ({precision})" if found else precision
    if name in ("supply_status", "status"):
        text = text.replace("_", " ")
    return f"«{text}»" if len(text) <= _LONG else f"«{text[: _LONG - 1]}…»"
