"""Schools of the Ministry of Education: the state's and the recognised non-state ones (paritarie)."""

from etl.sources.tabular.mapping import Column, EditionRule, Mapping, PlainNames
from etl.sources.tabular.source import TabularSource

CATALOGUE = "https://dati.istruzione.it/opendata/opendata/catalogo/elements1/?area=Scuole"
INFANZIA, PRIMARIA, PRIMO_GRADO = "scuola_infanzia", "scuola_primaria", "scuola_secondaria_primo_grado"
# Names that dozens of schools bear.
PLAIN = (
    *("SCUOLA MATERNA", "SCUOLA DELL'INFANZIA", "SCUOLA INFANZIA", "SCUOLA PRIMARIA", "ASILO INFANTILE", "ASILO"),
    *("SCUOLA ELEMENTARE", "SCUOLA MEDIA", "CAPOLUOGO", "SCUOLA DELL'INFANZIA PARITARIA", "SCUOLA MATERNA PARITARIA"),
)
# A school year is told as 202324 and begins on 1 September.
SCHOOL_YEAR = EditionRule(column="ANNOSCOLASTICO", pattern=r"^(?P<year>\d{4})\d{2}$", starts="09-01")


def _grade(values: dict[str, str]) -> Column:
    return Column(
        column="DESCRIZIONETIPOLOGIAGRADOISTRUZIONESCUOLA",
        values=values,
        refusal="grado_non_trattato",
        reason="Ombra ha i tipi delle scuole dell'infanzia, primarie e secondarie di primo grado: le scuole superiori,"
        " i convitti e le righe degli istituti comprensivi (le loro scuole hanno righe proprie) non sono caricati.",
    )


FIELDS = {
    "name": Column(column="DENOMINAZIONESCUOLA"),
    "cadastral_code": Column(column="CODICECOMUNESCUOLA"),
    "municipality": Column(column="DESCRIZIONECOMUNE"),
    "address": Column(column="INDIRIZZOSCUOLA"),
    "postal_code": Column(column="CAPSCUOLA"),
    "email": Column(column="INDIRIZZOEMAILSCUOLA"),
    "pec": Column(column="INDIRIZZOPECSCUOLA"),
    "url": Column(column="SITOWEBSCUOLA"),
}

PARITARIE = Mapping(
    id="mim-scuole-paritarie",
    title="Scuole paritarie",
    publisher="Ministero dell'Istruzione e del Merito",
    licence="IODL-2.0",
    address=CATALOGUE,
    refresh_days=365,
    duplicate_free=True,
    territory="Italia, senza le province autonome e la Valle d'Aosta",
    note="Completo per le sole scuole paritarie: da solo non prova che in un comune manchi una scuola.",
    files=("scuanagrafepar*.csv",),
    delimiter=",",
    edition=SCHOOL_YEAR,
    key=("CODICESCUOLA",),
    plain_names=PlainNames(names=PLAIN),
    fields={
        **FIELDS,
        "service_type": _grade(
            {
                "SCUOLA INFANZIA NON STATALE": INFANZIA,
                "SCUOLA PRIMARIA NON STATALE": PRIMARIA,
                "SCUOLA SEC. PRIMO GRADO NON STATALE": PRIMO_GRADO,
            }
        ),
    },
)

STATALI = PARITARIE.model_copy(
    update={
        "id": "mim-scuole-statali",
        "title": "Scuole statali",
        "note": "Completo per le sole scuole statali: da solo non prova che in un comune manchi una scuola.",
        "files": ("scuanagrafestat*.csv",),
        "fields": {
            **FIELDS,
            "organization": Column(column="DENOMINAZIONEISTITUTORIFERIMENTO"),
            "service_type": _grade(
                {
                    "SCUOLA INFANZIA": INFANZIA,
                    "SCUOLA PRIMARIA": PRIMARIA,
                    "SCUOLA PRIMO GRADO": PRIMO_GRADO,
                    "CENTRO TERRITORIALE": "cpia",
                    "CENTRO PROVINCIALE ISTRUZIONE ADULTI": "cpia",
                }
            ),
        },
    }
)

SOURCES = (TabularSource(STATALI), TabularSource(PARITARIE))
