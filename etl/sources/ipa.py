"""Public bodies and their offices, from the Indice dei domicili digitali della Pubblica Amministrazione (IPA)."""

from etl.sources.base import Download
from etl.sources.tabular.mapping import Column, EditionRule, Mapping
from etl.sources.tabular.source import TabularSource

PERSON = "Nome o recapito di una persona: Ombra non raccoglie dati personali."
MAILBOX = "Casella oltre al domicilio digitale: può essere di una persona."
DUMP = "https://indicepa.gov.it/ipa-dati/datastore/dump/"
# IPA writes no date in its files; an officer may write it in the name.
NAMED = EditionRule(pattern=r"(?P<year>20\d{2})[-_]?(?P<month>\d{2})[-_]?(?P<day>\d{2})")

ENTI = Mapping(
    id="ipa-enti",
    title="Enti dell'Indice della Pubblica Amministrazione",
    publisher="AgID, Agenzia per l'Italia digitale",
    licence="CC-BY-4.0",
    kind="organizations",
    address="https://indicepa.gov.it/ipa-dati/dataset/enti",
    downloads=(Download(f"{DUMP}d09adf99-dc10-4349-8c53-27b1e5aa97b6?bom=True", "ipa-enti.csv"),),
    refresh_days=1,
    duplicate_free=True,
    territory="Italia",
    ignored={
        "Nome_responsabile": PERSON,
        "Cognome_responsabile": PERSON,
        "Titolo_responsabile": PERSON,
        **{f"{kind}{number}": MAILBOX for number in range(2, 6) for kind in ("Mail", "Tipo_Mail")},
    },
    note="Sono enti, non servizi: danno codice fiscale, sede e domicilio digitale agli enti che i servizi nominano.",
    files=("ipa-enti*.csv", "enti*.csv", "amministrazioni*.csv"),
    edition=NAMED,
    key=("Codice_IPA",),
    identifier_scheme="ipa",
    header=("Codice_IPA", "Denominazione_ente", "Codice_fiscale_ente", "Codice_comune_ISTAT"),
    fields={
        "name": Column(column="Denominazione_ente"),
        "identifiers": Column(column="Codice_IPA"),
        "tax_id": Column(column="Codice_fiscale_ente"),
        "alternate_name": Column(column="Acronimo"),
        "legal_status": Column(column="Tipologia"),
        "istat_code": Column(column="Codice_comune_ISTAT"),
        "cadastral_code": Column(column="Codice_catastale_comune"),
        "address": Column(column="Indirizzo"),
        "postal_code": Column(column="CAP"),
        "pec": Column(column="Mail1"),
        "url": Column(column="Sito_istituzionale"),
    },
)

SHEET = ENTI.model_copy(update={"files": ("ipa-enti*.xlsx", "enti*.xlsx"), "format": "xlsx"})

# The list as a table separated by tabs, with the headings of before the data portal; it still goes round.
OLD = ENTI.model_copy(
    update={
        "files": ("*ipa*.tsv", "*ipa*.txt", "amministrazioni*.txt"),
        "delimiter": "\t",
        "header": ("cod_amm", "des_amm", "Comune", "cf"),
        "ignored": {
            "nome_resp": PERSON,
            "cogn_resp": PERSON,
            "titolo_resp": PERSON,
            **{f"{kind}{number}": MAILBOX for number in range(2, 6) for kind in ("mail", "tipo_mail")},
        },
        "key": ("cod_amm",),
        "fields": {
            "name": Column(column="des_amm"),
            "identifiers": Column(column="cod_amm"),
            "tax_id": Column(column="cf"),
            "alternate_name": Column(column="acronimo"),
            "legal_status": Column(column="tipologia_istat"),
            "municipality": Column(column="Comune"),
            "address": Column(column="Indirizzo"),
            "postal_code": Column(column="Cap"),
            "pec": Column(column="mail1"),
            "url": Column(column="sito_istituzionale"),
        },
    }
)

# An office has no tax code of its own in the list: the body's would make one body of all its offices.
UFFICI = Mapping(
    id="ipa-uffici",
    title="Unità organizzative dell'Indice della Pubblica Amministrazione",
    publisher="AgID, Agenzia per l'Italia digitale",
    licence="CC-BY-4.0",
    kind="organizations",
    address="https://indicepa.gov.it/ipa-dati/dataset/unita-organizzative",
    downloads=(Download(f"{DUMP}b0aa1f6c-f135-4c8a-b416-396fed4e1a5d?bom=True", "ipa-uffici.csv"),),
    refresh_days=1,
    duplicate_free=True,
    territory="Italia",
    ignored={
        **{f"{what}_responsabile": PERSON for what in ("Nome", "Cognome", "Mail", "Telefono")},
        **{f"{kind}{number}": MAILBOX for number in range(2, 4) for kind in ("Mail", "Tipo_Mail")},
    },
    note="Sono uffici di enti, non servizi. Il nome dell'ente è la descrizione.",
    files=("ipa-uffici*.csv", "unita-organizzative*.csv", "ou*.csv"),
    edition=NAMED,
    key=("Codice_uni_uo",),
    identifier_scheme="ipa_uo",
    header=("Codice_IPA", "Denominazione_ente", "Codice_uni_uo", "Descrizione_uo", "Codice_comune_ISTAT"),
    fields={
        "name": Column(column=("Descrizione_uo", "Denominazione_ente"), join=", "),
        "identifiers": Column(column="Codice_uni_uo"),
        "description": Column(column="Denominazione_ente"),
        "istat_code": Column(column="Codice_comune_ISTAT"),
        "cadastral_code": Column(column="Codice_catastale_comune"),
        "address": Column(column="Indirizzo"),
        "postal_code": Column(column="CAP"),
        "phone": Column(column="Telefono"),
        "pec": Column(column="Mail1"),
        "url": Column(column="Url"),
    },
)

UFFICI_SHEET = UFFICI.model_copy(update={"files": ("ipa-uffici*.xlsx", "unita-organizzative*.xlsx"), "format": "xlsx"})

SOURCES = (TabularSource(ENTI, SHEET, OLD), TabularSource(UFFICI, UFFICI_SHEET))
