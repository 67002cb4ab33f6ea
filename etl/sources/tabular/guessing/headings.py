"""What the heading of a column says: words by field, as Italian publishers write them."""

import re

from rapidfuzz import fuzz

from etl.identity import slug

# The more telling first: a heading that is a word of the list says more than one that only holds it.
WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        "denominazione",
        "nome",
        "ragione sociale",
        "insegna",
        "intestazione",
        "name",
        "des amm",
        "denominazione ente",
        "nome ente",
        "descrizione",
    ),
    "organization": ("ente gestore", "gestore", "ente titolare", "azienda", "organizzazione", "organization", "ente"),
    "tax_id": ("codice fiscale", "cf", "partita iva", "p iva", "piva", "partitaiva", "codicefiscale"),
    "istat_code": (
        *(
            "codice istat comune",
            "codice istat del comune",
            "istat comune",
            "codice comune istat",
            "codicecomuneistat",
            "pro com t",
            "pro com",
        ),
        *("procom", "cod istat", "codice istat", "istat", "cod comune"),
    ),
    "cadastral_code": ("codice catastale", "belfiore", "codice catastale comune", "codicecomunescuola", "catastale"),
    "municipality": ("comune", "citta", "descrizione comune", "municipality", "city", "comune sede legale"),
    "locality": ("frazione", "localita", "borgata"),
    "address": ("indirizzo", "ubicazione", "via", "address", "sede", "indirizzo municipio", "recapito postale"),
    "street_number": ("civico", "numero civico", "n civico", "house number"),
    "postal_code": ("cap", "codice postale", "postal code"),
    "latitude": ("lat", "latitudine", "latitude"),
    "longitude": ("lon", "long", "lng", "longitudine", "longitude"),
    "x": ("coord x", "x", "est", "easting", "coordx"),
    "y": ("coord y", "y", "nord", "northing", "coordy"),
    "wkt": ("wkt geom", "wkt", "geometry", "geom"),
    "phone": ("telefono", "tel", "phone", "tel segreteria", "cellulare", "telefoni"),
    "email": ("email", "e mail", "mail", "posta elettronica", "indirizzoemail"),
    "pec": ("pec", "indirizzo pec", "posta certificata", "domicilio digitale"),
    "url": ("url", "sito web", "sito", "sitoweb", "web", "website", "sito istituzionale"),
    "opening_hours": ("orario", "orari", "orario apertura", "apertura", "orario inv", "opening hours"),
    "capacity": ("posti", "capienza", "capacita", "num posti", "posti totali", "pos totali", "cap max", "ricettivita"),
    "valid_from": ("data inizio", "data apertura", "inizio validita", "data iscrizione", "datainiziovalidita"),
    "valid_to": ("data fine", "data chiusura", "fine validita", "datafinevalidita"),
    "accessibility": ("accessibilita", "acc disab", "barriere", "accessibile"),
    "note": ("note", "annotazioni", "osservazioni"),
    "description": ("tipo", "tipologia", "descrizione", "categoria"),
}
# Of a list of bodies: the column that elsewhere names who runs a service.
BODIES = ("associazione", "ente", "organizzazione", "cooperativa", "fondazione", "istituto", "societa", "impresa")
COUNTERS = ("n", "nr", "num", "numero", "prog", "progressivo", "riga", "n ord", "n ordine", "numero riga")
KEY_WORDS = ("id", "codice", "cod", "code", "isil", "key", "identificativo", "repertorio", "matricola", "objectid")
PERSON_WORDS = (
    *(
        "responsabile",
        "resp",
        "cognome",
        "rappresentante",
        "referente",
        "direttore",
        "dirigente",
        "titolare",
        "sindaco",
    ),
    *("nato", "nascita"),
)
GEOCODER_WORDS = ("arcgis", "geocod", "geocoder", "response", "nominatim", "query")


def words(heading: str) -> str:
    """The words of a heading, apart also where only capitals part them.

    >>> words("DENOMINAZ"), words("codiceIstatComune"), words("INDIRIZZO_SCUOLA (via)")
    ('denominaz', 'codice istat comune', 'indirizzo scuola via')
    """
    return slug(re.sub(r"([a-z])([A-Z])", r"\1 \2", heading)).replace("-", " ")


def says(heading: str, field: str) -> float:
    """How surely a heading names a field, 0-1."""
    told = words(heading)
    return max((_likeness(told, word, place) for place, word in enumerate(WORDS[field])), default=0.0)


def _likeness(told: str, word: str, place: int) -> float:
    first = 1.0 - 0.01 * place
    if told == word:
        return first
    if f" {word} " in f" {told} ":
        return 0.75 * first
    if len(told) >= 5 and word.startswith(told):  # headings cut to ten letters: DENOMINAZ
        return 0.85 * first
    if len(word) >= 5 and word.replace(" ", "") in told.replace(" ", ""):  # INDIRIZZOSCUOLA
        return 0.65 * first
    if len(word) >= 3 and told.startswith(word):  # CAPSCUOLA
        return 0.5 * first
    return 0.6 * first if len(word) >= 5 and fuzz.ratio(told, word) >= 88 else 0.0


def names_body(heading: str) -> bool:
    """Whether a heading means a body itself: ``Associazione``, ``Nome organizzazione``."""
    told = words(heading).split()
    return bool(told) and told[-1] in BODIES and all(word in (*BODIES, "nome", "denominazione") for word in told)


def has(heading: str, wanted: tuple[str, ...]) -> bool:
    """Whether one of the words stands in a heading."""
    return bool(set(words(heading).split()) & set(wanted))
