"""What every kind of remark of cleaning means, in a sentence for the person who can mend the file."""

from functools import lru_cache

from etl.i18n import _, language


def explain(kind: str, detail: str = "") -> str:
    """The sentence of an issue row; ``detail`` is what only this row knows (a name, a length).

    Raises
    ------
    KeyError
        There is no such kind.
    """
    return _sentences(language.get())[kind].format(detail=detail)


def kinds() -> tuple[str, ...]:
    """Every kind that cleaning can tell."""
    return tuple(_sentences(language.get()))


@lru_cache(maxsize=4)
def _sentences(_language: str) -> dict[str, str]:
    return {**_of_text(), **_of_places(), **_of_contacts(), **_of_figures(), **_of_points()}


def _of_text() -> dict[str, str]:
    return {
        "codice_di_persona": _(
            "Conteneva il codice fiscale di una persona: è un dato personale, è stato tolto e non viene ripetuto qui. "
            "Togliere il codice dal file."
        ),
        "testo_troppo_lungo": _("Il testo è di {detail} caratteri, più di ogni testo possibile: accorciarlo nel file."),
        "formula": _(
            "La cella contiene una formula, che un foglio di calcolo eseguirebbe: scrivere nel file il valore."
        ),
        "codifica": _("Lettere rovinate da una codifica sbagliata, rimesse a posto."),
        "carattere_perduto": _("Contiene un carattere perduto (�): riscrivere il testo nel file."),
        "entita_html": _("Sostituiti i codici HTML con i caratteri che rappresentano."),
        "unicode": _("Lettere accentate scritte in forma composta."),
        "caratteri_invisibili": _("Tolti caratteri che non si vedono."),
        "apostrofo": _("Apostrofi scritti tutti con lo stesso segno."),
        "spazi": _("Tolti gli spazi superflui."),
        "dato_mancante": _("La parola sta per un dato mancante."),
        "iniziale": _("Spazio tra l'iniziale e il nome."),
        "accenti": _("Accenti scritti come apostrofi, o dimenticati, rimessi sulle lettere."),
        "maiuscole": _("Maiuscole e minuscole come si scrivono in un testo."),
    }


def _of_places() -> dict[str, str]:
    return {
        "comune": _("Codice ISTAT del comune di oggi."),
        "comune_sconosciuto": _(
            "Nessun comune italiano ha questo codice o questo nome: correggere codice ISTAT, codice catastale o nome."
        ),
        "fuori_territorio": _(
            "Il comune non fa parte della Città metropolitana di Torino: la riga non viene caricata."
        ),
        "comune_discorde": _(
            "Codice e nome dicono comuni diversi; vale {detail}. Correggere nel file quello sbagliato."
        ),
        "comune_soppresso": _("Il comune non esiste più: la riga è attribuita a {detail}."),
        "toponimo": _("Scritta per esteso la parola abbreviata dell'indirizzo."),
        "santo": _("Scritto per esteso il nome del santo."),
        "numero_civico": _("Numero civico staccato dalla via e scritto in un solo modo."),
        "civico_errato": _("La colonna del civico non contiene un numero civico."),
        "civici_discordi": _("L'indirizzo e la colonna del civico dicono numeri diversi; vale quello dell'indirizzo."),
        "cap": _("CAP di cinque cifre."),
        "cap_errato": _("Non è un CAP: servono cinque cifre."),
        "cap_generico": _("Il CAP generico della città non è più in uso: scrivere quello della via."),
        "cap_fuori_provincia": _("Il CAP non è della provincia di Torino, che ha quelli da 10010 a 10156."),
        "cap_di_altro_comune": _(
            "I CAP da 10121 a 10156 sono di Torino, gli altri dei comuni intorno: qui non concordano."
        ),
    }


def _of_contacts() -> dict[str, str]:
    return {
        "telefono": _("Numeri di telefono scritti in forma internazionale."),
        "telefono_illeggibile": _(
            "Non è un numero di telefono completo: scrivere prefisso e numero, come 011 1234567."
        ),
        "fax": _("È un numero di fax: non viene pubblicato."),
        "posta": _("Indirizzi di posta elettronica scritti in un solo modo."),
        "posta_errata": _("Non è un indirizzo di posta elettronica valido: correggerlo nel file."),
        "pec": _("La posta certificata è stata separata da quella ordinaria."),
        "posta_nel_sito": _("Nella colonna del sito c'era un indirizzo di posta elettronica."),
        "sito": _("Indirizzo del sito scritto per intero."),
        "sito_errato": _("Non è l'indirizzo di un sito pubblico: correggerlo nel file, come https://www.esempio.it."),
        "sito_pericoloso": _("Non è l'indirizzo di una pagina web (http o https): tolto per sicurezza."),
        "sito_dubbio": _("La fine del nome del sito non è di quelle note: controllare che l'indirizzo sia completo."),
        "sito_ulteriore": _("Oltre al primo sito il campo contiene altro, che non viene pubblicato."),
    }


def _of_figures() -> dict[str, str]:
    return {
        "codice_fiscale": _("Codice di undici cifre, con gli zeri iniziali perduti."),
        "codice_fiscale_errato": _(
            "Codice fiscale o partita IVA non validi: servono undici cifre, l'ultima di controllo. Correggere nel file."
        ),
        "codice_ulteriore": _("Il campo contiene un secondo codice: vale il primo."),
        "data": _("Data scritta come anno-mese-giorno."),
        "data_errata": _("Non è una data possibile: scriverla come 31/12/2025 o 2025-12-31."),
        "data_lontana": _("La data è prima del 1800 o dopo il 2099: lasciare vuoto se non c'è una scadenza."),
        "anno": _("Anno di quattro cifre."),
        "anno_errato": _("Non è un anno: servono quattro cifre."),
        "capienza": _("Numero intero di posti."),
        "capienza_errata": _("Non è un numero intero di posti."),
        "capienza_assurda": _("Un servizio non può avere questo numero di posti: da 0 a 10.000."),
        "orari_osm": _("Orari nella sintassi di OpenStreetMap."),
        "orari_osm_errati": _("Non sono orari validi nella sintassi di OpenStreetMap."),
        "orari_incerti": _(
            "Giorni e ore non sono certi, gli orari restano testo. Scriverli come «lun-ven 9:00-12:00; sab 9:00-11:00»."
        ),
    }


def _of_points() -> dict[str, str]:
    return {
        "coordinate": _("Posizione in gradi WGS 84 (EPSG:4326)."),
        "coordinate_errate": _("Le coordinate non sono numeri possibili: correggerle nel file."),
        "coordinate_zero": _("Coordinate 0, 0: stanno per una posizione mancante."),
        "coordinate_a_meta": _("Manca una delle due coordinate."),
        "coordinate_non_in_gradi": _("Le coordinate non sono in gradi: dichiarare «x», «y» e «crs» nella mappatura."),
        "coordinate_scambiate": _("Latitudine e longitudine erano scambiate: rimesse al loro posto."),
        "punti_discordi": _("La riga dà due posizioni che distano più di un metro; vale la prima."),
        "wkt_errato": _("La geometria non è WKT leggibile."),
        "crs_mancante": _(
            "Non si sa in quale sistema di riferimento siano le coordinate: dichiarare «crs» nella mappatura."
        ),
        "crs_sconosciuto": _("Il sistema di riferimento dichiarato non è noto: scriverlo come EPSG:3003."),
    }
