"""Codes of the measures as sentences that a person understands: one table each, one place to mend a word."""

from app.i18n import marked, minutes
from etl.i18n import _

# Why a point has its status (codes of ``geo.statuses.REASONS``); {soglia} is the time limit with its unit.
REASONS = {
    "elenco_incompleto": marked(
        "Entro {soglia} non risulta alcun servizio confermato, ma l'elenco dei servizi non è completo: "
        "non si può dire che manchi."
    ),
    "punto_non_collocato": marked(
        "Il motore di viaggio non sa dov'è questo punto (nessuna strada entro un chilometro, o luogo che manca nella "
        "tabella dei tempi): non si può dire che il servizio manchi."
    ),
    "solo_offerta_incerta": marked(
        "Entro {soglia} ci sono solo servizi da verificare: se sono aperti il servizio c'è, altrimenti manca."
    ),
    "capacita_dipende_da_offerta_incerta": marked(
        "La capacità basta oppure no a seconda che si contino i servizi da verificare."
    ),
    "intervallo_oltre_soglia": marked(
        "Il tempo stimato è a cavallo di {soglia}: la posizione del servizio o la strada non sono note abbastanza bene."
    ),
    "nessun_servizio_entro_soglia": marked("Nessun servizio entro {soglia}, e l'elenco dei servizi è completo."),
    "capacita_sotto_minimo": marked(
        "Un servizio si raggiunge, ma la capacità per abitante è sotto il minimo della regola."
    ),
    "offerta_abbondante": marked("Almeno tre servizi di enti diversi sono vicini, con capacità ben oltre l'obiettivo."),
    "capacita_sufficiente": marked("Un servizio si raggiunge e la capacità per abitante rispetta la regola."),
    "presenza_elenco_incompleto": marked(
        "Un servizio si raggiunge entro {soglia}; l'elenco è incompleto, quindi potrebbero essercene altri."
    ),
    "presenza_senza_regola": marked(
        "Un servizio si raggiunge entro {soglia}; nessuna norma letta dice quanta capacità serve: "
        "se basti non si può giudicare."
    ),
    "capacita_ignota": marked("Un servizio si raggiunge entro {soglia}, ma la sua capacità non è nota."),
    "domanda_in_territorio_incompleto": marked(
        "Un servizio si raggiunge entro {soglia}, ma serve anche territori dove l'elenco è incompleto: "
        "non si può dire se basti."
    ),
    "nessuna_domanda": marked("Qui non risultano persone a cui il servizio è rivolto."),
}

# How far a rule may be trusted (column ``verification`` of the rules).
VERIFICATIONS = {
    "letto": marked("Il testo dell'atto è stato letto."),
    "parziale": marked("Il testo dell'atto è stato letto solo in parte."),
    "non_letto": marked("Il testo dell'atto non è stato letto: la regola non va presentata come norma."),
    "criterio": marked("È un criterio di lavoro, non una norma: chi usa lo strumento può cambiarlo."),
}

# Outcome of a rule on a statutory unit (codes of ``geo.compliance.OUTCOMES``).
OUTCOMES = {
    "sotto_minimo": marked("sotto il minimo"),
    "minimo": marked("minimo rispettato"),
    "obiettivo": marked("obiettivo raggiunto"),
    "non_determinabile": marked("non determinabile"),
    "unita_non_caricata": marked("unità non caricata, non si sa a quale appartenga chi abita qui"),
}

# Why an outcome cannot be determined.
CAUSES = {
    "nessuno": marked("non vi abita nessuno a cui il servizio si rivolge"),
    "elenco": marked("l'elenco è incompleto"),
    "eccesso": marked("in elenco c'è più di quanto la regola conta"),
    "capacita": marked("la capacità di qualche servizio non è nota"),
    "assenza": marked("non c'è alcun servizio da confrontare con la regola"),
    "posizione": marked("la posizione di qualche servizio non è nota abbastanza bene"),
}

CERTAINTIES = {
    "confermata": marked("confermato"),
    "incerta": marked("da verificare"),
    "programmata": marked("programmato, non ancora aperto"),
}

PRECISIONS = {
    "address": marked("indirizzo preciso"),
    "street": marked("posizione approssimata alla via"),
    "municipality": marked("noto solo il comune"),
}

LEVELS = {
    "metropolitan_city": marked("Città metropolitana"),
    "zona_omogenea": marked("Zona omogenea"),
    "asl": marked("Azienda sanitaria"),
    "distretto": marked("Distretto sanitario"),
    "ats": marked("Ambito territoriale sociale"),
    "ambito": marked("Ambito di medicina di base"),
    "bacino": marked("Bacino"),
    "municipality": marked("Comune"),
    "quarter": marked("Quartiere"),
    "settlement": marked("Centro abitato"),
}

# What the statutory units of the rules are called (column ``geography``).
GEOGRAPHIES = {
    "comune": marked("comune"),
    "bacino": marked("bacino"),
    "distretto": marked("distretto sanitario"),
    "ats": marked("ambito territoriale sociale"),
    "ambito": marked("ambito di medicina di base"),
    "asl": marked("azienda sanitaria"),
    "provincia": marked("città metropolitana"),
    "regione": marked("regione"),
    "nazione": marked("nazione"),
    "sede": marked("singola sede"),
    "ente": marked("singolo ente"),
}


def reason(code: str, threshold: float) -> str:
    """The sentence for a reason code, with the time limit that was used."""
    return _(REASONS[code]).format(soglia=minutes(threshold))


def said(table: dict[str, str], code: str) -> str:
    """The words of a table for a code, in the reader's language; the code itself where no word is known."""
    return _(table[code]) if code in table else code


def geography(codes: str) -> str:
    """Names of one or more statutory geographies separated by ``|``."""
    return _(" o ").join(said(GEOGRAPHIES, code) for code in codes.split("|") if code)
