"""Registry desks and civic libraries of the City of Torino, from aperTO."""

from etl.sources.aperto import common, of_the_city
from etl.sources.base import Completeness
from etl.sources.tabular.mapping import Column, Mapping, PlainNames
from etl.sources.tabular.source import TabularSource

# Ten circoscrizioni until 2016, eight since: the desks still bear the old numbers.
DESKS = {f"Circ{number}": f"Anagrafe, circoscrizione {number}" for number in range(1, 11)}

ANAGRAFI = Mapping(
    **common(
        id="aperto-uffici-anagrafici",
        title="Uffici anagrafici di Torino",
        complete=(Completeness("ufficio_anagrafe", "municipality", "001272"),),
        files=("uffici_anagrafici.csv",),
        key=("ID_ANAGRAF",),
        plain_names=PlainNames(names=tuple(DESKS.values())),
        note="Il numero di circoscrizione è quello precedente al 2016. Il file non porta data.",
        fields=of_the_city(
            name=Column(column="DENOMINAZ", values=DESKS, otherwise="Anagrafe"),
            service_type=Column(constant="ufficio_anagrafe"),
            phone="TELEFONO",
            email="EMAIL",
            url="URL",
            opening_hours="ORARIO",
            note="NOTE",
        ),
    )
)

BIBLIOTECHE = Mapping(
    **common(
        id="aperto-biblioteche",
        title="Biblioteche civiche di Torino",
        files=("biblioteche.csv",),
        key=("ID_BIBLIOT",),
        note="Le sole biblioteche della Città: da solo l'elenco non prova che ne manchi una. Il file non porta data.",
        fields=of_the_city(
            service_type=Column(constant="biblioteca"),
            phone="TELEFONO",
            email="EMAIL",
            url="URL",
            opening_hours="ORARIO",
            accessibility="ACC_DISAB",
        ),
    )
)

SOURCES = (TabularSource(ANAGRAFI), TabularSource(BIBLIOTECHE))
