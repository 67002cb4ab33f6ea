"""Libraries of the Anagrafe delle biblioteche italiane (ICCU)."""

from etl.sources.base import Download
from etl.sources.tabular.mapping import Column, Mapping, PlainNames
from etl.sources.tabular.source import TabularSource

TERRITORIO = Mapping(
    id="iccu-biblioteche",
    title="Anagrafe delle biblioteche italiane",
    publisher="ICCU, Istituto centrale per il catalogo unico delle biblioteche italiane",
    licence="CC0-1.0",
    address="https://anagrafe.iccu.sbn.it/it/open-data/",
    downloads=(Download("https://opendata.anagrafe.iccu.sbn.it/territorio.zip", "territorio.zip"),),
    refresh_days=1,
    territory="Italia",
    note="Elenca anche biblioteche non aperte a tutti (di università, enti, scuole). È un censimento su adesione: non"
    " prova che altrove manchi una biblioteca. Il file non porta data.",
    files=("territorio.csv", "territorio.zip"),
    delimiter=";",
    key=("codice-isil",),
    plain_names=PlainNames(
        names=(
            "Biblioteca civica",
            "Biblioteca comunale",
            "Biblioteca",
            "Biblioteca pubblica",
            "Biblioteca civica comunale",
        ),
        add=("municipality",),
    ),
    fields={
        "name": Column(column="denominazione"),
        "service_type": Column(constant="biblioteca"),
        "istat_code": Column(column="codice istat comune"),
        "municipality": Column(column="comune"),
        "locality": Column(column="frazione"),
        "address": Column(column="indirizzo"),
        "postal_code": Column(column="cap"),
        "latitude": Column(column="latitudine"),
        "longitude": Column(column="longitudine"),
        "phone": Column(column="telefono"),
        "email": Column(column="email"),
        "url": Column(column="url"),
    },
)

SOURCES = (TabularSource(TERRITORIO),)
