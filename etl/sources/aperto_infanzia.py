"""Services for small children of the City of Torino, from aperTO: nurseries, centres, toy libraries.

The baby parkings of the same portal are ``data/sources/aperto-baby-parking.yaml``, the example of a mapping file.
"""

from etl.sources.aperto import common, fields, of_the_city
from etl.sources.tabular.mapping import Column, EditionRule, Mapping, PlainNames
from etl.sources.tabular.source import TabularSource

# One row speaks of an opening in January 2011 and none of anything later.
YEAR = EditionRule(date="2011")
PLAIN = PlainNames(
    names=("ASILO NIDO", "ASILO NIDO COMUNALE", "ASILO NIDO MUNICIPALE"),
    # Two nurseries stand at one address, on two floors.
    detail=Column(column="NOTE", pattern=r"(?i)^(?:piano terra|.* piano)$"),
)


def _source(**told: object) -> TabularSource:
    return TabularSource(Mapping(**common(reference_date="2011", edition=YEAR, **told)))


COMUNALI = _source(
    id="aperto-nidi-comunali",
    title="Nidi comunali di Torino",
    files=("si_nidi_comunali.csv",),
    key=("ID_NIDO_CO",),
    plain_names=PLAIN,
    fields=of_the_city(
        service_type=Column(constant="asilo_nido"),
        phone="TEL_SEGRET",
        email="EMAIL",
        url="URL",
        capacity="CAP_MAX",
        note="NOTE",
    ),
)

CONVENZIONATI = _source(
    id="aperto-nidi-convenzionati",
    title="Nidi privati e convenzionati di Torino",
    files=("si_nidi_convenzionati.csv",),
    key=("ID_NIDO_PR",),
    note="I posti sono quelli del nido, non i soli convenzionati.",
    fields=fields(
        service_type=Column(constant="asilo_nido"),
        phone="TELEFONO",
        email="EMAIL",
        url=Column(column="URL"),
        capacity="POSTI",
        description="TIPO",
    ),
)

AZIENDALI = _source(
    id="aperto-nidi-aziendali",
    title="Nidi aziendali di Torino",
    files=("si_nidi_aziendali.csv",),
    key=("ID_NIDO_AZ",),
    note="L'ente è l'azienda o l'amministrazione di cui è il nido.",
    fields=fields(
        service_type=Column(constant="asilo_nido"),
        organization="AZIENDA",
        phone="TELEFONO",
        url="URL_TORINO",
        capacity="POS_TOTALI",
        description="TIPO",
    ),
)

PRIMAVERA = _source(
    id="aperto-sezioni-primavera",
    title="Sezioni primavera di Torino",
    files=("si_primavera.csv",),
    key=("ID_INF_PRI",),
    fields=fields(service_type=Column(constant="sezione_primavera"), phone="TELEFONO", url="URL", capacity="NUM_POSTI"),
)

CENTRI = _source(
    id="aperto-centri-bambini-genitori",
    title="Centri per bambini e genitori di Torino",
    files=("si_centri.csv",),
    key=("ID_INF_CEN",),
    fields=fields(
        service_type=Column(constant="centro_bambini_genitori"),
        # "In affidamento ex legge 285/97:Cooperativa X", "Cooperativa X - legato a progetti particolari".
        organization=Column(
            column="NOTE",
            pattern=r"(?i)((?:cooperativa|associazione)\b.*?)(?:\s+-\s+legato a progetti particolari)?\s*$",
        ),
        phone="TELEFONO",
        url="URL",
        opening_hours="ORARIO",
        note="NOTE",
    ),
)

LUDOTECHE = _source(
    id="aperto-ludoteche",
    title="Ludoteche, punti gioco e laboratori per l'infanzia di Torino",
    files=("si_ludoteche.csv",),
    key=("ID_INF_L",),
    note="«Spazio Famiglia» è caricato come centro per bambini e genitori; laboratori e punti gioco come ludoteche.",
    fields=fields(
        service_type=Column(
            column="TIPO",
            values={
                "Ludoteca Comunale": "ludoteca",
                "Ludoteca Privata": "ludoteca",
                "Punto Gioco Comunale": "ludoteca",
                "Punto Gioco Privato": "ludoteca",
                "Laboratorio per l'Infanzia": "ludoteca",
                "Spazio Famiglia": "centro_bambini_genitori",
            },
        ),
        description="TIPO",
        phone="TELEFONO",
        email="EMAIL",
        url="URL",
    ),
)

SOURCES = (COMUNALI, CONVENZIONATI, AZIENDALI, PRIMAVERA, CENTRI, LUDOTECHE)
