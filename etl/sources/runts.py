"""Bodies of the third sector, from the lists of the national register (RUNTS)."""

from etl.sources.tabular.mapping import Column, EditionRule, Mapping
from etl.sources.tabular.source import TabularSource

PERSON = "Legale rappresentante: Ombra non raccoglie dati personali."
# The headings of the Ministry's sheet are in Italian and German: only how they begin is relied upon.
ISCRITTI = Mapping(
    id="runts",
    title="Enti iscritti al Registro unico nazionale del Terzo settore",
    publisher="Ministero del Lavoro e delle Politiche Sociali",
    licence="non dichiarata",
    kind="organizations",
    address="https://servizi.lavoro.gov.it/runts/it-it/Lista-enti",
    refresh_days=1,
    territory="Italia",
    ignored={"*rappresentante*": PERSON, "*rapp.*": PERSON, "Cognome*": PERSON, "Nome*": PERSON},
    note="Non ha indirizzi né recapiti: solo il comune della sede legale. Il file (AAAAMMGG_iscritti….xlsx) si scarica"
    " a mano dalla pagina, che non dà indirizzi stabili.",
    files=("*_iscritti*.xlsx", "*runts*.xlsx"),
    format="xlsx",
    edition=EditionRule(pattern=r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})"),
    key=("Repertorio*",),
    identifier_scheme="runts",
    header=("Codice fiscale*", "Repertorio*", "Denominazione*", "Sezione*", "Comune*"),
    fields={
        "name": Column(column="Denominazione*"),
        "identifiers": Column(column="Repertorio*"),
        "tax_id": Column(column="Codice fiscale*"),
        "legal_status": Column(column="Sezione*"),
        "municipality": Column(column="Comune*"),
    },
)

TABLE = ISCRITTI.model_copy(update={"files": ("*_iscritti*.csv", "*runts*.csv"), "format": "csv"})

SOURCES = (TabularSource(ISCRITTI, TABLE),)
